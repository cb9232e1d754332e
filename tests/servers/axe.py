"""Runs axe (npm axe-core) in a page that a browser shows: what of WCAG 2.2 AA it finds broken."""

import tarfile
from enum import Enum
from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.servers.npm_package import npm_package

_NAME, _VERSION = "axe-core", "4.11.0"
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ALL = {"runOnly": {"type": "tag", "values": _LEVELS}}


class Check(Enum):
    """What axe looks for: everything, contrast of colours alone, or all but that, which takes it longest."""

    ALL = "all"
    ALL_BUT_COLOUR = "all but colour"
    COLOUR = "colour"


_ASKED: dict[Check, dict[str, Any]] = {
    Check.ALL: _ALL,
    Check.ALL_BUT_COLOUR: {**_ALL, "rules": {"color-contrast": {"enabled": False}}},
    Check.COLOUR: {"runOnly": {"type": "rule", "values": ["color-contrast"]}},
}
_RUN = """async (asked) => {
  const run = await axe.run(document, {...asked, resultTypes: ["violations"]});
  return run.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`));
}"""


@cache
def axe_source() -> str:
    """Give the script of axe; CannotBeHad when it is not here and cannot be fetched."""
    with tarfile.open(npm_package(_NAME, _VERSION)) as package:
        file = package.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode("utf-8")


def complaints_of_axe(page: Page, check: Check) -> list[str]:
    """Say what axe finds wrong with a page; the policy of the page stays on."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(axe_source())
    found: list[str] = page.evaluate(_RUN, _ASKED[check])
    return found

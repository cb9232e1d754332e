"""A real validating HAPI server takes all our profiles by our own command, and finds every example of them valid."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from fhir_profiles import artefacts, examples
from horehab.clock import SystemClock
from horehab.fhir.publishing import Placed, install
from horehab.fhir.wire.connection import Connection
from tests.profiles.broken import Broken
from tests.profiles.every_fault import HAPI_ACCEPTS, broken
from tests.profiles.every_form import every_form

pytestmark = pytest.mark.needs("hapi")

EXAMPLES = [each for each in examples() if each["resourceType"] != "Bundle" or each["id"] == "published-4"]
"""The other charts take HAPI a quarter of a minute each: `make bench-validation` has it check them."""

BY_RULE = {variant.rule: variant for variant in reversed(broken()) if variant.name not in HAPI_ACCEPTS}
ACCEPTED = [variant for variant in broken() if variant.name in HAPI_ACCEPTS]
"""One variant for each rule, and those about which we disagree; the same command has HAPI check all."""


def _errors(url: str, resource: dict[str, Any]) -> list[str]:
    """Ask HAPI to validate a resource, and list the errors that it finds."""
    with requests.post(f"{url}/{resource['resourceType']}/$validate", json=resource, timeout=300) as answer:
        found = answer.json()["issue"]
    return [str(each.get("diagnostics")) for each in found if each["severity"] in ("error", "fatal")]


@pytest.fixture(scope="module")
def installed(hapi_url: str) -> list[Placed]:
    """The report of the first installation."""
    return list(install(Connection(url=hapi_url), SystemClock(zone=ZoneInfo("Europe/Madrid"))))


def test_every_artefact_is_installed(installed: list[Placed]) -> None:
    assert [each for each in installed if not each.is_there] == []
    assert len(installed) == len(list(artefacts()))


@pytest.mark.usefixtures("installed")
def test_installed_again_everything_stands_there_already(hapi_url: str) -> None:
    again = install(Connection(url=hapi_url), SystemClock(zone=ZoneInfo("Europe/Madrid")))
    assert {each.words for each in again} == {"stands already"}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each['resourceType']}-{each['id']}")
def test_every_example_is_valid_by_our_profiles(hapi_url: str, example: dict[str, Any]) -> None:
    assert _errors(hapi_url, example) == []


@pytest.mark.usefixtures("installed")
def test_every_form_of_what_we_write_is_valid_by_our_profiles(hapi_url: str) -> None:
    forms = list(every_form())
    assert len(forms) > 100
    for resource in forms:
        assert _errors(hapi_url, resource) == [], resource


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    "variant", [*BY_RULE.values(), *ACCEPTED], ids=lambda variant: variant.name.replace(" ", "-")
)
def test_what_breaks_a_rule_is_refused_but_where_it_is_explained(hapi_url: str, variant: Broken) -> None:
    is_refused = bool(_errors(hapi_url, variant.resource))
    assert is_refused == (variant.name not in HAPI_ACCEPTS)

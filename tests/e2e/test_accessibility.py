"""Everybody can work the pages: the keyboard alone reaches all of each, and the theme is the reader's choice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browsing import open_as
from tests.e2e.conftest import served_at
from tests.web.conftest import PHYSICIAN, Ward, make_ward
from tests.web.ward import close, fill, open_ward, ward_items

PATHS = (
    "/", "/patients/{key}", "/patients/{key}/joints/left-hip", "/patients/{key}/suspicions/left-hip",
    "/patients/{key}/log",
)  # fmt: skip
_FOCUSED = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect();
  const ringed = [e, e.closest("label"), e.querySelector(".hr-touch")].filter(Boolean).some(one => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" || style.strokeWidth === "3px";
  });
  const isNew = !e.dataset.reached;
  e.dataset.reached = "yes";
  return {isNew, tag: e.tagName, html: e.outerHTML.slice(0, 120), isRinged: ringed,
          isInView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
}"""
_TARGETS = """() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const shown = [...document.querySelectorAll(all)].filter(e => e.checkVisibility({visibilityProperty: true}));
  const radios = shown.filter(e => e.type === "radio");
  return shown.length - radios.length + new Set(radios.map(e => e.name)).size;
}"""
"""How many things there are to stop at: a group of choices is one of them."""
_MOST_TABS = 400


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    ports = open_ward(tmp_path_factory.mktemp("ward"))
    fill(ports, ward_items())
    yield make_ward(ports)
    close(ports)


@pytest.fixture(scope="module")
def base(ward: Ward) -> Iterator[str]:
    """Serve the ward on a free port of this machine."""
    with served_at(ward) as base:
        yield base


def go(page: Page, ward: Ward, address: str) -> None:
    ward.viewer = PHYSICIAN
    page.goto(address.format(key=ward.ana))


@pytest.mark.parametrize("path", PATHS)
def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(
    browser: Browser, ward: Ward, base: str, path: str
) -> None:
    page = open_as(browser, base)
    go(page, ward, f"{base}{path}")
    if page.locator("[autofocus]").count():
        page.focus(".hr-skip")  # the form begins at its first field; what lies before it is reached as well
    else:
        page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED)["html"].startswith('<a class="hr-skip"')
    reached = 1
    for _press in range(_MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused["tag"] == "BODY":
            break
        assert (focused["isRinged"], focused["isInView"]) == (True, True), focused
        reached += focused["isNew"]  # a date has a stop each for day, month and year
    else:
        raise AssertionError("the focus never leaves the page")
    assert reached == page.evaluate(_TARGETS)
    page.context.close()


def test_the_theme_is_the_readers_choice_before_the_devices(browser: Browser, ward: Ward, base: str) -> None:
    papers = {}
    for theme in ("light", "dark"):
        page = open_as(browser, base, theme=theme)
        go(page, ward, base)
        papers[theme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("link", name="As the device").click()
        papers[f"device of {theme}"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.context.close()
    assert papers["light"] == papers["device of dark"] != papers["dark"] == papers["device of light"]

"""The pages can be read and worked by everybody: axe finds nothing, every target is large, the keyboard is enough."""

import logging
from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from horehab.web.language import COOKIE, LANGUAGES
from horehab.web.look import THEME
from horehab.web.options import Role
from tests.servers.axe import Check, axe_source, complaints_of_axe
from tests.web.conftest import PHYSICIAN, Ward, as_role, make_ward
from tests.web.ward import close, fill, open_ward, ward_items

PATHS = (
    "/", "/?text=nobody", "/reminders", "/quality", "/conflicts", "/audit", "/patients/{key}",
    "/patients/{key}/joints/left-hip", "/patients/{key}/suspicions/left-hip", "/patients/{key}/log",
    "/patients/{key}/before", "/patients/{key}/summary", "/reminders/calls", "/reminders/letters", "/calendar",
    "/patients/nobody",
)  # fmt: skip
_TO_DARK = "document.querySelectorAll('[data-hr-theme]').forEach(e => { e.dataset.hrTheme = 'dark'; })"
_SMALL = """all => all.filter(e => {
  const box = e.getBoundingClientRect(), shown = getComputedStyle(e);
  const isInText = shown.display === "inline" || e.closest("svg") || e.closest("label");
  return e.checkVisibility({visibilityProperty: true}) && box.width > 1 && !isInText && box.height < 44;
}).map(e => e.outerHTML.slice(0, 120))"""
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


@pytest.fixture(scope="module", autouse=True)
def axe() -> str:
    """The script of axe, or the reason why it cannot be had."""
    return axe_source()


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    ports = open_ward(tmp_path_factory.mktemp("ward"))
    fill(ports, ward_items())
    yield make_ward(ports)
    close(ports)


@pytest.fixture(scope="module")
def base(ward: Ward) -> Iterator[str]:
    """Serve the ward on a free port of this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, ward.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/horehab"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(browser: Browser, base: str, *, language: str = "en", theme: str = "light") -> Page:
    """Open a page as somebody who chose a language and a theme; on a device that is set the other way round."""
    context = browser.new_context(
        viewport={"width": 820, "height": 1100},
        color_scheme="light" if theme == "dark" else "dark",
        reduced_motion="reduce",
    )
    chosen = ((COOKIE, language), (THEME, theme))
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in chosen])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def go(page: Page, ward: Ward, address: str) -> None:
    ward.viewer = as_role(PHYSICIAN, Role.INTEGRATOR) if address.endswith("/audit") else PHYSICIAN
    page.goto(address.format(key=ward.ana))


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_targets_are_large_and_nothing_scrolls_sideways(
    browser: Browser, ward: Ward, base: str, language: str
) -> None:
    """On every page, in every language; colours, which no language changes, in English in the light and the dark."""
    page = opened(browser, base, language=language)
    found = {}
    for path in PATHS:
        go(page, ward, f"{base}{path}")
        assert page.locator("html").get_attribute("lang") == language
        found[path] = complaints_of_axe(page, Check.ALL if language == "en" else Check.ALL_BUT_COLOUR)
        found[path] += page.eval_on_selector_all(
            "a, button, select, summary, .hr-check, input:not([type=hidden])", _SMALL
        )
        if page.evaluate("document.documentElement.scrollWidth") > 820:
            found[path].append("scrolls sideways")
        if language == "en":
            page.evaluate(_TO_DARK)
            found[path] += complaints_of_axe(page, Check.COLOUR)
    page.context.close()
    assert {path: complaints for path, complaints in found.items() if complaints} == {}


@pytest.mark.parametrize("path", PATHS[:1] + PATHS[6:10])
def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is(
    browser: Browser, ward: Ward, base: str, path: str
) -> None:
    page = opened(browser, base)
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
        page = opened(browser, base, theme=theme)
        go(page, ward, base)
        papers[theme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_role("link", name="As the device").click()
        papers[f"device of {theme}"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.context.close()
    assert papers["light"] == papers["device of dark"] != papers["dark"] == papers["device of light"]

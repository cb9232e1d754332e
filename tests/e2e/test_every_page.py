"""Everybody can read every page, in every language and theme: what opens, what asks back, what is empty."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from horehab.app import create_app
from horehab.settings import Settings
from horehab.web.access import allow
from horehab.web.language import LANGUAGES
from horehab.web.options import Role
from tests.e2e.browsing import open_as
from tests.e2e.every_page import (
    Shown,
    at_the_door,
    copied,
    forms_that_ask_back,
    of_an_empty_ward,
    pages_of,
    standing_ward,
    with_little_to_show,
)
from tests.servers.axe import Check, axe_source, complaints_of_axe
from tests.servers.loopback import app_answering
from tests.web.conftest import PHYSICIAN, Ward, make_ward
from tests.web.ward import close, open_ward

_OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true; })"
_TO_DARK = "document.querySelectorAll('[data-hr-theme]').forEach(e => { e.dataset.hrTheme = 'dark'; })"
_SEND = """([path, typed]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: path});
  for (const [name, value] of Object.entries(typed)) {
    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
  }
  document.body.append(form);
  form.submit();
}"""
_SMALL = """all => all.filter(e => {
  const box = e.getBoundingClientRect(), shown = getComputedStyle(e);
  const isInText = shown.display === "inline" || e.closest("svg") || e.closest("label");
  return e.checkVisibility({visibilityProperty: true}) && box.width > 1 && !isInText && box.height < 44;
}).map(e => e.outerHTML.slice(0, 120))"""
_TARGETS = "a, button, select, summary, .hr-check, input:not([type=hidden])"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Pages that are served at an address; `ward` is told who looks, `door` is a page with a form of theirs."""

    base: str
    door: str
    pages: tuple[Shown, ...]
    ward: Ward | None = None


@pytest.fixture(scope="module", autouse=True)
def axe() -> str:
    """The script of axe, or the reason why it cannot be had."""
    return axe_source()


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, ...]]:
    """A ward with an example of everything, one to which nobody was admitted, and an app with a door."""
    full, fresh = tmp_path_factory.mktemp("full"), tmp_path_factory.mktemp("fresh")
    close(standing_ward(full))
    tried, ports, nobody = copied(full, full / "tried"), open_ward(full), open_ward(fresh)
    ward, empty = make_ward(ports), make_ward(nobody)
    pages = (*pages_of(make_ward(tried)), *with_little_to_show(ward), *forms_that_ask_back(ward))
    app = create_app(Settings(database_url=f"sqlite:///{fresh}/alone.sqlite3", demo=True))
    with app_answering(ward.app) as here, app_answering(empty.app) as there, app_answering(app) as alone:
        yield (
            House(base=here, door="/horehab/calendar", pages=pages, ward=ward),
            House(base=there, door="/horehab/calendar", pages=tuple(of_an_empty_ward()), ward=empty),
            House(base=alone, door="/sign-in", pages=tuple(at_the_door())),
        )
    for one in (tried, ports, nobody, app.extensions["horehab"].ports()):
        close(one)


def come_to(page: Page, house: House, shown: Shown, seal: str) -> None:
    """Open an address, or send a form, as whoever it is for; it answers as expected."""
    if house.ward:
        house.ward.viewer = shown.viewer
    with page.expect_navigation() as came:
        if shown.form is None:
            page.evaluate("address => { location = address; }", shown.path)
        else:
            page.evaluate(_SEND, [shown.path, {"csrf_token": seal, **shown.form}])
    assert came.value is not None
    assert (shown.name, came.value.status) == (shown.name, shown.status)
    if shown.form is None:  # a form that comes back is the same page, and the large one
        page.evaluate(_OPEN_ALL)


def in_language(pages: tuple[Shown, ...], language: str) -> list[Shown]:
    """Choose what is looked at in a language: each page; the forms that come back are shared out but in English."""
    opened, sent = [one for one in pages if one.form is None], [one for one in pages if one.form]
    return list(pages) if language == "en" else opened + sent[language == "fr" :: 2]


def complaints(page: Page, language: str) -> list[str]:
    """Say what is wrong with a page; colours, which no language changes, in English alone: in the light, the dark."""
    is_english = language == "en"
    found = complaints_of_axe(page, Check.ALL if is_english else Check.ALL_BUT_COLOUR)
    found += page.eval_on_selector_all(_TARGETS, _SMALL)
    if page.locator("html").get_attribute("lang") != language:
        found.append("speaks another language")
    if page.evaluate("document.documentElement.scrollWidth") > 820:
        found.append("scrolls sideways")
    if is_english:
        page.evaluate(_TO_DARK)
        found += complaints_of_axe(page, Check.COLOUR)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_targets_are_large_and_nothing_scrolls_sideways(
    browser: Browser, houses: tuple[House, ...], language: str
) -> None:
    """On every page that a route gives, and every state of one that asks back or has nothing to show.

    In English all of it; in the other languages all but empty forms, and every other one of those that come back.
    """
    found = {}
    for house in houses:
        page = open_as(browser, house.base, language=language)
        if house.ward:
            house.ward.viewer = PHYSICIAN
        page.goto(f"{house.base}{house.door}")
        seal = page.locator("[name='csrf_token']").first.input_value()
        for shown in in_language(house.pages, language):
            come_to(page, house, shown, seal)
            found[shown.name] = complaints(page, language)
        page.context.close()
    assert {name: said for name, said in found.items() if said} == {}


def test_a_page_of_which_there_is_no_example_is_not_passed_over(houses: tuple[House, ...]) -> None:
    """A new route is looked at by itself, or says here that it wants an example."""
    ward = make_ward(houses[0].ward.ports) if houses[0].ward else None
    assert ward is not None
    ward.app.add_url_rule("/horehab/beds/<bed>", "horehab.bed", allow(Role.PHYSICIAN)(lambda bed: bed))
    with pytest.raises(KeyError, match="beds"):
        list(pages_of(ward))

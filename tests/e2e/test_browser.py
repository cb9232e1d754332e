"""The pages in a real browser: a session logged by keyboard alone, without JavaScript; nothing scrolls sideways."""

import re

import pytest
from playwright.sync_api import Browser

from horehab.domain.entries import SessionEntry
from tests.e2e.browsing import open_page, tab_to
from tests.web.conftest import PHYSICIAN, Ward

PAGES = (
    "/",
    "/reminders",
    "/quality",
    "/patients/{key}",
    "/patients/{key}/joints/left-hip",
    "/patients/{key}/suspicions/left-hip",
    "/patients/{key}/log",
)
_PAPER = 718
"""The width of A4 between margins of 10 mm, in pixels."""
_BOXES = "all => all.map(e => e.getBoundingClientRect()).map(({top, left, right}) => ({top, left, right}))"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_is_logged_by_keyboard_alone(browser: Browser, served: tuple[Ward, str], *, scripts: bool) -> None:
    ward, base = served
    page = open_page(browser, scripts=scripts)
    page.goto(f"{base}/patients/{ward.ana}/log")
    tab_to(page, "minutes")
    page.keyboard.type("40")
    tab_to(page, "angle.passive.left-hip.flexion")
    page.keyboard.type("80")
    page.keyboard.press("Tab")
    page.keyboard.type("112")
    tab_to(page, "pain.left-hip.movement")
    page.keyboard.type("6")
    tab_to(page, "sign.left-hip.firm-end-feel")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/patients/[0-9a-f]+$"))
    assert page.get_by_role("status").inner_text().startswith("Saved.")
    rows = [row.entry for row in ward.ports.logbook.outbox(patient="Patient/ana")]
    (session,) = [entry for entry in rows if isinstance(entry, SessionEntry)]
    assert session.session.minutes == 40
    page.context.close()


def test_a_refusal_is_beside_the_field_and_the_rest_stays_typed(browser: Browser, served: tuple[Ward, str]) -> None:
    ward, base = served
    page = open_page(browser, scripts=False)
    page.goto(f"{base}/patients/{ward.ana}/log")
    page.fill("#minutes", "40")
    page.fill("[name='angle.passive.left-hip.flexion']", "300")
    page.get_by_role("button", name="Save session").click()
    field = page.locator("[name='angle.passive.left-hip.flexion']")
    assert field.get_attribute("aria-invalid") == "true"
    assert page.locator("#minutes").input_value() == "40"
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.url.endswith("#angle.passive.left-hip.flexion")
    page.context.close()


def test_a_double_tap_on_save_writes_one_session(browser: Browser, served: tuple[Ward, str]) -> None:
    ward, base = served
    page = open_page(browser)
    page.goto(f"{base}/patients/{ward.ana}/log")
    page.fill("#minutes", "40")
    page.get_by_role("button", name="Save session").dblclick()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f]+$"))
    rows = [row.entry for row in ward.ports.logbook.outbox(patient="Patient/ana")]
    assert len([entry for entry in rows if isinstance(entry, SessionEntry)]) == 1
    page.context.close()


def test_a_physician_decides_by_mouse(browser: Browser, served: tuple[Ward, str]) -> None:
    ward, base = served
    ward.viewer = PHYSICIAN
    page = open_page(browser, width=1280)
    page.goto(base)
    page.get_by_role("link", name="Left hip").click()
    page.get_by_label("Confirmed, citing imaging").check()
    page.get_by_role("radio", name="CT", exact=True).check()
    page.get_by_label("Day it was taken").fill("2026-05-19")
    page.get_by_label("Finding").fill("immature ossification in front of the hip")
    page.get_by_role("button", name="Decide").click()
    assert page.get_by_role("status").inner_text().startswith("Decided.")
    assert len(ward.ports.logbook.decisions("Patient/ana")) == 1
    page.context.close()


def test_a_decision_asks_only_what_the_choice_needs_without_javascript(
    browser: Browser, served: tuple[Ward, str]
) -> None:
    ward, base = served
    ward.viewer = PHYSICIAN
    page = open_page(browser, scripts=False)
    page.goto(f"{base}/patients/{ward.ana}/suspicions/left-hip")
    asked = {}
    for choice in ("accept", "dismiss", "confirm", "refute"):
        page.check(f"[name='decision'][value='{choice}']")
        asked[choice] = [name for name in ("reason", "imaging_day") if page.locator(f"#{name}").is_visible()]
    assert asked == {
        "accept": [],
        "dismiss": ["reason"],
        "confirm": ["reason", "imaging_day"],
        "refute": ["reason", "imaging_day"],
    }
    page.check("[name='decision'][value='confirm']")
    page.fill("#reason", "Seen on CT")
    page.get_by_role("button", name="Decide").click()
    for name in ("imaging_kind", "imaging_day", "imaging_finding"):
        assert page.locator(f"#{name}").get_attribute("aria-invalid") == "true"
    assert page.locator("#reason").input_value() == "Seen on CT"
    page.context.close()


def test_a_session_asks_for_a_reason_only_when_it_was_not_done_or_stopped(
    browser: Browser, served: tuple[Ward, str]
) -> None:
    ward, base = served
    page = open_page(browser, scripts=False)
    page.goto(f"{base}/patients/{ward.ana}/log")
    reason = page.locator("#reason_not_done")
    assert not reason.is_visible()
    for status in ("stopped", "not-done"):
        page.check(f"[name='status'][value='{status}']")
        assert reason.is_visible()
    page.context.close()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (820, "dark")])
def test_each_page_fits_its_width_and_breaks_no_rule_of_ours(
    browser: Browser, served: tuple[Ward, str], path: str, width: int, scheme: str
) -> None:
    ward, base = served
    page = open_page(browser, width=width, scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(base + path.format(key=ward.ana))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.eval_on_selector_all(
        "button, .hr-button, select, input:not([type=hidden]):not([type=checkbox]):not([type=radio])",
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)",
    )
    assert small == []
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize(
    "path",
    [
        "", "/patients/{key}", "/patients/{key}/joints/left-hip", "/patients/{key}/suspicions/left-hip",
        "/patients/{key}/summary", "/reminders?state=all",
    ],
)  # fmt: skip
def test_on_a_telephone_no_row_lies_beyond_the_edge(
    browser: Browser, served: tuple[Ward, str], path: str, language: str
) -> None:
    ward, base = served
    page = open_page(browser, width=390)
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto(base + path.format(key=ward.ana))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    hidden = "all => all.map(({parentElement: holder}) => holder.scrollWidth - holder.clientWidth)"
    assert set(page.eval_on_selector_all(".hr-cards, .hr-sides, .hr-flush > table", hidden)) == {0}
    page.context.close()


@pytest.mark.parametrize("path", ["", "/joints/left-hip", "/suspicions/left-hip"])
def test_on_paper_nothing_is_cut_off_and_what_is_suspected_is_not_the_faintest(
    browser: Browser, served: tuple[Ward, str], path: str
) -> None:
    ward, base = served
    page = open_page(browser, width=_PAPER)
    page.set_extra_http_headers({"Accept-Language": "fr"})
    page.emulate_media(media="print")
    page.goto(f"{base}/patients/{ward.ana}{path}")
    ends = page.eval_on_selector_all("table", "all => all.map(e => e.getBoundingClientRect().right)")
    assert max(ends) <= _PAPER
    ink = page.locator(".hr-tier-suspect").first.evaluate("e => getComputedStyle(e).color")
    assert ink == "rgb(0, 0, 0)"
    page.context.close()


@pytest.mark.parametrize("language", ["en", "fr", "es"])
@pytest.mark.parametrize("width", [390, 820])
def test_the_signs_of_both_sides_stand_beside_each_other_and_never_over_each_other(
    browser: Browser, served: tuple[Ward, str], width: int, language: str
) -> None:
    ward, base = served
    page = open_page(browser, width=width)
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto(f"{base}/patients/{ward.ana}/log")
    sides = page.locator("details[open] > .hr-scroll > .hr-rom .hr-signs").first.locator(".hr-chips")
    left, right = (side.locator("label").evaluate_all(_BOXES) for side in sides.all())
    assert [box["top"] for box in left] == [box["top"] for box in right]
    assert max(box["right"] for box in left) < min(box["left"] for box in right)
    assert max(box["right"] for box in right) <= width
    page.context.close()

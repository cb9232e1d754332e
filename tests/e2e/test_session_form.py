"""A session beside the patient: few strokes, nothing lost with the connection, one for two taps, no scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from horehab.domain.entries import MeasurementEntry, SessionEntry
from tests.e2e.browsing import open_page
from tests.web.conftest import PHYSICIAN, Ward

MOST_STROKES = 25
PATIENT = re.compile(r"/patients/[0-9a-f]+$")
USUAL = (
    ("minutes", "40"),
    ("mobility_level", "7"),
    ("exertion", "4"),
    ("angle.passive.left-hip.flexion", "80"),
    ("angle.passive.right-hip.flexion", "112"),
    ("angle.passive.left-hip.extension", "-6"),
    ("angle.passive.left-hip.abduction", "18"),
    ("angle.passive.left-hip.internal-rotation", "2"),
    ("pain.left-hip.movement", "6"),
)
"""The usual session: what was done, how it was borne, the hip that is followed, pain and one sign."""


def sessions(ward: Ward) -> list[SessionEntry]:
    rows = ward.ports.logbook.outbox(patient="Patient/ana")
    return [row.entry for row in rows if isinstance(row.entry, SessionEntry)]


def strokes_to(page: Page, name: str) -> int:
    """Press Tab until the field of that name has the focus; gives how often."""
    for count in range(MOST_STROKES + 1):
        if page.evaluate("document.activeElement?.getAttribute('name')") == name:
            return count
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} takes more than {MOST_STROKES} strokes")


def kept(page: Page) -> None:
    """Wait until the page has said that the draft is kept."""
    expect(page.locator("[data-said]")).to_have_text("Draft kept.")


def test_the_usual_session_takes_few_strokes_besides_its_numbers(browser: Browser, served: tuple[Ward, str]) -> None:
    ward, base = served
    page = open_page(browser)
    page.goto(f"{base}/patients/{ward.ana}/log")
    strokes = 0
    for name, number in USUAL:
        strokes += strokes_to(page, name)
        page.keyboard.type(number)
    strokes += strokes_to(page, "sign.left-hip.firm-end-feel")
    for key in ("Space", "Enter"):
        page.keyboard.press(key)
        strokes += 1
    page.wait_for_url(PATIENT)
    assert strokes <= MOST_STROKES
    (session,) = sessions(ward)
    assert (session.session.minutes, session.session.mobility_level, session.session.exertion) == (40, 7, 4)
    rows = ward.ports.logbook.outbox(patient="Patient/ana")
    assert len([row for row in rows if isinstance(row.entry, MeasurementEntry)]) == 7
    page.context.close()


def test_two_taps_with_a_finger_write_one_session(browser: Browser, served: tuple[Ward, str]) -> None:
    ward, base = served
    page = open_page(browser, touch=True)
    page.goto(f"{base}/patients/{ward.ana}/log")
    page.get_by_text("Active exercise").tap()
    page.locator("#minutes").fill("40")
    page.get_by_text("Swelling", exact=True).first.tap()
    box = page.get_by_role("button", name="Save session").bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(PATIENT)
    (session,) = sessions(ward)
    assert session.session.kind.value == "active-exercise"
    page.context.close()


def test_a_connection_that_is_cut_in_mid_form_loses_nothing(browser: Browser, served: tuple[Ward, str]) -> None:
    ward, base = served
    page = open_page(browser)
    page.goto(f"{base}/patients/{ward.ana}/log")
    page.fill("#minutes", "40")
    page.context.set_offline(True)
    page.fill("#note", "slept badly")
    page.get_by_role("button", name="Save session").click()
    expect(page.locator("[data-said]")).to_contain_text("No connection")
    assert page.input_value("#note") == "slept badly"
    assert sessions(ward) == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Save session").click()
    page.wait_for_url(PATIENT)
    (session,) = sessions(ward)
    assert session.session.note == "slept badly"
    page.context.close()


def test_a_tablet_that_died_in_mid_form_finds_its_draft_on_another(
    browser: Browser, served: tuple[Ward, str]
) -> None:
    ward, base = served
    first = open_page(browser)
    first.goto(f"{base}/patients/{ward.ana}/log")
    first.fill("#note", "slept badly")
    first.fill("[name='angle.passive.left-hip.flexion']", "81")
    kept(first)
    assert first.evaluate("localStorage.length + sessionStorage.length") == 0
    first.context.close()
    ward.viewer, writer = PHYSICIAN, ward.viewer
    other = open_page(browser)
    other.goto(f"{base}/patients/{ward.ana}/log")
    assert other.input_value("#note") == ""
    ward.viewer = writer
    other.goto(f"{base}/patients/{ward.ana}/log")
    expect(other.get_by_text("Your draft of")).to_be_visible()
    assert other.input_value("[name='angle.passive.left-hip.flexion']") == "81"
    other.get_by_role("button", name="Save session").click()
    other.wait_for_url(PATIENT)
    assert [session.session.note for session in sessions(ward)] == ["slept badly"]
    other.goto(f"{base}/patients/{ward.ana}/log")
    assert other.input_value("#note") == ""
    other.context.close()


@pytest.mark.parametrize(("button", "saved"), [("Correct the saved session", [55]), ("Save as another", [40, 55])])
def test_what_is_typed_after_going_back_to_a_saved_form_corrects_it_or_is_another(
    browser: Browser, served: tuple[Ward, str], button: str, saved: list[float]
) -> None:
    ward, base = served
    page = open_page(browser)
    page.goto(f"{base}/patients/{ward.ana}/log")
    token = page.input_value("#token")
    page.fill("#minutes", "40")
    page.get_by_role("button", name="Save session").click()
    page.wait_for_url(PATIENT)
    page.goto(f"{base}/patients/{ward.ana}/log")
    page.evaluate("number => { document.querySelector('#token').value = number; }", token)
    page.fill("#minutes", "55")
    page.get_by_role("button", name="Save session").click()
    expect(page.get_by_role("heading", name="This form was saved already")).to_be_visible()
    page.get_by_role("button", name=button).click()
    page.wait_for_url(PATIENT)
    minutes = [s.minutes for s in ward.ports.logbook.record("Patient/ana").sessions if s.source.startswith("urn:")]
    assert sorted(m or 0 for m in minutes) == saved
    page.context.close()


def test_without_javascript_a_session_is_refused_logged_corrected_and_deleted(
    browser: Browser, served: tuple[Ward, str]
) -> None:
    ward, base = served
    page = open_page(browser, scripts=False)
    page.goto(f"{base}/patients/{ward.ana}/log")
    page.fill("#minutes", "forty")
    page.fill("#note", "slept badly")
    page.get_by_role("button", name="Save session").click()
    assert page.get_attribute("#minutes", "aria-invalid") == "true"
    page.goto(f"{base}/patients/{ward.ana}/log")
    assert page.input_value("#note") == "slept badly", "a refused form is a draft"
    page.fill("#minutes", "40")
    page.get_by_role("button", name="Save session").click()
    page.wait_for_url(PATIENT)
    page.get_by_role("link", name="Correct", exact=False).first.click()
    page.fill("#minutes", "45")
    page.fill("#reason", "typing error")
    page.get_by_role("button", name="Save the correction").click()
    page.wait_for_url(PATIENT)
    assert ward.ports.logbook.record("Patient/ana").sessions[-1].minutes == 45
    page.get_by_role("link", name="Correct", exact=False).first.click()
    page.get_by_role("link", name="Delete it").click()
    page.fill("#reason-delete", "logged twice")
    page.get_by_role("button", name="Delete the session").click()
    page.wait_for_url(PATIENT)
    assert page.get_by_role("status").first.inner_text().startswith("Deleted")
    assert ward.ports.logbook.record("Patient/ana").sessions[-1].source == "Procedure/s11"
    page.context.close()

"""What else is done on the ward, by mouse, by the keyboard alone, with a finger: correcting, planning, deciding."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.security import generate_password_hash

from horehab.app import create_app
from horehab.domain.entries import Decision
from horehab.domain.session import SessionStatus
from horehab.settings import Settings
from horehab.usecases.audit_trail import AuditQuery
from horehab.usecases.exchange import User
from tests.e2e.browsing import said
from tests.e2e.conftest import served_at
from tests.e2e.every_page import copied, standing_ward
from tests.e2e.hands import HANDS, AnyHand, Hand, open_by
from tests.servers.loopback import app_answering
from tests.web.conftest import PHYSICIAN, Ward, make_ward
from tests.web.test_conflicts import queue
from tests.web.test_standalone import PASSWORD
from tests.web.ward import ANA, BEN, close

FLEXION = "angle.passive.left-hip.flexion"


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ward with an example of everything, closed."""
    folder = tmp_path_factory.mktemp("full")
    close(standing_ward(folder))
    return folder


@pytest.fixture
def served(full: Path, tmp_path: Path) -> Iterator[tuple[Ward, str]]:
    """Serve a copy of it."""
    ports = copied(full, tmp_path / "copy")
    ward = make_ward(ports)
    with served_at(ward) as base:
        yield ward, base
    close(ports)


@pytest.fixture
def anew(tmp_path: Path) -> Iterator[tuple[Ward, str]]:
    """Serve one that is no copy: of a copy no reminder leaves."""
    ports = standing_ward(tmp_path)
    ward = make_ward(ports)
    with served_at(ward) as base:
        yield ward, base
    close(ports)


@pytest.mark.parametrize("hand", HANDS)
def test_a_session_is_asked_about_corrected_moved_and_deleted(
    browser: Browser, served: tuple[Ward, str], hand: AnyHand
) -> None:
    """The physiotherapist: stop early and say why, answer what is asked, correct it; it was another patient's."""
    ward, base = served
    by = open_by(hand, browser)
    page, angle = by.page, by.page.locator(f"[name='{FLEXION}']")
    page.goto(f"{base}/patients/{ward.ana}/log")
    by.mark(page.get_by_role("radio", name="Stopped early"))
    by.write(page.locator("#reason_not_done"), "pain")
    by.write(page.locator("#exertion"), "6")
    by.write(angle, "300")
    by.press(page.get_by_text("Hip: active motion"))
    by.write(page.locator("[name='angle.active.left-hip.flexion']"), "66")
    by.write(page.locator("[name='pain.left-hip.end-range']"), "7")
    by.write(page.locator("#adverse_event"), "dizzy")
    by.write(page.locator("#sedation"), "RASS -1")
    by.write(page.locator("#device"), "goniometer")
    by.write(page.locator("#position"), "supine")
    by.press(page.get_by_role("button", name="Save session"))
    by.press(page.get_by_role("alert").get_by_role("link"))
    by.rewrite(angle, "40")
    by.press(page.get_by_role("button", name="Save session"))
    by.mark(page.get_by_label("Measured again: it is right").first)
    by.press(page.get_by_role("button", name="Save session"))
    said(page, "Saved.")
    saved = ward.ports.logbook.record(ANA.reference).sessions[-1]
    assert (saved.status, saved.reason_not_done, saved.adverse_event) == (SessionStatus.STOPPED, "pain", "dizzy")
    _correct(page, by)
    by.rewrite(page.locator("#exertion"), "5")
    by.write(page.locator("#reason"), "typing error")
    by.press(page.get_by_role("button", name="Save the correction"))
    said(page, "Corrected.")
    assert ward.ports.logbook.record(ANA.reference).sessions[-1].exertion == 5
    _correct(page, by)
    by.press(page.get_by_role("link", name="Delete it, or move it to the right patient"))
    by.write(page.locator("#text"), "Ben")
    by.press(page.get_by_role("button", name="Search"))
    by.mark(page.get_by_role("radio", name=re.compile("^Ben Ejemplo")))
    by.write(page.locator("#reason-move"), "wrong patient")
    by.press(page.get_by_role("button", name="Move the session"))
    said(page, "Moved.")
    (moved,) = ward.ports.logbook.record(BEN.reference).sessions
    assert moved.adverse_event == "dizzy"
    page.goto(f"{base}/patients/{ward.ben}")
    _correct(page, by)
    by.press(page.get_by_role("link", name="Delete it, or move it to the right patient"))
    by.write(page.locator("#reason-delete"), "logged twice")
    by.press(page.get_by_role("button", name="Delete the session"))
    said(page, "Deleted:")
    assert ward.ports.logbook.record(BEN.reference).sessions == ()
    page.context.close()


def _correct(page: Page, by: Hand) -> None:
    by.press(page.get_by_role("link", name=re.compile("^Correct")).first)


@pytest.mark.parametrize("hand", HANDS)
def test_a_draft_is_begun_afresh_and_what_was_planned_was_not_done(
    browser: Browser, served: tuple[Ward, str], hand: AnyHand
) -> None:
    """The physiotherapist: a draft that came back is let go; planned and not done; what was told is taken back."""
    ward, base = served
    by = open_by(hand, browser)
    page = by.page
    page.goto(f"{base}/patients/{ward.ana}/log")
    by.write(page.locator("#minutes"), "40")
    expect(page.locator("[data-said]")).to_have_text("Draft kept.")
    page.goto(f"{base}/patients/{ward.ana}/log")
    assert page.input_value("#minutes") == "40"
    by.press(page.get_by_role("button", name="Begin afresh"))
    expect(page.locator("#minutes")).to_have_value("")
    by.mark(page.get_by_role("radio", name="Planned, not done"))
    by.write(page.locator("#reason_not_done"), "fever")
    by.press(page.get_by_role("button", name="Save session"))
    said(page, "Saved.")
    assert ward.ports.logbook.record(ANA.reference).sessions[-1].reason_not_done == "fever"
    page.goto(f"{base}/patients/{ward.ana}/before")
    by.press(page.get_by_role("button", name="Take back"))
    said(page, "Taken back.")
    assert ward.ports.logbook.bedside.reports(ANA.reference) == ()
    page.context.close()


@pytest.mark.parametrize("hand", HANDS)
def test_what_is_planned_is_worked_off(browser: Browser, anew: tuple[Ward, str], hand: AnyHand) -> None:
    """Whoever plans: let the first ones go, move one, call, write, renew the calendar's address, settle a clash."""
    ward, base = anew
    by = open_by(hand, browser)
    page = by.page
    page.goto(f"{base}/reminders")
    by.press(page.get_by_role("button", name="Let them go"))
    said(page, "The reminders were let go.")
    by.pick(page.locator("#rule"), "Missed appointment")
    by.press(page.get_by_role("button", name="Show"))
    page.wait_for_url(re.compile("rule=non-attendance"))
    by.press(page.get_by_role("link", name=re.compile("^Attempts and decision")).first)
    by.mark(page.get_by_role("radio", name="Move it to another day"))
    by.write(page.locator("#day"), "05252026")
    by.write(page.locator("#why"), "on leave until then")
    by.press(page.get_by_role("button", name="Decide"))
    said(page, "Noted.")
    moved = [row.reminder for row in ward.ports.logbook.reminders() if row.reminder.due_day == date(2026, 5, 25)]
    assert [reminder.rule.value for reminder in moved] == ["non-attendance"]
    for listed, became in (("Call list", "Reached"), ("Letter list", "Posted")):
        page.goto(f"{base}/reminders")
        by.press(page.get_by_role("link", name=listed))
        by.press(page.get_by_role("button", name=became, exact=True))
        said(page, "Noted.")
        expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    page.goto(f"{base}/reminders")
    by.press(page.get_by_role("link", name="Calendar", exact=True))
    address = page.locator(".hr-code").inner_text()
    by.press(page.get_by_role("button", name="Make a new address"))
    expect(page.locator(".hr-code")).not_to_have_text(address)
    by.press(page.get_by_role("button", name="Revoke it"))
    expect(page.locator(".hr-code")).to_have_count(0)
    page.goto(f"{base}/conflicts")
    by.mark(page.get_by_role("radio", name=re.compile("^Leave the EHR as it is")))
    by.write(page.get_by_label("Reason, for the audit trail"), "seen at the bedside")
    by.press(page.get_by_role("button", name="Settle"))
    said(page, "Settled.")
    assert queue(ward) == ()
    page.context.close()


@pytest.mark.parametrize("hand", HANDS)
def test_a_patient_is_looked_through_and_a_suspicion_dismissed(
    browser: Browser, served: tuple[Ward, str], hand: AnyHand
) -> None:
    """The physician: narrow the caseload, the joint on the figure, both sides, the evidence; the summary leaves."""
    ward, base = served
    ward.viewer = PHYSICIAN
    by = open_by(hand, browser)
    page = by.page
    page.goto(base)
    by.press(page.get_by_role("link", name=re.compile("Suspected$")))
    page.wait_for_url(re.compile("tier=suspect"))
    by.press(page.get_by_role("link", name="Ana Prueba", exact=True))
    by.press(page.locator(".hr-bodyfigure").get_by_role("link", name=re.compile("^Left hip")))
    by.press(page.get_by_role("link", name="Compare with the right hip"))
    by.press(page.get_by_role("link", name="Compare with the left hip"))
    by.press(page.get_by_role("link", name="Look at the evidence"))
    by.press(page.get_by_text(re.compile(r"^\d+ entries of the EHR")).first)
    assert page.locator("details.hr-cited[open] a").first.get_attribute("href")
    by.mark(page.get_by_role("radio", name=re.compile("^Dismiss")))
    by.write(page.locator("#reason"), "contracture seen under anaesthesia")
    by.press(page.get_by_role("button", name="Decide"))
    said(page, "Decided.")
    (decision,) = ward.ports.logbook.decisions(ANA.reference)
    assert (decision.decision, decision.reason) == (Decision.DISMISS, "contracture seen under anaesthesia")
    page.goto(f"{base}/patients/{ward.ana}")
    by.press(page.get_by_role("link", name=re.compile("^Summary for the consultation")))
    for name, file in (("As PDF", "summary.pdf"), ("Readings as CSV", "readings.csv")):
        with page.expect_download() as leaving:
            by.press(page.get_by_role("link", name=name))
        assert leaving.value.suggested_filename == file
    page.context.close()


@pytest.mark.parametrize("hand", HANDS)
def test_somebody_comes_in_chooses_language_and_colours_reads_the_trail_and_goes(
    browser: Browser, tmp_path: Path, hand: AnyHand
) -> None:
    """Whoever looks after the installation: sign in, read who did what, in French and in the dark, sign out."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/x.sqlite3"))
    ports = app.extensions["horehab"].ports()
    hashed = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
    ports.logbook.add_user(User(name="gil", display="Eva Gil", role="integrator", password_hash=hashed))
    with app_answering(app) as base:
        by = open_by(hand, browser)
        page = by.page
        page.goto(f"{base}/audit")
        by.write(page.locator("#name"), "gil")
        by.write(page.locator("#password"), PASSWORD)
        by.press(page.get_by_role("button", name="Sign in"))
        by.write(page.locator("#who"), "nobody")
        by.mark(page.get_by_label("Refusals only"))
        by.press(page.get_by_role("button", name="Find"))
        expect(page.locator("tbody tr").first).to_contain_text("nobody")
        by.press(page.get_by_role("link", name="Show all"))
        expect(page.get_by_text("None was altered.")).to_be_visible()
        by.press(page.get_by_role("link", name="Français"))
        by.press(page.get_by_role("link", name="Sombre"))
        expect(page.locator("html")).to_have_attribute("data-hr-theme", "dark")
        by.press(page.get_by_role("button", name="Se déconnecter"))
        expect(page.locator("#password")).to_be_visible()
        page.context.close()
    assert [note.what for note in ports.logbook.trail.notes(AuditQuery(who="gil"), most=1)] == ["signed out"]
    close(ports)

"""What pages let somebody decide or narrow is done by mouse, by keys, by finger; the store holds just that."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from horehab.domain.entries import Decision, DecisionEntry, SessionEntry
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.reminder import ReminderState
from horehab.domain.session import SessionKind
from horehab.usecases.audit_trail import AuditQuery
from tests.e2e.browsing import said
from tests.e2e.hands import HANDS, AnyHand, open_by
from tests.web.conftest import PHYSICIAN, PHYSIO, Ward
from tests.web.settled import settled
from tests.web.test_caseload_filters import lying
from tests.web.test_reminders import asked, put, stands
from tests.web.ward import ANA, BEN, LEFT_HIP, TODAY, at, fill, items_of, reading

LEFT_KNEE = JointSide(joint=Joint.KNEE, side=Side.LEFT)


@pytest.mark.parametrize("hand", HANDS)
def test_a_suspicion_is_accepted_and_later_refuted_citing_imaging(
    browser: Browser, served: tuple[Ward, str], hand: AnyHand
) -> None:
    """Accepted as provisional, refuted by the physician when the CT was read: two decisions go to the EHR."""
    ward, base = served
    ward.viewer = PHYSICIAN
    by = open_by(hand, browser)
    page = by.page
    page.goto(f"{base}/patients/{ward.ana}/suspicions/left-hip")
    by.mark(page.get_by_role("radio", name=re.compile("^Accept")))
    by.press(page.get_by_role("button", name="Decide"))
    said(page, "Decided.")
    by.mark(page.get_by_role("radio", name="Refuted, citing imaging"))
    by.mark(page.get_by_role("radio", name="CT", exact=True))
    by.write(page.get_by_label("Day it was taken"), "05192026")
    by.write(page.get_by_label("Finding"), "no ossification")
    by.write(page.get_by_label("Read by"), "Dr. Vela")
    by.press(page.get_by_role("button", name="Decide"))
    said(page, "Decided.")
    page.context.close()
    rows = [row.entry for row in ward.ports.logbook.outbox(patient=ANA.reference)]
    accepted, refuted = [entry for entry in rows if isinstance(entry, DecisionEntry)]
    assert (accepted.place, accepted.decision, accepted.cited) == (LEFT_HIP, Decision.ACCEPT, None)
    assert (refuted.place, refuted.decision, refuted.by) == (LEFT_HIP, Decision.REFUTE, PHYSICIAN.signature)
    assert str(refuted.cited) == "CT of 2026-05-19: no ossification (read by Dr. Vela)"


@pytest.mark.parametrize("hand", HANDS)
def test_the_caseload_is_narrowed_and_a_session_is_one_tap_away(
    browser: Browser, served: tuple[Ward, str], hand: AnyHand
) -> None:
    """By ward, by whom somebody saw last and by joint; by need; then the form, and what was done is kept."""
    ward, base = served
    fill(ward.ports, items_of(ANA, [lying("Location/3b", "Ward 3B", at(TODAY))]))
    elsewhere = lying("Location/9", "Ward 9", at(TODAY))
    knee = reading("Observation/bens-knee", LEFT_KNEE, Motion.FLEXION, 130, TODAY)
    fill(ward.ports, items_of(BEN, [elsewhere, replace(knee, rater="Practitioner/sanz")]))
    by = open_by(hand, browser)
    page = by.page
    patients = page.locator(".hr-caseload tbody th a")
    page.goto(base)
    expect(patients).to_have_count(2)
    for name, choice in (("ward", "Ward 3B"), ("therapist", "you"), ("joint", "Hip")):
        by.pick(page.locator(f"#{name}"), choice)
    by.press(page.get_by_role("button", name="Find"))
    expect(patients).to_have_text(["Ana Prueba"])
    asked_for = parse_qs(urlsplit(page.url).query)
    assert asked_for == {"ward": ["Location/3b"], "therapist": [PHYSIO.practitioner], "joint": ["hip"]}
    by.press(page.get_by_role("link", name="Show all"))
    expect(patients).to_have_count(2)
    by.press(page.get_by_role("link", name=re.compile("Suspected$")))
    expect(patients).to_have_text(["Ana Prueba"])
    by.press(page.get_by_role("link", name=re.compile("^Log")))
    by.mark(page.get_by_role("radio", name="Assessment"))
    by.write(page.locator("#minutes"), "20")
    by.press(page.get_by_role("button", name="Save session"))
    said(page, "Saved.")
    page.context.close()
    rows = [row.entry for row in ward.ports.logbook.outbox(patient=ANA.reference)]
    (entry,) = [entry for entry in rows if isinstance(entry, SessionEntry)]
    assert (entry.session.kind, entry.session.minutes) == (SessionKind.ASSESSMENT, 20)


@pytest.mark.parametrize("hand", HANDS)
def test_what_failed_is_sent_again_and_what_was_set_aside_leads_to_its_patient(
    browser: Browser, served: tuple[Ward, str], hand: AnyHand
) -> None:
    """Whoever plans finds what failed by state and kind; whoever looks after the data finds whom it concerns."""
    ward, base = served
    row = put(ward, asked())
    settled(ward.ports, row.reminder, ReminderState.FAILED)
    by = open_by(hand, browser)
    page = by.page
    page.goto(f"{base}/reminders")
    by.press(page.get_by_role("link", name=re.compile("Failed$")))
    page.wait_for_url(re.compile("state=failed"))
    by.pick(page.locator("#rule"), "Missed appointment")
    by.press(page.get_by_role("button", name="Show"))
    page.wait_for_url(re.compile("rule=non-attendance"))
    by.press(page.get_by_role("link", name=re.compile("^Attempts and decision")))
    by.write(page.locator("#day"), "05222026")
    by.write(page.locator("#why"), "the address is right now")
    by.press(page.get_by_role("button", name="Decide"))
    said(page, "Noted.")
    again = stands(ward, row)
    assert (again.state, again.reminder.due_day.isoformat()) == (ReminderState.DUE, "2026-05-22")
    page.goto(f"{base}/quality")
    by.press(page.get_by_role("link", name="to the patient"))
    expect(page.get_by_label("Patient", exact=True)).to_contain_text("Ben Ejemplo")
    page.context.close()
    assert "read patient" in [
        note.what for note in ward.ports.logbook.trail.notes(AuditQuery(who=PHYSIO.name), most=1)
    ]

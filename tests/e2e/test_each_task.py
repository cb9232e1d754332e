"""Each task of the ward is done by mouse, by the keyboard alone, and with a finger on a tablet 820 pixels wide."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from horehab.domain.entries import Decision
from horehab.domain.exposure import ExposureKind
from horehab.domain.reminder import ReminderState
from horehab.settings import Settings
from horehab.wiring import opened_ports
from tests.cli.local_ward import angle
from tests.e2e.browsing import said
from tests.e2e.conftest import served_at
from tests.e2e.hands import HANDS, AnyHand, open_by
from tests.web.conftest import PHYSICIAN, PHYSIO, Ward, make_ward
from tests.web.test_codes import read
from tests.web.test_reminders import asked, put, stands
from tests.web.ward import LEFT_HIP


@pytest.mark.parametrize("hand", HANDS)
def test_a_patient_is_found_measured_and_looked_at(browser: Browser, served: tuple[Ward, str], hand: AnyHand) -> None:
    """The physiotherapist: find the patient, log a session, tell what went before, look at the joint, put it off."""
    ward, base = served
    by = open_by(hand, browser)
    page = by.page
    page.goto(base)
    by.write(page.get_by_label("Name or record number"), "Ana")
    by.pick(page.get_by_label("Joint", exact=True), "Hip")
    by.press(page.get_by_role("button", name="Find"))
    page.wait_for_url(re.compile("joint=hip.*found=|found=.*joint=hip"))
    by.press(page.get_by_role("link", name=re.compile("Log a session|^Log")).first)
    by.mark(page.get_by_role("radio", name="Walking"))
    by.write(page.locator("#minutes"), "40")
    by.pick(page.locator("#mobility_level"), "7 · walking with 2 or more people")
    by.write(page.locator("[name='angle.passive.left-hip.flexion']"), "80")
    by.mark(page.locator("[name='sign.left-hip.firm-end-feel']"))
    by.press(page.get_by_role("button", name="Save session"))
    said(page, "Saved.")
    page.goto(f"{base}/patients/{ward.ana}/before")
    by.pick(page.locator("#kind"), "ECMO")
    by.write(page.locator("#start"), "01202026")
    by.press(page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    page.goto(f"{base}/patients/{ward.ana}")
    by.press(page.get_by_role("link", name=re.compile("^Left hip")).first)
    page.wait_for_url(re.compile("joints/left-hip$"))
    by.press(page.get_by_role("link", name="Look at the evidence"))
    by.press(page.get_by_text("Not now: ask again in some days"))
    by.mark(page.get_by_role("radio", name="7 days"))
    by.press(page.get_by_role("button", name="Ask again later"))
    said(page, "Put off.")
    page.context.close()
    record = ward.ports.logbook.record("Patient/ana")
    assert record.sessions[-1].minutes == 40
    assert record.sessions[-1].mobility_level == 7
    assert [report.fact.kind for report in ward.ports.logbook.bedside.reports("Patient/ana")] == [ExposureKind.ECMO]
    assert [rest.place for rest in ward.ports.logbook.bedside.snoozes("Patient/ana")] == [LEFT_HIP]


@pytest.mark.parametrize("hand", HANDS)
def test_a_suspicion_is_decided_and_a_reminder_stopped(
    browser: Browser, served: tuple[Ward, str], hand: AnyHand
) -> None:
    """The physician: confirm by imaging; whoever plans: stop what need not be sent."""
    ward, base = served
    ward.viewer = PHYSICIAN
    row = put(ward, asked())
    by = open_by(hand, browser)
    page = by.page
    page.goto(f"{base}/patients/{ward.ana}/suspicions/left-hip")
    by.mark(page.get_by_role("radio", name="Confirmed, citing imaging"))
    by.mark(page.get_by_role("radio", name="Scintigraphy"))
    by.write(page.get_by_label("Day it was taken"), "05192026")
    by.write(page.get_by_label("Finding"), "hot in three phases")
    by.press(page.get_by_role("button", name="Decide"))
    said(page, "Decided.")
    ward.viewer = PHYSIO
    page.goto(f"{base}/reminders/{row.row}")
    by.mark(page.get_by_role("radio", name=re.compile("^Stop it")))
    by.write(page.locator("#why"), "moved to another town")
    by.press(page.get_by_role("button", name="Decide"))
    said(page, "Noted.")
    page.context.close()
    (decision,) = ward.ports.logbook.decisions("Patient/ana")
    assert decision.decision is Decision.CONFIRM
    assert str(decision.cited) == "scintigraphy of 2026-05-19: hot in three phases"
    assert stands(ward, row).state is ReminderState.CANCELLED


@pytest.mark.parametrize("hand", HANDS)
def test_a_code_of_the_hospital_is_given_its_meaning_and_it_is_taken_back(
    browser: Browser, tmp_path: Path, hand: AnyHand
) -> None:
    """Whoever looks after the data: from the list of what is not read to what a code means."""
    chosen = Settings(fhir_url="http://127.0.0.1:9/fhir", database_url=f"sqlite:///{tmp_path}/x.sqlite3")
    with opened_ports(chosen) as ports:
        read(ports, {"resourceType": "Patient", "id": "ana"}, angle("k", "Patient/ana", 100, "KFPL", "Flex <P> G1"))
        ward = make_ward(ports)
        ward.viewer = PHYSICIAN
        with served_at(ward) as base:
            by = open_by(hand, browser)
            page = by.page
            page.goto(f"{base}/quality")
            by.press(page.locator("#codes").get_by_role("link").first)
            by.pick(page.locator("#joint"), "Knee")
            by.pick(page.locator("#motion"), "Flexion")
            by.pick(page.locator("#mode"), "Passive")
            by.pick(page.locator("#side"), "Left")
            by.press(page.get_by_role("button", name="Read it so from now on"))
            page.wait_for_url(re.compile("/quality(#|$)"))
            (reading,) = ports.logbook.record("Patient/ana").readings
            by.press(page.get_by_role("link", name="Change or take back"))
            by.press(page.get_by_role("button", name="Forget what it means"))
            page.wait_for_url(re.compile("/quality(#|$)"))
            page.context.close()
        assert ports.logbook.record("Patient/ana").readings == ()
    assert (str(reading.place), reading.motion.value, reading.degrees) == ("left knee", "flexion", 100)

"""The calendar feed: one entry for a day and a kind, read by other programs, revocable, and it tells of nobody."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from horehab.domain.recipient import PATIENT
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.usecases.signed_addresses import signature
from tests.web.conftest import Ward
from tests.web.settled import settled
from tests.web.ward import ANA, BEN, LEFT_HIP


@pytest.fixture
def reminder(ward: Ward) -> Reminder:
    """A reminder of the ward's own, with words in it that no calendar may show."""
    first = next(
        row.reminder for row in ward.ports.logbook.reminders() if row.reminder.rule is ReminderRule.MEASURE_ROM
    )
    day = ward.ports.clock.today() + timedelta(days=2)
    return replace(
        first,
        window="a",
        due_day=day,
        void_after=day + timedelta(days=7),
        reason="left hip of Ana Prueba lost 24 degrees",
    )


def _put(ward: Ward, *reminders: Reminder) -> None:
    ward.ports.logbook.log(patient=ANA.reference, entries=(), reminders=reminders, now=ward.ports.clock.now())


def _make(ward: Ward) -> str:
    assert ward.send("/calendar", action="make").status_code == 303
    found = re.search(r"http://localhost(/horehab/calendar/\S+\.ics)", ward.look("/calendar").text)
    assert found
    return found[1]


def _events(ward: Ward, address: str) -> dict[str, Any]:
    """Read the feed as a calendar program does, without a session; by the day and the words."""
    ward.viewer = None
    answer = ward.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    made: Any = Calendar.from_ical(answer.data)
    assert not made.errors
    return {f"{event['dtstart'].dt.date()} {event['summary']}": event for event in made.walk("VEVENT")}


def test_a_day_of_three_measurements_is_one_entry(ward: Ward, reminder: Reminder) -> None:
    _put(ward, reminder, replace(reminder, window="b"), replace(reminder, window="c", patient=BEN.reference))
    events = _events(ward, _make(ward))
    event = events[f"{reminder.due_day} A measurement is due (3)"]
    assert (event["status"], event["transp"], event["sequence"]) == ("CONFIRMED", "TRANSPARENT", 0)


def test_another_library_reads_the_same_entries(ward: Ward, reminder: Reminder) -> None:
    _put(ward, reminder)
    address = _make(ward)
    ours = _events(ward, address)
    theirs = vobject.readOne(ward.client.get(address).text)
    assert {f"{one.dtstart.value.date()} {one.summary.value}" for one in theirs.vevent_list} == set(ours)
    assert {one.uid.value for one in theirs.vevent_list} == {str(event["uid"]) for event in ours.values()}
    assert theirs.version.value == "2.0"


def test_a_feed_tells_of_no_patient_diagnosis_value_or_joint(ward: Ward, reminder: Reminder) -> None:
    _put(ward, replace(reminder, place=LEFT_HIP))
    address = _make(ward)
    ward.viewer = None
    said = ward.client.get(address).text
    assert ward.ana not in said
    assert not re.search(r"ana\b|prueba|hip|left|degrees|ossific|suspic|HC-1001|Patient", said, re.IGNORECASE)


def test_what_holds_no_more_stays_under_its_name_as_cancelled(ward: Ward, reminder: Reminder) -> None:
    _put(ward, reminder)
    address = _make(ward)
    name = f"{reminder.due_day} A measurement is due (1)"
    before = _events(ward, address)[name]
    settled(ward.ports, reminder, ReminderState.CANCELLED)
    after = _events(ward, address)[name]
    assert (before["uid"], before["status"]) == (after["uid"], "CONFIRMED")
    assert (after["status"], after["sequence"]) == ("CANCELLED", 1)


def test_reminders_for_patients_and_of_patients_not_seen_are_in_no_feed(ward: Ward, reminder: Reminder) -> None:
    hidden = replace(reminder, window="b", due_day=reminder.due_day + timedelta(days=1), patient=BEN.reference)
    theirs = replace(reminder, window="c", due_day=reminder.due_day + timedelta(days=2), recipient=PATIENT)
    _put(ward, hidden, theirs)
    address = _make(ward)
    ward.hidden = {BEN.reference}
    days = {name[:10] for name in _events(ward, address)}
    assert not {str(hidden.due_day), str(theirs.due_day)} & days


def test_a_revoked_address_answers_as_one_that_never_was(ward: Ward) -> None:
    address = _make(ward)
    viewer = ward.viewer
    assert ward.send("/calendar", action="revoke").status_code == 303
    assert "ics" not in ward.look("/calendar").text
    ward.viewer = None
    gone, never = ward.client.get(address), ward.client.get("/horehab/calendar/none/none.ics")
    assert (gone.status_code, gone.data) == (never.status_code, never.data) == (404, b"")
    ward.viewer = viewer
    assert _make(ward) != address


def test_a_new_address_ends_the_old_one(ward: Ward) -> None:
    first, second = _make(ward), _make(ward)
    assert ward.client.get(first).status_code == 404
    assert ward.client.get(second).status_code == 200


def test_a_forged_signature_opens_nothing(ward: Ward) -> None:
    address = _make(ward)
    start, _, signed = address.removesuffix(".ics").rpartition("/")
    for forged in (
        "0" * len(signed),
        "",
        signed[:-1],
        signature("guess", "calendar feed", start.rpartition("/")[2]),
        "ñ",
    ):
        assert ward.client.get(f"{start}/{forged}.ics").status_code == 404


def test_the_feed_of_one_who_may_not_sign_in_any_more_is_closed(ward: Ward) -> None:
    address = _make(ward)
    assert ward.client.get(address).status_code == 200
    owner = ward.staff.pop("ruiz")
    assert ward.client.get(address).status_code == 404
    ward.staff["ruiz"] = owner
    assert ward.client.get(address).status_code == 200


def test_what_is_neither_make_nor_revoke_changes_nothing(ward: Ward) -> None:
    address = _make(ward)
    assert ward.send("/calendar", action="share").status_code == 400
    assert ward.client.get(address).status_code == 200

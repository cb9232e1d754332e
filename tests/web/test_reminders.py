"""The coordinator's view: what is due, sent, failed or unknown, and why; a person stops, moves, repeats, lets go."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from horehab.domain.postal import PostalAddress
from horehab.domain.recipient import ContactWay
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.usecases.audit_trail import AuditQuery
from horehab.usecases.exchange import ChartItem, ChartPage, ReminderRow
from horehab.usecases.reminding import Outcome
from horehab.web.options import Role
from tests.web.conftest import PHYSIO, Ward, as_role, make_ward
from tests.web.ward import ANA, BEN, TODAY, close, fill, hip_that_worsens, items_of, open_ward


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """A ward with Ana, who is to be measured, and Ben, in a store of its own: reminders can leave it."""
    ports = open_ward(tmp_path)
    fill(ports, [*items_of(ANA, hip_that_worsens()), *items_of(BEN, ())])
    yield make_ward(ports)
    close(ports)


def asked(patient: str = ANA.reference, *, channel: str = "email", window: str = "w1") -> Reminder:
    return Reminder(
        patient=patient,
        rule=ReminderRule.NON_ATTENDANCE,
        place=None,
        recipient="team",
        channel=channel,
        window=window,
        due_day=TODAY,
        due_time=time(8),
        zone="Europe/Madrid",
        void_after=TODAY + timedelta(days=7),
        reason="Two appointments in a row were missed.",
    )


def put(ward: Ward, reminder: Reminder) -> ReminderRow:
    logbook, now = ward.ports.logbook, ward.ports.clock.now()
    logbook.log(patient=reminder.patient, entries=(), reminders=[reminder], now=now)
    return next(row for row in logbook.reminders() if row.reminder.key == reminder.key)


def settled(ward: Ward, reminder: Reminder, state: ReminderState, detail: str = "") -> ReminderRow:
    """Put one down and let an attempt end so."""
    row, ledger, now = put(ward, reminder), ward.ports.logbook.reminding, ward.ports.clock.now()
    claimed = ward.ports.logbook.due_reminders(owner="a", now=now, limit=1000)
    begun = ledger.begin([each for each in claimed if each.row == row.row], now=now)
    ledger.give_back([each for each in claimed if each.row != row.row])
    ledger.settle([Outcome(row=each, state=state, detail=detail) for each in begun], now=now)
    return stands(ward, row)


def stands(ward: Ward, row: ReminderRow) -> ReminderRow:
    return next(each for each in ward.ports.logbook.reminders() if each.row == row.row)


def decide(ward: Ward, row: ReminderRow, **typed: str) -> str:
    answer = ward.send(f"/reminders/{row.row}", **typed)
    assert answer.status_code in (303, 422), answer.status_code
    return answer.text


def test_what_failed_or_is_unknown_stands_under_its_state_with_the_reason(ward: Ward) -> None:
    settled(ward, asked(window="w1"), ReminderState.FAILED, "no e-mail address is known")
    settled(ward, asked(window="w2"), ReminderState.UNKNOWN, "the answer of the gateway was lost")
    assert "no e-mail address is known" in ward.look("/reminders?state=failed").text
    page = ward.look("/reminders?state=unknown").text
    assert "the answer of the gateway was lost" in page
    assert "no e-mail address is known" not in page


def test_a_list_can_be_narrowed_to_one_kind(ward: Ward) -> None:
    put(ward, asked())
    page = ward.look("/reminders?rule=non-attendance").text
    assert "Two appointments in a row were missed." in page
    assert "no forceful stretching" not in page
    assert "no forceful stretching" in ward.look("/reminders?rule=nothing").text


def test_a_long_list_is_cut_into_pages_and_no_patient_is_lost_between_them(ward: Ward) -> None:
    gone = [f"Patient/gone{number}" for number in range(120)]
    for patient in gone:
        put(ward, asked(patient))
    texts = [ward.look(f"/reminders?rule=non-attendance&page={number}").text for number in (1, 2, 3)]
    assert [text.count("no longer in the EHR") for text in texts] == [50, 50, 20]
    assert "Page 2 of 3" in texts[1]
    assert 'rel="prev"' in texts[1]
    assert 'rel="next"' not in texts[2]
    assert "Page 3 of 3" in ward.look("/reminders?rule=non-attendance&page=99").text
    assert "Page 1 of 3" in ward.look("/reminders?rule=non-attendance&page=x").text


def test_the_first_ones_wait_until_a_person_lets_them_go(ward: Ward) -> None:
    page = ward.look("/reminders").text
    assert "Held until a person lets them go" in page
    assert ward.send("/reminders/release", form="/reminders").status_code == 303
    assert ward.ports.logbook.reminding.going_live().released_by == PHYSIO.name
    assert "Held until a person lets them go" not in ward.look("/reminders").text


def test_while_nothing_waits_nothing_is_offered_to_be_let_go(tmp_path: Path) -> None:
    ports = open_ward(tmp_path)
    try:
        page = make_ward(ports).look("/reminders").text
    finally:
        close(ports)
    assert "Nothing waits yet." in page
    assert "Let them go" not in page
    assert "0 reminders" not in page


def test_one_is_stopped_with_a_reason_that_stands_in_the_audit_trail(ward: Ward) -> None:
    row = put(ward, asked())
    assert "Stop it" in ward.look(f"/reminders/{row.row}").text
    decide(ward, row, what="stop", why="moved to another town")
    now = stands(ward, row)
    assert (now.state, now.decided_by, now.detail) == (ReminderState.CANCELLED, PHYSIO.name, "moved to another town")
    notes = ward.ports.logbook.trail.notes(AuditQuery(who=PHYSIO.name), most=10)
    assert any("moved to another town" in note.what and note.patient == ANA.reference for note in notes)


def test_one_is_moved_to_another_day_and_hour(ward: Ward) -> None:
    row, later = put(ward, asked()), TODAY + timedelta(days=3)
    decide(ward, row, what="move", why="asked for it", day=later.isoformat(), at="15:30")
    moved = stands(ward, row).reminder
    assert (moved.due_day, moved.due_time) == (later, time(15, 30))


def test_one_that_failed_is_sent_again_and_its_attempts_are_shown(ward: Ward) -> None:
    row = settled(ward, asked(), ReminderState.FAILED, "the mailbox is full")
    page = ward.look(f"/reminders/{row.row}").text
    assert "the mailbox is full" in page
    assert "Stop it" not in page
    decide(ward, row, what="send again", why="the mailbox was emptied")
    assert stands(ward, row).state is ReminderState.DUE


def test_an_attempt_of_which_nothing_was_heard_is_shown_as_that(ward: Ward) -> None:
    row, ledger, now = put(ward, asked()), ward.ports.logbook.reminding, ward.ports.clock.now()
    claimed = ward.ports.logbook.due_reminders(owner="a", now=now, limit=1000)
    ledger.begin([each for each in claimed if each.row == row.row], now=now)
    assert "nobody knows whether it left" in ward.look(f"/reminders/{row.row}").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"why": "because"}, "Nothing was decided."),
        ({"what": "stop", "why": " "}, "a name and a reason"),
        ({"what": "move", "why": "because", "day": "soon"}, "The day cannot be read."),
        ({"what": "move", "why": "because", "at": "noon"}, "The time cannot be read."),
        ({"what": "move", "why": "because", "day": "2020-01-01"}, "is over"),
    ],
)
def test_what_cannot_be_decided_is_said_beside_the_form(ward: Ward, typed: dict[str, str], words: str) -> None:
    row = put(ward, asked())
    assert words in decide(ward, row, **typed)
    assert stands(ward, row).state is ReminderState.DUE


def test_a_reminder_of_a_patient_who_is_not_theirs_answers_as_one_that_is_none(ward: Ward) -> None:
    row = put(ward, asked(channel="call"))
    ward.hidden.add(ANA.reference)
    hers, none = ward.look(f"/reminders/{row.row}"), ward.look("/reminders/999999")
    shown = hers.text.replace(f"/reminders/{row.row}", ""), none.text.replace("/reminders/999999", "")
    assert (hers.status_code, shown[0]) == (404, shown[1])
    assert ward.send(f"/reminders/{row.row}", form="/reminders", what="stop", why="because").status_code == 404
    assert stands(ward, row).state is ReminderState.DUE


def test_who_looks_after_the_way_to_the_ehr_sees_reminders_and_decides_about_none(ward: Ward) -> None:
    row = put(ward, asked())
    ward.viewer = as_role(PHYSIO, Role.INTEGRATOR)
    assert "Stop it" not in ward.look(f"/reminders/{row.row}").text
    assert ward.send(f"/reminders/{row.row}", form="/reminders", what="stop", why="because").status_code == 403
    ward.viewer = as_role(PHYSIO, Role.COORDINATOR)
    decide(ward, row, what="stop", why="because")
    assert stands(ward, row).state is ReminderState.CANCELLED


def test_whoever_misses_appointments_is_called_and_leaves_the_list_when_reached(ward: Ward) -> None:
    row = settled(ward, asked(channel="call"), ReminderState.SENT, "stands on the call list")
    page = ward.look("/reminders/calls").text
    assert "Ana Prueba" in page
    assert "no number in the EHR" in page
    ward.send(f"/reminders/{row.row}/done", form="/reminders/calls", outcome="not reached")
    assert "not reached on" in ward.look("/reminders/calls").text
    ward.send(f"/reminders/{row.row}/done", form="/reminders/calls", outcome="reached")
    assert "Ana Prueba" not in ward.look("/reminders/calls").text
    assert [said.outcome for said in ward.ports.logbook.contacts.worked_off().values()] == ["reached"]


def test_whoever_is_to_be_called_is_called_at_any_number_of_the_chart_that_holds(ward: Ward) -> None:
    """A number without its country is one too; an address for mail, and an old number, are none."""
    settled(ward, asked(channel="call"), ReminderState.SENT, "stands on the call list")
    ways = (
        ContactWay(system="email", value="ana@home.example"),
        ContactWay(system="phone", value="910 000 001", use="home"),
        ContactWay(system="phone", value="+34 600 000 001", use="mobile", rank=1),
        ContactWay(system="phone", value="910 000 002", use="old"),
    )
    item = ChartItem(reference=ANA.reference, version="9", patient=ANA.reference, identity=replace(ANA, ways=ways))
    ward.ports.logbook.keep(ChartPage(kind="Patient", items=(item,), mark=""), now=ward.ports.clock.now())
    page = ward.look("/reminders/calls").text
    assert re.findall(r"<div>([^<]*\d{3}[^<]*)</div>", page) == ["+34600000001", "910 000 001"]
    assert "ana@home.example" not in page


def test_letters_have_a_list_of_their_own_and_a_word_that_is_none_notes_nothing(ward: Ward) -> None:
    row = settled(ward, asked(BEN.reference, channel="letter"), ReminderState.SENT, "stands on the letter list")
    page = ward.look("/reminders/letters").text
    assert "Ben Ejemplo" in page
    assert "no address in the EHR" in page
    home = PostalAddress(lines=("Calle Mayor 1, 3 B", "28001 Madrid"), use="home")
    at_home = replace(BEN, addresses=(home,))
    item = ChartItem(reference=BEN.reference, version="9", patient=BEN.reference, identity=at_home)
    ward.ports.logbook.keep(ChartPage(kind="Patient", items=(item,), mark=""), now=ward.ports.clock.now())
    assert re.findall(r"<div>(Calle[^<]*|28001[^<]*)</div>", ward.look("/reminders/letters").text) == [*home.lines]
    assert "Ben Ejemplo" not in ward.look("/reminders/calls").text
    answer = ward.send(f"/reminders/{row.row}/done", form="/reminders/letters", outcome="reached")
    assert answer.location.endswith("/reminders/letters")
    assert not ward.ports.logbook.contacts.worked_off()
    ward.send(f"/reminders/{row.row}/done", form="/reminders/letters", outcome="posted")
    assert "Ben Ejemplo" not in ward.look("/reminders/letters").text


def test_a_list_shows_nobody_who_is_not_theirs_and_notes_nothing_for_them(ward: Ward) -> None:
    row = settled(ward, asked(channel="call"), ReminderState.SENT, "stands on the call list")
    settled(ward, asked(BEN.reference, channel="call"), ReminderState.SENT)
    ward.hidden.add(ANA.reference)
    page = ward.look("/reminders/calls").text
    assert "Ben Ejemplo" in page
    assert "Ana Prueba" not in page
    ward.send(f"/reminders/{row.row}/done", form="/reminders/calls", outcome="reached")
    assert not ward.ports.logbook.contacts.worked_off()


def test_a_day_in_a_reason_is_written_as_all_other_days_of_the_page(ward: Ward) -> None:
    row = put(ward, replace(asked(), reason="Nobody has reviewed the left hip since 2026-05-13, nor 2026-13-40."))
    page = ward.look(f"/reminders/{row.row}").text
    assert "since 13 May 2026, nor 2026-13-40." in page

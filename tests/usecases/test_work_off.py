"""The call list and the letter list: nobody is called who died, came since, or has another appointment."""

from datetime import timedelta
from typing import Any

import pytest

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.errors import InputError
from horehab.usecases.decide_reminder import Decided, ReminderDecision, decide_reminder, release_reminders
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Receipt
from horehab.usecases.send_reminders import send_reminders
from horehab.usecases.work_off import Worked, list_to_work_off, work_off
from tests.store.making import reminder
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion
from tests.usecases.posting import PaperPostbox

MISSED = DAY_ONE + timedelta(days=2)


def _appointment(name: str, status: str, days: int) -> dict[str, Any]:
    day = DAY_ONE + timedelta(days=days)
    return {
        "resourceType": "Appointment",
        "id": name,
        "status": status,
        "created": f"{DAY_ONE}T08:00:00Z",
        "start": f"{day}T09:00:00Z",
        "end": f"{day}T10:00:00Z",
        "participant": [{"actor": {"reference": "Patient/ana"}, "status": "accepted"}],
    }


def _sent(ward: Ward) -> None:
    listed = Receipt(state=ReminderState.SENT, detail="stands on the call list", is_tried=False)
    send_reminders(ward.ports, PaperPostbox(answer=listed))


@pytest.fixture
def call(ward: Ward) -> ReminderRow:
    """The call about Ana's missed appointment, on the list since today."""
    ward.chart(flexion("rom", DAY_ONE, 100), _appointment("a1", "noshow", 2))
    ward.on(MISSED + timedelta(days=1))
    keep_step(ward.ports)
    release_reminders(ward.ports, who="Eva")
    ward.on(MISSED + timedelta(days=4))
    _sent(ward)
    ((row, said),) = list_to_work_off(ward.ports, Medium.CALL)
    assert (row.reminder.rule, said) == (ReminderRule.NON_ATTENDANCE, None)
    return row


@pytest.mark.parametrize(
    "news",
    [
        PATIENT | {"deceasedBoolean": True},
        PATIENT | {"active": False, "link": [{"type": "replaced-by", "other": {"reference": "Patient/unread"}}]},
        flexion("rom-2", MISSED + timedelta(days=4), 100),
        _appointment("a1", "fulfilled", 2),
        _appointment("a2", "booked", 9),
    ],
    ids=["died", "merged", "came", "had not missed it", "booked again"],
)
def test_who_died_or_came_or_booked_again_leaves_the_list(
    ward: Ward, call: ReminderRow, news: dict[str, Any]
) -> None:
    ward.chart(news)
    keep_step(ward.ports)
    assert list_to_work_off(ward.ports, Medium.CALL) == ()
    with pytest.raises(InputError, match="on no list"):
        work_off(ward.ports, row=call.row, outcome=Worked.REACHED.value, who="Eva")


def test_whom_a_person_wants_called_again_is_called_though_they_came(ward: Ward, call: ReminderRow) -> None:
    ward.chart(flexion("rom-2", MISSED + timedelta(days=4), 100))
    keep_step(ward.ports)
    assert list_to_work_off(ward.ports, Medium.CALL) == ()
    decide_reminder(ward.ports, ReminderDecision(row=call.row, what=Decided.SEND_AGAIN, who="Eva", why="her wish"))
    _sent(ward)
    assert [row.row for row, _ in list_to_work_off(ward.ports, Medium.CALL)] == [call.row]


def test_what_the_record_cannot_tell_stays_on_the_list(ward: Ward, call: ReminderRow) -> None:
    other = reminder(rule=ReminderRule.NON_ATTENDANCE, place=None, channel="call", patient="Patient/gone", window="w")
    more = reminder(rule=ReminderRule.NON_ATTENDANCE, place=None, channel="call", window="by hand")
    day = ward.clock.today()
    for wanted in (other, more):
        ward.ports.logbook.log(patient=wanted.patient, entries=(), reminders=[wanted], now=ward.clock.now())
    ward.on(max(day, other.due_day, more.due_day))
    for row in ward.ports.logbook.due_reminders(owner="a", now=ward.clock.now(), limit=9):
        ward.ports.logbook.settle_reminder(row, ReminderState.SENT, detail="on the list", now=ward.clock.now())
    windows = {row.reminder.window for row, _ in list_to_work_off(ward.ports, Medium.CALL)}
    assert windows == {call.reminder.window, "w", "by hand"}

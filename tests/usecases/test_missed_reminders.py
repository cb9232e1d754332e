"""After downtime, and after the machine's clock jumped: each reminder leaves once, or expires and says why."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.usecases.decide_reminder import release_reminders
from horehab.usecases.send_reminders import send_reminders
from tests.usecases.conftest import DAY_ONE, Ward
from tests.usecases.posting import PaperPostbox

ZONE = ZoneInfo("Europe/Madrid")
TICK = timedelta(hours=6)  # instead of 15 s, so that ten days are 40 ticks
HOURS = range(0, 240, 6)
LAST_OF_USE = 2  # days


def _wanted() -> list[Reminder]:
    """A reminder every six hours for ten days, each of use for two days."""
    found = []
    for hour in HOURS:
        due = datetime.combine(DAY_ONE, time()) + timedelta(hours=hour)
        found.append(
            Reminder(
                patient="Patient/ana",
                rule=ReminderRule.MEASURE_ROM,
                place=None,
                recipient="team",
                channel="email",
                window=f"slot-{hour}",
                due_day=due.date(),
                due_time=due.time(),
                zone="Europe/Madrid",
                void_after=due.date() + timedelta(days=LAST_OF_USE),
                reason="weekly",
            )
        )
    return found


@pytest.fixture
def posted(ward: Ward) -> tuple[Ward, PaperPostbox]:
    """A ward with a reminder every six hours for ten days, let go by a person, at the first midnight."""
    ward.ports.logbook.log(patient="Patient/ana", entries=(), reminders=_wanted(), now=ward.clock.now())
    release_reminders(ward.ports, who="Eva")
    _put(ward, datetime.combine(DAY_ONE, time(), ZONE))
    return ward, PaperPostbox()


def _put(ward: Ward, instant: datetime) -> None:
    ward.clock.instant = instant


def _tick(ward: Ward, postbox: PaperPostbox) -> None:
    send_reminders(ward.ports, postbox)


def _run(ward: Ward, postbox: PaperPostbox, hours: int) -> None:
    for _ in range(0, hours, 6):
        _tick(ward, postbox)
        ward.clock.advance(TICK)


def _accounted_for(ward: Ward, postbox: PaperPostbox) -> list[str]:
    """Hold that each left once or expired with its reason; give the windows that expired."""
    sent = [r.key for r in postbox.sent]
    assert len(sent) == len(set(sent)), "doubled"
    rows = ward.ports.logbook.reminders()
    by_state = {row.reminder.key: row.state for row in rows}
    assert set(by_state.values()) <= {ReminderState.SENT, ReminderState.EXPIRED}
    assert {key for key, state in by_state.items() if state is ReminderState.SENT} == set(sent)
    expired = [row for row in rows if row.state is ReminderState.EXPIRED]
    assert all("last day" in row.detail for row in expired)
    return [row.reminder.window for row in expired]


@pytest.mark.parametrize(
    ("downtime", "is_lost"),
    [
        (timedelta(seconds=1), False),
        (timedelta(minutes=10), False),
        (timedelta(hours=7), False),
        (timedelta(days=1), False),
        (timedelta(days=2), False),
        (timedelta(days=4), True),
        (timedelta(days=7), True),
    ],
)
def test_what_fell_due_in_a_downtime_leaves_late_while_it_is_of_use(
    posted: tuple[Ward, PaperPostbox], downtime: timedelta, is_lost: bool
) -> None:
    ward, postbox = posted
    _run(ward, postbox, 48)
    stopped = ward.clock.now()
    ward.clock.advance(downtime)
    _tick(ward, postbox)
    late = [row for row in ward.ports.logbook.reminders() if row.due < ward.clock.now()]
    assert all(row.state in (ReminderState.SENT, ReminderState.EXPIRED) for row in late), "at the first tick"
    _run(ward, postbox, 240)
    expired = _accounted_for(ward, postbox)
    assert bool(expired) is is_lost
    by_window = {row.reminder.window: row for row in ward.ports.logbook.reminders()}
    assert all(stopped <= by_window[window].due < stopped + downtime for window in expired)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)])
def test_a_jump_of_the_machines_clock_doubles_nothing_and_loses_nothing(
    posted: tuple[Ward, PaperPostbox], jump: timedelta
) -> None:
    ward, postbox = posted
    _run(ward, postbox, 72)
    ward.clock.advance(jump)
    _tick(ward, postbox)
    due = [row for row in ward.ports.logbook.reminders() if row.due <= ward.clock.now()]
    assert {row.state for row in due} == {ReminderState.SENT}, "within one tick after the jump"
    _run(ward, postbox, 240)
    assert _accounted_for(ward, postbox) == []


def test_a_clock_that_jumps_while_one_is_leaving_sends_it_no_second_time(posted: tuple[Ward, PaperPostbox]) -> None:
    ward, postbox = posted
    ward.clock.advance(TICK)
    rows = ward.ports.logbook.due_reminders(owner="slow", now=ward.clock.now(), limit=1)
    (leaving,) = ward.ports.logbook.reminding.begin(rows, now=ward.clock.now())
    ward.clock.advance(timedelta(days=1))  # its lease is over now, though it has only just begun
    _tick(ward, postbox)
    assert leaving.reminder.key not in {r.key for r in postbox.sent}
    ward.ports.logbook.settle_reminder(leaving, ReminderState.SENT, detail="taken", now=ward.clock.now())
    _run(ward, postbox, 240)
    sent = {row.reminder.key for row in ward.ports.logbook.reminders() if row.state is ReminderState.SENT}
    assert sent == {leaving.reminder.key} | {r.key for r in postbox.sent}

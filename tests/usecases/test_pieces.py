"""How much is in doubt when a scheduler dies: one, or, where repeats are dropped, what leaves in about a second."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.ports import Receipt
from horehab.usecases.send_reminders import send_reminders
from tests.store.making import reminder as wanted_for
from tests.usecases.conftest import Ward
from tests.usecases.posting import PaperPostbox


class Broken(Exception):
    """The postbox has a fault that nobody foresaw."""


@dataclass(kw_only=True)
class WatchedPostbox(PaperPostbox):
    """A postbox that looks, at each reminder, how many attempts are begun of which nobody has said what became."""

    ward: Ward
    step: timedelta = timedelta()
    breaks_at: int = -1
    open: list[int] = field(default_factory=list)
    noted: list[int] = field(default_factory=list)

    def send(self, reminder: Reminder) -> Receipt:
        if len(self.sent) == self.breaks_at:
            raise Broken
        attempts = self.ward.ports.logbook.reminding.attempts()
        self.open.append(sum(attempt.outcome is None for attempt in attempts))
        self.noted.append(sum(attempt.outcome is ReminderState.SENT for attempt in attempts))
        self.ward.clock.advance(self.step)
        return super().send(reminder)


@pytest.fixture
def put(ward: Ward) -> Callable[[int], None]:
    """Put down reminders that are due, and let them go."""
    logbook, today = ward.ports.logbook, ward.clock.today()
    logbook.reminding.release(who="coordinator", now=ward.clock.now())

    def put(count: int) -> None:
        wanted = [
            wanted_for(window=f"w{number}", due_day=today, void_after=today + timedelta(days=9))
            for number in range(count)
        ]
        logbook.log(patient=wanted[0].patient, entries=(), reminders=wanted, now=ward.clock.now())
        ward.clock.advance(timedelta(days=1))

    return put


def sent_to(ward: Ward, postbox: WatchedPostbox) -> None:
    send_reminders(ward.ports, postbox)


def test_where_repeats_arrive_what_became_of_one_is_on_record_before_the_next_leaves(
    ward: Ward, put: Callable[[int], None]
) -> None:
    put(12)
    postbox = WatchedPostbox(ward=ward)
    sent_to(ward, postbox)
    assert postbox.open == [1] * 12
    assert postbox.noted == [*range(12)]
    assert {row.state for row in ward.ports.logbook.reminders()} == {ReminderState.SENT}


@pytest.mark.parametrize(("step", "largest"), [(timedelta(), 52), (timedelta(seconds=0.1), 16)])
def test_where_repeats_are_dropped_a_piece_is_as_large_as_it_is_quick(
    ward: Ward, put: Callable[[int], None], step: timedelta, largest: int
) -> None:
    put(130)
    postbox = WatchedPostbox(ward=ward, deduplicates=True, step=step)
    sent_to(ward, postbox)
    assert (postbox.open[0], max(postbox.open)) == (16, largest)
    assert {row.state for row in ward.ports.logbook.reminders()} == {ReminderState.SENT}


@pytest.mark.parametrize("deduplicates", [True, False])
def test_when_a_postbox_breaks_only_the_one_in_its_hand_is_in_doubt(
    ward: Ward, put: Callable[[int], None], deduplicates: bool
) -> None:
    put(9)
    with pytest.raises(Broken):
        sent_to(ward, WatchedPostbox(ward=ward, deduplicates=deduplicates, breaks_at=4))
    rows = ward.ports.logbook.reminders()
    counted = [sum(row.state is state for row in rows) for state in (ReminderState.SENT, ReminderState.DUE)]
    assert counted == [4, 4]
    assert [row.is_interrupted for row in rows if row.state is ReminderState.CLAIMED] == [True]
    assert len(ward.ports.logbook.reminding.attempts()) == 5

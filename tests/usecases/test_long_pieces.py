"""A slow gateway: what was sent is noted in time, so that no other scheduler takes it for lost and sends it again."""

from dataclasses import dataclass, replace
from datetime import timedelta

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.ports import Receipt
from horehab.usecases.send_reminders import send_reminders
from tests.store.making import reminder as wanted_for
from tests.usecases.conftest import Ward
from tests.usecases.posting import PaperPostbox

MANY = 20
LEASE = timedelta(seconds=300)


@dataclass(kw_only=True)
class SlowPostbox(PaperPostbox):
    """A postbox that takes its time; another scheduler looks in while it does."""

    ward: Ward
    step: timedelta = timedelta(seconds=25)

    def send(self, reminder: Reminder) -> Receipt:
        self.ward.clock.advance(self.step)
        receipt = super().send(reminder)
        logbook, now = self.ward.ports.logbook, self.ward.clock.now()
        taken = logbook.due_reminders(owner="another", now=now, limit=100)
        logbook.reminding.give_back(taken)
        assert not [row for row in taken if row.is_interrupted], "the piece outlasted its lease"
        return receipt


def test_a_piece_that_takes_long_is_noted_before_its_lease_is_over_and_nothing_goes_twice(ward: Ward) -> None:
    logbook, today = ward.ports.logbook, ward.clock.today()
    logbook.reminding.release(who="coordinator", now=ward.clock.now())
    for number in range(MANY):
        one = wanted_for(window=f"w{number}", due_day=today, void_after=today + timedelta(days=9))
        logbook.log(patient=one.patient, entries=(), reminders=[one], now=ward.clock.now())
    ward.clock.advance(timedelta(days=1))
    postbox = SlowPostbox(ward=ward, deduplicates=True)
    for _ in range(2):  # what another looked at, and gave back, goes with the next look
        send_reminders(replace(ward.ports, owner="we"), postbox)
    assert postbox.step * MANY > LEASE
    keys = [reminder.key for reminder in postbox.sent]
    assert (len(keys), len(set(keys))) == (MANY, MANY)
    assert {row.state for row in logbook.reminders()} == {ReminderState.SENT}
    assert sorted(attempt.key for attempt in logbook.reminding.attempts()) == sorted(keys)

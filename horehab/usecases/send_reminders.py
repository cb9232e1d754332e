"""Send the reminders that are due, each once, and note what the postbox said."""

from collections.abc import Callable
from dataclasses import dataclass

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.ports import Ports, Postbox

_BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderReport:
    """How many reminders were sent, failed for good, or have an unknown fate."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0


def send_reminders(ports: Ports, postbox: Postbox, *, address_of: Callable[[Reminder], str | None]) -> ReminderReport:
    """Claim what is due, send it, settle it; those for the channel "task" went to the EHR with the review.

    A reminder without an address fails with that reason and is shown; nothing is sent twice, since a claim is
    noted as an attempt before anything leaves.
    """
    counts = dict.fromkeys(ReminderState, 0)
    while rows := ports.logbook.due_reminders(owner=ports.owner, now=ports.clock.now(), limit=_BATCH):
        for row in rows:
            if row.reminder.channel == "task":
                state, detail = ReminderState.SENT, "as a Task in the EHR"
            else:
                receipt = postbox.send(row.reminder, address=address_of(row.reminder))
                state, detail = receipt.state, receipt.detail
            ports.logbook.settle_reminder(row, state, detail=detail, now=ports.clock.now())
            counts[state] += 1
    return ReminderReport(
        sent=counts[ReminderState.SENT], failed=counts[ReminderState.FAILED], unknown=counts[ReminderState.UNKNOWN]
    )

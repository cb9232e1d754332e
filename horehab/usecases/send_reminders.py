"""Send the reminders that are due, each once, and note what the postbox said."""

from collections.abc import Callable
from dataclasses import dataclass

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.ports import Ports, Postbox, Receipt

_BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderReport:
    """How many reminders were sent, failed for good, or have an unknown fate."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0


def send_reminders(ports: Ports, postbox: Postbox, *, address_of: Callable[[Reminder], str | None]) -> ReminderReport:
    """Claim what is due, send it, settle it; those for the channel "task" go to the EHR through the outbox.

    A reminder without an address fails with that reason and is shown. A claim is noted as an attempt before
    anything leaves: one that was interrupted is not sent again by a postbox that would deliver it twice.
    """
    counts = dict.fromkeys(ReminderState, 0)
    while rows := ports.logbook.due_reminders(owner=ports.owner, now=ports.clock.now(), limit=_BATCH):
        for row in rows:
            receipt = _as_task(ports, row) if row.reminder.channel == "task" else _send(row, postbox, address_of)
            ports.logbook.settle_reminder(row, receipt.state, detail=receipt.detail, now=ports.clock.now())
            counts[receipt.state] += 1
    return ReminderReport(
        sent=counts[ReminderState.SENT], failed=counts[ReminderState.FAILED], unknown=counts[ReminderState.UNKNOWN]
    )


def _as_task(ports: Ports, row: ReminderRow) -> Receipt:
    """Look whether the Task of this reminder stands in the EHR; until then it stays due, and says so."""
    if ports.logbook.delivered_reference(f"task:{row.reminder.key}"):
        return Receipt(state=ReminderState.SENT, detail="as a Task in the EHR")
    return Receipt(state=ReminderState.DUE, detail="its Task is not in the EHR yet")


def _send(row: ReminderRow, postbox: Postbox, address_of: Callable[[Reminder], str | None]) -> Receipt:
    if row.is_interrupted and not postbox.deduplicates:
        return Receipt(state=ReminderState.UNKNOWN, detail="an earlier attempt was interrupted: it may have arrived")
    return postbox.send(row.reminder, address=address_of(row.reminder))

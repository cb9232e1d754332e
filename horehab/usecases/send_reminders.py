"""Send the reminders that are due, each once, and note what the postbox said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.ports import Ports, Postbox
from horehab.usecases.reminding import Outcome
from horehab.usecases.review_joints import review_patient

_BATCH = 100
_LONGEST_PIECE = timedelta(seconds=60)
"""After so long what became of a piece is noted, and the rest of it waits for the next: it must not outlast its
lease, or another scheduler takes it over and sends it again, and so on without an end."""

_NEXT_LOOK = timedelta(seconds=60)
TASK = "task"
WRITING_IS_OFF = "writing is off (HOREHAB_WRITE / horehab doctor --accept)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderReport:
    """How many reminders were sent, failed for good, have an unknown fate, or no longer held at the last look."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0
    is_held: bool = False


def send_reminders(
    ports: Ports,
    postbox: Postbox,
    *,
    address_of: Callable[[Reminder], str | None],
    between: Callable[[], object] = lambda: None,
) -> ReminderReport:
    """Claim what is due, send it, settle it; those for the channel "task" go to the EHR through the outbox.

    An attempt is noted before anything leaves, and right before it is looked again whether the reminder still holds.
    A reminder whose attempt was interrupted is not sent again by a postbox that would deliver it twice. Until a
    person has released the first ones, only tasks count. `between` is called between two pieces of work and may
    raise to stop: what was leased and not begun is given back.
    """
    counts = dict.fromkeys(ReminderState, 0)
    ledger = ports.logbook.reminding
    is_held = not ledger.is_released()
    while rows := ports.logbook.due_reminders(
        owner=ports.owner, now=ports.clock.now(), limit=_BATCH, is_held=is_held
    ):
        left = {row.row: row for row in rows}
        try:
            for piece in _pieces(rows, 1 if not postbox.deduplicates else _BATCH):
                between()
                for outcome in _sent(ports, postbox, piece, address_of):
                    counts[outcome.state] += 1
                for row in piece:
                    del left[row.row]
        finally:
            ledger.give_back(tuple(left.values()))
    return ReminderReport(
        sent=counts[ReminderState.SENT],
        failed=counts[ReminderState.FAILED],
        unknown=counts[ReminderState.UNKNOWN],
        cancelled=counts[ReminderState.CANCELLED],
        is_held=is_held,
    )


def _pieces(rows: Sequence[ReminderRow], size: int) -> Iterator[Sequence[ReminderRow]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _sent(
    ports: Ports, postbox: Postbox, rows: Sequence[ReminderRow], address_of: Callable[[Reminder], str | None]
) -> tuple[Outcome, ...]:
    """Send a piece of what was claimed, and settle each of it; whatever interrupts, what was told is noted."""
    ledger, why_void = ports.logbook.reminding, _looked_at_again(ports, rows)
    aside = {row.row: found for row in rows if (found := _set_aside(ports, postbox, row, why_void))}
    since = ports.clock.now()
    begun = ledger.begin([row for row in rows if row.row not in aside], now=since)
    outcomes = [*aside.values()]
    try:
        for row in begun:
            is_late = (now := ports.clock.now()) - since > _LONGEST_PIECE
            waits = Outcome(row=row, state=ReminderState.DUE, until=now, is_tried=False)
            outcomes.append(waits if is_late else _given(postbox, row, address_of))
    finally:
        ledger.settle(outcomes, now=ports.clock.now())
    return tuple(outcomes)


def _given(postbox: Postbox, row: ReminderRow, address_of: Callable[[Reminder], str | None]) -> Outcome:
    receipt = postbox.send(row.reminder, address=address_of(row.reminder))
    return Outcome(
        row=row, state=receipt.state, detail=receipt.detail, until=receipt.until, is_tried=receipt.is_tried
    )  # fmt: skip


def _looked_at_again(ports: Ports, rows: Sequence[ReminderRow]) -> Mapping[int, str]:
    """Look anew at patients of whom something changed that no closed review has seen; say what of theirs is void."""
    changed = ports.logbook.reminding.unreviewed({row.reminder.patient for row in rows})
    day = ports.clock.today()
    void = {now_as: dict(review_patient(ports, now_as, day).why_void) for now_as in sorted(set(changed.values()))}
    found = {row.row: void[changed[row.reminder.patient]] for row in rows if row.reminder.patient in changed}
    by_row = {row.row: row.reminder.key for row in rows}
    return {name: of_patient[by_row[name]] for name, of_patient in found.items() if by_row[name] in of_patient}


def _set_aside(ports: Ports, postbox: Postbox, row: ReminderRow, why_void: Mapping[int, str]) -> Outcome | None:
    """Say what becomes of a reminder that is not to leave now; None for one that is."""
    if row.is_interrupted and (row.row in why_void or not postbox.deduplicates):
        words = "an earlier attempt was interrupted: it may have arrived"
        return Outcome(row=row, state=ReminderState.UNKNOWN, detail=words)
    if row.row in why_void:
        return Outcome(row=row, state=ReminderState.CANCELLED, detail=why_void[row.row])
    if row.reminder.channel != TASK:
        return None
    if ports.logbook.delivered_reference(f"task:{row.reminder.key}"):
        return Outcome(row=row, state=ReminderState.SENT, detail="as a Task in the EHR")
    why = "its Task is not in the EHR yet" if ports.may_write else WRITING_IS_OFF
    return Outcome(row=row, state=ReminderState.DUE, detail=why, until=ports.clock.now() + _NEXT_LOOK)

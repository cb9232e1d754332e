"""Send the reminders that are due, each once, and note what the postbox said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from horehab.domain.reminder import ReminderState
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.ports import Ports, Postbox, Receipt
from horehab.usecases.reminding import Outcome
from horehab.usecases.review_joints import review_patient

_CLAIMED_AT_ONCE = 100
_MOST_AT_ONCE = 1000
_FIRST_PIECE = 16
_GOOD_PIECE = timedelta(seconds=1)
"""Where repeats are dropped, a piece is as many as left in about so long: no more than these look begun, and are
handed over again, when a scheduler dies. Where repeats are not dropped, a piece is one."""

_PIECES_AT_ONCE = 4

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
    between: Callable[[], object] = lambda: None,
) -> ReminderReport:
    """Claim what is due, send it, settle it; those for the channel "task" go to the EHR through the outbox.

    An attempt is noted before anything leaves, and right before it is looked again whether the reminder still holds.
    A reminder whose attempt was interrupted is not sent again by a postbox that would deliver it twice. Until a
    person has released the first ones, only tasks count. `between` is called between two pieces of work and may
    raise to stop: what was leased and not begun is given back.
    """
    ledger, sending = ports.logbook.reminding, _Sending(ports=ports, postbox=postbox)
    is_held = not ledger.is_released()
    while rows := ports.logbook.due_reminders(
        owner=ports.owner, now=ports.clock.now(), limit=sending.most(), is_held=is_held
    ):
        done = 0
        try:
            for piece in sending.pieces(rows):
                between()
                sending.send(piece)
                done += len(piece)
        finally:
            try:
                sending.note()
            finally:
                ledger.give_back(rows[done:])
    counts = sending.counts
    return ReminderReport(
        sent=counts[ReminderState.SENT],
        failed=counts[ReminderState.FAILED],
        unknown=counts[ReminderState.UNKNOWN],
        cancelled=counts[ReminderState.CANCELLED],
        is_held=is_held,
    )


@dataclass(slots=True, kw_only=True)
class _Sending:
    """What is being sent, piece by piece; `told` is what the postbox said and the ledger does not have yet.

    It is written down in the transaction that notes the attempts of the next piece: one instead of two for each.
    """

    ports: Ports
    postbox: Postbox
    told: list[Outcome] = field(default_factory=list)
    counts: dict[ReminderState, int] = field(default_factory=lambda: dict.fromkeys(ReminderState, 0))
    size: int = _FIRST_PIECE

    def most(self) -> int:
        """Say how many to claim at once: what will have left long before its lease is over."""
        if not self.postbox.deduplicates:
            return _CLAIMED_AT_ONCE
        return min(max(self.size * _PIECES_AT_ONCE, _CLAIMED_AT_ONCE), _MOST_AT_ONCE)

    def pieces(self, rows: Sequence[ReminderRow]) -> Iterator[Sequence[ReminderRow]]:
        """Cut what was claimed into pieces, each as large as the one before has shown to be good."""
        start = 0
        while start < len(rows):
            piece = rows[start : start + (self.size if self.postbox.deduplicates else 1)]
            start += len(piece)
            yield piece

    def note(self) -> None:
        """Write down what became of the last piece, when no other follows it at once."""
        if self.told:
            self.ports.logbook.reminding.settle(self.told, now=self.ports.clock.now())
            self.told = []

    def send(self, rows: Sequence[ReminderRow]) -> None:
        """Send a piece of what was claimed; whatever interrupts, what was told is kept to be noted."""
        postbox, clock = self.postbox, self.ports.clock
        why_void = self._looked_at_again(rows)
        aside = {row.row: found for row in rows if (found := _set_aside(self.ports, postbox, row, why_void))}
        leaving = [row for row in rows if row.row not in aside] if aside else rows
        since = clock.now()
        last = since + _LONGEST_PIECE
        begun = self.ports.logbook.reminding.begin(leaving, now=since, after=self.told)
        self.told = [*aside.values()]
        done = 0
        try:
            for row in begun:
                if clock.now() > last:
                    break
                done += 1
                receipt = postbox.send(row.reminder)
                self.told.append(_outcome(row, receipt))
        finally:
            now = clock.now()
            self.told += [
                Outcome(row=row, state=ReminderState.DUE, until=now, is_tried=False) for row in begun[done:]
            ]
        for outcome in self.told:
            self.counts[outcome.state] += 1
        if now - since >= _GOOD_PIECE:
            self.size = max(self.size // 2, 1)
        elif len(rows) >= self.size:
            self.size = min(self.size * 2, _MOST_AT_ONCE)

    def _looked_at_again(self, rows: Sequence[ReminderRow]) -> Mapping[int, str]:
        """Look anew at patients of whom something changed that no closed review has seen; say what is void."""
        changed = self.ports.logbook.reminding.unreviewed({row.reminder.patient for row in rows})
        if not changed:
            return {}
        self.note()  # a review may take a while
        day = self.ports.clock.today()
        void = {
            now_as: dict(review_patient(self.ports, now_as, day).why_void) for now_as in sorted(set(changed.values()))
        }
        found = {row: void[changed[row.reminder.patient]] for row in rows if row.reminder.patient in changed}
        return {row.row: of_them[row.reminder.key] for row, of_them in found.items() if row.reminder.key in of_them}


def _outcome(row: ReminderRow, receipt: Receipt) -> Outcome:
    return Outcome(
        row=row, state=receipt.state, detail=receipt.detail, until=receipt.until, is_tried=receipt.is_tried
    )  # fmt: skip


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

"""A postbox on paper: it keeps what it was given, and answers as it was told to."""

from dataclasses import dataclass, field

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.ports import Receipt


@dataclass(kw_only=True)
class PaperPostbox:
    """A postbox that keeps what it was given, and answers as it was told to."""

    answer: Receipt = field(default_factory=lambda: Receipt(state=ReminderState.SENT))
    deduplicates: bool = False
    sent: list[Reminder] = field(default_factory=list)

    def send(self, reminder: Reminder) -> Receipt:
        self.sent.append(reminder)
        return self.answer

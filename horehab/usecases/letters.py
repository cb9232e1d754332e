"""What leaves the house: a letter with its address and words, and whoever carries it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from horehab.domain.recipient import Medium
from horehab.domain.reminder import Reminder
from horehab.usecases.ports import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One reminder in words for one recipient; `text` and `subject` come from the allow-list.

    `message` names it towards gateways: the same for every attempt, and without any patient data in it.
    """

    message: str
    medium: Medium
    address: str
    language: str
    subject: str
    text: str
    reminder: Reminder


def message_name(reminder: Reminder) -> str:
    """Name a message towards the outside: the same for every attempt, and nothing of the patient to be read in it."""
    return sha256(reminder.message_key.encode()).hexdigest()[:40]


class Carrier(Protocol):
    """Who takes letters of one medium. `deduplicates`: whether the same `message` twice is delivered once."""

    @property
    def deduplicates(self) -> bool:
        """Whether a repeat with the same name is dropped on its way."""

    def carry(self, letter: Letter) -> Receipt:
        """Carry one letter: SENT, FAILED for good, DUE for a later try, or UNKNOWN when the answer was lost."""

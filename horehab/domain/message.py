"""What the chart is told of messages to patients: that one is asked for, or was sent, and never what is suspected."""

from dataclasses import dataclass
from datetime import datetime

from horehab.domain.recipient import Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequestEntry:
    """A message that the EHR's own messenger shall send; `message` names it, the same for each attempt.

    `is_withdrawn` takes the request back: nothing is to be sent any more.
    """

    message: str
    patient: str
    text: str
    asked: datetime
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEntry:
    """A message that was sent to a patient: when, by which way, in which words of the allow-list."""

    message: str
    patient: str
    medium: Medium
    text: str
    sent: datetime

"""A reminder: what is due, for whom, when on the ward's clock, and the key that keeps it from going twice."""

from dataclasses import dataclass
from datetime import date, time
from enum import Enum

from horehab.domain.joints import JointSide

NOBODY = "-"
"""Stands for the patient of a reminder that is about no one patient, such as a digest of all that waits."""


class ReminderRule(Enum):
    """Why a reminder is due; the same words are the local codes of the Task that carries it."""

    MEASURE_ROM = "measure-rom"
    LOG_SESSION = "log-session"
    FOLLOW_UP_VISIT = "follow-up-visit"
    REPEAT_IMAGING = "repeat-imaging"
    REVIEW_SUSPICION = "review-suspicion"
    DIGEST = "digest"


class ReminderState(Enum):
    """What became of a reminder (promises.md)."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder as the follow-up rules ask for it.

    `window` is the nominal slot of the calendar (such as "2026-W14" or "episode-1"), never the computed time.
    `due_day` and `due_time` are the ward's local time in the IANA zone `zone`. After `void_after` it is no
    longer worth sending and expires. `recipient` is a role or an address, `channel` such as "email" or "task".
    `reason` says in plain words, for staff, why it is due. `keyed_to` is the patient for whom it was first made,
    when they were merged into `patient` since: its key stays, so that it is neither made nor sent twice.
    """

    patient: str
    rule: ReminderRule
    place: JointSide | None
    recipient: str
    channel: str
    window: str
    due_day: date
    due_time: time
    zone: str
    void_after: date
    reason: str
    keyed_to: str | None = None

    @property
    def key(self) -> str:
        """Name the reminder so that it is never made twice: patient, rule, subject, recipient, channel, window."""
        subject = str(self.place) if self.place else "-"
        first = self.keyed_to or self.patient
        return f"{first}|{self.rule.value}|{subject}|{self.recipient}|{self.channel}|{self.window}"

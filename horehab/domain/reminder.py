"""A reminder: what is due, for whom, when on the ward's clock, and the key that keeps it from going twice."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from horehab.domain.joints import JointSide

NOBODY = "-"
"""Stands for the patient of a reminder that is about no one patient, such as a digest of all that waits."""


class ReminderRule(Enum):
    """Why a reminder is due; the same words are the local codes of the Task that carries it.

    The last three are never a Task: two are for patients, as a message or on a list, and one sums up for staff.
    """

    MEASURE_ROM = "measure-rom"
    LOG_SESSION = "log-session"
    FOLLOW_UP_VISIT = "follow-up-visit"
    REPEAT_IMAGING = "repeat-imaging"
    REVIEW_SUSPICION = "review-suspicion"
    APPOINTMENT = "appointment"
    NON_ATTENDANCE = "non-attendance"
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

    @property
    def is_waiting(self) -> bool:
        """Whether it has yet to go: due, or held by whoever sends it now."""
        return self in (ReminderState.DUE, ReminderState.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder as the follow-up rules ask for it.

    `window` is the nominal slot of the calendar (such as "2026-W14" or "episode-1"), never the computed time.
    `due_day` and `due_time` are the ward's local time in the IANA zone `zone`. After `void_after` it is no
    longer worth sending and expires. `recipient` is a role ("team", "lead", "patient"), a practitioner's reference
    or an address, `channel` such as "email", "message", "call" or "task". `reason` says in plain words, for staff,
    why it is due. `earliest` is the day on which it may have been due first, whenever it was asked for; the due day
    where it is None. `about` is the local day and time of the appointment that it is about, booked or missed.
    `keyed_to` is the patient for whom it was first made, when they were merged into `patient` since: its key stays,
    so that it is neither made nor sent twice. `repeats` counts how often a person had it sent again.
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
    earliest: date | None = None
    about: datetime | None = None
    repeats: int = 0

    @property
    def key(self) -> str:
        """Name the reminder so that it is never made twice: patient, rule, subject, recipient, channel, window."""
        subject = str(self.place) if self.place else "-"
        first = self.keyed_to or self.patient
        return f"{first}|{self.rule.value}|{subject}|{self.recipient}|{self.channel}|{self.window}"

    @property
    def message_key(self) -> str:
        """Name what leaves for this reminder: the same for each attempt, another when a person sends it again."""
        return f"{self.key}|again-{self.repeats}" if self.repeats else self.key

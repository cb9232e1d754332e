"""What our memory knows of how people are reminded: consent, STOP, staff addresses, feeds, receipts, lists."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffContact:
    """How someone of the team is reminded; what is "" is taken from the settings."""

    name: str
    email: str = ""
    mobile: str = ""
    language: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar feed of one person, as who they were when they made it; what it shows goes by who they are today."""

    feed: str
    name: str
    display: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """That nothing goes by a medium to a subject, an address or a patient's reference, since an instant."""

    medium: Medium
    subject: str
    since: datetime
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOff:
    """What became of a line on the call list or the letter list, by whom and when."""

    outcome: str
    who: str
    at: datetime


class Contacts(Protocol):
    """The part of the ledger about who is reminded how."""

    def stop(self, stop: Stop) -> bool:
        """Note that somebody said STOP; False when that was noted before."""

    def resume(self, medium: Medium, subject: str) -> bool:
        """Take a STOP back by a person's decision, of all who were merged; False when there was none."""

    def stops(self, subjects: Collection[str]) -> tuple[Stop, ...]:
        """List what was stopped for any of these addresses or patients."""

    def record_consent(self, patient: str, *, is_given: bool, who: str, now: datetime) -> None:
        """Note whether a patient wants to be reminded; the last word counts, a yes for all who were merged."""

    def consent(self, patient: str) -> bool | None:
        """Tell what is recorded here of a patient's consent, None for nothing."""

    def known_as(self, patient: str) -> tuple[str, ...]:
        """Name a patient and all who are the same person after merges."""

    def set_staff(self, contact: StaffContact) -> None:
        """Note how someone of the team is reminded; InputError for what is no address, number or zone."""

    def staff(self) -> tuple[StaffContact, ...]:
        """List the team by name."""

    def make_feed(self, feed: Feed, *, now: datetime) -> None:
        """Note a new calendar feed."""

    def feed(self, feed: str) -> Feed | None:
        """Find a feed that was not revoked."""

    def feeds_of(self, name: str) -> tuple[Feed, ...]:
        """List someone's feeds that were not revoked."""

    def revoke_feeds(self, name: str, *, now: datetime) -> int:
        """Revoke all feeds of someone; gives their number."""

    def hand_over(self, message: str, *, key: str, medium: Medium, now: datetime) -> None:
        """Note, before it leaves, that a message is about to be handed to a gateway."""

    def report(self, message: str, outcome: ReminderState, *, detail: str, now: datetime) -> bool:
        """Note a gateway's later receipt: a message that failed is failed, one of unknown fate that arrived is sent.

        False for a message that is none of ours, or whose receipt was noted before.
        """

    def reported(self, message: str) -> tuple[ReminderState, str] | None:
        """Tell what a gateway's receipt said of a message since it was last handed over."""

    def last_digest(self, recipients: Collection[str]) -> datetime | None:
        """Tell when the newest digest of any of these people that was sent began to be counted."""

    def due_since(self, key: str) -> datetime | None:
        """Tell since when a reminder is to be told: the later of its due time and when it was put down or moved.

        None for one that is not on the list.
        """

    def waiting(self, recipient: str, *, now: datetime, since: datetime | None = None) -> int:
        """Count the reminders that are due by mail for someone of the team, or those that came after an instant."""

    def work_off(self, key: str, outcome: str, *, who: str, now: datetime) -> None:
        """Note what became of a line on a list; the last word counts."""

    def worked_off(self) -> Mapping[str, WorkedOff]:
        """Tell by reminder's key what became of the lines on the lists."""

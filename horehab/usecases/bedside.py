"""What is kept here and nowhere else: drafts of forms, what was told of the time before, suspicions that rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from horehab.domain.exposure import Background, Exposure
from horehab.domain.joints import JointSide

Told = Exposure | Background


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody has typed into a form of one patient and not saved yet.

    It is theirs alone. `subject` is "" for a new session, else the id of the session that they correct.
    """

    name: str
    patient: str
    subject: str
    fields: Mapping[str, str]
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Something that went before, as it was told at the bedside: by whom it was entered, and when."""

    report_id: str
    patient: str
    fact: Told
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """A suspicion that somebody lets rest until a day: it stays suspected, and asks nobody before that."""

    snooze_id: str
    patient: str
    place: JointSide
    until: date
    reason: str
    who: str
    at: datetime


class Bedside(Protocol):
    """The part of our memory that never goes to the EHR."""

    def keep_draft(self, draft: Draft) -> bool:
        """Keep a draft in the place of the one before; False when there was one."""

    def draft(self, name: str, *, patient: str, subject: str = "") -> Draft | None:
        """Give somebody's draft of one form."""

    def drop_draft(self, name: str, *, patient: str, subject: str = "") -> None:
        """Drop somebody's draft of one form: it was saved, or is not wanted."""

    def drop_drafts(self, *, name: str | None = None, before: datetime | None = None) -> int:
        """Drop all drafts of somebody, or all that nobody has touched since a time; gives their number."""

    def report(self, report: Report) -> bool:
        """Keep what was told at the bedside; False when this report was kept before."""

    def reports(self, patient: str) -> tuple[Report, ...]:
        """List what was told about a patient and was not taken back, oldest first."""

    def take_back(self, report_id: str, *, patient: str, who: str, now: datetime) -> bool:
        """Take back a report that was wrong; False when there is none that stands."""

    def snooze(self, snooze: Snooze) -> bool:
        """Let a suspicion rest; False when this was asked before."""

    def snoozes(self, patient: str) -> tuple[Snooze, ...]:
        """List what was let rest of a patient, oldest first, also what is over."""

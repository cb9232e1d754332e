"""Sessions that were logged here: how each stands now, and what of it the EHR was last told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from horehab.domain.amendment import AmendmentEntry
from horehab.domain.entries import ChartEntry, Measured, MeasurementEntry, SessionEntry
from horehab.domain.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSession:
    """One session that was logged here, as it is known now.

    `session` is None once it was deleted, here or in the EHR. `facts` are its measurements by their ids, as far as
    they stand. `first` has by key what was logged before any change, `told` what the EHR was last told of each; where
    it was told nothing yet, what was said of it first. `amendments` are the changes that people made here, oldest
    first.
    """

    session_id: str
    patient: str
    performer: str
    session: Session | None
    facts: Mapping[str, Measured] = field(default_factory=dict)
    first: Mapping[str, SessionEntry | MeasurementEntry] = field(default_factory=dict)
    told: Mapping[str, SessionEntry | MeasurementEntry] = field(default_factory=dict)
    amendments: tuple[AmendmentEntry, ...] = ()

    @property
    def revision(self) -> int:
        """How often it was changed here."""
        return len(self.amendments)


class LoggedSessions(Protocol):
    """The part of our memory that knows which sessions are ours to correct."""

    def of(self, patient: str) -> Mapping[str, str]:
        """Name the sessions of a patient that were logged here: by their reference in the record, their id."""

    def logged(self, session_id: str) -> LoggedSession | None:
        """Give one session that was logged here, as it is known now; None for one that was not."""

    def amend(self, entries: Sequence[ChartEntry], *, revision: int, now: datetime) -> bool:
        """Commit a change in one transaction; False, and nothing written, when somebody changed it meanwhile.

        `revision` is how often the session had been changed when it was looked at.
        """

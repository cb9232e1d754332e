"""The audit trail as it is read: who did what about whom, note by note, each chained to the one before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

REFUSED = "refused: "
"""How a note begins of something that was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """One note: its number, when, who, what they did or were refused, and about which patient, if about one."""

    row: int
    at: datetime
    who: str
    what: str
    patient: str | None
    seal: str

    @property
    def is_refusal(self) -> bool:
        """Say whether somebody was turned away."""
        return self.what.startswith(REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which notes to read: older than a number, of somebody, about a patient, refusals only; all if left out."""

    before: int | None = None
    who: str = ""
    patient: str | None = None
    is_refused: bool = False


class AuditTrail(Protocol):
    """Our memory of who did what."""

    def notes(self, query: AuditQuery, *, most: int) -> tuple[AuditNote, ...]:
        """List notes, the newest first."""

    def count(self) -> int:
        """Tell how many notes there are."""

    def holds(self, seal: str) -> bool:
        """Say whether the chain still holds a note of that seal, as it was written down elsewhere."""

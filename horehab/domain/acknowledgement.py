"""A task of ours that somebody settled in the EHR: they have seen what it asks for, and need no more reminding."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.moment import Moment


class Answer(Enum):
    """How a task was settled. Only two of these are ever ours as well: cancelled, and entered in error."""

    DONE = "completed"
    DECLINED = "rejected"
    ON_HOLD = "on hold"
    FAILED = "failed"
    CANCELLED = "cancelled"
    IN_ERROR = "entered in error"


OURS_TOO = frozenset({Answer.CANCELLED, Answer.IN_ERROR})
"""What we do to tasks ourselves: when they no longer hold, and to doubles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """One task of ours as it was settled; `key` is the task's own, `version` the server's version id of it.

    `by` is who settled it, as far as the task says: a name, else a reference. `when` is when that was.
    """

    source: str
    key: str
    version: str
    answer: Answer
    when: Moment
    known_on: date
    by: str | None = None

    @property
    def words(self) -> str:
        """Say who acknowledged it, and on which ward day."""
        if self.by:
            return f"acknowledged in the EHR by {self.by} on {self.when.day}"
        return f"acknowledged in the EHR on {self.when.day}"

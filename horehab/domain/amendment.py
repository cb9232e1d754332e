"""A session that was logged here is corrected, deleted, or moved to the right patient; who did it, when and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Validity(Enum):
    """How something that was logged here stands: as first written, corrected since, or entered in error."""

    FINAL = "final"
    CORRECTED = "corrected"
    IN_ERROR = "entered in error"


class Change(Enum):
    """What a person did with a logged session."""

    CORRECT = "correct"
    DELETE = "delete"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentEntry:
    """Who changed a session that was logged here, when and why, for the chart.

    `token` is the UUID of the form: sent twice, it is one change. `revision` counts the changes of one session
    from 1. `measurements` are the ids of the measurements that were changed with it; `has_session` says whether
    the session itself was. `by` names the person (a Practitioner reference where there is one).
    """

    amendment_id: str
    token: str
    session_id: str
    patient: str
    change: Change
    revision: int
    by: str
    reason: str
    recorded: datetime
    has_session: bool
    measurements: tuple[str, ...] = ()

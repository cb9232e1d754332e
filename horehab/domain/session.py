"""Mobilization sessions: what was done, how much of it, how it was borne; and what was planned and not done."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.joints import JointSide
from horehab.domain.moment import Moment


class SessionKind(Enum):
    """What the session was mainly for, by the codes of our code system horehab-session-type."""

    PASSIVE_MOBILIZATION = "passive-mobilization"
    ACTIVE_EXERCISE = "active-exercise"
    POSITIONING = "positioning"
    SITTING_STANDING = "sitting-standing"
    WALKING = "walking"
    ASSESSMENT = "assessment"
    OTHER = "other"


class SessionStatus(Enum):
    """Whether a session took place."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    NOT_DONE = "not-done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One mobilization session.

    `minutes` is its length, `repetitions` how often, `intensity` in words; `mobility_level` the highest ICU
    Mobility Scale level reached (0-10); `exertion` the patient's rating 0-10; `sedation` in words or as a scale's
    score; `reason_not_done` and `adverse_event` in words. `places` are the joints worked on. `source` is its
    reference in the chart, or `urn:uuid:` + the form's id until the chart has it.
    """

    source: str
    kind: SessionKind
    status: SessionStatus
    when: Moment
    known_on: date
    minutes: float | None = None
    repetitions: int | None = None
    intensity: str | None = None
    places: tuple[JointSide, ...] = ()
    mobility_level: int | None = None
    exertion: float | None = None
    sedation: str | None = None
    performer: str | None = None
    reason_not_done: str | None = None
    adverse_event: str | None = None
    note: str | None = None

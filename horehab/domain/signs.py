"""Pain and bedside signs: what patient and therapist notice besides degrees. Absent is unknown, never none."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.joints import JointSide
from horehab.domain.moment import Moment


class PainOccasion(Enum):
    """When it hurt."""

    REST = "rest"
    MOVEMENT = "movement"
    END_RANGE = "end range"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True, kw_only=True)
class PainRating:
    """Pain as rated by the patient, 0-10 (a 0-100 scale is read as tenths).

    `place` is None when the chart does not say which joint; such pain belongs to no joint. `assumptions` says in
    plain words what the reader had to assume.
    """

    source: str
    score: float
    occasion: PainOccasion
    place: JointSide | None
    when: Moment
    known_on: date
    session: str | None = None
    assumptions: tuple[str, ...] = ()


class SignKind(Enum):
    """A bedside sign, by the codes of our code system horehab-sign."""

    STRAIGHT_LEG_RAISE = "slr-positive"
    LEG_WEAKNESS = "leg-weakness"
    SENSORY_LOSS = "sensory-loss"
    FIRM_END_FEEL = "firm-end-feel"
    SWELLING = "swelling"
    WARMTH = "warmth"
    FEVER = "fever"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A bedside sign that was looked for, and whether it was there; `assumptions` as with a pain rating."""

    source: str
    kind: SignKind
    is_present: bool
    place: JointSide | None
    when: Moment
    known_on: date
    session: str | None = None
    assumptions: tuple[str, ...] = ()

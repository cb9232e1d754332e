"""Readings of a joint's range of motion; active, passive, assisted and unknown mode are separate series."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.moment import Moment


class Mode(Enum):
    """Who moved the limb. A reading without mode is its own series and is never taken as passive."""

    __hash__ = object.__hash__  # as in joints.py

    ACTIVE = "active"
    PASSIVE = "passive"
    ACTIVE_ASSISTED = "active-assisted"
    UNKNOWN = "unknown"


class Bound(Enum):
    """A reading given with a comparator: a bound, not a value."""

    LESS_THAN = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    MORE_THAN = ">"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One measured angle of one motion, in degrees; larger is better, a deficit of extension is negative.

    `source` is the reference of what was read ("Observation/7", or "Observation/7#component[2]" for one of
    several in it). `known_on` is the ward's day from which the value was known (its day of issue, or of
    measurement). `assumptions` says in plain words what the reader had to assume; empty is best. `unit` is the
    one in which the chart gives the angle ("rad"); `degrees` is converted exactly.
    """

    source: str
    joint: Joint
    side: Side
    motion: Motion
    mode: Mode
    degrees: float
    when: Moment
    known_on: date
    bound: Bound | None = None
    rater: str | None = None
    device: str | None = None
    position: str | None = None
    session: str | None = None
    assumptions: tuple[str, ...] = ()
    unit: str = "deg"

    @property
    def place(self) -> JointSide:
        """The joint and side that was measured."""
        return JointSide(joint=self.joint, side=self.side)

"""A story: what is known of one patient day by day, what should be suspected of it when, and what never."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from horehab.domain.joints import Joint, JointSide, Side

Resource = dict[str, Any]
"""A FHIR R4 resource as plain JSON values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A joint that should come under suspicion, and the first and last day on which that is right."""

    place: JointSide
    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        """Say whether a suspicion on that day is inside the window; no suspicion is not."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Story:
    """One patient's course as resources by ward day.

    `facts` are as published, `invented` says what is not. Day N is N days after `admitted`, the admission to
    intensive care. `noticed` is the day on which clinicians noticed; None for the synthetic ward. `expected`
    joints must be suspected inside their windows, `optional` ones may be, all others must not; `forbidden`
    names those of them that the publication gives a reason for. `relapse` are joints whose standing suspicion
    must be updated inside the window. `course` is the true kind of course of a synthetic patient.
    """

    key: str
    title: str
    citation: str
    admitted: date
    events: tuple[tuple[date, tuple[Resource, ...]], ...]
    facts: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    noticed: date | None = None
    expected: tuple[Expectation, ...] = ()
    optional: tuple[JointSide, ...] = ()
    forbidden: tuple[JointSide, ...] = ()
    relapse: tuple[Expectation, ...] = ()
    course: str = ""

    @property
    def patient(self) -> str:
        """The patient's reference in the chart, such as "Patient/published-1"."""
        return f"Patient/{self.key}"

    @property
    def last_day(self) -> date:
        """The last day on which anything is known."""
        return self.events[-1][0]

    def day_number(self, day: date) -> int:
        """Count a day from the admission to intensive care, which is day 0."""
        return (day - self.admitted).days

    def chart_on(self, day: date) -> tuple[Resource, ...]:
        """Give the resources as they stand at the end of that day, the latest state of each, in order of arrival."""
        latest: dict[tuple[str, str], Resource] = {}
        for when, resources in self.events:
            if when <= day:
                latest |= {(r["resourceType"], r["id"]): r for r in resources}
        return tuple(latest.values())


def place_named(words: str) -> JointSide:
    """Read a place as a therapist writes it, "left hip"; ValueError when it is none."""
    side, _, joint = words.partition(" ")
    return JointSide(joint=Joint(joint), side=Side(side))


def places_named(words: str) -> Iterator[JointSide]:
    """Read one or both sides: "left hip", or "both hip" for the two of them."""
    side, _, joint = words.partition(" ")
    if side == "both":
        yield from (JointSide(joint=Joint(joint), side=each) for each in Side)
    else:
        yield place_named(words)


def in_order(by_day: Mapping[int, list[Resource]], admitted: date) -> tuple[tuple[date, tuple[Resource, ...]], ...]:
    """Turn resources by day number into events by date; what others cite stays before them within a day."""
    return tuple((admitted + timedelta(days=n), tuple(by_day[n])) for n in sorted(by_day) if by_day[n])

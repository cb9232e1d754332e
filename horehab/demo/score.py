"""Lays what was suspected beside what should have been: windows, forbidden joints, and the ward's figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from horehab.demo.story import Expectation, Story
from horehab.domain.joints import JointSide

DAYS_PER_MONTH = 30.44
"""The length of a patient-month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A suspicion as it came to stand in the chart. `updates` are the days on which it was brought up to date."""

    patient: str
    place: JointSide
    day: date
    sentence: str = ""
    updates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRow:
    """One expected joint: its window, and the first day on which it was suspected."""

    story: Story
    expected: Expectation
    suspicion: Suspicion | None

    @property
    def is_inside(self) -> bool:
        """Whether the first suspicion fell inside the window."""
        return self.expected.holds(self.suspicion.day if self.suspicion else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Every expected joint in the order of the stories, what was suspected elsewhere, and the relapses met.

    `forbidden` are suspicions on joints that the publication speaks against, `elsewhere` those on any other
    joint that was not expected. `relapses` pairs each expected update with the day on which it came.
    """

    rows: tuple[JointRow, ...]
    forbidden: tuple[Suspicion, ...]
    elsewhere: tuple[Suspicion, ...]
    relapses: tuple[tuple[Expectation, date | None], ...]

    @property
    def inside(self) -> int:
        """How many expected joints were suspected inside their windows."""
        return sum(row.is_inside for row in self.rows)

    @property
    def relapses_met(self) -> int:
        """How many relapses were met inside their windows."""
        return sum(expected.holds(day) for expected, day in self.relapses)


@dataclass(frozen=True, slots=True, kw_only=True)
class WardScore:
    """The ward's figures: joints with ossification found and in time, suspicions where there is none.

    `false` are suspicions on patients without ossification, `false_months` those patients' months watched;
    `wrong_place` are suspicions on other joints of patients with ossification, or more than a week too early.
    """

    joints: int
    found: int
    in_time: int
    false: int
    false_months: float
    wrong_place: int


def score(stories: Iterable[Story], suspicions: Sequence[Suspicion]) -> Score:
    """Compare published patients with what was suspected; the first suspicion of a joint counts."""
    rows: list[JointRow] = []
    forbidden: list[Suspicion] = []
    elsewhere: list[Suspicion] = []
    relapses: list[tuple[Expectation, date | None]] = []
    for story in stories:
        first = first_by_place(suspicions, story.patient)
        expected = {each.place: each for each in story.expected}
        rows += (JointRow(story=story, expected=e, suspicion=first.get(place)) for place, e in expected.items())
        forbidden += (s for place, s in first.items() if place in story.forbidden)
        elsewhere += (s for place, s in first.items() if place not in (*expected, *story.optional, *story.forbidden))
        relapses += ((each, _update(suspicions, story.patient, each)) for each in story.relapse)
    return Score(rows=tuple(rows), forbidden=tuple(forbidden), elsewhere=tuple(elsewhere), relapses=tuple(relapses))


def score_ward(stories: Iterable[Story], suspicions: Sequence[Suspicion]) -> WardScore:
    """Compare the synthetic ward with what was suspected (counted as in docs/demo.md)."""
    joints = found = in_time = false = wrong = 0
    months = 0.0
    for story in stories:
        first = first_by_place(suspicions, story.patient)
        expected = {each.place: each for each in story.expected}
        joints += len(expected)
        hits = [(s.day, expected[place]) for place, s in first.items() if place in expected]
        found += sum(day >= window.first for day, window in hits)
        in_time += sum(window.holds(day) for day, window in hits)
        if expected:
            wrong += sum(place not in expected for place in first) + sum(day < w.first for day, w in hits)
        else:
            false += len(first)
            months += (story.last_day - story.events[0][0]).days / DAYS_PER_MONTH
    return WardScore(joints=joints, found=found, in_time=in_time, false=false, false_months=months, wrong_place=wrong)


def first_by_place(suspicions: Iterable[Suspicion], patient: str) -> dict[JointSide, Suspicion]:
    """Give the first suspicion of each joint of a patient."""
    first: dict[JointSide, Suspicion] = {}
    for each in sorted(suspicions, key=lambda s: s.day):
        if each.patient == patient:
            first.setdefault(each.place, each)
    return first


def _update(suspicions: Iterable[Suspicion], patient: str, expected: Expectation) -> date | None:
    here = [s for s in suspicions if (s.patient, s.place) == (patient, expected.place)]
    days = [day for s in here for day in (s.day, *s.updates) if day >= expected.first]
    return min(days, default=None)

"""The figures of a detector on a simulated ward, as suspicion.md section 2 defines them, with bootstrap intervals.

A suspicion is a place and the day on which it was raised. Repeats at the same place within 30 days of a counted one
are one. On a joint that ossifies a suspicion counts from a week before the onset on; an earlier one is a wrong place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import median

import numpy as np
import numpy.typing as npt

from benchmarks.detection.story import Ossification, SimulatedPatient
from horehab.domain.joints import JointSide

REPEAT_DAYS = 30
EARLIEST = 7
IN_TIME = 14
MISSED = -np.inf
"""The lead of a joint that was never suspected."""

Raised = tuple[int, JointSide]
"""The day number on which a suspicion was raised, and its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What became of one patient. `leads` has a number of days for each ossifying joint, MISSED for a miss.

    `months` is the follow-up; `false` counts the suspicions of a patient without ossification, `wrong` those of a
    patient with it that were at another place or too early; `in_time` the joints that were suspected in time.
    """

    months: float
    ossifies: bool
    false: int = 0
    wrong: int = 0
    in_time: int = 0
    leads: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The five figures of a ward. Rates are per 100 patient-months, `found` and `in_time` parts of 1, `lead` days.

    A figure that nothing speaks of is not a number (a ward without any ossifying joint has no `found`).
    """

    false: float
    found: float
    in_time: float
    lead: float
    wrong: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The figures of a ward with the ends of their 95 % intervals, and how much they rest on."""

    figures: Figures
    low: Figures
    high: Figures
    patients: int
    joints: int
    months: float


def judged(marks: Sequence[Marks], *, resamples: int = 400, seed: int = 20260101) -> Judged:
    """Sum up the patients of a ward; intervals are percentiles over patients drawn again with replacement, seeded.

    Raises ValueError for no patients.
    """
    if not marks:
        message = "There are no patients to be judged."
        raise ValueError(message)
    table = _Table.of(marks)
    once = np.ones(len(marks), dtype=np.int64)
    dice = np.random.default_rng(seed)
    draws = [table.figures(_drawn(dice, len(marks))) for _ in range(resamples)]
    ends = {name: _ends([getattr(draw, name) for draw in draws]) for name in NAMES}
    return Judged(
        figures=table.figures(once),
        low=Figures(**{name: low for name, (low, _) in ends.items()}),
        high=Figures(**{name: high for name, (_, high) in ends.items()}),
        patients=len(marks),
        joints=len(table.leads),
        months=float(table.months.sum()),
    )


def marked(patient: SimulatedPatient, raised: Iterable[Raised]) -> Marks:
    """Mark the suspicions of one patient against the truth, in whatever order they are given."""
    counted = distinct(raised)
    months = patient.months
    if not patient.ossifications:
        return Marks(months=months, ossifies=False, false=len(counted))
    true = [_first(counted, truth) for truth in patient.ossifications]
    return Marks(
        months=months,
        ossifies=True,
        wrong=sum(not any(_is_right(each, truth) for truth in patient.ossifications) for each in counted),
        in_time=sum(
            first is not None and first <= truth.recognised + IN_TIME
            for first, truth in zip(true, patient.ossifications, strict=True)
        ),
        leads=tuple(
            MISSED if first is None else float(truth.recognised - first)
            for first, truth in zip(true, patient.ossifications, strict=True)
        ),
    )


def distinct(raised: Iterable[Raised]) -> list[Raised]:
    """Count repeats at a place within 30 days of a counted suspicion as one, that of the first day."""
    counted: list[Raised] = []
    last: dict[JointSide, int] = {}
    for day, place in sorted(raised, key=lambda each: each[0]):
        if place not in last or day - last[place] > REPEAT_DAYS:
            counted.append((day, place))
            last[place] = day
    return counted


def _is_right(each: Raised, truth: Ossification) -> bool:
    return each[1] == truth.place and each[0] >= truth.onset - EARLIEST


def _first(counted: Iterable[Raised], truth: Ossification) -> int | None:
    return min((each[0] for each in counted if _is_right(each, truth)), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The marks of a ward as arrays of one number per patient, and per ossifying joint whose it is and its lead."""

    months: npt.NDArray[np.float64]
    ossifies: npt.NDArray[np.bool_]
    suspicions: npt.NDArray[np.int64]
    in_time: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    leads: npt.NDArray[np.float64]

    @classmethod
    def of(cls, marks: Sequence[Marks]) -> "_Table":
        """Lay the marks out; `false` and `wrong` share a column, since a patient has one or the other."""
        return cls(
            months=np.array([m.months for m in marks]),
            ossifies=np.array([m.ossifies for m in marks], dtype=np.bool_),
            suspicions=np.array([m.wrong if m.ossifies else m.false for m in marks], dtype=np.int64),
            in_time=np.array([m.in_time for m in marks], dtype=np.int64),
            owner=np.array([n for n, m in enumerate(marks) for _ in m.leads], dtype=np.int64),
            leads=np.array([lead for m in marks for lead in m.leads], dtype=np.float64),
        )

    def figures(self, times: npt.NDArray[np.int64]) -> Figures:
        """Give the figures with each patient counted so many times."""
        joints = times[self.owner]
        leads = np.repeat(self.leads, joints)
        count = len(leads)
        return Figures(
            false=self._rate(times, ossifies=False),
            found=float(np.mean(leads > MISSED)) if count else float("nan"),
            in_time=float((times * self.in_time).sum() / count) if count else float("nan"),
            lead=median(leads.tolist()) if count else float("nan"),
            wrong=self._rate(times, ossifies=True),
        )

    def _rate(self, times: npt.NDArray[np.int64], *, ossifies: bool) -> float:
        here = times * (self.ossifies == ossifies)
        months = float((here * self.months).sum())
        return 100.0 * float((here * self.suspicions).sum()) / months if months else float("nan")


def _drawn(dice: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    return np.bincount(dice.integers(0, count, size=count), minlength=count)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Find the 2.5th and 97.5th percentile by rank, so that a lead of minus infinity has its place."""
    known = sorted(value for value in values if not np.isnan(value))
    if not known:
        return float("nan"), float("nan")
    return known[round(0.025 * (len(known) - 1))], known[round(0.975 * (len(known) - 1))]


NAMES = tuple(field.name for field in fields(Figures))
"""The names of the five figures, in the order of the tables."""

"""Every clinical number of a rule, as values with their sources; rules.toml holds them, horehab.rules reads them."""

from collections.abc import Mapping
from dataclasses import dataclass

from horehab.domain.engine_numbers import EngineNumbers
from horehab.domain.joints import Joint, Motion


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionNumbers:
    """The numbers of one motion of one joint, in degrees; the sources are keys of clinical.md.

    `lowest` and `highest` bound what a living joint can show, failure to reach neutral included. `same_rater`
    and `different_rater` are the least changes that are beyond measurement error (MDC95). `norm` is the AAOS
    value, `norm_aged` the mean at 65-85 years; None where no source gives one.
    """

    lowest: float
    highest: float
    same_rater: float
    different_rater: float
    error_source: str
    norm: float | None = None
    norm_aged: float | None = None
    norm_source: str = ""

    def norm_at(self, age: int | None) -> float | None:
        """Choose the norm for an age in years: the mean at 65-85 from 65 on where it is known, else AAOS."""
        if age is not None and age >= AGED_FROM and self.norm_aged is not None:
            return self.norm_aged
        return self.norm


AGED_FROM = 65
"""The age from which the means of the 65-85 year old apply (fadavis, Table A.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """When surveillance opens and how long it stays open, in days (clinical.md R01, R05)."""

    icu_days: int
    open_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LossNumbers:
    """How much loss of motion means something (clinical.md 4.3-4.5); degrees, visits, days or multipliers."""

    sustained_visits: int
    suspect_multiplier: float
    suspect_floor: float
    clear_floor: float
    confirm_days: int
    large_degrees: float
    side_difference: float
    stiff_fraction: float
    stiff_norm_from: float
    recent_days: int
    pace_days: int
    suspect_radians: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PainNumbers:
    """Which change of pain counts, on the 0-10 scale, and for how many days a rating speaks."""

    rise: float
    rise_at_once: float
    level: float
    recent_days: int
    baseline_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryNumbers:
    """For how many days a laboratory value speaks, and from which multiple a confounded ALP still counts."""

    recent_days: int
    confounded_multiple: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The follow-up calendar in days (clinical.md section 6)."""

    inpatient_every: int
    biweekly_every: int
    biweekly_until: int
    monthly_every: int
    monthly_until: int
    last_visit: int
    after_watch: int
    review_within: int
    after_improvement: int
    expires_after: int
    due_hour: int
    escalate_after: int
    escalate_nerve_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceNumbers:
    """When patients are reminded of appointments, and how it goes on after a missed one; days.

    `remind_before` an appointment; after a missed one a message, then a call, then a letter, none of them once
    `forget_after` days are over. A planned session is asked about `log_after` days.
    """

    remind_before: int
    message_after: int
    call_after: int
    letter_after: int
    forget_after: int
    log_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNumbers:
    """From which week after onset plain film shows bone, and until when to repeat imaging (clinical.md R18-R20)."""

    film_from_week: float
    reimage_until_week: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Choices that no source makes for us, in days.

    After `stale_after_days` evidence is too old to write about, after `blind_after_days` without a passive reading
    a quiet joint can no longer be judged, and for `hides_days` after it sedation may still hide pain.
    """

    stale_after_days: int
    blind_after_days: int
    hides_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Where a number comes from: keys of clinical.md's Sources or "policy", its unit, and the day it was checked."""

    source: str
    unit: str
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of one rule version: "2026.2+<first 8 hex digits of the hash of what a verdict reads>".

    `bases` gives the basis of each single number by its name ("loss.suspect_multiplier"); the motions carry
    their own sources. `engine` holds the numbers of the detection engine. `differentials` are always shown with a
    suspicion (clinical.md R10).
    """

    version: str
    motions: Mapping[tuple[Joint, Motion], MotionNumbers]
    gate: Gate
    loss: LossNumbers
    pain: PainNumbers
    laboratory: LaboratoryNumbers
    calendar: Calendar
    attendance: AttendanceNumbers
    steps: StepNumbers
    policy: Policy
    differentials: tuple[str, ...]
    bases: Mapping[str, Basis]
    engine: EngineNumbers

    @property
    def stale_after_days(self) -> int:
        """After how many days without new evidence a suspicion is only listed, no longer written."""
        return self.policy.stale_after_days

    def of(self, joint: Joint, motion: Motion) -> MotionNumbers | None:
        """Look up the numbers of a motion; None for a motion that the joint does not have."""
        return self.motions.get((joint, motion))

    def limits(self, joint: Joint, motion: Motion) -> tuple[float, float] | None:
        """Say between which degrees a reading can be true at all; None for a motion that the joint does not have."""
        numbers = self.of(joint, motion)
        return None if numbers is None else (numbers.lowest, numbers.highest)

    def suspect_threshold(self, joint: Joint, motion: Motion) -> float:
        """Say which loss, twice in a row, is suspect by itself (clinical.md 4.4); infinity for no such motion."""
        numbers = self.of(joint, motion)
        if numbers is None:
            return float("inf")
        return max(
            self.loss.suspect_multiplier * numbers.same_rater, numbers.different_rater, self.loss.suspect_floor
        )

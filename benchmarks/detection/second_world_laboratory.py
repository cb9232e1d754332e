"""Laboratory values and other diagnoses: alkaline phosphatase that is normal in many, and raised for other reasons.

Alkaline phosphatase stays normal in 40 % of patients with ossification; in the others it begins to rise about two
weeks after the first onset, is highest at about ten weeks and falls again. In 18 % of the others it is raised by
liver, alcohol, pregnancy, fracture or infection, of which not every chart tells.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.second_world_courses import DAYS
from benchmarks.detection.second_world_numbers import HORIZON, Degrees, Dice, between, happens, number
from benchmarks.detection.story import Known, Lab
from horehab.domain.exposure import BackgroundKind
from horehab.domain.laboratory import Analyte

_OTHER_REASONS = (
    BackgroundKind.LIVER_DISEASE, BackgroundKind.ALCOHOL, BackgroundKind.PREGNANCY,
    BackgroundKind.FRACTURE, BackgroundKind.INFECTION,
)  # fmt: skip
_LIVER = (BackgroundKind.LIVER_DISEASE, BackgroundKind.ALCOHOL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chemistry:
    """What the blood does: alkaline phosphatase on each day as a multiple of its limit, and another reason for it."""

    phosphatase: Degrees
    reason: BackgroundKind | None
    is_kinase_high: bool


def chemistry(dice: Dice, onset: int | None, *, may_be_pregnant: bool) -> Chemistry:
    """Draw what the blood does; `onset` is the first day of bone growth, None without any."""
    multiple = np.full(HORIZON, between(dice, "laboratory.resting_multiple"))
    if onset is not None and not happens(dice, "normal_phosphatase"):
        multiple = np.maximum(multiple, _bone_wave(dice, onset, multiple[0]))
    reason = None
    if onset is None and happens(dice, "other_phosphatase"):
        reason = _OTHER_REASONS[int(dice.integers(len(_OTHER_REASONS)))]
        if reason is BackgroundKind.PREGNANCY and not may_be_pregnant:
            reason = BackgroundKind.LIVER_DISEASE
        fades = np.exp(-np.maximum(DAYS - dice.uniform(20.0, 120.0), 0.0) / dice.uniform(40.0, 300.0))
        multiple = multiple + (between(dice, "laboratory.other_multiple") - multiple[0]) * fades
    is_high = onset is not None and happens(dice, "kinase_high")
    return Chemistry(phosphatase=multiple, reason=reason, is_kinase_high=is_high)


def _bone_wave(dice: Dice, onset: int, rest: float) -> Degrees:
    extreme = happens(dice, "extreme_phosphatase")
    peak = between(dice, "laboratory.extreme_multiple" if extreme else "laboratory.peak_multiple")
    rise, top = between(dice, "laboratory.rise_after_days"), between(dice, "laboratory.peak_after_days")
    return np.interp(DAYS - onset, [rise, top, top + between(dice, "laboratory.fall_days")], [rest, peak, rest])


def laboratory(dice: Dice, blood: Chemistry, last: int) -> Iterator[Lab]:
    """The values that were taken until the last day; none at all in some patients."""
    if happens(dice, "no_laboratory"):
        return
    limit, spread = round(between(dice, "laboratory.upper_limit")), number("laboratory.sd_part")
    has_gamma, has_kinase = happens(dice, "gamma_gt_too"), happens(dice, "kinase_too")
    day, index = int(dice.integers(1, 15)), 0
    while day <= last:
        known = min(last, day + int(dice.integers(0, 2)))
        rows = [(Analyte.ALKALINE_PHOSPHATASE, blood.phosphatase[day], limit)]
        if has_gamma:
            rows.append((Analyte.GAMMA_GT, 2.5 if blood.reason in _LIVER else 0.6, 60))
        if has_kinase:
            rows.append((Analyte.CREATINE_KINASE, 2.4 if blood.is_kinase_high else 0.5, 190))
        for analyte, multiple, upper in rows:
            value = round(max(0.05, multiple * dice.normal(1.0, spread)) * upper)
            yield Lab(id=f"lab-{index}", day=day, known=known, analyte=analyte, value=value, upper_limit=upper)
            index += 1
        day += round(between(dice, "laboratory.gap_days"))


def diagnoses(dice: Dice, blood: Chemistry, *, is_weak: bool) -> Iterator[Known]:
    """The other conditions of a chart; what raised alkaline phosphatase is told in three of four."""
    told = {"covid": BackgroundKind.COVID19, "central_lesion": BackgroundKind.CENTRAL_LESION}
    for name, kind in told.items():
        if happens(dice, name):
            yield Known(kind=kind, day=0)
    if is_weak:
        weak = (BackgroundKind.POLYNEUROPATHY, BackgroundKind.MYOPATHY)
        yield Known(kind=weak[int(dice.integers(2))], day=int(dice.integers(10, 40)))
    if blood.reason is not None and dice.random() < 3 / 4:
        yield Known(kind=blood.reason, day=0)

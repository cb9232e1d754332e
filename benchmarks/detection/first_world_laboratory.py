"""Laboratory values of the first world: alkaline phosphatase, GGT and creatine kinase, as each laboratory says them.

Alkaline phosphatase rises in about half of the ossifying, often late, and in others for other reasons: liver
(GGT rises with it), fracture, pregnancy. Creatine kinase rises in some, and with myopathy after intensive care.
"""

from collections.abc import Mapping

import numpy as np

from benchmarks.detection.first_world_losses import Days, bump
from benchmarks.detection.first_world_people import Person
from benchmarks.detection.first_world_ranges import Ranges
from benchmarks.detection.story import Lab
from horehab.domain.laboratory import Analyte

_ALP, _GGT, _CK = Analyte.ALKALINE_PHOSPHATASE, Analyte.GAMMA_GT, Analyte.CREATINE_KINASE

_LIMITS = {_ALP: (126.0, 104.0, 130.0), _GGT: (55.0, 60.0, 40.0), _CK: (190.0, 171.0, 200.0)}
"""Upper limits of three laboratories, U/L; the first for alkaline phosphatase is that of the poster (S1)."""

_MEASURED = {_ALP: None, _GGT: "laboratory.gamma_gt_measured", _CK: "laboratory.kinase_measured"}


def levels(
    dice: np.random.Generator, ranges: Ranges, who: Person, *, onset: int | None, days: Days
) -> dict[Analyte, Days]:
    """Draw the true level of each value by day, as multiples of the upper limit; `onset` is None without bone."""
    out = np.exp(-np.clip(days - who.intensive, 0.0, None) / ranges.between(dice, "laboratory.liver_tau"))
    liver = 1.0 + who.has_liver * (ranges.between(dice, "laboratory.liver_times") - 1.0) * out
    fracture = 1.0 + who.has_fracture * (ranges.between(dice, "laboratory.fracture_times") - 1.0) * bump(
        days, 7.0, 14.0, until=70.0, tau=40.0
    )
    pregnant = 1.0 + who.is_pregnant * (ranges.between(dice, "laboratory.pregnancy_times") - 1.0)
    sick = ranges.happens(dice, "laboratory.myopathy") * (ranges.between(dice, "laboratory.myopathy_times") - 1.0)
    phosphatase = ranges.between(dice, "laboratory.phosphatase") * liver * fracture * pregnant
    kinase = ranges.between(dice, "laboratory.kinase") * (1.0 + sick * np.exp(-days / 20.0))
    gamma_gt = ranges.between(dice, "laboratory.kinase") * liver**1.5
    bone, muscle = _ossification(dice, ranges, onset=onset, days=days)
    return {_ALP: phosphatase * bone, _GGT: gamma_gt, _CK: kinase * muscle}


def _ossification(dice: np.random.Generator, ranges: Ranges, *, onset: int | None, days: Days) -> tuple[Days, Days]:
    """Draw what growing bone does to alkaline phosphatase (weeks later, for months) and creatine kinase (early)."""
    begins = (onset or 0) + ranges.between(dice, "laboratory.raised_after")
    rise = ranges.between(dice, "laboratory.raised_rise")
    bone = ranges.happens(dice, "laboratory.raised") * (ranges.between(dice, "laboratory.raised_times") - 1.0)
    muscle = ranges.happens(dice, "laboratory.kinase_raised") * (
        ranges.between(dice, "laboratory.kinase_raised_times") - 1.0
    )
    if onset is None:
        return np.ones_like(days), np.ones_like(days)
    late = bump(days, begins, rise, until=begins + 70.0, tau=60.0)
    early = bump(days, onset - 5.0, 7.0, until=onset + 21.0, tau=14.0)
    return 1.0 + bone * late, 1.0 + muscle * early


def samples(
    dice: np.random.Generator, ranges: Ranges, level: Mapping[Analyte, Days], *, first: int, last: int, name: str
) -> list[Lab]:
    """Draw the samples of one patient during follow-up, more seldom than visits, none in some patients."""
    laboratory = int(dice.integers(3))
    is_none = ranges.happens(dice, "laboratory.none")
    stops = min(float(last), first + ranges.between(dice, "laboratory.stops_after"))
    found: list[Lab] = []
    day = first + float(dice.uniform(0, 7))
    while day <= stops and not is_none:
        for analyte, chance in _MEASURED.items():
            if chance is None or ranges.happens(dice, chance):
                multiple = level[analyte][int(day)] * np.exp(
                    dice.normal(0.0, ranges.number("laboratory.phosphatase_noise"))
                )
                limit = _LIMITS[analyte][laboratory]
                value = float(max(1, round(limit * float(multiple))))
                found.append(
                    Lab(id=f"{name}-l{len(found)}", day=int(day), known=int(day), analyte=analyte, value=value,
                        upper_limit=limit)
                )  # fmt: skip
        day += ranges.between(dice, "laboratory.every")
    return found

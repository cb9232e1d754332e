"""Laboratory values of the first world: alkaline phosphatase, GGT and creatine kinase, as each laboratory says them.

Alkaline phosphatase rises in about half of the ossifying, often late, and in others for other reasons: liver
(GGT rises with it), fracture, pregnancy. Creatine kinase rises in some, and with myopathy after intensive care.
"""

from collections.abc import Mapping

import numpy as np

from benchmarks.detection.first_world_losses import Days, bump
from benchmarks.detection.first_world_people import Person
from benchmarks.detection.first_world_ranges import Dice
from benchmarks.detection.story import Lab
from horehab.domain.laboratory import Analyte

_ALP, _GGT, _CK = Analyte.ALKALINE_PHOSPHATASE, Analyte.GAMMA_GT, Analyte.CREATINE_KINASE

_LIMITS = {_ALP: (126.0, 104.0, 130.0), _GGT: (55.0, 60.0, 40.0), _CK: (190.0, 171.0, 200.0)}
"""Upper limits of three laboratories, U/L; the first for alkaline phosphatase is that of the poster (S1)."""

_MEASURED = {_ALP: None, _GGT: "laboratory.gamma_gt_measured", _CK: "laboratory.kinase_measured"}


def levels(dice: Dice, who: Person, *, onset: int | None, days: Days) -> dict[Analyte, Days]:
    """Draw the true level of each value by day, as multiples of the upper limit; `onset` is None without bone."""
    out = np.exp(-np.clip(days - who.intensive, 0.0, None) / dice.between("laboratory.liver_tau"))
    liver = 1.0 + who.has_liver * (dice.between("laboratory.liver_times") - 1.0) * out
    healing = bump(days, 7.0, 14.0, until=70.0, tau=40.0)
    fracture = 1.0 + who.has_fracture * (dice.between("laboratory.fracture_times") - 1.0) * healing
    pregnant = 1.0 + who.is_pregnant * (dice.between("laboratory.pregnancy_times") - 1.0)
    sick = dice.happens("laboratory.myopathy") * (dice.between("laboratory.myopathy_times") - 1.0)
    phosphatase = dice.between("laboratory.phosphatase") * liver * fracture * pregnant
    kinase = dice.between("laboratory.kinase") * (1.0 + sick * np.exp(-days / 20.0))
    gamma_gt = dice.between("laboratory.gamma_gt") * liver**1.5
    bone, muscle = _ossification(dice, onset=onset, days=days)
    return {_ALP: phosphatase * bone, _GGT: gamma_gt, _CK: kinase * muscle}


def _ossification(dice: Dice, *, onset: int | None, days: Days) -> tuple[Days, Days]:
    """Draw what growing bone does to alkaline phosphatase (weeks later, for months) and creatine kinase (early)."""
    begins = (onset or 0) + dice.between("laboratory.raised_after")
    rise = dice.between("laboratory.raised_rise")
    bone = dice.happens("laboratory.raised") * (dice.between("laboratory.raised_times") - 1.0)
    muscle = dice.happens("laboratory.kinase_raised") * (dice.between("laboratory.kinase_raised_times") - 1.0)
    if onset is None:
        return np.ones_like(days), np.ones_like(days)
    late = bump(days, begins, rise, until=begins + 70.0, tau=60.0)
    early = bump(days, onset - 5.0, 7.0, until=onset + 21.0, tau=14.0)
    return 1.0 + bone * late, 1.0 + muscle * early


def samples(dice: Dice, level: Mapping[Analyte, Days], name: str, *, first: int, last: int) -> list[Lab]:
    """Draw the samples of one patient during follow-up, more seldom than visits, none in some patients."""
    laboratory = int(dice.raw.integers(3))
    is_none = dice.happens("laboratory.none")
    stops = min(float(last), first + dice.between("laboratory.stops_after"))
    found: list[Lab] = []
    day = first + float(dice.raw.uniform(0, 7))
    while day <= stops and not is_none:
        for analyte, chance in _MEASURED.items():
            if chance is None or dice.happens(chance):
                noise = np.exp(dice.raw.normal(0.0, dice.number("laboratory.noise")))
                limit = _LIMITS[analyte][laboratory]
                value = float(max(1, round(limit * float(level[analyte][int(day)] * noise))))
                entry = Lab(
                    id=f"{name}-l{len(found)}",
                    day=int(day),
                    known=int(day),
                    analyte=analyte,
                    value=value,
                    upper_limit=limit,
                )
                found.append(entry)
        day += dice.between("laboratory.every")
    return found

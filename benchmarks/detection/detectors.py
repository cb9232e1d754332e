"""Horehab's engine as a detector, whole and with one thing taken away at a time: a record in, suspicions out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from benchmarks.detection.operating import ungated
from horehab.detection.history import suspicions
from horehab.domain.joints import JointSide
from horehab.domain.laboratory import Analyte
from horehab.domain.record import PatientRecord
from horehab.domain.thresholds import Rules

Suspicions = Sequence[tuple[date, JointSide]]
Detector = Callable[[PatientRecord, Rules], Suspicions]
"""Gives the days on which suspicions are raised, each with its place."""

OURS = "horehab"
CARELESS = "without clean input"


def ours(record: PatientRecord, rules: Rules) -> Suspicions:
    """Raise what horehab raises."""
    return suspicions(record, rules)


def without_gate(record: PatientRecord, rules: Rules) -> Suspicions:
    """Judge as if what is known of the whole patient counted at joints that are quiet themselves."""
    return ours(record, ungated(rules))


def without_pain(record: PatientRecord, rules: Rules) -> Suspicions:
    """Judge as if pain had never been rated."""
    return ours(replace(record, pains=()), rules)


def without_alp(record: PatientRecord, rules: Rules) -> Suspicions:
    """Judge as if alkaline phosphatase had never been measured."""
    kept = tuple(lab for lab in record.labs if lab.analyte is not Analyte.ALKALINE_PHOSPHATASE)
    return ours(replace(record, labs=kept), rules)


def without_opposite_side(record: PatientRecord, rules: Rules) -> Suspicions:
    """Judge each side as if nobody had ever measured or rated the other."""
    raised: list[tuple[date, JointSide]] = []
    for side in {reading.side for reading in record.readings}:
        alone = replace(
            record,
            readings=tuple(each for each in record.readings if each.side is side),
            pains=tuple(each for each in record.pains if each.place is None or each.place.side is side),
            signs=tuple(each for each in record.signs if each.place is None or each.place.side is side),
        )
        raised += [each for each in ours(alone, rules) if each[1].side is side]
    return sorted(raised, key=lambda each: (each[0], str(each[1])))


DETECTORS: dict[str, Detector] = {
    OURS: ours,
    "without gate": without_gate,
    "without pain": without_pain,
    "without ALP": without_alp,
    "without opposite side": without_opposite_side,
    CARELESS: ours,
}
"""The engine and its ablations; CARELESS is the engine on a record that was read without any care."""

"""Horehab's engine as a detector, whole and with one thing taken away at a time: a record in, suspicions out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from importlib.util import find_spec

from benchmarks.detection.operating import ungated
from horehab.detection.verdicts import judge
from horehab.domain.joints import JointSide
from horehab.domain.laboratory import Analyte
from horehab.domain.record import PatientRecord
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules

Suspicions = Sequence[tuple[date, JointSide]]
Detector = Callable[[PatientRecord, Rules], Suspicions]
"""Gives the days on which suspicions are raised, each with its place."""

OURS = "horehab"
CARELESS = "without clean input"


_MODULE = "horehab.detection.replay"
_REPLAY = getattr(import_module(_MODULE), "suspicions", None) if find_spec(_MODULE) else None


def ours(record: PatientRecord, rules: Rules) -> Suspicions:
    """Raise what horehab raises, in one pass where the engine offers one."""
    if _REPLAY is not None:
        raised: Suspicions = _REPLAY(record, rules)
        return raised
    return day_by_day(record, rules)


def day_by_day(record: PatientRecord, rules: Rules) -> Suspicions:
    """Judge on each day on which anything became known; a joint that turns suspect is raised."""
    standing: set[JointSide] = set()
    raised = []
    for day in days_of(record):
        suspected = {v.place for v in judge(record, rules, day) if v.tier is Tier.SUSPECT}
        raised += [(day, place) for place in sorted(suspected - standing, key=str)]
        standing = suspected
    return raised


def days_of(record: PatientRecord) -> list[date]:
    """List the days on which a reading, a rating, a sign or a laboratory value became known."""
    days = {fact.known_on for fact in record.readings}
    days |= {fact.known_on for fact in record.pains} | {fact.known_on for fact in record.signs}
    return sorted(days | {fact.known_on for fact in record.labs})


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

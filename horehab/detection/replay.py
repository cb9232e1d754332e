"""One pass over all that is known of a patient's joints: how strongly each is suspected after each day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np

from horehab.detection.background import alp_confounded_from
from horehab.detection.evidence import Doubles, Evidence, Ints, evidence_of, last_of_each
from horehab.detection.features import Features, Surroundings, features_of
from horehab.detection.joint_file import SUPPORTING, JointFile
from horehab.detection.library import library_of
from horehab.detection.score import DECIMALS, scores_of
from horehab.detection.signal import Signal, signals_of
from horehab.detection.weighing import odds_of
from horehab.domain.engine_numbers import FEATURES
from horehab.domain.exposure import ExposureKind
from horehab.domain.joints import JointSide
from horehab.domain.laboratory import Analyte
from horehab.domain.record import PatientRecord
from horehab.domain.thresholds import Rules

_UNKNOWN_STAY = 28
_VISITS = FEATURES.index("visits")
_ADMITTED = (ExposureKind.ICU_STAY, ExposureKind.VENTILATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """How strongly ossification of one joint is suspected after a day on which something new was known.

    `own` is the score of what the joint itself shows, `score` the one with what supports it from the whole
    patient. `best_day` is the visit that ended the best sustained motion, `error` the standard deviation of what
    the last visit measured (a fraction of the normal range), `visits` how many there were. `days_since_reading`
    says how fresh the last passive reading is; `is_assumed` that every visit with a loss since the best rests
    on assumed times, and then the score stays below suspect.
    """

    day: date
    score: float
    own: float
    features: Features
    best_day: date
    error: float
    visits: int
    days_since_reading: int
    is_assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighings:
    """How one joint weighed after each such day, in order of days; a day is told in full when it is asked for.

    Beside each of the `days` stand its score and the day on which the joint was `measured` last.
    """

    days: Sequence[date]
    measured: Sequence[date]
    scores: Sequence[float]
    tell: Callable[[int], Weighed]

    def followed_by(self, later: "Weighings") -> "Weighings":
        """Let days follow that come after all of these."""
        before = len(self.days)
        return Weighings(
            days=[*self.days, *later.days],
            measured=[*self.measured, *later.measured],
            scores=[*self.scores, *later.scores],
            tell=lambda number: self.tell(number) if number < before else later.tell(number - before),
        )

    def in_full(self) -> tuple[Weighed, ...]:
        """Tell all days in full."""
        return tuple(map(self.tell, range(len(self.days))))


NOT_WEIGHED = Weighings(days=(), measured=(), scores=(), tell=().__getitem__)


def weigh(files: Mapping[JointSide, JointFile], record: PatientRecord, rules: Rules) -> dict[JointSide, Weighings]:
    """Weigh all that is known of each joint in one pass, after each day on which something about it became known.

    Such a day has a passive reading, a pain rating that counts, or a raised laboratory value not long after a
    reading; before a joint's first reading there is none. What was measured later never changes what is said of
    a day. Nothing is kept between calls; no record makes it raise.
    """
    joints = [measured_joint(file, rules) for file in files.values()]
    return dict(zip(files, weigh_joints(joints, record, rules), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredJoint:
    """What was measured in a joint: the signal of each visit, and the worst rating of each day, within the scale."""

    place: JointSide
    signals: Sequence[Signal]
    pains: Sequence[tuple[int, float]]


def measured_joint(file: JointFile, rules: Rules) -> MeasuredJoint:
    """Put together what was measured in a joint, in order of days."""
    return MeasuredJoint(place=file.place, signals=signals_of(file, rules), pains=_pains(file))


def weigh_joints(
    joints: Sequence[MeasuredJoint], record: PatientRecord, rules: Rules, *, is_last_only: bool = False
) -> list[Weighings]:
    """Weigh joints side by side, after each day or after the last alone; of `record` blood and stays are read.

    One joint may come several times, as it would be if one thing more or another were measured in it.
    """
    firsts = [joint.signals[0].day for joint in joints if joint.signals]
    if not firsts:
        return [NOT_WEIGHED] * len(joints)
    labs = _raised(record)
    evidence = evidence_of(
        zero=_admission(record, min(firsts)),
        signals=[joint.signals for joint in joints],
        pains=[joint.pains for joint in joints],
        lab_days=sorted({known for known, _, _, _ in labs}),
        fresh_days=rules.loss.recent_days,
    )
    if is_last_only:
        evidence = last_of_each(evidence)
    around = Surroundings(
        places=[joint.place for joint in joints],
        alp=_support(evidence, labs, Analyte.ALKALINE_PHOSPHATASE, (record, rules)),
        ck=_support(evidence, labs, Analyte.CREATINE_KINASE, (record, rules)),
        stay=_stay(evidence, record),
    )
    odds = odds_of(evidence, library_of(rules.engine.kinds), rules.engine.errors)
    features = features_of(evidence, odds, around)
    return _weighed(evidence, features, len(joints), rules)


def _admission(record: PatientRecord, first: int) -> int:
    """Take the day of admission to intensive care as an ordinal; where it is not known, four weeks before."""
    starts = [e.start.day.toordinal() for e in record.exposures if e.kind in _ADMITTED]
    return min((start for start in starts if start <= first), default=first - _UNKNOWN_STAY)


def _stay(evidence: Evidence, record: PatientRecord) -> Doubles:
    """Give per row the days of the longest stay that is known to have ended by then; 0 where none is known.

    How long a stay lasted is not known before its end, and never where the chart does not say when it ended.
    """
    stay = np.zeros(len(evidence.row_day))
    for exposure in record.exposures:
        if exposure.kind in _ADMITTED and exposure.end is not None:
            end = exposure.end.day.toordinal()
            is_known = evidence.row_day >= max(end, exposure.known_on.toordinal())
            stay[is_known] = np.maximum(stay[is_known], end - exposure.start.day.toordinal())
    return stay


def _pains(file: JointFile) -> list[tuple[int, float]]:
    """Take the worst rating of each day, within the scale."""
    return [
        (day.toordinal(), min(max(score, 0.0), 10.0))
        for day, score in zip(file.pain.days, file.pain.worst, strict=True)
    ]


_Raised = tuple[int, int, Analyte, float]


def _raised(record: PatientRecord) -> list[_Raised]:
    """List day known, day measured, kind and multiple of each raised value that can support a suspicion."""
    return [
        (max(lab.known_on, lab.when.day).toordinal(), lab.when.day.toordinal(), lab.analyte, multiple)
        for lab in record.labs
        if lab.analyte in SUPPORTING and (multiple := lab.multiple) is not None and multiple > 1
    ]


def _support(
    evidence: Evidence, labs: Sequence[_Raised], analyte: Analyte, known: tuple[PatientRecord, Rules]
) -> Doubles:
    """Give per row the logarithm of the highest multiple of the last weeks; an explained ALP must be large."""
    record, rules = known
    support = np.zeros(len(evidence.row_day))
    confounded = alp_confounded_from(record) if analyte is Analyte.ALKALINE_PHOSPHATASE else None
    for from_day, measured, kind, multiple in labs:
        if kind is analyte:
            is_recent = evidence.row_day - measured <= rules.laboratory.recent_days
            counts = is_recent & (evidence.row_day >= from_day)
            if confounded is not None and multiple <= rules.laboratory.confounded_multiple:
                counts &= evidence.row_day < confounded.toordinal()
            support[counts] = np.maximum(support[counts], log(multiple))
    return support


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Told:
    """Beside the evidence: the features and scores of each row, and which visits rest on assumed times."""

    evidence: Evidence
    features: Doubles
    own: Doubles
    scores: Sequence[float]
    is_assumed: Sequence[bool]

    def in_full(self, row: int) -> Weighed:
        """Tell all that is weighed in a row."""
        visit, values = int(self.evidence.row_visit[row]), self.features[row].tolist()
        seen, day = self.evidence.visits[visit], int(self.evidence.row_day[row])
        return Weighed(
            day=date.fromordinal(day),
            score=self.scores[row],
            own=float(self.own[row]),
            features=Features(values=tuple(values)),
            best_day=date.fromordinal(seen.best_day),
            error=seen.error,
            visits=int(values[_VISITS]),
            days_since_reading=day - seen.day,
            is_assumed=self.is_assumed[visit],
        )


def _weighed(evidence: Evidence, features: Doubles, joints: int, rules: Rules) -> list[Weighings]:
    card = rules.engine.score
    scores = scores_of(features, card)
    below = round(card.suspect_at - 10**-DECIMALS, DECIMALS)
    assumed = _rests_on_assumed(evidence)
    if any(assumed):
        is_held = np.array(assumed)[evidence.row_visit]
        held = np.where(is_held, np.minimum(scores.score, below), scores.score).tolist()
    else:
        held = scores.score.tolist()
    told = _Told(evidence=evidence, features=features, own=scores.own, scores=held, is_assumed=assumed)
    days = tuple(_dates(evidence.row_day)), tuple(_dates(evidence.visit_day[evidence.row_visit]))
    is_seen = evidence.row_visit >= 0
    rows = [np.flatnonzero(is_seen & (evidence.row_joint == joint)).tolist() for joint in range(joints)]
    return [_weighings(told, days, here) for here in rows]


def _weighings(told: _Told, days: Sequence[Sequence[date]], rows: Sequence[int]) -> Weighings:
    known, measured = days
    return Weighings(
        days=[known[row] for row in rows],
        measured=[measured[row] for row in rows],
        scores=[told.scores[row] for row in rows],
        tell=lambda number: told.in_full(rows[number]),
    )


def _dates(ordinals: Ints) -> Iterator[date]:
    return map(date.fromordinal, ordinals.tolist())


def _rests_on_assumed(evidence: Evidence) -> list[bool]:
    """Say of each visit whether all that show a loss since the best, or all at all if none does, are assumed."""
    found, joint = [], -1
    any_firm = any_low = firm_low = False
    for visit, number in zip(evidence.visits, evidence.visit_joint.tolist(), strict=True):
        if number != joint:
            joint, any_firm = number, False
        if visit.best_day == visit.day:
            any_low = firm_low = False
        is_low = visit.best - visit.value > visit.error
        any_firm, any_low = any_firm or visit.is_firm, any_low or is_low
        firm_low = firm_low or (is_low and visit.is_firm)
        found.append(not (firm_low if any_low else any_firm))
    return found

"""The one seam of detection: a record as known on a day goes in, a verdict on each watched joint comes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from horehab.detection.background import (
    alp_confounders,
    exposures,
    known_differentials,
    nerve_confounders,
    no_joint_left,
    pain_hidden,
)
from horehab.detection.elsewhere import alike_elsewhere
from horehab.detection.finding import Finding
from horehab.detection.gaps import against_of, missing_of, visit_days
from horehab.detection.grounds import alike, flags_of, opposite_better, reasons_of
from horehab.detection.joint_file import JointFile, joint_files
from horehab.detection.life import Life, life_of
from horehab.detection.replay import Weighings, weigh
from horehab.detection.score import LEAST
from horehab.domain.exposure import Background
from horehab.domain.joints import JointSide
from horehab.domain.next_steps import Situation, next_steps
from horehab.domain.record import ChartedStatus, PatientRecord
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.thresholds import Rules

_RAISED = (Tier.WATCH, Tier.SUSPECT)


def judge(record: PatientRecord, rules: Rules, as_of: date) -> tuple[Verdict, ...]:
    """Judge each of the eight watched joints as known at the end of a ward day, in the order of the caseload.

    A joint that cannot be judged gets a verdict that says so and what is missing. Nothing known later than
    `as_of` is read; order and repeats of the facts do not matter; no record makes it raise.
    """
    known = record.as_known_on(as_of)
    files = joint_files(known, rules)
    weighed = weigh(files, known, rules)
    return tuple(
        _verdict(_Case(file=file, files=files, weighed=weighed, record=known, rules=rules, as_of=as_of))
        for file in files.values()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One joint on the desk, all joints and how they weighed after each day, the whole record, the rules, the day."""

    file: JointFile
    files: Mapping[JointSide, JointFile]
    weighed: Mapping[JointSide, Weighings]
    record: PatientRecord
    rules: Rules
    as_of: date


def _verdict(case: _Case) -> Verdict:
    gone = no_joint_left(case.record, case.file.place, case.as_of)
    if gone is not None:
        return _without_joint(case, gone)
    life = life_of(case.file, case.weighed[case.file.place], case.rules)
    tier = tier_of(case.file, life, case.rules, case.as_of)
    if tier in _RAISED:
        return _raised(case, life, tier)
    return Verdict(
        place=case.file.place,
        tier=tier,
        strength=0,
        as_of=case.as_of,
        rule_version=case.rules.version,
        against=against_of(case.file, life.last, ended=life.ended),
        missing=missing_of(case.file, case.record, case.rules, case.as_of),
        options=_options(case, tier),
        score=_score(life.last),
    )


def _without_joint(case: _Case, gone: Background) -> Verdict:
    """A joint that was replaced, fused or lost is not judged by its motion, and that is said."""
    figures = (("text", gone.text or gone.kind.value),)
    return Verdict(
        place=case.file.place,
        tier=Tier.CANNOT_JUDGE,
        strength=0,
        as_of=case.as_of,
        rule_version=case.rules.version,
        missing=(Reason(code="joint-replaced-or-gone", figures=figures, references=(gone.source,)),),
    )


def _raised(case: _Case, life: Life, tier: Tier) -> Verdict:
    standing = life.suspected
    finding = standing.finding if standing is not None else life.last
    assert finding is not None, "a raised tier comes from a finding"
    reasons, flags = reasons_of(case.file, finding, case.rules), flags_of(finding)
    others = (
        *opposite_better(case.file, finding, case.rules),
        *alike_elsewhere(finding, case.file.place, case.files, case.weighed),
    )
    since = standing.since if standing is not None else None
    is_bounded = standing is not None and standing.is_bounded
    return Verdict(
        place=case.file.place,
        tier=tier,
        strength=strength_of(life),
        as_of=case.as_of,
        rule_version=case.rules.version,
        since=since,
        is_onset_bounded=is_bounded,
        reasons=(*reasons, *others, *exposures(case.record, case.as_of)),
        against=(*against_of(case.file, finding, ended=life.ended), *alike(finding)),
        missing=missing_of(case.file, case.record, case.rules, case.as_of),
        red_flags=flags,
        confounders=_confounders(case),
        differentials=case.rules.differentials,
        options=_options(case, tier, since=since if is_bounded else None, has_nerve_flag=bool(flags)),
        evidence=_references((*reasons, *flags)),
        score=_score(life.last),
    )


def _score(finding: Finding | None) -> float | None:
    """Give the points of the joint's course as it weighs now; None where it is quiet or was not weighed."""
    return None if finding is None or finding.score <= LEAST else finding.score


def tier_of(file: JointFile, life: Life, rules: Rules, as_of: date) -> Tier:
    """Take the suspicion that stands, else the last finding; quiet only for a joint measured twice and lately."""
    if life.suspected is not None:
        return Tier.SUSPECT
    if life.last is not None and life.last.tier is Tier.WATCH:
        return Tier.WATCH
    visits = visit_days(file)
    is_blind = len(visits) <= 1 or (as_of - visits[-1]).days > rules.policy.blind_after_days
    return Tier.CANNOT_JUDGE if is_blind else Tier.QUIET


def strength_of(life: Life) -> int:
    """Take the strength of the suspicion that stands, else that of the last finding: 0 where it is quiet."""
    if life.suspected is not None:
        return life.suspected.strength
    return life.last.strength if life.last is not None else 0


def _options(case: _Case, tier: Tier, *, since: date | None = None, has_nerve_flag: bool = False) -> tuple[str, ...]:
    situation = Situation(
        tier=tier,
        as_of=case.as_of,
        since=since,
        has_nerve_flag=has_nerve_flag,
        is_confirmed=_is_confirmed(case.file, case.record),
    )
    return next_steps(situation, case.rules)


def _confounders(case: _Case) -> tuple[Reason, ...]:
    return (
        *known_differentials(case.record, case.file.place, case.as_of),
        *nerve_confounders(case.record),
        *alp_confounders(case.record),
        *pain_hidden(case.record, case.file.place, case.as_of, hides_days=case.rules.policy.hides_days),
    )


def _is_confirmed(file: JointFile, record: PatientRecord) -> bool:
    here = (file.place.joint, file.place.side)
    return any(o.status is ChartedStatus.CONFIRMED and (o.joint, o.side) == here for o in record.ossifications)


def _references(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(sorted({reference for reason in reasons for reference in reason.references}))

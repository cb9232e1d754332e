"""The one seam of detection: a record as known on a day goes in, a verdict on each watched joint comes out."""

from collections.abc import Iterable
from datetime import date

from horehab.detection.background import (
    alp_confounders,
    exposures,
    known_differentials,
    nerve_confounders,
    no_joint_left,
    sedation,
)
from horehab.detection.gaps import against_of, missing_of
from horehab.detection.grounds import flags_of, reasons_of
from horehab.detection.joint_file import JointFile, joint_files
from horehab.detection.life import Life, life_of
from horehab.domain.next_steps import Situation, next_steps
from horehab.domain.record import ChartedStatus, PatientRecord
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.thresholds import Rules


def judge(record: PatientRecord, rules: Rules, as_of: date) -> tuple[Verdict, ...]:
    """Judge each of the eight watched joints as known at the end of a ward day, in the order of the caseload.

    A joint that cannot be judged gets a verdict that says so and what is missing. Nothing known later than
    `as_of` is read; order and repeats of the facts do not matter; no record makes it raise.
    """
    known = record.as_known_on(as_of)
    files = joint_files(known, rules)
    return tuple(_verdict(file, known, rules, as_of) for file in files.values())


def _verdict(file: JointFile, record: PatientRecord, rules: Rules, as_of: date) -> Verdict:
    gone = no_joint_left(record, file.place, as_of)
    if gone is not None:
        figures = (("text", gone.text or gone.kind.value),)
        missing = (Reason(code="joint-replaced-or-gone", figures=figures, references=(gone.source,)),)
        return Verdict(
            place=file.place,
            tier=Tier.CANNOT_JUDGE,
            strength=0,
            as_of=as_of,
            rule_version=rules.version,
            missing=missing,
        )
    return _judged(file, life_of(file, rules), record, rules, as_of)


def _judged(file: JointFile, life: Life, record: PatientRecord, rules: Rules, as_of: date) -> Verdict:
    finding = life.suspected.finding if life.suspected is not None else life.last
    tier = _tier(file, life)
    is_raised = finding is not None and tier in (Tier.WATCH, Tier.SUSPECT)
    reasons = reasons_of(finding, rules) if finding is not None and is_raised else ()
    flags = flags_of(finding) if finding is not None and is_raised else ()
    since = life.suspected.since if life.suspected is not None else None
    is_bounded = life.suspected is not None and life.suspected.is_bounded
    situation = Situation(
        tier=tier,
        as_of=as_of,
        since=since,
        is_onset_bounded=is_bounded,
        has_nerve_flag=bool(flags),
        is_confirmed=_is_confirmed(file, record),
    )
    return Verdict(
        place=file.place,
        tier=tier,
        strength=finding.strength if finding is not None and is_raised else 0,
        as_of=as_of,
        rule_version=rules.version,
        since=since,
        is_onset_bounded=is_bounded,
        reasons=(*reasons, *exposures(record, as_of)) if is_raised else (),
        against=against_of(file, finding, ended=life.ended),
        missing=missing_of(file, record),
        red_flags=flags,
        confounders=_confounders(file, record, as_of) if is_raised else (),
        differentials=rules.differentials if is_raised else (),
        options=next_steps(situation, rules),
        evidence=_references((*reasons, *flags)),
    )


def _tier(file: JointFile, life: Life) -> Tier:
    if life.suspected is not None:
        return Tier.SUSPECT
    if life.last is not None and life.last.tier is Tier.WATCH:
        return Tier.WATCH
    visits = {p.day for course in file.passive for p in course.points}
    return Tier.QUIET if len(visits) > 1 else Tier.CANNOT_JUDGE


def _confounders(file: JointFile, record: PatientRecord, as_of: date) -> tuple[Reason, ...]:
    return (
        *known_differentials(record, file.place, as_of),
        *nerve_confounders(record),
        *alp_confounders(record),
        *sedation(record, as_of),
    )


def _is_confirmed(file: JointFile, record: PatientRecord) -> bool:
    here = (file.place.joint, file.place.side)
    return any(o.status is ChartedStatus.CONFIRMED and (o.joint, o.side) == here for o in record.ossifications)


def _references(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(sorted({reference for reason in reasons for reference in reason.references}))


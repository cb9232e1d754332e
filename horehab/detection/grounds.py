"""Putting a finding into reasons: codes with the figures that produced them and the references that they rest on."""

from horehab.detection.finding import Finding, Loss, Stiffness
from horehab.detection.joint_file import JointFile
from horehab.detection.pain import PainChange
from horehab.detection.replay import Weighed
from horehab.detection.score import LEAST, NOTHING_ELSE, spoken_for
from horehab.domain.engine_numbers import FEATURES, SUPPORT
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.signs import Sign
from horehab.domain.suspicion import Figure, Reason
from horehab.domain.thresholds import Rules
from horehab.domain.walk import CoursePoint

_LAB = {Analyte.ALKALINE_PHOSPHATASE: "alp-elevated", Analyte.CREATINE_KINASE: "ck-elevated"}


def reasons_of(file: JointFile, finding: Finding, rules: Rules) -> tuple[Reason, ...]:
    """Say what speaks for ossification, the largest loss of motion first, and how the course as a whole weighs."""
    losses = sorted(finding.losses, key=lambda loss: (-loss.degrees, loss.course.motion.value))
    found = [motion_loss(loss, rules) for loss in losses]
    found += [_confirmed(loss, rules) for loss in losses if loss.is_confirmed]
    found += _course_reasons(file, finding, rules)
    found += [_stiff(stiff) for stiff in finding.stiff] if not losses else []
    if finding.pain is not None and finding.pain.now > 0:
        found.append(_pain_reason(finding.pain))
    found += [sign_reason(sign) for sign in finding.signs]
    found += [_lab_reason(lab) for lab in _latest_each(finding.labs)]
    return tuple(found)


def motion_loss(loss: Loss, rules: Rules) -> Reason:
    """State a loss of motion with reference, latest value, the change beyond measurement error and its source."""
    point, course = loss.point, loss.course
    numbers = rules.motions[(course.place.joint, course.motion)]
    pace = course.pace_per_week(rules.loss.pace_days)
    figures: tuple[tuple[str, Figure], ...] = (
        ("motion", course.motion.value),
        ("mode", course.mode.value),
        ("best", round(point.reference or 0.0, 1)),
        ("best_visits", len(point.reference_visits)),
        ("latest", round(point.degrees, 1)),
        ("day", point.day.isoformat()),
        ("loss", round(loss.degrees, 1)),
        ("threshold", round(point.threshold, 1)),
        ("raters", _raters(point)),
        ("visits", loss.run),
        ("pace", round(pace or 0.0, 1)),
        ("source", numbers.error_source),
    )
    return Reason(code="motion-loss", figures=figures, references=_references(loss))


def _confirmed(loss: Loss, rules: Rules) -> Reason:
    """State that a loss was beyond the larger threshold of clinical.md 4.4 at each visit since some days ago."""
    figures = (
        ("motion", loss.course.motion.value),
        ("threshold", round(loss.suspect_from, 1)),
        ("days", rules.loss.confirm_days),
    )
    return Reason(code="loss-confirmed", figures=figures, references=_references(loss))


def _references(loss: Loss) -> tuple[str, ...]:
    run = loss.course.points[loss.index - loss.run + 1 : loss.index + 1]
    used = [*loss.point.reference_visits, *(p.visit for p in run)]
    return tuple(sorted({source for visit in used for source in visit.sources}))


_PAIN = ("pain", "painmiss", "painrise", "painhold", "painage", "lo_p")
"""The features that are about pain; those of SUPPORT are about the whole patient, the rest about motion."""


def _course_reasons(file: JointFile, finding: Finding, rules: Rules) -> list[Reason]:
    """Say what the joint as a whole has lost against its best, and what each part of the evidence is worth."""
    weighed = finding.weighed
    if weighed is None or weighed.score < rules.engine.score.watch_at:
        return []
    last = max(p.day for c in file.passive for p in c.until(finding.day))
    days = {weighed.best_day, last}
    references = {s for c in file.passive for p in c.points if p.day in days for s in p.visit.sources}
    whole: tuple[tuple[str, Figure], ...] = (
        ("lost", _percent(weighed.features.of("drop"))),
        ("best_day", weighed.best_day.isoformat()),
        ("day", last.isoformat()),
        ("error", _percent(weighed.error)),
        ("pace", _percent(weighed.features.of("slope"))),
    )
    marks = (("score", round(finding.score, 1)), ("suspect_at", rules.engine.score.suspect_at))
    return [
        Reason(code="joint-below-best", figures=whole, references=tuple(sorted(references))),
        Reason(code="points", figures=(*marks, *_parts(finding, weighed, rules))),
    ]


def _parts(finding: Finding, weighed: Weighed, rules: Rules) -> tuple[tuple[str, Figure], ...]:
    """Take the score apart: what motion and pain of the joint brought, and what blood, other side and signs added.

    The joint is taken apart as if nothing else were known, so that no normal value is ever shown as taking away.
    """
    alone = [NOTHING_ELSE.get(name, value) for name, value in zip(FEATURES, weighed.features.values, strict=True)]
    worth = spoken_for(alone, rules.engine.score)
    base = worth.pop("base") + sum(worth.pop(name) for name in SUPPORT)
    pain = sum(worth.pop(name) for name in _PAIN)
    parts = {
        "motion": sum(worth.values()),
        "pain": pain,
        "support": weighed.score - weighed.own,
        "signs": finding.score - weighed.score,
        "base": base,
    }
    return tuple((name, round(points, 1) + 0.0) for name, points in parts.items())


def _percent(part: float) -> float:
    return round(100 * part, 1)


def alike(finding: Finding) -> tuple[Reason, ...]:
    """Name the other courses that explain the readings about as well as ossification does."""
    if finding.weighed is None or finding.score <= LEAST:
        return ()
    return tuple(
        Reason(code="fits-as-well", figures=(("course", course),))
        for name, course in _COURSES.items()
        if finding.weighed.features.of(name) < 0
    )


_COURSES = {"vs_rec": "recovery", "vs_con": "contracture", "vs_stiff": "stiff shoulder", "vs_acute": "acute event"}


def _pain_reason(pain: PainChange) -> Reason:
    figures: tuple[tuple[str, Figure], ...] = (("now", pain.now), ("day", pain.day.isoformat()))
    if pain.before is None:
        return Reason(code="pain-first-rated", figures=figures, references=pain.references)
    if pain.before == pain.now:
        return Reason(code="pain-as-before", figures=figures, references=pain.references)
    return Reason(code="pain", figures=(("before", pain.before), *figures), references=pain.references)


HANDS = (
    "same rater and device", "rater not named, or several in a day", "different raters",
    "same rater, device not named", "same rater, different devices", "same rater, position not always named",
    "same rater, different positions",
)  # fmt: skip
"""What can be known of by whose hand, with what and how a motion was measured: the error of 4.3 follows from it."""


def _raters(point: CoursePoint) -> str:
    """Say what is known of the hands behind a loss; only the first of HANDS has the smaller error (decision 018)."""
    means = [visit.means for visit in (point.visit, *point.reference_visits)]
    if point.is_same_rater or None in means:
        return HANDS[0] if point.is_same_rater else HANDS[1]
    raters, devices, positions = map(set, zip(*filter(None, means), strict=True))
    told = (len(raters) > 1, None in devices, len(devices) > 1, None in positions, True)
    return HANDS[2 + told.index(True)]


def _stiff(stiff: Stiffness) -> Reason:
    point = stiff.point
    return Reason(
        code="stiff-from-first",
        figures=(
            ("motion", stiff.motion.value),
            ("latest", round(point.degrees, 1)),
            ("norm", stiff.norm),
            ("day", point.day.isoformat()),
        ),
        references=point.visit.sources,
    )


def sign_reason(sign: Sign) -> Reason:
    """State a bedside sign that was there."""
    return Reason(code=sign.kind.value, figures=(("day", sign.when.day.isoformat()),), references=(sign.source,))


def opposite_better(file: JointFile, finding: Finding, rules: Rules) -> tuple[Reason, ...]:
    """Say where the opposite side moves clearly better; less than the side difference of health is no sign."""
    latest = {c.motion: c.points[-1] for c in file.opposite if c.points}
    found = []
    for loss in finding.losses:
        other = latest.get(loss.course.motion)
        if other is None or abs((other.day - loss.point.day).days) > rules.loss.recent_days:
            continue
        better = round(other.degrees - loss.point.degrees, 1)
        if better > rules.loss.side_difference:
            figures = (("motion", loss.course.motion.value), ("difference", better))
            found.append(Reason(code="opposite-better", figures=figures, references=other.visit.sources))
    return tuple(found)


def flags_of(finding: Finding) -> tuple[Reason, ...]:
    """Name the red flags of the nerve, which hold without any loss of motion (R07)."""
    return tuple(sign_reason(sign) for sign in finding.nerve)


def _latest_each(labs: tuple[LabResult, ...]) -> list[LabResult]:
    latest = {lab.analyte: lab for lab in labs}
    return [latest[analyte] for analyte in _LAB if analyte in latest]


def _lab_reason(lab: LabResult) -> Reason:
    return Reason(code=_LAB[lab.analyte], figures=lab_figures(lab), references=(lab.source,))


def lab_figures(lab: LabResult) -> tuple[tuple[str, Figure], ...]:
    """Give a laboratory value with its own limit and as a multiple of it (R13)."""
    return (
        ("value", lab.value),
        ("unit", lab.unit),
        ("limit", lab.upper_limit or 0.0),
        ("multiple", round(lab.multiple or 0.0, 2)),
        ("day", lab.when.day.isoformat()),
    )

"""Putting a finding into reasons: codes with the figures that produced them and the references that they rest on."""

from horehab.detection.finding import Finding, Loss, Stiffness
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.signs import Sign, SignKind
from horehab.domain.suspicion import Figure, Reason
from horehab.domain.thresholds import Rules

_LAB = {Analyte.ALKALINE_PHOSPHATASE: "alp-elevated", Analyte.CREATINE_KINASE: "ck-elevated"}


def reasons_of(finding: Finding, rules: Rules) -> tuple[Reason, ...]:
    """Say what speaks for ossification, the largest loss of motion first."""
    losses = sorted(finding.losses, key=lambda loss: (-loss.degrees, loss.course.motion.value))
    found = [motion_loss(loss, rules) for loss in losses]
    found += [_stiff(stiff) for stiff in finding.stiff] if not losses else []
    if finding.pain is not None and finding.pain.now > 0:
        figures: list[tuple[str, Figure]] = [("now", finding.pain.now), ("day", finding.pain.day.isoformat())]
        figures += [("before", finding.pain.before)] if finding.pain.before is not None else []
        code = "pain" if finding.pain.before is not None else "pain-first-rated"
        found.append(Reason(code=code, figures=tuple(figures), references=finding.pain.references))
    found += [sign_reason(sign) for sign in finding.signs]
    found += [_lab_reason(lab) for lab in _latest_each(finding.labs)]
    return tuple(found)


def motion_loss(loss: Loss, rules: Rules) -> Reason:
    """State a loss of motion with reference, latest value, threshold and its source."""
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
        ("threshold", round(loss.suspect_from if loss.is_confirmed else point.threshold, 1)),
        ("raters", "same rater" if point.is_same_rater else "different raters"),
        ("visits", 2 if loss.is_repeated else 1),
        ("pace", round(pace or 0.0, 1)),
        ("source", numbers.error_source),
    )
    first = loss.index - 1 if loss.is_repeated else loss.index
    used = [*point.reference_visits, *(p.visit for p in course.points[first : loss.index + 1])]
    return Reason(
        code="motion-loss", figures=figures, references=tuple(sorted({s for visit in used for s in visit.sources}))
    )


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


def flags_of(finding: Finding) -> tuple[Reason, ...]:
    """Name the red flags of the nerve, which hold without any loss of motion (R07)."""
    return tuple(sign_reason(sign) for sign in finding.nerve if sign.kind in _NERVE)


_NERVE = (SignKind.STRAIGHT_LEG_RAISE, SignKind.LEG_WEAKNESS, SignKind.SENSORY_LOSS)


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

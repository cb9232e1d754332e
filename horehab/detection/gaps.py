"""What is missing or speaks against: shown beside every verdict, and never read as normal."""

from datetime import date

from horehab.detection.finding import Finding
from horehab.detection.grounds import lab_figures
from horehab.detection.joint_file import NERVE_SIGNS, JointFile
from horehab.domain.course import Course
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import PatientRecord
from horehab.domain.suspicion import Reason
from horehab.domain.thresholds import Rules


def missing_of(file: JointFile, record: PatientRecord, rules: Rules, as_of: date) -> tuple[Reason, ...]:
    """List what would help to judge and is not there; a normal ALP stands here too: it helps nothing (R12)."""
    found = list(_readings(file, rules, as_of))
    if not file.pain.days:
        found.append(Reason(code="pain-not-rated"))
    if not record.exposures:
        found.append(Reason(code="exposure-unknown"))
    if file.passive and not file.opposite:
        found.append(Reason(code="opposite-not-measured"))
    return (*found, *_laboratory(file, record), *_unread(file, record))


def visit_days(file: JointFile) -> list[date]:
    """List the ward days on which the joint was measured passively."""
    return sorted({day for course in file.passive for day in course.days})


def _readings(file: JointFile, rules: Rules, as_of: date) -> list[Reason]:
    visits = visit_days(file)
    if not visits:
        return [Reason(code="no-passive-reading")]
    found = [Reason(code="no-earlier-reading", figures=(("day", visits[0].isoformat()),))] if len(visits) == 1 else []
    age = (as_of - visits[-1]).days
    if age > rules.policy.blind_after_days:
        found.append(Reason(code="not-measured-lately", figures=(("days", age),)))
    return found


def _laboratory(file: JointFile, record: PatientRecord) -> tuple[Reason, ...]:
    """Say when ALP is missing or helps nothing: not interpreted, not elevated, or confounded and not counted."""
    values = [r for r in record.labs if r.analyte is Analyte.ALKALINE_PHOSPHATASE]
    latest = max(values, key=lambda r: (r.when.day, r.when.earliest), default=None)
    if latest is None:
        return (Reason(code="alp-missing"),)
    if latest.multiple is None:
        figures = (("value", latest.value), ("unit", latest.unit))
        return (Reason(code="alp-not-interpreted", figures=figures, references=(latest.source,)),)
    if not latest.is_elevated:
        return (Reason(code="alp-not-elevated", figures=lab_figures(latest), references=(latest.source,)),)
    counted = {(r.analyte, r.when.earliest, r.value) for r in file.raised}
    if (latest.analyte, latest.when.earliest, latest.value) not in counted:
        return (Reason(code="alp-not-counted", figures=lab_figures(latest), references=(latest.source,)),)
    return ()


def _unread(file: JointFile, record: PatientRecord) -> list[Reason]:
    """Name what was there but could not be used: slips of the unit, unknown mode, nerve signs without a side."""
    slips = [r.source for course in (*file.passive, *file.others) for r in course.set_aside]
    modeless = [s for c in file.others if c.mode is Mode.UNKNOWN for p in c.points for s in p.visit.sources]
    placeless = [s.source for s in record.signs if s.kind in NERVE_SIGNS and s.is_present and s.place is None]
    named = (("set-aside", slips), ("mode-unknown", modeless), ("sign-without-place", placeless))
    return [
        Reason(code=code, figures=(("count", len(sources)),), references=tuple(sorted(sources)))
        for code, sources in named
        if sources
    ]


def against_of(file: JointFile, finding: Finding | None, *, ended: date | None) -> tuple[Reason, ...]:
    """Say what speaks against: motion that was won back, motions that hold, loss of active motion alone."""
    found = [Reason(code="won-back", figures=(("day", ended.isoformat()),))] if ended is not None else []
    lost = {loss.course.motion for loss in finding.losses} if finding is not None else set()
    again = [c for c in file.passive if c.motion not in lost and len(c.points) > 1]
    held = [c for c in again if not c.points[-1].is_beyond_error]
    if held:
        found.append(Reason(code="motion-held", figures=(("motions", _named(held)),)))
    weak = [c for c in file.others if c.mode is Mode.ACTIVE and c.points and c.points[-1].is_beyond_error]
    if weak and not lost:
        found.append(Reason(code="active-loss-only", figures=(("motions", _named(weak)),)))
    return tuple(found)


def _named(courses: list[Course]) -> str:
    return ", ".join(course.motion.value for course in courses)

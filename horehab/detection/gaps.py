"""What is missing or speaks against: shown beside every verdict, and never read as normal."""

from datetime import date

from horehab.detection.finding import Finding
from horehab.detection.grounds import lab_figures
from horehab.detection.joint_file import JointFile
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import PatientRecord
from horehab.domain.suspicion import Reason


def missing_of(file: JointFile, record: PatientRecord) -> tuple[Reason, ...]:
    """List what would help to judge and is not there; a normal ALP stands here too: it helps nothing (R12)."""
    visits = {p.day for course in file.passive for p in course.points}
    found = []
    if not visits:
        found.append(Reason(code="no-passive-reading"))
    elif len(visits) == 1:
        found.append(Reason(code="no-earlier-reading", figures=(("day", min(visits).isoformat()),)))
    if not file.pain.days:
        found.append(Reason(code="pain-not-rated"))
    if not record.exposures:
        found.append(Reason(code="exposure-unknown"))
    return (*found, *_laboratory(record), *_set_aside(file))


def _laboratory(record: PatientRecord) -> tuple[Reason, ...]:
    values = [r for r in record.labs if r.analyte is Analyte.ALKALINE_PHOSPHATASE]
    latest = max(values, key=lambda r: (r.when.day, r.when.earliest, r.source), default=None)
    if latest is None:
        return (Reason(code="alp-missing"),)
    if latest.multiple is None:
        figures = (("value", latest.value), ("unit", latest.unit))
        return (Reason(code="alp-not-interpreted", figures=figures, references=(latest.source,)),)
    if not latest.is_elevated:
        return (Reason(code="alp-not-elevated", figures=lab_figures(latest), references=(latest.source,)),)
    return ()


def _set_aside(file: JointFile) -> tuple[Reason, ...]:
    courses = (*file.passive, *file.others)
    slips = sorted(r.source for course in courses for r in course.set_aside)
    return (Reason(code="set-aside", figures=(("count", len(slips)),), references=tuple(slips)),) if slips else ()


def against_of(file: JointFile, finding: Finding | None, *, ended: date | None) -> tuple[Reason, ...]:
    """Say what speaks against: motions that hold, or motion that was won back."""
    found = []
    if ended is not None:
        found.append(Reason(code="won-back", figures=(("day", ended.isoformat()),)))
    lost = {loss.course.motion for loss in finding.losses} if finding is not None else set()
    again = [c for c in file.passive if c.motion not in lost and len(c.points) > 1]
    held = [c for c in again if not c.points[-1].is_beyond_error]
    if held:
        names = ", ".join(c.motion.value for c in held)
        found.append(Reason(code="motion-held", figures=(("motions", names),)))
    weak = [c for c in file.others if c.mode is Mode.ACTIVE and c.points and c.points[-1].is_beyond_error]
    if weak and not lost:
        names = ", ".join(c.motion.value for c in weak)
        found.append(Reason(code="active-loss-only", figures=(("motions", names),)))
    return tuple(found)

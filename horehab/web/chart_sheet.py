"""What goes on the chart of one joint: its courses, what went before and beside them, and over which days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from horehab.domain.course import Course
from horehab.domain.entries import DecisionEntry
from horehab.domain.exposure import Exposure
from horehab.domain.joints import JointSide, Motion
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.record import PatientRecord
from horehab.domain.session import Session, SessionStatus
from horehab.domain.signs import PainRating
from horehab.domain.suspicion import Tier
from horehab.web.findings import JointFinding

_MARGIN = timedelta(days=4)
_LOOK_BACK = timedelta(days=120)
_LOOK_ON = timedelta(days=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSheet:
    """One joint's data for the chart; days from `first` to `last` are drawn, `onset` only under suspicion.

    `until` is the last drawn day of which anything can be known: today, unless the chart ends before.
    `sources` names for each motion where its measurement error was published.
    """

    place: JointSide
    first: date
    last: date
    until: date
    courses: tuple[Course, ...]
    exposures: tuple[Exposure, ...]
    pains: tuple[PainRating, ...]
    labs: tuple[LabResult, ...]
    sessions: tuple[Session, ...]
    decisions: tuple[DecisionEntry, ...]
    sources: dict[Motion, str]
    onset: date | None = None
    tier: Tier = Tier.QUIET

    @property
    def motions(self) -> tuple[Motion, ...]:
        """The motions that were measured, in the order of the form."""
        return tuple(dict.fromkeys(course.motion for course in self.courses))

    def of(self, motion: Motion) -> tuple[Course, ...]:
        """The courses of one motion, one per mode."""
        return tuple(course for course in self.courses if course.motion is motion)


def chart_sheet(
    record: PatientRecord,
    finding: JointFinding,
    decisions: Iterable[DecisionEntry],
    sources: dict[Motion, str],
    *,
    today: date,
) -> ChartSheet:
    """Lay out the chart of one joint as known today."""
    known = record.as_known_on(today)
    first, last = _span(finding, known, today)
    until, verdict = min(last, today), finding.verdict
    is_raised = verdict is not None and verdict.tier in (Tier.SUSPECT, Tier.WATCH)
    return ChartSheet(
        place=finding.place,
        first=first,
        last=last,
        until=until,
        courses=tuple(course for course in finding.courses if course.points),
        exposures=tuple(e for e in known.exposures if _end(e, until) >= first),
        pains=tuple(p for p in known.pains if p.place == finding.place and p.when.day >= first),
        labs=tuple(r for r in known.labs if r.analyte is Analyte.ALKALINE_PHOSPHATASE and r.when.day >= first),
        sessions=tuple(s for s in known.sessions if s.status is not SessionStatus.NOT_DONE and s.when.day >= first),
        decisions=tuple(d for d in decisions if d.place == finding.place),
        sources=sources,
        onset=verdict.since if verdict is not None and is_raised else None,
        tier=finding.tier,
    )


def _span(finding: JointFinding, known: PatientRecord, today: date) -> tuple[date, date]:
    """Draw from the exposure before the first visit to today, unless either lies far away."""
    days = [point.day for course in finding.courses for point in course.points] or [today]
    begin, end = min(days), max(days)
    starts = [e.start.day for e in known.exposures if begin - _LOOK_BACK <= e.start.day <= begin]
    begin = min([begin, *starts])
    end = today if today - end <= _LOOK_ON else end
    return begin - _MARGIN, end + _MARGIN


def _end(exposure: Exposure, until: date) -> date:
    return exposure.end.day if exposure.end else until

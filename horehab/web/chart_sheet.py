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

    `until` is the last day of which anything is known: today, or that of the last reading where that is long ago.
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

    @property
    def spans(self) -> tuple[tuple[Exposure, date, date], ...]:
        """What went before, each with the first and last day on which the chart shows it."""
        return tuple((e, max(e.start.day, self.first), min(_end(e, self.until), self.until)) for e in self.exposures)

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
    pains = tuple(pain for pain in known.pains if pain.place == finding.place)
    here = tuple(decision for decision in decisions if decision.place == finding.place)
    beside = (*(pain.when.day for pain in pains), *(decision.decided for decision in here))
    first, until = _span(finding, known, beside, today=today)
    verdict = finding.verdict
    is_raised = verdict is not None and verdict.tier in (Tier.SUSPECT, Tier.WATCH)
    return ChartSheet(
        place=finding.place,
        first=first,
        last=until + _MARGIN,
        until=until,
        courses=tuple(course for course in finding.courses if course.points),
        exposures=tuple(e for e in known.exposures if e.start.day <= until and _end(e, until) >= first),
        pains=tuple(p for p in pains if p.when.day >= first),
        labs=tuple(
            r for r in known.labs if r.analyte is Analyte.ALKALINE_PHOSPHATASE and first <= r.when.day <= until
        ),
        sessions=tuple(
            s for s in known.sessions if s.status is not SessionStatus.NOT_DONE and first <= s.when.day <= until
        ),
        decisions=tuple(d for d in here if d.decided >= first),
        sources=sources,
        onset=verdict.since if verdict is not None and is_raised else None,
        tier=finding.tier,
    )


def _span(finding: JointFinding, known: PatientRecord, beside: Iterable[date], *, today: date) -> tuple[date, date]:
    """Show from the exposure before the first visit to today, unless either lies far away.

    `beside` are days of what else was said of this joint: they carry the chart on, since none of them may fall out.
    """
    days = [point.day for course in finding.courses for point in course.points] or [today]
    begin, end = min(days), max((*days, *beside))
    starts = [e.start.day for e in known.exposures if begin - _LOOK_BACK <= e.start.day <= begin]
    begin = min([begin, *starts])
    end = today if today - end <= _LOOK_ON else end
    return begin - _MARGIN, end


def _end(exposure: Exposure, until: date) -> date:
    return exposure.end.day if exposure.end else until

"""Which sessions are planned for a patient: appointments, orders and care plans, and what says no exact times."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from horehab.domain.plan import Plan, Rhythm, Span
from horehab.domain.record import Attendance, PatientRecord, Visit
from horehab.web.language import day, ngettext, weekday
from horehab.web.language import gettext as _

_LATELY = timedelta(days=28)
"""An order that ended within this time is still shown: its last sessions may not be logged yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to come, or ended of late: booked appointments, soonest first; orders, those without times last."""

    visits: tuple[Visit, ...]
    plans: tuple[Plan, ...]


def planned(record: PatientRecord, today: date) -> Planned:
    """Find what is planned for a patient as of a ward day."""
    booked = [v for v in record.visits if v.attendance is Attendance.BOOKED and v.when.day >= today]
    plans = [plan for plan in record.plans if _is_current(plan, today - _LATELY)]
    return Planned(
        visits=tuple(sorted(booked, key=lambda visit: visit.when.earliest)),
        plans=tuple(sorted(plans, key=lambda plan: (bool(plan.why_open), plan.when.earliest, plan.source))),
    )


def how_often(plan: Plan) -> str:
    """Say how often an order asks for a session, or on which days; "" where it says neither."""
    if plan.days:
        return ", ".join(day(each) for each in sorted(set(plan.days)))
    return _rhythm(plan.rhythm) if plan.rhythm else ""


def _is_current(plan: Plan, since: date) -> bool:
    last = plan.last or max(plan.days, default=None)
    return last is None or last >= since


def _rhythm(rhythm: Rhythm) -> str:
    times = ngettext("%(num)d session", "%(num)d sessions", rhythm.times)
    parts = [" ".join([times, _every(rhythm), *_on(rhythm.weekdays)])]
    if rhythm.total is not None:
        parts.append(_("%(count)s in all", count=rhythm.total))
    return ", ".join(parts)


def _every(rhythm: Rhythm) -> str:
    if rhythm.every > 1:
        return {
            Span.DAY: _("every %(count)s days", count=rhythm.every),
            Span.WEEK: _("every %(count)s weeks", count=rhythm.every),
            Span.MONTH: _("every %(count)s months", count=rhythm.every),
            Span.WHOLE: _("in all this time"),
        }[rhythm.unit]
    return {
        Span.DAY: _("a day"),
        Span.WEEK: _("a week"),
        Span.MONTH: _("a month"),
        Span.WHOLE: _("in all this time"),
    }[rhythm.unit]


def _on(weekdays: Iterable[int]) -> list[str]:
    names = ", ".join(weekday(number) for number in weekdays)
    return [_("on %(day)s", day=names)] if names else []

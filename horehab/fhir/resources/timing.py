"""A Timing as a rhythm of sessions: what it says exactly is read; what it leaves open is said, and never guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from horehab.domain.moment import Moment
from horehab.domain.plan import Rhythm, Span
from horehab.fhir.basis.elements import Tree, child, children, number, said, word
from horehab.fhir.basis.moments import moment_at, span_at
from horehab.fhir.basis.site import Site

_GTS = "GTSAbbreviation"
_BY_CODE: Mapping[str, Rhythm] = MappingProxyType(
    {
        "AM": Rhythm(),
        "PM": Rhythm(),
        "QD": Rhythm(),
        "BID": Rhythm(times=2),
        "TID": Rhythm(times=3),
        "QID": Rhythm(times=4),
        "QOD": Rhythm(every=2),
        "WK": Rhythm(unit=Span.WEEK),
        "MO": Rhythm(unit=Span.MONTH),
    }
)
"""HL7's abbreviations of which the days follow (v3-GTSAbbreviation)."""

_UNITS = MappingProxyType({"d": (Span.DAY, 1), "wk": (Span.WEEK, 1), "mo": (Span.MONTH, 1), "a": (Span.MONTH, 12)})
_WEEKDAYS = MappingProxyType({name: at for at, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))})
_HOURS = 24
_MOST = 1000
"""Of whatever a Timing counts: more is a slip of the pen."""

_AS_NEEDED = re.compile(
    r"\b(p\.?r\.?n|as needed|if needed|when needed|as required|a demanda|si precisa|si es necesario|si besoin|"
    r"au besoin|bei bedarf)\b",
    re.IGNORECASE,
)
AS_NEEDED = "as needed"
IN_WORDS = "its times are in words alone"
_NOT_EXACT = "its rhythm cannot be read exactly"
_HOW_OFTEN = "it does not say how often"


class NoFixedTimes(Exception):
    """A plan without times that can be read exactly; the words say why. Caught where the plan is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What a Timing, or a time in another form, says: days, or a rhythm; from when to when, where it says that.

    `length` is for how many days, weeks or months it goes on, where it says that instead.
    """

    days: tuple[date, ...] = ()
    rhythm: Rhythm | None = None
    start: date | None = None
    end: date | None = None
    length: tuple[int, Span] | None = None


def times_of(timing: Tree, site: Site) -> Times:
    """Read a Timing; NoFixedTimes with the reason; CannotRead when a time in it is none."""
    repeat, events = child(timing, "repeat"), timing.get("event")
    if isinstance(events, list) and events:
        if repeat or timing.get("code"):
            raise NoFixedTimes(_NOT_EXACT)
        return Times(days=tuple(the_day(moment_at({"event": each}, "event", site)) for each in events))
    if repeat.get("boundsRange"):
        raise NoFixedTimes(_NOT_EXACT)
    rhythm = replace(_rhythm(repeat, child(timing, "code")), total=_whole(repeat, "count"))
    start, end = span_at(repeat, "boundsPeriod", site)
    length = _length(child(repeat, "boundsDuration"))
    return Times(rhythm=rhythm, start=first_day(start, site), end=last_day(end, site), length=length)


def _length(duration: Tree) -> tuple[int, Span] | None:
    """Read for how long: so many days, weeks or months."""
    if not duration:
        return None
    unit, count = _UNITS.get(word(duration, "code") or word(duration, "unit") or ""), _whole(duration, "value")
    if unit is None or count is None:
        raise NoFixedTimes(_NOT_EXACT)
    return count * unit[1], unit[0]


def _rhythm(repeat: Tree, code: Tree) -> Rhythm:
    by_code, by_figures = _by_code(code), _by_figures(repeat)
    if by_code is not None and by_figures is not None and by_code != by_figures:
        raise NoFixedTimes("its code and its figures disagree")
    found = by_figures or by_code
    if found is None:
        raise NoFixedTimes(IN_WORDS if said(code) else _HOW_OFTEN)
    return found


def _by_code(code: Tree) -> Rhythm | None:
    words = [
        text for each in (code, *children(code, "coding")) for text in (said(each), word(each, "display")) if text
    ]
    codings = [(word(each, "system") or "", word(each, "code") or "") for each in children(code, "coding")]
    if any(_AS_NEEDED.search(text) for text in (*words, *(name for _, name in codings))):
        raise NoFixedTimes(AS_NEEDED)
    known = [_BY_CODE[name] for system, name in codings if system.endswith(_GTS) and name in _BY_CODE]
    if codings and not known:
        raise NoFixedTimes("its rhythm stands under a code that is not known")
    return known[0] if known else None


def _by_figures(repeat: Tree) -> Rhythm | None:
    """Read how often in which time; None where no figure says anything of it."""
    when, clock = _listed(repeat, "when"), _listed(repeat, "timeOfDay")
    if repeat.get("periodMax") or len(when) > 1 or (when and clock):
        raise NoFixedTimes(_NOT_EXACT)
    weekdays = tuple(sorted({_weekday(name) for name in _listed(repeat, "dayOfWeek")}))
    frequency, unit = _whole(repeat, "frequency"), word(repeat, "periodUnit")
    period = _whole(repeat, "period")
    if (period is None) != (unit is None):
        raise NoFixedTimes(_HOW_OFTEN)
    if unit is None:
        return _daily(frequency, weekdays, len(clock))
    # R4 on Timing.repeat.frequency: where none is stated, it is once per period.
    span, every, times = _unit(unit, period or 1, frequency or len(clock) or 1)
    if clock and (len(clock) != times or (span, every) != (Span.DAY, 1)):
        raise NoFixedTimes(_NOT_EXACT)
    return _on(weekdays, times, every, span) if weekdays else Rhythm(times=times, every=every, unit=span)


def _daily(frequency: int | None, weekdays: tuple[int, ...], clock: int) -> Rhythm | None:
    """Read days of the week or times of the day that stand without a period."""
    if not weekdays and not clock:
        if frequency is None:
            return None
        raise NoFixedTimes(_HOW_OFTEN)
    if clock and frequency not in (None, clock):
        raise NoFixedTimes(_NOT_EXACT)
    return Rhythm(times=frequency or clock or 1, weekdays=weekdays)


def _on(weekdays: tuple[int, ...], times: int, every: int, span: Span) -> Rhythm:
    """Read so many a day on some days of the week, or so many a week where that is as many on each of them."""
    if every == 1 and span is Span.DAY:
        return Rhythm(times=times, weekdays=weekdays)
    if every == 1 and span is Span.WEEK and times % len(weekdays) == 0:
        return Rhythm(times=times // len(weekdays), weekdays=weekdays)
    raise NoFixedTimes(_NOT_EXACT)


def _unit(unit: str, period: int, times: int) -> tuple[Span, int, int]:
    """Give what is counted in, every how many of it, how often; hours that part a day evenly are so many a day."""
    if unit == "h" and _HOURS % period == 0:
        return Span.DAY, 1, times * (_HOURS // period)
    if unit == "h" and period % _HOURS == 0:
        return Span.DAY, period // _HOURS, times
    if unit not in _UNITS:
        raise NoFixedTimes(_NOT_EXACT)
    span, factor = _UNITS[unit]
    return span, period * factor, times


def _weekday(name: str) -> int:
    if name not in _WEEKDAYS:
        raise NoFixedTimes(_NOT_EXACT)
    return _WEEKDAYS[name]


def _listed(node: Tree, name: str) -> list[str]:
    value = node.get(name)
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in values):
        raise NoFixedTimes(_NOT_EXACT)
    return values


def _whole(node: Tree, name: str) -> int | None:
    """Take the whole number under a name, None where there is none; NoFixedTimes for any other value."""
    if node.get(name) is None:
        return None
    value = number(node, name)
    if value is None or value != int(value) or not 1 <= value <= _MOST:
        raise NoFixedTimes(_NOT_EXACT)
    return int(value)


def the_day(moment: Moment | None) -> date:
    """Give the ward day of a moment that is no longer than a day; NoFixedTimes for a month or a year."""
    if moment is None or moment.latest - moment.earliest > timedelta(hours=25):  # a day in autumn has 25 hours
        raise NoFixedTimes(_NOT_EXACT)
    return moment.day


def first_day(moment: Moment | None, site: Site) -> date | None:
    """Give the first day of what begins then; of a month or a year that is not told more exactly, the last day."""
    return moment.latest.astimezone(site.zone).date() if moment else None


def last_day(moment: Moment | None, site: Site) -> date | None:
    """Give the last day of what ends then: an instant at midnight ends the day before, a month its first day."""
    if moment is None:
        return None
    end = moment.earliest
    if moment.earliest == moment.latest:
        end -= timedelta(microseconds=1)
    return end.astimezone(site.zone).date()

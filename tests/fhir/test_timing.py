"""What a Timing says of how often is read exactly, or said to be open; it is never guessed."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.plan import Rhythm, Span
from horehab.fhir.resources.timing import NoFixedTimes, Times, times_of
from tests.fhir.charts import HL7, SITE, concept

GTS = HL7 + "v3-GTSAbbreviation"
WEEKLY = {"frequency": 2, "period": 1, "periodUnit": "wk"}
DAILY = {"frequency": 1, "period": 1, "periodUnit": "d"}


def rhythm(timing: dict[str, Any]) -> Rhythm | None:
    return times_of(timing, SITE).rhythm


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (DAILY, Rhythm()),
        ({"period": 1, "periodUnit": "d"}, Rhythm()),
        ({"frequency": 2, "period": 3.0, "periodUnit": "d"}, Rhythm(times=2, every=3)),
        (WEEKLY, Rhythm(times=2, unit=Span.WEEK)),
        (WEEKLY | {"frequencyMax": 3}, Rhythm(times=2, unit=Span.WEEK)),
        ({"frequency": 1, "period": 1, "periodUnit": "mo"}, Rhythm(unit=Span.MONTH)),
        ({"frequency": 1, "period": 1, "periodUnit": "a"}, Rhythm(unit=Span.MONTH, every=12)),
        ({"frequency": 1, "period": 8, "periodUnit": "h"}, Rhythm(times=3)),
        ({"frequency": 1, "period": 48, "periodUnit": "h"}, Rhythm(every=2)),
        (DAILY | {"dayOfWeek": ["wed", "mon"]}, Rhythm(weekdays=(0, 2))),
        ({"dayOfWeek": ["mon", "mon"]}, Rhythm(weekdays=(0,))),
        (WEEKLY | {"dayOfWeek": ["mon", "thu"]}, Rhythm(weekdays=(0, 3))),
        (WEEKLY | {"dayOfWeek": "mon"}, Rhythm(times=2, weekdays=(0,))),
        ({"timeOfDay": ["09:00:00", "16:00:00"]}, Rhythm(times=2)),
        ({"dayOfWeek": ["sun"], "timeOfDay": ["09:00:00"]}, Rhythm(weekdays=(6,))),
        ({"period": 1, "periodUnit": "d", "timeOfDay": ["09:00:00", "16:00:00"]}, Rhythm(times=2)),
        (DAILY | {"when": ["MORN"], "duration": 30, "durationUnit": "min"}, Rhythm()),
        (DAILY | {"count": 12}, Rhythm(total=12)),
    ],
)
def test_how_often_is_read_from_the_figures(repeat: dict[str, Any], expected: Rhythm) -> None:
    assert rhythm({"repeat": repeat}) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("QD", Rhythm()),
        ("BID", Rhythm(times=2)),
        ("TID", Rhythm(times=3)),
        ("QID", Rhythm(times=4)),
        ("QOD", Rhythm(every=2)),
        ("AM", Rhythm()),
        ("PM", Rhythm()),
        ("WK", Rhythm(unit=Span.WEEK)),
        ("MO", Rhythm(unit=Span.MONTH)),
    ],
)
def test_an_abbreviation_of_which_the_days_follow_is_read(code: str, expected: Rhythm) -> None:
    assert rhythm({"code": concept((GTS, code))}) == expected
    assert rhythm({"code": concept((GTS, "QD")), "repeat": DAILY}) == Rhythm()


@pytest.mark.parametrize(
    ("timing", "why"),
    [
        ({}, "it does not say how often"),
        ({"repeat": {"frequency": 2}}, "it does not say how often"),
        ({"repeat": {"period": 1}}, "it does not say how often"),
        ({"repeat": {"periodUnit": "d"}}, "it does not say how often"),
        ({"repeat": {"frequency": 1, "period": 5, "periodUnit": "h"}}, "cannot be read exactly"),
        ({"repeat": {"frequency": 1, "period": 30, "periodUnit": "min"}}, "cannot be read exactly"),
        ({"repeat": {"frequency": 1, "period": 0.5, "periodUnit": "wk"}}, "cannot be read exactly"),
        ({"repeat": {"frequency": "1", "period": 1, "periodUnit": "d"}}, "cannot be read exactly"),
        ({"repeat": {"frequency": 0, "period": 1, "periodUnit": "d"}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"periodMax": 2}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"when": ["MORN", "EVE"]}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"when": "MORN", "timeOfDay": "09:00:00"}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"dayOfWeek": ["someday"]}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"dayOfWeek": [1]}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"timeOfDay": ["09:00:00", "16:00:00"]}}, "cannot be read exactly"),
        ({"repeat": WEEKLY | {"timeOfDay": ["09:00:00", "16:00:00"]}}, "cannot be read exactly"),
        ({"repeat": {"frequency": 3, "timeOfDay": ["09:00:00"]}}, "cannot be read exactly"),
        ({"repeat": WEEKLY | {"dayOfWeek": ["mon", "wed", "fri"]}}, "cannot be read exactly"),
        ({"repeat": WEEKLY | {"period": 2, "dayOfWeek": ["mon", "wed"]}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"boundsRange": {"high": {"value": 6}}}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"boundsDuration": {"value": 6, "code": "h"}}}, "cannot be read exactly"),
        ({"repeat": DAILY | {"boundsDuration": {"code": "d"}}}, "cannot be read exactly"),
        ({"event": ["2026-03-05"], "repeat": DAILY}, "cannot be read exactly"),
        ({"event": ["2026"]}, "cannot be read exactly"),
        ({"event": [None]}, "cannot be read exactly"),
        ({"code": {"text": "prn"}, "repeat": DAILY}, "as needed"),
        ({"code": {"coding": [{"code": "P.R.N."}]}}, "as needed"),
        ({"code": {"coding": [{"display": "si precisa", "code": "x"}]}}, "as needed"),
        ({"code": {"text": "thrice weekly"}}, "its times are in words alone"),
        ({"code": concept((GTS, "JE"))}, "under a code that is not known"),
        ({"code": concept(("urn:local", "QD"))}, "under a code that is not known"),
        ({"code": concept((GTS, "BID")), "repeat": DAILY}, "its code and its figures disagree"),
    ],
)
def test_what_cannot_be_read_exactly_is_said_to_be_open(timing: dict[str, Any], why: str) -> None:
    with pytest.raises(NoFixedTimes, match=why):
        times_of(timing, SITE)


def test_words_beside_figures_do_not_matter_unless_they_say_as_needed() -> None:
    assert rhythm({"code": {"text": "twice a week"}, "repeat": WEEKLY}) == Rhythm(times=2, unit=Span.WEEK)


def test_days_that_are_named_are_these_days() -> None:
    named = times_of({"event": ["2026-03-05", "2026-03-09T23:30:00Z"]}, SITE)
    assert named == Times(days=(date(2026, 3, 5), date(2026, 3, 10))), "on the ward's calendar"


def test_bounds_are_never_wider_than_they_say() -> None:
    bounds = {"start": "2026-03", "end": "2026-05"}
    times = times_of({"repeat": DAILY | {"boundsPeriod": bounds}}, SITE)
    assert (times.start, times.end) == (date(2026, 3, 31), date(2026, 5, 1))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["frequency", "period", "periodUnit", "periodMax", "dayOfWeek", "timeOfDay", "when", "count"])
values = st.one_of(
    json_values, st.integers(-1, 5), st.sampled_from(["d", "wk", "mo", "a", "h", "mon", ["tue", "sun"]])
)


@given(st.dictionaries(names, values, max_size=5))
def test_whatever_stands_there_is_a_rhythm_or_open(repeat: dict[str, Any]) -> None:
    found = None
    with suppress(NoFixedTimes):
        found = rhythm({"repeat": repeat})
    assert found is None or (found.times >= 1 and found.every >= 1)

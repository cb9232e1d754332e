"""Times as charts write them: spans for partial dates, the ward's zone where none is given, nights that change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.fhir.basis.moments import instant_of, moment, written
from tests.fhir.charts import MADRID, SITE, observation, reading, understood


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-03-02T10:15:00+01:00", "2026-03-02T09:15:00+00:00", "2026-03-02T09:15:00+00:00"),
        ("2026-03-02T10:15:00.25Z", "2026-03-02T10:15:00.250000+00:00", "2026-03-02T10:15:00.250000+00:00"),
        ("2026-03-02T10:15+0100", "2026-03-02T09:15:00+00:00", "2026-03-02T09:15:59.999999+00:00"),
        ("2026-03-02 10:15:00Z", "2026-03-02T10:15:00+00:00", "2026-03-02T10:15:00+00:00"),
        ("2026-03-29", "2026-03-28T23:00:00+00:00", "2026-03-29T21:59:59.999999+00:00"),
        ("2026-12", "2026-11-30T23:00:00+00:00", "2026-12-31T22:59:59.999999+00:00"),
        ("2026", "2025-12-31T23:00:00+00:00", "2026-12-31T22:59:59.999999+00:00"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59+00:00", "2026-06-30T23:59:59+00:00"),
    ],
)
def test_a_time_is_as_precise_as_it_is_written(text: str, earliest: str, latest: str) -> None:
    read = moment(text, MADRID)
    assert read is not None
    assert (read.earliest, read.latest) == (utc(earliest), utc(latest))
    assert read.text == text
    assert not read.is_zone_assumed


def test_a_clock_time_without_zone_is_the_wards_and_marked() -> None:
    read = moment("2026-07-01T00:30:00", MADRID)
    assert read is not None
    assert (read.earliest, read.day, read.is_zone_assumed) == (
        utc("2026-06-30T22:30:00+00:00"),
        date(2026, 7, 1),
        True,
    )


def test_an_hour_that_the_clock_shows_twice_spans_both() -> None:
    read = moment("2026-10-25T02:30:00", MADRID)
    assert read is not None
    assert read.latest - read.earliest == timedelta(hours=1)


def test_the_day_is_the_wards_and_not_that_of_greenwich() -> None:
    read = moment("2026-03-01T23:30:00Z", MADRID)
    assert read is not None
    assert read.day == date(2026, 3, 2)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13", "2026-02-30", "2026-03-02T25:00:00Z", "2026-03-02T10", "02.03.2026", "0000-01-01",
     "0001-01-01T00:00:00+14:00", "9999-12-31", "\uff12\uff10\uff12\uff16", "2026-03-02T10:15:00+99:99"],
)  # fmt: skip
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert moment(text, MADRID) is None


def test_a_period_is_one_moment_that_spans_it() -> None:
    period = {"start": "2026-03-02T10:00:00Z", "end": "2026-03-02T10:30:00Z"}
    (fact,) = understood(reading(effectiveDateTime=None, effectivePeriod=period)).facts
    when = getattr(fact, "when", None)
    assert when is not None
    assert (when.earliest, when.latest) == (utc("2026-03-02T10:00:00+00:00"), utc("2026-03-02T10:30:00+00:00"))
    assert when.text == "2026-03-02T10:00:00Z/2026-03-02T10:30:00Z"


def test_a_timing_with_one_event_is_that_event() -> None:
    resource = reading(effectiveDateTime=None, effectiveTiming={"event": ["2026-03-02"]})
    assert len(understood(resource).facts) == 1
    assert observation()["effectiveDateTime"] == "2026-03-02T10:15:00+01:00"


@given(st.integers(0, 100 * 365 * 86_400))
def test_what_is_written_is_read_back_as_the_same_instant(seconds: int) -> None:
    clock = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    without_zone = moment(clock.replace(tzinfo=None).isoformat(), MADRID)
    assert without_zone is not None
    again = moment(written(without_zone, SITE), MADRID)
    assert again is not None
    assert (again.earliest, again.is_zone_assumed) == (without_zone.earliest, False)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)))
def test_a_ward_day_written_as_an_instant_is_read_back_as_that_day(day: date) -> None:
    read = moment(instant_of(day, SITE), MADRID)
    assert read is not None
    assert read.day == day

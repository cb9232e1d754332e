"""On which days, or in which spans of days, an order asks for sessions."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.plan import Plan, Rhythm, Span, planned_spans
from horehab.domain.session import SessionKind
from tests.detection.joints_at_hand import day, moment

MONDAY = date(2026, 1, 5)


def plan(
    rhythm: Rhythm | None = None,
    *,
    days: tuple[date, ...] = (),
    first: date | None = MONDAY,
    last: date | None = None,
    kind: SessionKind = SessionKind.OTHER,
    known: date = date(2026, 1, 1),
) -> Plan:
    """An order written on New Year's Day, which begins on the first Monday."""
    return Plan(
        source="ServiceRequest/1",
        kind=kind,
        when=moment(0),
        known_on=known,
        rhythm=rhythm,
        days=days,
        first=first,
        last=last,
    )


def spans(
    *plans: Plan, since: date = date(2026, 1, 1), until: date = date(2026, 1, 31)
) -> list[tuple[str, str, int]]:
    found = planned_spans(plans, since=since, until=until)
    return [(f"{each.first:%m-%d}", f"{each.last:%m-%d}", each.times) for each in found]


def test_a_rhythm_of_days_asks_for_each_of_them() -> None:
    assert spans(plan(Rhythm(times=2)), until=MONDAY + timedelta(days=1)) == [
        ("01-05", "01-05", 2),
        ("01-06", "01-06", 2),
    ]
    every_third = plan(Rhythm(every=3))
    assert spans(every_third, until=date(2026, 1, 12)) == [("01-05", "01-07", 1), ("01-08", "01-10", 1)]


def test_a_rhythm_of_weeks_is_asked_about_when_the_week_is_over() -> None:
    thrice = plan(Rhythm(times=3, unit=Span.WEEK))
    assert spans(thrice, until=date(2026, 1, 10)) == []
    assert spans(thrice, until=date(2026, 1, 11)) == [("01-05", "01-11", 3)]


def test_a_rhythm_of_weekdays_asks_for_these_days_alone() -> None:
    on_days = plan(Rhythm(weekdays=(0, 3)))
    assert spans(on_days, until=date(2026, 1, 15)) == [
        ("01-05", "01-05", 1), ("01-08", "01-08", 1), ("01-12", "01-12", 1), ("01-15", "01-15", 1)
    ]  # fmt: skip


def test_months_end_with_the_month_where_it_is_shorter() -> None:
    monthly = plan(Rhythm(unit=Span.MONTH), first=date(2026, 1, 31), known=date(2026, 1, 1))
    found = spans(monthly, until=date(2026, 5, 31))
    assert found == [("01-31", "02-27", 1), ("02-28", "03-30", 1), ("03-31", "04-29", 1), ("04-30", "05-30", 1)]
    assert spans(monthly, since=date(2026, 5, 1), until=date(2026, 5, 31)) == found[-1:]
    yearly = plan(Rhythm(unit=Span.MONTH, every=12), first=date(2024, 2, 29))
    assert [each.last for each in planned_spans([yearly], since=date(2026, 1, 1), until=date(2027, 12, 31))] == [
        date(2027, 2, 27)
    ], "what began before the order was known is not asked for"
    in_december = plan(Rhythm(unit=Span.MONTH), first=date(2026, 11, 30))
    assert spans(in_december, until=date(2027, 1, 31)) == [("11-30", "12-29", 1), ("12-30", "01-29", 1)]


def test_a_session_within_a_period_is_asked_for_when_the_period_is_over_and_never_without_an_end() -> None:
    once = Rhythm(unit=Span.WHOLE)
    assert spans(plan(once, last=date(2026, 1, 20))) == [("01-05", "01-20", 1)]
    assert spans(plan(once, last=date(2026, 1, 20)), until=date(2026, 1, 19)) == []
    assert spans(plan(once)) == []
    assert spans(plan(once, last=date(2026, 1, 20), known=date(2026, 1, 10))) == [("01-05", "01-20", 1)]


def test_days_that_are_named_are_planned_each_and_one_without_times_plans_nothing() -> None:
    named = plan(days=(date(2026, 1, 7), date(2026, 1, 9), date(2026, 1, 7)), first=None)
    assert spans(named) == [("01-07", "01-07", 2), ("01-09", "01-09", 1)]
    assert spans(plan()) == []
    assert spans(plan(Rhythm(), first=None)) == []


def test_a_plan_ends_with_its_last_day_or_its_last_session() -> None:
    assert len(spans(plan(Rhythm(), last=date(2026, 1, 9)))) == 5
    assert spans(plan(Rhythm(times=2, unit=Span.WEEK, total=3))) == [("01-05", "01-11", 2), ("01-12", "01-18", 1)]
    assert spans(plan(Rhythm(times=2, weekdays=(0, 1), total=3))) == [("01-05", "01-05", 2), ("01-06", "01-06", 1)]
    assert spans(plan(Rhythm(unit=Span.WEEK), last=date(2026, 1, 14))) == [("01-05", "01-11", 1)], (
        "half a week: unknown"
    )


def test_what_lay_before_the_order_was_known_is_not_asked_for() -> None:
    late = plan(Rhythm(), known=date(2026, 1, 8), last=date(2026, 1, 9))
    assert spans(late) == [("01-08", "01-08", 1), ("01-09", "01-09", 1)]


def test_an_order_and_its_copy_are_one_and_orders_of_other_kinds_add_up() -> None:
    daily, copy = plan(Rhythm(), last=MONDAY), plan(Rhythm(times=2), last=MONDAY)
    walking = plan(Rhythm(), last=MONDAY, kind=SessionKind.WALKING)
    assert spans(daily, copy) == [("01-05", "01-05", 2)]
    assert spans(daily, copy, walking) == [("01-05", "01-05", 3)]


rhythms = st.builds(
    Rhythm,
    times=st.integers(1, 4),
    every=st.integers(1, 5),
    unit=st.sampled_from([Span.DAY, Span.WEEK, Span.MONTH]),
    weekdays=st.lists(st.integers(0, 6), max_size=3, unique=True).map(tuple),
    total=st.none() | st.integers(1, 30),
)


@given(rhythms, st.integers(0, 400), st.integers(0, 60), st.integers(0, 500))
def test_looking_at_some_days_shows_the_same_as_looking_at_all(
    rhythm: Rhythm, since: int, more: int, known: int
) -> None:
    one = plan(rhythm, known=day(known), first=day(0))
    everything = planned_spans([one], since=day(0), until=day(since + more))
    assert planned_spans([one], since=day(since), until=day(since + more)) == tuple(
        each for each in everything if each.last >= day(since)
    )
    assert all(day(known) <= each.first <= each.last <= day(since + more) for each in everything)
    assert len({each.first for each in everything}) == len(everything)

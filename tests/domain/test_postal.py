"""A letter goes where the patient takes mail on that day: where they stay for a time, else home, never an old one."""

from datetime import date, timedelta

from horehab.domain.postal import PostalAddress, where_to_write

TODAY = date(2026, 5, 20)
HOME = PostalAddress(lines=("Calle Mayor 1", "28001 Madrid"), use="home")
WORK = PostalAddress(lines=("Gran Via 9", "28013 Madrid"), use="work")
OLD = PostalAddress(lines=("Rue Longue 4", "69001 Lyon"), use="old")
VISITED = PostalAddress(lines=("Plaza 2", "28001 Madrid"), use="home", is_visited_only=True)


def test_home_comes_before_work_and_where_no_mail_is_taken_comes_last() -> None:
    assert where_to_write([WORK, VISITED, HOME], TODAY) == HOME.lines
    assert where_to_write([VISITED, WORK], TODAY) == WORK.lines
    assert where_to_write([VISITED], TODAY) == VISITED.lines


def test_where_somebody_stays_for_a_time_counts_for_that_time() -> None:
    week = timedelta(days=7)
    away = PostalAddress(lines=("Clinic Road 5",), use="temp", since=TODAY, until=TODAY + week)
    assert where_to_write([HOME, away], TODAY) == away.lines
    assert where_to_write([HOME, away], TODAY + week + timedelta(days=1)) == HOME.lines
    assert where_to_write([HOME, away], TODAY - timedelta(days=1)) == HOME.lines


def test_an_old_or_empty_address_is_none() -> None:
    assert where_to_write([OLD, PostalAddress(lines=())], TODAY) == ()
    assert where_to_write([], TODAY) == ()

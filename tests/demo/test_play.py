"""The player: one calendar, each day in its turn, nothing of tomorrow today."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from horehab.demo.play import play, step_days
from horehab.demo.story import Resource, Story

START = date(2026, 3, 1)


def a_story(key: str, days: list[int]) -> Story:
    events = tuple(
        (START + timedelta(days=n), ({"resourceType": "Observation", "id": f"{key}-{n}", "day": n},)) for n in days
    )
    return Story(key=key, title=key, citation="", admitted=START, events=events)


def test_two_stories_share_one_calendar_and_a_day_is_stepped_once() -> None:
    log: list[str] = []
    stories = [a_story("a", [0, 2]), a_story("b", [2, 3])]
    play(stories, put=lambda r, _: log.append(r["id"]), step=lambda day: log.append(str(day)))
    assert log == ["a-0", "2026-03-01", "a-2", "b-2", "2026-03-03", "b-3", "2026-03-04"]


def test_what_two_stories_share_is_put_once() -> None:
    shared: Resource = {"resourceType": "Location", "id": "icu"}
    stories = [
        Story(key=key, title=key, citation="", admitted=START, events=((START, (shared,)),)) for key in ("a", "b")
    ]
    put: list[Resource] = []
    play(stories, put=lambda r, _: put.append(r), step=lambda _: None)
    assert put == [shared]


def test_what_has_changed_is_put_again() -> None:
    versions = [{"resourceType": "Encounter", "id": "icu", "status": word} for word in ("in-progress", "finished")]
    events = tuple((START + timedelta(days=n), (version,)) for n, version in enumerate(versions))
    put: list[Resource] = []
    story = Story(key="a", title="a", citation="", admitted=START, events=events)
    play([story], put=lambda r, _: put.append(r), step=lambda _: None)
    assert [r["status"] for r in put] == ["in-progress", "finished"]


def test_a_pause_is_stepped_through_weekly() -> None:
    days = step_days([START, START + timedelta(days=20)])
    assert [(day - START).days for day in days] == [0, 7, 14, 20]


@given(days=st.lists(st.integers(min_value=0, max_value=120), min_size=1, max_size=30, unique=True))
def test_each_step_sees_all_of_its_day_and_nothing_later(days: list[int]) -> None:
    known: list[int] = []
    seen: list[tuple[int, list[int]]] = []
    count = play(
        [a_story("a", sorted(days))],
        put=lambda r, _: known.append(r["day"]),
        step=lambda day: seen.append(((day - START).days, list(known))),
    )
    assert count == len(seen)
    assert all(sorted(known) == sorted(n for n in days if n <= day) for day, known in seen)
    assert all(later - day <= 7 for (day, _), (later, _) in pairwise(seen))


def test_progress_is_told_for_each_day() -> None:
    told: list[tuple[int, int]] = []
    play(
        [a_story("a", [0, 1])],
        put=lambda *_: None,
        step=lambda _: None,
        on_day=lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 2), (2, 2)]

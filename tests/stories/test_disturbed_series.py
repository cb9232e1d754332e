"""The same six patients with what charts do to data: late, doubled, out of order, without laboratory."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from horehab.demo.published import patients
from horehab.demo.score import Suspicion, score
from horehab.demo.story import Story
from horehab.domain.laboratory import LabResult
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact
from tests.stories.telling import suspicions_of, without

SIX = pytest.mark.parametrize("story", patients(), ids=lambda story: story.key)
WEEK = timedelta(days=7)


def late(facts: Iterable[Fact]) -> list[Fact]:
    return [replace(fact, known_on=fact.known_on + WEEK) if isinstance(fact, Reading) else fact for fact in facts]


def doubled(facts: Iterable[Fact]) -> list[Fact]:
    once = list(facts)
    return once + [replace(fact, source=fact.source.replace("/", "/copy-of-", 1)) for fact in once]


def out_of_order(facts: Iterable[Fact]) -> list[Fact]:
    mixed = list(facts)
    Random(7).shuffle(mixed)
    return mixed


def days_of(suspicions: tuple[Suspicion, ...]) -> set[tuple[str, date]]:
    return {(str(each.place), each.day) for each in suspicions}


@SIX
def test_out_of_order_arrival_changes_no_day_of_suspicion(story: Story) -> None:
    assert suspicions_of(story, change=out_of_order) == suspicions_of(story)


@SIX
def test_entries_made_twice_change_no_day_of_suspicion(story: Story) -> None:
    assert days_of(suspicions_of(story, change=doubled)) == days_of(suspicions_of(story))


@SIX
def test_without_any_laboratory_value_each_joint_is_still_suspected_inside_its_window(story: Story) -> None:
    told = score([story], suspicions_of(story, change=without(LabResult)))
    assert told.inside == len(story.expected)
    assert told.forbidden == told.elsewhere == ()


@SIX
def test_readings_known_a_week_late_are_suspected_at_most_ten_days_later_and_nowhere_else(story: Story) -> None:
    told = score([story], suspicions_of(story, change=late))
    found = [row.suspicion.day - row.expected.last for row in told.rows if row.suspicion is not None]
    assert len(found) == len(story.expected)
    assert max(found) <= timedelta(days=10)
    assert told.forbidden == told.elsewhere == ()

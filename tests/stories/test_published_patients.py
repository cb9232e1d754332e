"""The six published patients, day by day, through the real reader into the real rule (a story test, no evidence)."""

import pytest

from horehab.demo.published import patients
from horehab.demo.score import score
from horehab.demo.story import Story
from horehab.domain.range_of_motion import Reading
from horehab.domain.suspicion import Tier
from tests.stories.telling import items_by_day, suspicions_of, verdicts_by_day

SIX = pytest.mark.parametrize("story", patients(), ids=lambda story: story.key)


@SIX
def test_every_expected_joint_is_suspected_inside_its_window_and_no_other(story: Story) -> None:
    told = score([story], suspicions_of(story))
    days = {str(row.expected.place): row.suspicion and story.day_number(row.suspicion.day) for row in told.rows}
    assert told.inside == len(story.expected), days
    assert told.forbidden == ()
    assert told.elsewhere == ()


def test_thirteen_joints_are_expected_in_all() -> None:
    told = score(patients(), [each for story in patients() for each in suspicions_of(story)])
    assert (told.inside, len(told.rows)) == (13, 13)


@SIX
def test_nothing_of_a_published_patient_is_set_aside_by_the_reader(story: Story) -> None:
    set_aside = [(item.reference, item.unreadable) for _, items in items_by_day(story) for item in items]
    assert [each for each in set_aside if each[1]] == []


@SIX
def test_every_reading_is_of_a_known_mode_and_assumes_nothing(story: Story) -> None:
    readings = [f for _, items in items_by_day(story) for i in items for f in i.facts if isinstance(f, Reading)]
    assert len(readings) > 250
    assert {reading.mode.value for reading in readings} == {"active", "passive"}
    assert {reading.assumptions for reading in readings} == {()}
    assert len({reading.rater for reading in readings}) == 2


@SIX
def test_a_joint_is_not_suspected_before_it_was_first_measured(story: Story) -> None:
    first_visit = min(
        day for day, items in items_by_day(story) for i in items if any(isinstance(f, Reading) for f in i.facts)
    )
    early = [v for day, verdicts in verdicts_by_day(story).items() if day < first_visit for v in verdicts]
    assert early
    assert not [v.place for v in early if v.tier is Tier.SUSPECT]

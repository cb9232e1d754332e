"""The benchmark of the pages asks for every page that a person opens, twice, and says which reach the goal."""

from collections.abc import Iterator

import pytest
from flask import Flask

from benchmarks.pages import Answer, demo_pages, pages_of, table, visited, worst
from horehab.demo.published import patients
from horehab.domain.joints import Joint, JointSide, Side

HIPS = tuple(JointSide(joint=Joint.HIP, side=side) for side in Side)


@pytest.fixture(scope="module")
def pages() -> Iterator[Flask]:
    """A ward of one published patient whose hip comes under suspicion."""
    with demo_pages(published=patients()[1:2], ward=()) as app:
        yield app


def test_every_page_that_a_person_opens_is_asked_for(pages: Flask) -> None:
    answers = visited(pages, patients=1, joints=HIPS)
    assert {rule.endpoint.removeprefix("horehab.") for rule in pages_of(pages)} == set(answers)
    assert all(one.first > 0 and one.again > 0 for each in answers.values() for one in each)
    assert len(answers["joint_chart"]) == 2
    lines = table(answers)
    assert len(lines) == len(answers) + 2
    assert all(line.endswith(("reached |", "reached again |", "NOT reached |")) for line in lines[2:])


def test_a_page_reaches_the_goal_at_the_first_time_only_when_asked_again_or_not() -> None:
    answers = {
        name: [Answer(first=first, again=again, first_wall=first, again_wall=again)]
        for name, first, again in (("patient", 0.15, 0.1), ("summary", 0.2, 0.1), ("suspicion", 0.3, 0.2))
    }
    said = [line.split(" | ")[-1] for line in table(answers)[2:]]
    assert said == ["NOT reached |", "reached again |", "reached |"]
    goal = worst(answers)
    assert ("suspicion" in goal.words, goal.is_reached) == (True, False)
    assert worst({"patient": answers["patient"]}).is_reached

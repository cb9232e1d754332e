"""What a measurement to come would lead to is found quickly, and is what judging the whole record anew leads to."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from benchmarks.detection.reading import read
from horehab.demo import published, ward
from horehab.demo.story import Story
from horehab.detection import outlook as looking_ahead
from horehab.detection.further import WITHIN_DAYS, most_telling
from horehab.detection.outlook import Measurement, Outlook, Standing, judged_whole, outlook, with_measured
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import JointSide, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import Fact, PatientRecord
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier
from tests.detection.charts import DAYS, FACTS, PLACES
from tests.detection.joints_at_hand import (
    LEFT_HIP,
    LEFT_KNEE,
    RIGHT_HIP,
    RULES,
    background,
    course,
    day,
    exposure,
    lab,
    pain,
    reading,
    record,
    sign,
)

FALLEN = course([(28, 112), (35, 112), (42, 112), (49, 98)])


def _ahead(of: PatientRecord, as_of: date, place: JointSide) -> Outlook:
    return outlook(of.as_known_on(as_of), RULES, as_of + timedelta(days=WITHIN_DAYS), place)


def _anew(of: PatientRecord, as_of: date, place: JointSide, facts: Sequence[Measurement]) -> list[Standing]:
    """Judge the whole record anew with each of the measurements."""
    known, later = of.as_known_on(as_of), as_of + timedelta(days=WITHIN_DAYS)
    return [judged_whole(with_measured(known, fact), RULES, later, place) for fact in facts]


def _agree(of: PatientRecord, as_of: date, place: JointSide) -> None:
    """Hold that both ways choose the same measurement, and agree on all that were tried."""
    tried: list[Measurement] = []
    found: list[Standing] = []

    def anew(facts: Sequence[Measurement]) -> list[Standing]:
        standings = _anew(of, as_of, place, facts)
        tried.extend(facts)
        found.extend(standings)
        return standings

    assert most_telling(of, RULES, as_of, place) == most_telling(of, RULES, as_of, place, judged=anew)
    assert _ahead(of, as_of, place).standings(tried) == found


@settings(max_examples=15, deadline=None)
@given(facts=FACTS, number=DAYS, place=PLACES)
def test_the_quick_way_leads_where_judging_anew_leads_whatever_the_chart(
    facts: Sequence[Fact], number: int, place: JointSide
) -> None:
    _agree(record(list(facts)), day(number), place)


@pytest.mark.parametrize("story", [published.patients()[0], ward.patients()[3]], ids=lambda story: story.key)
def test_the_quick_way_leads_where_judging_anew_leads_on_the_demos_ward(story: Story) -> None:
    of = read(story.chart_on(story.last_day)).record
    _agree(of, story.last_day, min((each.place for each in of.readings), key=str))


def test_a_joint_measured_so_often_that_it_is_weighed_in_pieces_comes_to_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looking_ahead, "_MOST_VISITS", 10)
    _agree(record(FALLEN, pain(42, 1), pain(49, 6)), day(50), LEFT_HIP)


def test_a_suspicion_that_ends_as_motion_comes_back_ends_ahead_too() -> None:
    fallen = course([(28, 112), (35, 112), (42, 112), (49, 70), (56, 60), (63, 58), (70, 80)])
    hurts = [pain(n, 7) for n in (49, 56, 63)]
    back: list[Measurement] = [reading(80, degrees) for degrees in (60, 90, 112)]
    of = record(fallen, hurts)
    standings = _ahead(of, day(73), LEFT_HIP).standings(back)
    assert standings == _anew(of, day(73), LEFT_HIP, back)
    assert (standings[0].tier, standings[2].tier) == (Tier.SUSPECT, Tier.QUIET)


def test_a_reading_that_makes_an_earlier_one_a_slip_is_judged_with_the_whole_record() -> None:
    """Degrees that were few enough to be true until tens of them were measured are radians from then on."""
    of = record(course([(28, 1.5), (35, 15), (42, 25)]), course([(28, 1.5), (35, 15), (42, 25)], place=RIGHT_HIP))
    facts: list[Measurement] = [
        reading(57, degrees, place=place) for place in (LEFT_HIP, RIGHT_HIP) for degrees in (20, 100)
    ]
    assert _ahead(of, day(50), LEFT_HIP).standings(facts) == _anew(of, day(50), LEFT_HIP, facts)


def test_a_joint_never_measured_yet_is_looked_ahead_of_too() -> None:
    facts: list[Measurement] = [
        reading(57, 40),
        reading(57, 110),
        pain(57, 6),
        sign(57, SignKind.STRAIGHT_LEG_RAISE),
        lab(57, 400),
    ]
    for of in (record(), record(pain(49, 2)), record(course([(42, 120), (49, 121)], place=LEFT_KNEE))):
        assert _ahead(of, day(50), LEFT_HIP).standings(facts) == _anew(of, day(50), LEFT_HIP, facts)


def test_pain_that_would_be_hidden_by_sedation_leaves_the_joint_as_it_is() -> None:
    of = record(FALLEN, exposure(ExposureKind.SEDATION, start=10, end=None))
    facts: list[Measurement] = [pain(57, score) for score in (0, 9)]
    assert _ahead(of, day(50), LEFT_HIP).standings(facts) == _anew(of, day(50), LEFT_HIP, facts)


def test_anything_else_that_could_be_measured_is_judged_with_the_whole_record() -> None:
    of = record(FALLEN, pain(49, 6), lab(45, 300))
    facts: list[Measurement] = [
        reading(57, 30, mode=Mode.ACTIVE),
        reading(57, 30, place=LEFT_KNEE, motion=Motion.FLEXION),
        pain(57, 9, place=RIGHT_HIP),
        sign(57, SignKind.SENSORY_LOSS),
        lab(57, 90, analyte=Analyte.GAMMA_GT, limit=30),
    ]
    assert _ahead(of, day(50), LEFT_HIP).standings(facts) == _anew(of, day(50), LEFT_HIP, facts)


def test_of_a_joint_that_is_gone_by_then_nothing_can_be_judged() -> None:
    of = record(FALLEN, background(BackgroundKind.JOINT_REPLACEMENT, place=LEFT_HIP))
    facts: list[Measurement] = [reading(57, 30), pain(57, 9)]
    standings = _ahead(of, day(50), LEFT_HIP).standings(facts)
    assert standings == _anew(of, day(50), LEFT_HIP, facts)
    assert {standing.tier for standing in standings} == {Tier.CANNOT_JUDGE}

"""The one further measurement: it leads where it says, the future plays no part, and it is None where none tells."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.detection.further import WITHIN_DAYS, most_telling
from horehab.domain.exposure import BackgroundKind
from horehab.domain.joints import JointSide, Motion
from horehab.domain.record import Fact, PatientRecord
from horehab.domain.sentence import reason_text
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Reason
from tests.detection.charts import DAYS, FACTS, PLACES
from tests.detection.joints_at_hand import (
    LEFT_HIP,
    LEFT_KNEE,
    RULES,
    background,
    course,
    day,
    lab,
    pain,
    reading,
    record,
    sign,
    steady,
    verdict,
)

FALLEN = course([(28, 112), (35, 112), (42, 112), (49, 98)])


def _taken(reason: Reason, place: JointSide, number: int, outcome: float) -> Fact:
    """Take the measurement that was asked for, with that outcome."""
    motion = Motion(reason.figure("motion")) if "motion" in dict(reason.figures) else Motion.FLEXION
    match reason.code.removeprefix("further-").removesuffix("-strength"):
        case "motion":
            return reading(number, outcome, place=place, motion=motion)
        case "opposite":
            return reading(number, outcome, place=place.opposite, motion=motion)
        case "pain":
            return pain(number, outcome, place=place)
        case "straight-leg-raise":
            return sign(number, SignKind.STRAIGHT_LEG_RAISE, place=place, present=bool(outcome))
    return lab(number, outcome * 126)


def _holds(of: PatientRecord, reason: Reason, place: JointSide, number: int) -> None:
    """Hold that each outcome leads to the tier and strength that were said, when it is really measured."""
    facts: list[Fact] = [*of.readings, *of.pains, *of.signs, *of.labs, *of.exposures, *of.backgrounds]
    known = [f for f in facts if f.known_on <= day(number)]
    found = []
    for end in ("low", "high"):
        fact = _taken(reason, place, number + WITHIN_DAYS, float(reason.figure(end)))
        again = verdict(record([*known, fact]), number + WITHIN_DAYS, place)
        assert again.tier.value == reason.figure(f"{end}_tier"), reason
        assert again.strength == reason.figure(f"{end}_strength"), reason
        found.append((again.tier, again.strength))
    assert found[0] != found[1]
    assert reason.code.endswith("-strength") == (found[0][0] is found[1][0])


@pytest.mark.parametrize("place", [LEFT_HIP, LEFT_KNEE], ids=str)
@pytest.mark.parametrize("score", [None, 1, 6], ids=str)
def test_what_is_said_of_each_outcome_comes_true_when_it_is_measured(place: JointSide, score: int | None) -> None:
    falling = course([(28, 112), (35, 112), (42, 112), (49, 98)], place=place)
    of = record(falling, [pain(n, score, place=place) for n in (42, 49) if score is not None])
    reason = most_telling(of, RULES, day(50), place)
    assert reason is not None
    assert reason.figure("day") == day(57).isoformat()
    _holds(of, reason, place, 50)


def test_a_motion_that_begins_to_fall_is_to_be_measured_again_and_said_in_degrees() -> None:
    reason = most_telling(record(FALLEN, pain(42, 1), pain(49, 1)), RULES, day(50), LEFT_HIP)
    assert reason is not None
    said = reason_text(reason)
    assert said.startswith(("passive ", "pain ", "straight leg raise"))
    assert "not given" not in said
    assert "watch" in said or "suspect" in said


def test_a_joint_that_is_gone_needs_no_measurement() -> None:
    gone = background(BackgroundKind.JOINT_REPLACEMENT, place=LEFT_HIP)
    assert most_telling(record(FALLEN, gone), RULES, day(50), LEFT_HIP) is None


def test_nothing_known_later_is_looked_at() -> None:
    later = (reading(52, 30), pain(53, 9), lab(51, 900))
    now = most_telling(record(FALLEN), RULES, day(50), LEFT_HIP)
    assert most_telling(record(FALLEN, later), RULES, day(50), LEFT_HIP) == now


def test_alp_is_not_asked_for_again_while_one_with_its_limit_speaks() -> None:
    for values in ((), (lab(48, 100),)):
        reason = most_telling(record(steady(50), values), RULES, day(50), LEFT_HIP)
        assert reason is None or "alp" not in reason.code


@settings(max_examples=60, deadline=None)
@given(facts=FACTS, shuffle=st.randoms(use_true_random=False), number=DAYS, place=PLACES)
def test_whatever_the_chart_it_is_the_same_in_any_order_and_leads_where_it_says(
    facts: Sequence[Fact], shuffle: Random, number: int, place: JointSide
) -> None:
    mixed = list(facts)
    shuffle.shuffle(mixed)
    reason = most_telling(record(list(facts)), RULES, day(number), place)
    assert reason == most_telling(record(mixed), RULES, day(number), place)
    if reason is not None:
        assert float(reason.figure("low")) < float(reason.figure("high"))
        assert "not given" not in reason_text(reason)

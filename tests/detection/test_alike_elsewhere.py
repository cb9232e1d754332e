"""A joint of another kind that falls in a like way supports a suspicion, and is named with what it rests on."""

from horehab.domain.joints import JointSide
from horehab.domain.record import Fact
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.wording import reason_text
from tests.detection.joints_at_hand import (
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_KNEE,
    RIGHT_HIP,
    course,
    day,
    exposure,
    pain,
    record,
    verdict,
)

HIP = [
    *course([(28, 110), (35, 111), (42, 110), (49, 92), (56, 88)]),
    pain(42, 1),
    *(pain(number, 5) for number in (49, 56)),
]
UNTIL = [(28, 135), (35, 134), (42, 135)]
FALL = [(49, 95), (56, 80)]


def _falling(place: JointSide, hurts: float = 7) -> list[Fact]:
    """A joint that falls from 135 to 80 degrees in two weeks, and hurts."""
    rated = (pain(42, 1, place=place), *(pain(number, hurts, place=place) for number in (49, 56)))
    return [*course([*UNTIL, *FALL], place=place), *rated]


def _hip(*facts: Fact) -> Verdict:
    return verdict(record(HIP, [*facts], exposure()), 56, LEFT_HIP)


def _named(found: Verdict) -> list[Reason]:
    return [reason for reason in found.reasons if reason.code == "alike-elsewhere"]


def test_another_joint_that_falls_is_named_with_its_loss_its_day_and_its_readings() -> None:
    knee = _falling(LEFT_KNEE)
    (found,) = _named(_hip(*knee))
    assert found.figure("place") == "left knee"
    assert found.figure("day") == day(56).isoformat()
    assert float(found.figure("lost")) > 20
    assert set(found.references) == {f.source for f in knee if getattr(f, "degrees", 0) == 80}
    assert reason_text(found).startswith("left knee fell in a like way")


def test_it_adds_points_and_the_points_are_said_as_support() -> None:
    alone, beside = _hip(), _hip(*_falling(LEFT_KNEE))
    assert alone.score is not None
    assert beside.score is not None
    assert beside.score >= alone.score
    points = {r.code: r for r in beside.reasons}["points"]
    assert float(points.figure("support")) >= 0


def test_the_more_suspect_of_two_is_named() -> None:
    both = [*_falling(LEFT_KNEE), *_falling(LEFT_ELBOW, hurts=0)]
    assert [r.figure("place") for r in _named(_hip(*both))] == ["left knee"]


def test_a_joint_that_holds_and_the_opposite_side_are_not_named() -> None:
    held = course([*UNTIL, (49, 135), (56, 134)], place=LEFT_KNEE)
    assert not _named(_hip(*held))
    assert not _named(_hip(*_falling(RIGHT_HIP)))


def test_nothing_is_named_for_a_joint_that_is_watched_for_a_sign_or_pain_alone() -> None:
    quiet = course([(28, 110), (35, 111), (42, 110), (49, 110), (56, 111)])
    found = verdict(record(quiet, _falling(LEFT_KNEE), exposure()), 56, LEFT_HIP)
    assert found.tier is Tier.QUIET
    assert not _named(found)
    stiff = verdict(record(pain(56, 6), _falling(LEFT_KNEE), exposure()), 56, LEFT_HIP)
    assert not _named(stiff)

"""A verdict takes its score apart in words: the parts add up, and no normal value is shown as taking away."""

import pytest

from horehab.domain.record import Fact
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Reason
from horehab.domain.wording import reason_text
from tests.detection.joints_at_hand import course, exposure, lab, pain, record, sign, verdict

FALLEN = (
    *course([(28, 110), (35, 111), (42, 110), (49, 84), (56, 80)]),
    *(pain(day, 6) for day in (49, 56)),
    pain(42, 1),
    exposure(),
)
_PARTS = ("motion", "pain", "support", "signs", "base")


def _points(*facts: Fact) -> Reason:
    found = verdict(record(FALLEN, *facts), 56)
    return next(reason for reason in found.reasons if reason.code == "points")


@pytest.mark.parametrize("more", [(), (lab(50, 400),), (sign(56, SignKind.SWELLING),)], ids=["plain", "alp", "sign"])
def test_the_parts_add_up_to_the_score(more: tuple[Fact, ...]) -> None:
    points = _points(*more)
    parts = sum(float(points.figure(name)) for name in _PARTS)
    assert parts == pytest.approx(float(points.figure("score")), abs=0.3)


def test_a_normal_phosphatase_counts_exactly_as_much_as_a_missing_one() -> None:
    assert _points(lab(50, 90)).figures == _points().figures


def test_what_a_raised_phosphatase_and_a_sign_add_is_said_beside_the_joints_own_points() -> None:
    plain, more = _points(), _points(lab(50, 900), sign(56, SignKind.SWELLING))
    assert float(more.figure("support")) >= float(plain.figure("support"))
    assert float(more.figure("signs")) > float(plain.figure("signs")) == 0
    assert [more.figure(name) for name in ("motion", "pain", "base")] == [
        plain.figure(name) for name in ("motion", "pain", "base")
    ]


def test_the_points_are_said_with_the_mark_from_which_a_joint_is_suspected() -> None:
    text = reason_text(_points())
    assert "suspect from" in text
    assert "-0 " not in text.replace("-0.", "")


def test_courses_that_explain_the_readings_as_well_speak_against() -> None:
    found = verdict(record(FALLEN), 56)
    named = {str(reason.figure("course")) for reason in found.against if reason.code == "fits-as-well"}
    assert named <= {"recovery", "contracture", "stiff shoulder", "acute event"}
    assert named

"""The features of a joint: each one says what its sentence says."""

from collections.abc import Sequence

import pytest

from horehab.detection.features import Features
from horehab.detection.joint_file import joint_files
from horehab.detection.replay import Weighed, weigh
from horehab.detection.score import NOTHING_ELSE
from horehab.domain.engine_numbers import FEATURES
from horehab.domain.exposure import BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import JointSide, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.record import Fact
from tests.detection.joints_at_hand import (
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    RIGHT_HIP,
    RULES,
    background,
    course,
    day,
    exposure,
    lab,
    pain,
    record,
)

WEEKS = range(30, 72, 7)
HELD = [(n, 108) for n in WEEKS]


def _weighed(*facts: Fact | list[Fact], place: JointSide = LEFT_HIP) -> tuple[Weighed, ...]:
    of = record(*facts, exposure())
    return weigh(joint_files(of, RULES), of, RULES)[place].in_full()


def _last(*facts: Fact | list[Fact], place: JointSide = LEFT_HIP) -> Features:
    return _weighed(*facts, place=place)[-1].features


def _pains(*ratings: tuple[int, float]) -> list[Fact]:
    return [pain(number, score) for number, score in ratings]


def _falls(*values: tuple[int, float]) -> list[Fact]:
    return course([*HELD, *values])


def test_each_feature_has_its_value_by_name() -> None:
    found = _last(course(HELD))
    assert len(found.values) == len(FEATURES)
    assert found.of("limit") == pytest.approx(0.1)
    assert [found.of(name) for name in ("hip", "shoulder", "knee", "elbow")] == [1, 0, 0, 0]


def test_a_first_visit_has_lost_nothing() -> None:
    found = _last(course(HELD[:1]))
    names = ("drop", "drop2", "slope", "steep", "rebound", "sincebest", "maxmdc", "mdc2", "nfrac", "span", "gap")
    assert [found.of(name) for name in names] == [0] * len(names)
    assert found.of("visits") == 1
    assert found.of("t") == 1


def test_what_is_lost_is_told_against_the_best_at_one_and_at_two_visits() -> None:
    once = _last(_falls((72, 84)))
    assert once.of("drop") == pytest.approx(0.2)
    assert once.of("drop2") == pytest.approx(0)
    twice = _last(_falls((72, 84), (79, 78)))
    assert twice.of("drop") == pytest.approx(0.25)
    assert twice.of("drop2") == pytest.approx(0.2)
    assert twice.of("maxmdc") == pytest.approx(30 / 17)
    assert twice.of("mdc2") == pytest.approx(24 / 17)
    assert twice.of("nfrac") == 1
    assert twice.of("dropmax") > once.of("dropmax") > 2


def test_pace_and_steepest_pace_are_per_week_and_the_steepest_is_remembered() -> None:
    found = _last(_falls((72, 96), (79, 84), (86, 72)))
    assert found.of("slope") == pytest.approx(0.07, abs=0.03)
    assert found.of("steep") == pytest.approx(0.1, abs=0.03)
    later = _last(_falls((72, 96), (79, 84), (86, 72), (93, 72), (107, 72), (121, 72)))
    assert later.of("slope") == pytest.approx(0, abs=0.01)
    assert later.of("steep") == pytest.approx(found.of("steep"))
    gone = _last(_falls((72, 96), (79, 84), (86, 72), (180, 72), (187, 72)))
    assert gone.of("steep") == 0


def test_motion_that_comes_back_rises_above_its_lowest() -> None:
    assert _last(_falls((72, 60), (79, 60), (86, 96), (93, 96))).of("rebound") == pytest.approx(0.3)


def test_time_since_the_best_counts_only_while_something_is_lost() -> None:
    assert _last(course(HELD)).of("sincebest") == 0
    assert _last(_falls((72, 84))).of("sincebest") == pytest.approx((72 - 44) / 30)


def test_visits_span_and_gap_are_counted() -> None:
    found = _last(course([(30, 100), (60, 100), (75, 100)]))
    assert [found.of(name) for name in ("visits", "span", "gap", "t")] == [3, 1.5, 0.5, 2.5]


def test_pain_that_was_not_rated_lately_is_missing_and_not_none() -> None:
    missing = _last(course(HELD), _pains((31, 6)))
    assert missing.of("painmiss") == 1
    assert missing.of("pain") == 0
    rated = _last(course(HELD), _pains((60, 0)))
    assert rated.of("painmiss") == 0


@pytest.mark.parametrize(
    ("ratings", "rise", "hold"),
    [
        ([(65, 5.0)], 0, 3.0),
        ([(60, 2.0), (65, 6.0)], 2, 2.0),
        ([(21, 1.0), (25, 3.0), (60, 6.0), (65, 8.0)], 5, 6.0),
        ([(10, 9.0), (16, 1.0), (20, 1.0), (24, 1.0), (28, 1.0), (65, 5.0)], 4, 3.0),
    ],
)
def test_a_rise_of_pain_is_told_against_what_was_usual_long_ago(
    ratings: Sequence[tuple[int, float]], rise: float, hold: float
) -> None:
    found = _last(course(HELD), _pains(*ratings))
    assert found.of("painrise") == pytest.approx(rise)
    assert found.of("painhold") == pytest.approx(hold)


def test_it_hurts_since_the_first_of_the_last_ratings_that_all_say_so() -> None:
    ratings = _pains((30, 5), (37, 3), (44, 4), (51, 6), (65, 8))
    assert _last(course(HELD), ratings).of("painage") == pytest.approx((65 - 44) / 30)
    assert _last(course(HELD), [*ratings, pain(66, 3)]).of("painage") == 0
    other: list[Fact] = [pain(number, 8, place=RIGHT_HIP) for number in (30, 65)]
    assert _last(course(HELD), course(HELD, place=RIGHT_HIP), ratings, other).of("painage") == pytest.approx(0.7)


def test_a_raised_value_counts_as_logarithm_of_its_multiple_for_six_weeks() -> None:
    raised = lab(40, 252)
    assert _last(course(HELD), raised).of("alp") == pytest.approx(0.693, abs=0.001)
    assert _last(course(HELD), lab(20, 252)).of("alp") == 0
    assert _last(course(HELD), lab(40, 126), lab(41, 20)).of("alp") == 0
    assert _last(course(HELD), lab(40, 252, limit=None)).of("alp") == 0
    creatine = lab(40, 252, analyte=Analyte.CREATINE_KINASE)
    assert (_last(course(HELD), creatine).of("alp"), _last(course(HELD), creatine).of("ck")) == pytest.approx(
        (0, 0.693), abs=0.001
    )


def test_an_explained_alkaline_phosphatase_counts_only_when_that_cannot_explain_it() -> None:
    pregnant = background(BackgroundKind.PREGNANCY)
    assert _last(course(HELD), lab(40, 252), pregnant).of("alp") == 0
    assert _last(course(HELD), lab(40, 15 * 126), pregnant).of("alp") == 2
    liver = lab(60, 200, analyte=Analyte.GAMMA_GT, limit=60)
    before, after = (
        next(w for w in _weighed(course(HELD), lab(40, 252), liver) if w.day == day(number)) for number in (58, 65)
    )
    assert before.features.of("alp") > 0
    assert after.features.of("alp") == 0


def test_the_opposite_joint_lends_its_odds_and_its_motion() -> None:
    alone = _last(_falls((72, 84)))
    assert (alone.of("opp"), alone.of("asym")) == (-4, 0)
    both = _last(_falls((72, 84)), course([*HELD, (72, 108)], place=RIGHT_HIP))
    fallen = course([*HELD, (72, 84), (79, 60)], place=RIGHT_HIP)
    assert _last(course([*HELD, (80, 108)]), fallen).of("opp") > both.of("opp")
    assert both.of("asym") == pytest.approx(0.2)
    long_ago = _last(_falls((72, 84)), course(HELD[:3], place=RIGHT_HIP))
    assert long_ago.of("asym") == 0


def test_a_joint_of_another_kind_lends_its_odds_and_the_opposite_one_does_not() -> None:
    none = NOTHING_ELSE["elsewhere"]
    assert _last(_falls((72, 84))).of("elsewhere") == none
    knee = [(n, 135) for n in WEEKS]
    fallen = course([*knee, (72, 100), (79, 70), (86, 60)], place=LEFT_KNEE)
    painful: list[Fact] = [pain(n, 8, place=LEFT_KNEE) for n in (72, 79, 86)]
    odds = _last(course(HELD), fallen, painful, place=LEFT_KNEE).of("lo")
    assert odds > none
    assert _last(course([*HELD, (87, 108)]), fallen, painful).of("elsewhere") == pytest.approx(min(odds, 3))
    assert _last(course(HELD), fallen, painful).of("elsewhere") == none
    opposite = course([*HELD, (72, 60), (79, 40), (86, 30)], place=RIGHT_HIP)
    assert _last(course([*HELD, (87, 108)]), opposite).of("elsewhere") == none


def test_a_stay_counts_by_its_days_once_it_is_known_to_have_ended() -> None:
    def stay(*exposures: Exposure, at: int = 71) -> float:
        of = record(course([(30, 108), (at, 108)]), *exposures)
        return weigh(joint_files(of, RULES), of, RULES)[LEFT_HIP].in_full()[-1].features.of("stay")

    unknown = NOTHING_ELSE["stay"]
    assert stay() == stay(exposure(end=None)) == stay(exposure(end=5)) == unknown
    assert stay(exposure(end=45)) == 45
    assert stay(exposure(end=45), at=40) == unknown
    assert stay(exposure(end=30), exposure(ExposureKind.VENTILATION, start=2, end=50)) == 48
    assert stay(exposure(ExposureKind.SEDATION, end=50)) == unknown


def test_when_all_joints_lost_at_one_visit_it_was_the_hand() -> None:
    elsewhere = [
        fact
        for place, motion, norm in (
            (LEFT_KNEE, Motion.FLEXION, 135),
            (LEFT_ELBOW, Motion.FLEXION, 150),
            (LEFT_SHOULDER, Motion.FLEXION, 180),
        )
        for fact in course([*((n, norm) for n in WEEKS), (72, 0.9 * norm)], place=place, motion=motion)
    ]
    assert _last(_falls((72, 96)), elsewhere).of("others") == pytest.approx(0.1)
    assert _last(_falls((72, 96)), elsewhere[:7]).of("others") == 0


def test_another_hand_is_told() -> None:
    assert _last(course(HELD), course([(72, 108)], rater="Practitioner/2")).of("diffrater") == 1
    assert _last(course(HELD)).of("diffrater") == 0


def test_a_slip_of_the_year_leaves_every_feature_a_number_in_its_range() -> None:
    found = _last(course([(-2000, 100), (-730_000, 100), *HELD]))
    assert all(-1000 < value < 1000 for value in found.values)

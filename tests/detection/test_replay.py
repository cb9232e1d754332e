"""One pass over a patient's joints: what was known later never changes what is said of a day."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from horehab.detection.background import alp_confounded_from, hides_pain
from horehab.detection.joint_file import joint_files
from horehab.detection.replay import Weighed, weigh
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import WATCHED_PLACES, JointSide, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.record import Fact, PatientRecord
from horehab.domain.signs import SignKind
from tests.detection.charts import FACTS
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

HELD = [(n, 110) for n in range(30, 72, 7)]
FALLEN = [*HELD, (72, 95), (79, 80), (86, 66), (93, 60), (100, 55)]
HURTS: list[Fact] = [pain(n, score) for n, score in ((44, 1), (58, 2), (72, 6), (86, 7), (93, 7), (100, 8))]


def _weighed(of: PatientRecord) -> dict[JointSide, tuple[Weighed, ...]]:
    return {place: found.in_full() for place, found in weigh(joint_files(of, RULES), of, RULES).items()}


def _hip(*facts: Fact | list[Fact]) -> tuple[Weighed, ...]:
    return _weighed(record(*facts))[LEFT_HIP]


def _fallen(*, assumed_from: int = 999) -> list[Fact]:
    found: list[Fact] = []
    for number, degrees in FALLEN:
        for motion, norm in ((Motion.FLEXION, 110), (Motion.INTERNAL_ROTATION, 40)):
            is_assumed = number >= assumed_from
            found.append(reading(number, degrees * norm / 110, motion=motion, assumed=is_assumed))
    return found


def test_a_hip_that_falls_and_hurts_rises_to_suspect_and_one_that_holds_stays_low() -> None:
    fallen = _hip(_fallen(), HURTS, exposure())
    assert fallen[-1].score >= RULES.engine.score.suspect_at > fallen[4].score
    held = _hip(course([(n, 110) for n, _ in FALLEN]), exposure())
    assert max(each.score for each in held) < RULES.engine.score.watch_at


def test_nothing_measured_is_nothing_weighed() -> None:
    assert _weighed(record()) == dict.fromkeys(WATCHED_PLACES, ())
    assert _weighed(record(HURTS)) == dict.fromkeys(WATCHED_PLACES, ())


def test_there_is_one_for_each_day_with_a_reading_or_a_rating_from_the_first_reading_on() -> None:
    found = _hip(reading(30, 100), reading(37, 100), pain(20, 5), pain(33, 5))
    assert [each.day for each in found] == [day(30), day(33), day(37)]
    assert [each.days_since_reading for each in found] == [0, 3, 0]
    assert [each.visits for each in found] == [1, 1, 2]


def test_a_raised_value_alone_is_a_day_to_judge_only_for_joints_measured_lately() -> None:
    found = _weighed(record(reading(30, 100), reading(10, 100, place=LEFT_KNEE), lab(45, 300), lab(46, 100)))
    assert [each.day for each in found[LEFT_HIP]] == [day(30), day(45)]
    assert [each.day for each in found[LEFT_KNEE]] == [day(10)]


def test_a_value_that_comes_later_than_it_was_taken_counts_from_the_day_on_which_it_was_known() -> None:
    late = replace(lab(45, 300), known_on=day(48))
    found = _hip(reading(30, 100), reading(46, 100), reading(60, 100), late)
    assert [(each.day, each.features.of("alp") > 0) for each in found] == [
        (day(30), False), (day(46), False), (day(48), True), (day(60), True),
    ]  # fmt: skip


def test_days_are_counted_from_intensive_care_or_from_four_weeks_before_the_first_reading() -> None:
    def months(*facts: Fact) -> float:
        return _hip(reading(60, 100), *facts)[0].features.of("t")

    assert months(exposure(start=0)) == 2
    assert months(exposure(ExposureKind.VENTILATION, start=30), exposure(start=45)) == 1
    assert months(exposure(ExposureKind.ECMO, start=0)) == pytest.approx(28 / 30)
    assert months(exposure(start=61)) == pytest.approx(28 / 30)


def test_a_loss_that_rests_on_assumed_times_alone_stays_below_suspect() -> None:
    firm = _hip(_fallen(), HURTS, exposure())[-1]
    assumed = _hip(_fallen(assumed_from=72), HURTS, exposure())[-1]
    assert assumed.is_assumed
    assert not firm.is_assumed
    assert assumed.own == firm.own
    assert assumed.score == pytest.approx(RULES.engine.score.suspect_at - 1e-6)
    once_firm = _hip(_fallen(assumed_from=79), HURTS, exposure())[-1]
    assert once_firm == firm


def test_a_single_assumed_reading_is_assumed_and_a_firm_one_in_another_joint_does_not_help() -> None:
    found = _weighed(record(reading(20, 100, place=LEFT_HIP), reading(20, 100, place=RIGHT_HIP, assumed=True)))
    assert [found[place][0].is_assumed for place in (LEFT_HIP, RIGHT_HIP)] == [False, True]


def test_a_low_rating_under_sedation_is_unknown_and_a_high_one_counts() -> None:
    sedated = exposure(ExposureKind.SEDATION, start=0, end=40)
    found = _hip(reading(30, 100), reading(60, 100), pain(30, 1), pain(50, 2), pain(52, 6), pain(60, 3), sedated)
    assert [each.day for each in found] == [day(30), day(52), day(60)]
    assert [each.features.of("painmiss") for each in found] == [1, 0, 0]
    assert found[-1].features.of("pain") == 3


@pytest.mark.parametrize(
    ("fact", "number", "hides"),
    [
        (exposure(ExposureKind.SEDATION, start=10, end=20), 9, False),
        (exposure(ExposureKind.SEDATION, start=10, end=20), 34, True),
        (exposure(ExposureKind.SEDATION, start=10, end=20), 35, False),
        (exposure(ExposureKind.SEDATION, start=10, end=None), 300, True),
        (exposure(ExposureKind.ICU_STAY, start=10, end=None), 30, False),
        (sign(10, SignKind.SENSORY_LOSS), 9, False),
        (sign(10, SignKind.SENSORY_LOSS), 10, True),
        (sign(10, SignKind.SENSORY_LOSS, place=None), 10, True),
        (sign(10, SignKind.SENSORY_LOSS, place=RIGHT_HIP), 10, False),
        (sign(10, SignKind.SENSORY_LOSS, present=False), 10, False),
        (sign(10, SignKind.SWELLING), 10, False),
    ],
)
def test_sedation_until_lately_or_lost_sensation_hides_pain(fact: Fact, number: int, hides: bool) -> None:
    assert hides_pain(record(fact), LEFT_HIP, day(number), 14) == hides


def test_alkaline_phosphatase_is_explained_from_the_day_on_which_that_is_known() -> None:
    assert alp_confounded_from(record(background(BackgroundKind.POLYNEUROPATHY))) is None
    assert alp_confounded_from(record(lab(40, 30, analyte=Analyte.GAMMA_GT, limit=60))) is None
    raised = lab(40, 90, analyte=Analyte.GAMMA_GT, limit=60)
    assert alp_confounded_from(record(raised)) == day(40)
    assert alp_confounded_from(record(raised, background(BackgroundKind.ALCOHOL))) == day(1)


def test_repeats_and_order_change_nothing() -> None:
    once = _hip(_fallen(), HURTS, exposure(), lab(79, 300))
    facts = [*_fallen(), *HURTS, exposure(), lab(79, 300)]
    assert _hip([*reversed(facts), *_fallen()]) == once


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_each_day_judged_by_itself_says_what_the_one_pass_says(facts: list[Fact]) -> None:
    whole = record(*facts)
    in_one_pass = _weighed(whole)
    days = {each.day for found in in_one_pass.values() for each in found}
    for until in sorted(days):
        apart = _weighed(whole.as_known_on(until))
        for place, found in in_one_pass.items():
            assert apart[place] == tuple(each for each in found if each.day <= until)

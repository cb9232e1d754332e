"""The rules R03-R10 on loss of motion, pain and bedside signs that detection carries, one sentence each."""

import pytest

from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import WATCHED_PLACES, Motion
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier
from tests.detection.joints_at_hand import (
    FALLEN,
    LEFT_HIP,
    LEFT_KNEE,
    PATIENT,
    RIGHT_HIP,
    RULES,
    background,
    codes,
    course,
    day,
    exposure,
    lab,
    pain,
    reading,
    record,
    sign,
    steady,
    tiers,
    verdict,
)


def test_every_watched_joint_gets_a_verdict_even_when_nothing_is_known() -> None:
    assert list(tiers(record(), 40)) == [str(p) for p in WATCHED_PLACES]
    assert set(tiers(record(), 40).values()) == {Tier.CANNOT_JUDGE}
    assert {r.code for r in verdict(record(), 40).missing} >= {"no-passive-reading", "pain-not-rated", "alp-missing"}


def test_r03_exposure_alone_never_suspects() -> None:
    of = record(exposure(), exposure(ExposureKind.ECMO), background(BackgroundKind.POLYNEUROPATHY), lab(30, 900))
    assert set(tiers(of, 40).values()) == {Tier.CANNOT_JUDGE}


def test_r04_new_pain_in_a_joint_is_watched_and_asks_for_the_opposite_side() -> None:
    found = verdict(record(steady(50), pain(49, 5)), 50)
    assert found.tier is Tier.WATCH
    assert {"measure-again", "measure-opposite"} <= set(found.options)
    assert "pain-first-rated" in codes(found)


def test_r06_a_loss_that_stays_is_suspected_without_any_pain() -> None:
    of = record(FALLEN, reading(56, 84), reading(63, 85))
    assert verdict(of, 49).tier is Tier.WATCH
    found = verdict(of, 63)
    assert found.tier is Tier.SUSPECT
    assert found.since == day(49)
    assert found.is_onset_bounded
    assert "pain-not-rated" in {r.code for r in found.missing}


def test_r06_a_clear_loss_with_risen_pain_is_suspected_when_the_next_visit_bears_it_out() -> None:
    before, now, loss = pain(42, 2), pain(49, 6), FALLEN[-1]
    again, still = reading(56, 85), pain(56, 6)
    assert verdict(record(FALLEN, before, now), 49).tier in (Tier.WATCH, Tier.SUSPECT)
    found = verdict(record(FALLEN, before, now, again, still), 56)
    assert found.tier is Tier.SUSPECT
    assert found.since == day(49)
    assert {again.source, still.source, loss.source} <= set(found.evidence)
    assert list(found.evidence) == sorted(found.evidence)
    assert found.reasons[0].figure("best") == 111
    assert found.reasons[0].figure("latest") == 85


@pytest.mark.parametrize("kind", [SignKind.FIRM_END_FEEL, SignKind.SWELLING, SignKind.WARMTH])
def test_a_sign_in_the_same_joint_adds_to_a_loss_and_one_of_another_joint_does_not(kind: SignKind) -> None:
    alone = verdict(record(FALLEN), 49).score
    with_sign = verdict(record(FALLEN, sign(49, kind)), 49).score
    assert alone is not None
    assert with_sign == pytest.approx(alone + RULES.engine.score.sign_points)
    assert verdict(record(FALLEN, sign(49, kind, place=RIGHT_HIP)), 49).score == alone
    assert verdict(record(FALLEN, sign(49, kind, present=False)), 49).score == alone


@pytest.mark.parametrize("kind", [SignKind.FIRM_END_FEEL, SignKind.SWELLING, SignKind.WARMTH])
def test_a_sign_in_a_joint_that_is_quiet_raises_nothing(kind: SignKind) -> None:
    assert verdict(record(steady(56), sign(49, kind)), 49).score is None


def test_two_clear_losses_with_pain_are_suspected_though_each_is_small_when_the_next_visit_bears_them_out() -> None:
    flexion = course([(28, 110), (35, 110), (42, 110), (49, 96)])
    abduction = course([(28, 40), (35, 40), (42, 40), (49, 26)], motion=Motion.ABDUCTION)
    both = record(flexion, abduction, pain(49, 6))
    assert verdict(both, 49).tier is Tier.WATCH
    still = (reading(56, 96), reading(56, 26, motion=Motion.ABDUCTION), pain(56, 6))
    assert verdict(record(flexion, abduction, pain(49, 6), *still), 56).tier is Tier.SUSPECT
    assert verdict(record(flexion, pain(49, 6)), 49).tier is Tier.WATCH
    lasting = course([(56, 96), (63, 96)])
    assert verdict(record(flexion, lasting, pain(56, 6)), 63).tier is Tier.SUSPECT


def test_a_small_rise_of_pain_counts_when_two_ratings_agree() -> None:
    assert verdict(record(FALLEN, pain(42, 3), pain(49, 5)), 49).tier is Tier.WATCH
    assert verdict(record(FALLEN, pain(35, 3), pain(46, 5), pain(49, 5)), 49).tier is Tier.SUSPECT


def test_old_pain_that_has_not_changed_is_no_new_pain() -> None:
    ratings = [pain(n, 5) for n in range(0, 84, 7)]
    of = record(steady(84), ratings, reading(84, 85), pain(84, 5))
    assert verdict(of, 84).tier is Tier.WATCH


def test_pain_of_weeks_ago_no_longer_speaks() -> None:
    assert "pain" not in str(codes(verdict(record(FALLEN, pain(28, 9)), 49)))


def test_a_single_large_loss_is_watched_and_suspected_when_it_stays_though_pain_is_as_before() -> None:
    ratings = [pain(n, 5) for n in range(0, 63, 7)]
    of = record(steady(49), ratings, course([(49, 79), (56, 77), (63, 75)]))
    assert verdict(of, 49).tier is Tier.WATCH
    assert verdict(of, 63).tier is Tier.SUSPECT


def test_two_motions_that_lose_thirty_degrees_and_stay_lost_need_no_pain() -> None:
    rotation = course([(28, 45), (35, 45), (42, 45), (49, 10), (56, 10)], motion=Motion.EXTERNAL_ROTATION)
    of = record(steady(49), course([(49, 79), (56, 78)]), rotation)
    assert verdict(of, 49).tier is Tier.WATCH
    assert verdict(of, 56).tier is Tier.SUSPECT


def test_r07_hip_pain_with_a_positive_straight_leg_raise_is_suspected_without_any_degrees() -> None:
    raised = sign(40, SignKind.STRAIGHT_LEG_RAISE, place=RIGHT_HIP)
    found = verdict(record(pain(40, 6, place=RIGHT_HIP), raised), 40, RIGHT_HIP)
    assert found.tier is Tier.SUSPECT
    assert not found.is_onset_bounded
    assert found.since == day(40)
    assert [r.code for r in found.red_flags] == ["slr-positive"]
    assert {"ct-mri-hip-pelvis", "neurological-review", "onset-not-bounded", "ct"} <= set(found.options)


def test_r07_pain_of_the_other_hip_does_not_make_the_flag() -> None:
    of = record(pain(40, 6, place=LEFT_HIP), sign(40, SignKind.STRAIGHT_LEG_RAISE, place=RIGHT_HIP))
    assert verdict(of, 40, RIGHT_HIP).tier is Tier.WATCH
    assert verdict(of, 40, LEFT_HIP).tier is Tier.WATCH


def test_r07_new_leg_weakness_alone_shows_a_flag_at_the_hip_of_that_side() -> None:
    found = tiers(record(sign(40, SignKind.LEG_WEAKNESS, place=LEFT_KNEE)), 40)
    assert found["left hip"] is Tier.WATCH
    assert found["right hip"] is Tier.CANNOT_JUDGE
    assert found["left knee"] is Tier.CANNOT_JUDGE


def test_a_nerve_sign_without_side_is_shown_and_raises_nothing() -> None:
    found = verdict(record(sign(40, SignKind.SENSORY_LOSS, place=None)), 40)
    assert found.tier is Tier.CANNOT_JUDGE
    assert "sign-without-place" in {r.code for r in found.missing}


def test_r07_a_negative_straight_leg_raise_later_ends_the_flag() -> None:
    of = record(
        pain(40, 6), sign(40, SignKind.STRAIGHT_LEG_RAISE), sign(60, SignKind.STRAIGHT_LEG_RAISE, present=False)
    )
    assert verdict(of, 59).tier is Tier.SUSPECT
    assert verdict(of, 60).tier is Tier.CANNOT_JUDGE
    assert "won-back" in {r.code for r in verdict(of, 60).against}


def test_r10_differentials_are_always_shown_with_a_suspicion() -> None:
    assert verdict(record(FALLEN, pain(49, 6)), 49).differentials == RULES.differentials


def test_the_verdict_of_a_patient_names_the_rules_that_judged() -> None:
    assert verdict(record(patient=PATIENT), 1).rule_version == RULES.version

"""The rules R01-R30 of the clinical evidence that detection carries, one sentence each."""

import pytest

from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import WATCHED_PLACES, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Bound, Mode
from horehab.domain.record import ChartedOssification, ChartedStatus
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier
from tests.detection.joints_at_hand import (
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    PATIENT,
    RIGHT_HIP,
    RULES,
    background,
    codes,
    course,
    day,
    exposure,
    lab,
    moment,
    pain,
    reading,
    record,
    sign,
    steady,
    tiers,
    verdict,
)

FALLEN = course([(28, 110), (35, 112), (42, 111), (49, 86)])


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


def test_one_loss_beyond_measurement_error_is_watched_not_suspected() -> None:
    found = verdict(record(steady(49), reading(49, 96)), 49)
    assert found.tier is Tier.WATCH
    assert found.since is None
    assert found.reasons[0].figure("threshold") == 10


def test_a_loss_within_measurement_error_stays_quiet() -> None:
    assert verdict(record(steady(49), reading(49, 101)), 49).tier is Tier.QUIET


def test_a_loss_right_after_the_only_earlier_reading_is_watched_and_says_so() -> None:
    found = verdict(record(reading(42, 110), reading(49, 90)), 49)
    assert found.tier is Tier.WATCH
    assert found.reasons[0].figure("best_visits") == 1


def test_other_hands_need_a_larger_loss() -> None:
    other = reading(49, 96, rater="Practitioner/2")
    assert verdict(record(steady(49), other), 49).tier is Tier.QUIET
    nobody = verdict(record(steady(49), reading(49, 92, rater=None)), 49)
    assert nobody.reasons[0].figure("raters") == "rater not named"


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


def test_two_clear_losses_with_pain_are_suspected_though_each_is_small() -> None:
    flexion = course([(28, 110), (35, 110), (42, 110), (49, 96)])
    abduction = course([(28, 40), (35, 40), (42, 40), (49, 26)], motion=Motion.ABDUCTION)
    assert verdict(record(flexion, abduction, pain(49, 6)), 49).tier is Tier.SUSPECT
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


def test_r08_r09_known_thrombosis_fracture_and_fever_are_listed_and_close_nothing() -> None:
    facts = (
        background(BackgroundKind.DEEP_VEIN_THROMBOSIS, place=LEFT_KNEE),
        background(BackgroundKind.FRACTURE, place=LEFT_HIP),
        background(BackgroundKind.INFECTION),
        sign(48, SignKind.FEVER, place=None),
    )
    fallen = [*FALLEN, reading(56, 85), pain(42, 1), pain(49, 6), pain(56, 6)]
    found = verdict(record(fallen, facts), 56)
    assert found.tier is Tier.SUSPECT
    named = {r.code for r in found.confounders}
    assert {"known-deep-vein-thrombosis", "known-fracture", "known-infection", "fever"} <= named
    assert verdict(record(fallen), 56).strength == found.strength


def test_r08_a_thrombosis_of_the_other_leg_is_not_listed() -> None:
    other = background(BackgroundKind.DEEP_VEIN_THROMBOSIS, place=RIGHT_HIP)
    arm = background(BackgroundKind.FRACTURE, place=LEFT_ELBOW)
    assert {r.code for r in verdict(record(FALLEN, pain(49, 6), other, arm), 49).confounders} == {"alp-fracture"}


def test_r10_differentials_are_always_shown_with_a_suspicion() -> None:
    assert verdict(record(FALLEN, pain(49, 6)), 49).differentials == RULES.differentials


TWO_LOSSES = (
    course([(28, 110), (35, 110), (42, 110), (49, 94), (56, 94)]),
    course([(28, 40), (35, 40), (42, 40), (49, 24), (56, 24)], motion=Motion.ABDUCTION),
)


def test_r11_alp_above_its_own_limit_supports_two_clear_losses_seen_twice() -> None:
    assert verdict(record(*TWO_LOSSES), 56).tier is Tier.WATCH
    found = verdict(record(*TWO_LOSSES, lab(50, 200)), 56)
    assert found.tier is Tier.SUSPECT
    assert "alp-elevated" in codes(found)
    assert verdict(record(*TWO_LOSSES, lab(50, 126)), 56).tier is Tier.WATCH


def test_r12_a_normal_alp_is_shown_as_no_help() -> None:
    found = verdict(record(FALLEN, pain(49, 6), lab(48, 126)), 49)
    assert found.tier is Tier.SUSPECT
    assert [r.figure("multiple") for r in found.missing if r.code == "alp-not-elevated"] == [1.0]


@pytest.mark.parametrize(
    "kind",
    [BackgroundKind.PREGNANCY, BackgroundKind.ALCOHOL, BackgroundKind.LIVER_DISEASE, BackgroundKind.FRACTURE],
)
def test_r14_r15_a_confounded_alp_supports_only_when_the_confounder_cannot_explain_it(kind: BackgroundKind) -> None:
    explained, beyond = lab(50, 200), lab(50, 1890)
    other = background(kind, place=LEFT_ELBOW)
    assert verdict(record(*TWO_LOSSES, explained, other), 56).tier is Tier.WATCH
    found = verdict(record(*TWO_LOSSES, beyond, other), 56)
    assert found.tier is Tier.SUSPECT
    assert any(r.code.startswith("alp-") for r in found.confounders)


def test_r15_a_raised_ggt_or_bilirubin_confounds_alp() -> None:
    liver = lab(50, 300, analyte=Analyte.GAMMA_GT, limit=60)
    assert verdict(record(*TWO_LOSSES, lab(50, 200), liver), 56).tier is Tier.WATCH
    named = {r.code for r in verdict(record(*TWO_LOSSES, lab(50, 200), liver), 56).confounders}
    assert "alp-ggt" in named


def test_r16_a_value_of_unknown_limit_is_not_interpreted_and_said_so() -> None:
    found = verdict(record(*TWO_LOSSES, lab(50, 900, limit=None)), 56)
    assert found.tier is Tier.WATCH
    assert "alp-not-interpreted" in {r.code for r in found.missing}


def test_r17_a_raised_creatine_kinase_is_supportive_only() -> None:
    ck = lab(50, 900, analyte=Analyte.CREATINE_KINASE, limit=200)
    assert verdict(record(*TWO_LOSSES, ck), 56).tier is Tier.SUSPECT
    assert verdict(record(steady(56), ck), 56).tier is not Tier.SUSPECT


def test_r28_surgery_is_named_only_for_a_confirmed_ossification() -> None:
    confirmed = ChartedOssification(
        source="Condition/9",
        version="1",
        status=ChartedStatus.CONFIRMED,
        is_active=True,
        joint=LEFT_HIP.joint,
        side=LEFT_HIP.side,
        when=moment(45),
        known_on=day(45),
    )
    assert "surgery-conditional" in verdict(record(FALLEN, pain(49, 6), confirmed), 49).options
    assert "surgery-conditional" not in verdict(record(FALLEN, pain(49, 6)), 49).options


def test_active_loss_with_stable_passive_motion_is_weakness() -> None:
    active = course([(28, 100), (35, 100), (42, 60), (49, 40), (56, 40)], mode=Mode.ACTIVE)
    found = verdict(record(steady(57), active, pain(49, 3)), 57)
    assert found.tier is Tier.QUIET
    assert "active-loss-only" in {r.code for r in found.against}


def test_readings_of_unknown_mode_are_never_taken_as_passive() -> None:
    of = record(course([(28, 110), (35, 60), (49, 40), (63, 30)], mode=Mode.UNKNOWN))
    assert verdict(of, 63).tier is Tier.CANNOT_JUDGE
    assert {"mode-unknown", "no-passive-reading"} <= {r.code for r in verdict(of, 63).missing}


def test_a_bound_is_no_value() -> None:
    assert verdict(record(steady(49), reading(49, 40, bound=Bound.LESS_THAN), pain(49, 2)), 49).tier is Tier.QUIET


def test_times_without_a_zone_alone_never_suspect() -> None:
    assumed = [reading(n, 80, assumed=True) for n in (49, 56, 63)]
    assert verdict(record(steady(49), assumed, pain(42, 1), pain(63, 7)), 63).tier is Tier.WATCH
    assert verdict(record(steady(49), assumed, reading(70, 80)), 70).tier is Tier.SUSPECT


@pytest.mark.parametrize(
    "kind", [BackgroundKind.JOINT_REPLACEMENT, BackgroundKind.ARTHRODESIS, BackgroundKind.AMPUTATION]
)
def test_a_replaced_fused_or_lost_joint_cannot_be_judged_and_says_why(kind: BackgroundKind) -> None:
    of = record(FALLEN, pain(49, 9), background(kind, place=LEFT_HIP, text="total hip"))
    assert verdict(of, 49).tier is Tier.CANNOT_JUDGE
    assert [r.code for r in verdict(of, 49).missing] == ["joint-replaced-or-gone"]


def test_a_joint_first_seen_stiff_and_painful_is_watched_and_suspected_by_what_follows() -> None:
    first = (reading(40, 45), pain(40, 6))
    found = verdict(record(*first), 40)
    assert found.tier is Tier.WATCH
    assert "stiff-from-first" in codes(found)
    assert "no-earlier-reading" in {r.code for r in found.missing}
    visits = (reading(47, 42), pain(47, 6), reading(54, 38), pain(54, 7))
    later = verdict(record(first, visits), 54)
    assert later.tier is Tier.SUSPECT
    assert not later.is_onset_bounded


def test_a_stiff_joint_that_was_better_once_is_no_longer_stiff_from_the_first() -> None:
    of = record(reading(40, 45), reading(47, 80), reading(54, 82), pain(54, 3))
    assert "stiff-from-first" not in codes(verdict(of, 54))


def test_exposure_unknown_is_judged_all_the_same_and_shown() -> None:
    found = verdict(record(FALLEN, pain(49, 6)), 49)
    assert found.tier is Tier.SUSPECT
    assert "exposure-unknown" in {r.code for r in found.missing}


def test_the_longest_span_of_each_exposure_is_a_shown_reason() -> None:
    spans = (exposure(), exposure(start=30, end=32), exposure(ExposureKind.ECMO, start=40, end=None))
    found = verdict(record(FALLEN, pain(49, 6), spans), 49)
    assert [(r.figure("kind"), r.figure("days")) for r in found.reasons if r.code == "exposure"] == [
        ("icu stay", 27),
        ("ecmo", 9),
    ]


def test_a_side_difference_is_a_sign_only_beyond_that_of_health() -> None:
    better = verdict(record(FALLEN, pain(49, 6), steady(50, 110, place=RIGHT_HIP)), 49)
    assert [r.figure("difference") for r in better.reasons if r.code == "opposite-better"] == [24]
    equal = verdict(record(FALLEN, pain(49, 6), steady(50, 92, place=RIGHT_HIP)), 49)
    assert "opposite-better" not in codes(equal)
    old = verdict(record(FALLEN, pain(49, 6), reading(1, 110, place=RIGHT_HIP)), 49)
    assert "opposite-better" not in codes(old)


def test_sedation_and_numbness_are_said_to_hide_pain() -> None:
    sedated = exposure(ExposureKind.SEDATION, start=20, end=None)
    numb = sign(48, SignKind.SENSORY_LOSS)
    named = {r.code for r in verdict(record(FALLEN, sedated, numb), 49).confounders}
    assert {"sedation-hides-pain", "numbness-hides-pain"} <= named


def test_a_quiet_joint_that_nobody_measured_for_a_month_can_no_longer_be_judged() -> None:
    of = record(steady(60))
    assert verdict(of, 60).tier is Tier.QUIET
    found = verdict(of, 120)
    assert found.tier is Tier.CANNOT_JUDGE
    assert "not-measured-lately" in {r.code for r in found.missing}


def test_nothing_later_than_the_day_is_read() -> None:
    of = record(FALLEN, pain(49, 6))
    assert verdict(of, 48).tier is Tier.QUIET
    assert verdict(of, 48) == verdict(record(FALLEN[:-1]), 48)


def test_radians_among_degrees_are_set_aside_and_shown() -> None:
    found = verdict(record(steady(49), reading(49, 1.92), reading(50, float("nan"))), 50)
    assert found.tier is Tier.QUIET
    assert [r.figure("count") for r in found.missing if r.code == "set-aside"] == [2]


def test_wrist_readings_and_motions_that_a_joint_does_not_have_disturb_nothing() -> None:
    odd = reading(49, 40, motion=Motion.DORSIFLEXION)
    assert verdict(record(steady(49), odd), 49).tier is Tier.QUIET


def test_ten_thousand_readings_are_judged() -> None:
    many = [reading(n // 3, 100 + n % 3, rater=f"Practitioner/{n % 4}") for n in range(10_000)]
    assert verdict(record(many), 4000).tier is Tier.CANNOT_JUDGE
    assert verdict(record(many), 3333).tier is Tier.QUIET


def test_two_raters_at_one_visit_count_as_different_hands() -> None:
    both = (reading(49, 97), reading(49, 95, rater="Practitioner/2"))
    assert verdict(record(steady(49), both), 49).tier is Tier.QUIET


def test_shoulders_and_elbows_are_judged_like_hips() -> None:
    for place in (LEFT_SHOULDER, LEFT_ELBOW, LEFT_KNEE):
        falling = course([(28, 120), (35, 120), (42, 120), (49, 95), (56, 90), (63, 85)], place=place)
        hurting = [pain(n, 6, place=place) for n in (49, 56, 63)]
        assert verdict(record(falling, hurting), 63, place).tier is Tier.SUSPECT


def test_the_verdict_of_a_patient_names_the_rules_that_judged() -> None:
    assert verdict(record(patient=PATIENT), 1).rule_version == RULES.version

"""Which readings speak for or against a suspicion: by whom, of what motion, how large, how old, how sure."""

import pytest

from horehab.domain.exposure import BackgroundKind
from horehab.domain.joints import Motion
from horehab.domain.range_of_motion import Bound, Mode
from horehab.domain.suspicion import Tier
from tests.detection.joints_at_hand import (
    FALLEN,
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_KNEE,
    LEFT_SHOULDER,
    RIGHT_HIP,
    background,
    codes,
    course,
    pain,
    reading,
    record,
    steady,
    verdict,
)


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
    assert nobody.reasons[0].figure("raters") == "rater not named, or several in a day"


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


def test_a_side_difference_is_a_sign_only_beyond_that_of_health() -> None:
    better = verdict(record(FALLEN, pain(49, 6), steady(50, 110, place=RIGHT_HIP)), 49)
    assert [r.figure("difference") for r in better.reasons if r.code == "opposite-better"] == [24]
    equal = verdict(record(FALLEN, pain(49, 6), steady(50, 92, place=RIGHT_HIP)), 49)
    assert "opposite-better" not in codes(equal)
    old = verdict(record(FALLEN, pain(49, 6), reading(1, 110, place=RIGHT_HIP)), 49)
    assert "opposite-better" not in codes(old)


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

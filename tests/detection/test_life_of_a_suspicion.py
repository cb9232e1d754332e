"""How a suspicion lives on: worse again, won back, left over, deeper."""

from horehab.domain.joints import Motion
from horehab.domain.suspicion import Tier
from tests.detection.joints_at_hand import FALLEN, course, day, pain, record, verdict

RELAPSE = course(
    [
        *((28, 110), (35, 111), (42, 110), (49, 80), (56, 70), (63, 66)),
        *((77, 75), (91, 84), (105, 92), (119, 94), (133, 93)),
    ]
)


def test_r29_worse_again_after_improvement_is_a_new_worsening_with_its_own_day() -> None:
    of = record(RELAPSE, pain(42, 1), pain(49, 6), course([(147, 72), (154, 64), (161, 62)]))
    assert verdict(of, 63).since == day(49)
    better = verdict(of, 133)
    assert better.tier is Tier.QUIET
    assert "won-back" in {r.code for r in better.against}
    again = verdict(of, 161)
    assert again.tier is Tier.SUSPECT
    assert again.since == day(147)


STUCK_ROTATION = course(
    [(28, 40), (35, 40), (42, 40), (49, 5), (56, 5), (63, 5), (77, 5), (91, 5), (105, 5), (119, 5), (133, 5)],
    motion=Motion.EXTERNAL_ROTATION,
)
"""A motion that was lost with the others and never came back."""

RETURNING_ABDUCTION = course(
    [(28, 44), (35, 45), (42, 44), (49, 18), (56, 15), (63, 14), (77, 24), (91, 33), (105, 40), (119, 42), (133, 43)],
    motion=Motion.ABDUCTION,
)


def test_a_loss_left_over_from_an_ended_suspicion_does_not_raise_it_again() -> None:
    of = record(RELAPSE, RETURNING_ABDUCTION, STUCK_ROTATION, pain(42, 1), pain(49, 6))
    assert verdict(of, 63).tier is Tier.SUSPECT
    assert verdict(of, 133).tier is Tier.QUIET


def test_a_suspicion_stands_while_half_of_its_motions_are_still_lost() -> None:
    of = record(RELAPSE, STUCK_ROTATION, pain(42, 1), pain(49, 6))
    assert verdict(of, 133).tier is Tier.SUSPECT


def test_motion_that_comes_back_to_its_best_ends_the_suspicion() -> None:
    back = course([(56, 85), (63, 108), (70, 110)])
    of = record(FALLEN, pain(42, 1), pain(49, 6), pain(56, 6), back, pain(63, 1), pain(70, 1))
    assert verdict(of, 56).tier is Tier.SUSPECT
    assert verdict(of, 63).tier is Tier.SUSPECT
    assert verdict(of, 70).tier is Tier.QUIET


def test_a_suspicion_deepens_when_motion_falls_further() -> None:
    of = record(FALLEN, pain(42, 1), pain(49, 6), pain(56, 6), course([(56, 84), (63, 60), (70, 61)]))
    assert verdict(of, 56).tier is Tier.SUSPECT
    assert verdict(of, 63).strength >= verdict(of, 56).strength
    assert set(verdict(of, 63).evidence) != set(verdict(of, 56).evidence)
    assert verdict(of, 70).since == day(49)


def test_a_loss_that_goes_on_is_cited_though_nothing_makes_the_case_stronger() -> None:
    fallen = [(28, 110), (35, 110), (42, 110), (49, 80), (56, 70), (63, 60)]
    rated = [pain(day, 8) for day in (49, 56, 63)]
    before = verdict(record(course(fallen), *rated), 63)
    later = course([(84, 40)])
    after = verdict(record(course(fallen), *rated, pain(84, 0), later), 84)
    assert before.tier is after.tier is Tier.SUSPECT
    assert {each.source for each in later} <= set(after.evidence)
    assert after.strength >= before.strength

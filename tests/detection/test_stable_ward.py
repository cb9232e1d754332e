"""How seldom stable patients are suspected, and how surely a joint that grows bone is, on a simulated ward.

The ward is simulated (error SD 5 degrees, five raters with a bias of SD 4, recovery of 2 degrees a week for six
weeks, then for HO 5 degrees lost a week with pain): it shows that the rule holds its place, not that it is accurate.
"""

from random import Random

import pytest

from horehab.detection.history import suspicions
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide, Motion
from horehab.domain.record import Fact, PatientRecord
from tests.detection.joints_at_hand import RULES, day, pain, reading, record

_PLAN = {
    Joint.HIP: {
        Motion.FLEXION: 100,
        Motion.ABDUCTION: 35,
        Motion.INTERNAL_ROTATION: 28,
        Motion.EXTERNAL_ROTATION: 35,
    },
    Joint.SHOULDER: {Motion.FLEXION: 140, Motion.ABDUCTION: 130, Motion.EXTERNAL_ROTATION: 60},
    Joint.KNEE: {Motion.FLEXION: 120, Motion.EXTENSION: -3},
    Joint.ELBOW: {Motion.FLEXION: 135, Motion.EXTENSION: -3, Motion.PRONATION: 70, Motion.SUPINATION: 70},
}
_WEEKS, _FIRST, _ONSET = 24, 28, 8


def _patient(dice: Random, *, every: int, grows: JointSide | None) -> PatientRecord:
    facts: list[Fact] = []
    bias: dict[object, float] = {}
    hurts = {place: 3 if dice.random() < 0.3 else 1 for place in WATCHED_PLACES}
    rater = 0
    for number in range(_FIRST, _FIRST + 7 * _WEEKS, every):
        week = (number - _FIRST) / 7
        rater = dice.randrange(5) if dice.random() < 0.4 else rater
        for place in WATCHED_PLACES:
            lost = max(0.0, min(60.0, 5 * (week - _ONSET))) if place == grows else 0.0
            for motion, usual in _PLAN[place.joint].items():
                shift = bias.setdefault((rater, place.joint, motion), dice.gauss(0, 4))
                seen = usual - 12 + 2 * min(week, 6) - lost + shift + dice.gauss(0, 5)
                facts.append(reading(number, round(seen), place=place, motion=motion, rater=f"Practitioner/{rater}"))
            ache = hurts[place] + (3.5 if place == grows and week >= _ONSET else 0)
            facts.append(pain(number, max(0, min(10, round(dice.gauss(ache, 1)))), place=place))
    return record(facts)


def _first_suspicions(of: PatientRecord) -> dict[JointSide, float]:
    """Give by joint the week after first measurement in which it was first suspected."""
    found: dict[JointSide, float] = {}
    for when, place in suspicions(of, RULES):
        found.setdefault(place, (when - day(_FIRST)).days / 7)
    return found


@pytest.mark.parametrize(("every", "most"), [(14, 10), (7, 25)])
def test_few_of_a_hundred_stable_patients_are_suspected_in_half_a_year(every: int, most: int) -> None:
    dice = Random(1)
    patients = 40
    alerted = sum(bool(_first_suspicions(_patient(dice, every=every, grows=None))) for _ in range(patients))
    assert 100 * alerted / patients <= most


def test_most_joints_that_grow_bone_with_pain_are_found_within_ten_weeks_and_half_within_six() -> None:
    dice = Random(2)
    delays = []
    for _ in range(20):
        grows = dice.choice(WATCHED_PLACES)
        found = _first_suspicions(_patient(dice, every=14, grows=grows))
        delays.append(found.get(grows, 99.0) - _ONSET)
    assert sum(delay <= 10 for delay in delays) >= 0.85 * len(delays)
    assert sorted(delays)[len(delays) // 2] <= 6

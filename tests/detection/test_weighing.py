"""Weighing the courses: what each kind of life of a joint does to the odds of ossification."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from horehab.detection.evidence import Evidence, evidence_of, keys_of, last_before
from horehab.detection.joint_file import joint_files
from horehab.detection.library import library_of
from horehab.detection.signal import signals_of
from horehab.detection.weighing import Odds, odds_of
from horehab.domain.joints import WATCHED_PLACES
from horehab.domain.record import Fact
from tests.detection.joints_at_hand import LEFT_HIP, LEFT_KNEE, RULES, course, day, reading, record

ENGINE = RULES.engine
LIBRARY = library_of(ENGINE.kinds)
HELD = [(n, 110) for n in range(30, 72, 7)]
FALLEN = [*HELD, (72, 98), (79, 84), (86, 70), (93, 60)]
ZERO = day(0).toordinal()


def _evidence(
    *facts: Fact | list[Fact], pains: Sequence[tuple[int, float]] = (), labs: Sequence[int] = ()
) -> Evidence:
    files = joint_files(record(*facts), RULES)
    hip = WATCHED_PLACES.index(LEFT_HIP)
    return evidence_of(
        zero=ZERO,
        signals=[signals_of(files[place], RULES) for place in WATCHED_PLACES],
        pains=[[(ZERO + n, s) for n, s in pains] if place == hip else [] for place in range(len(WATCHED_PLACES))],
        lab_days=[ZERO + n for n in labs],
        fresh_days=21,
    )


def _odds(evidence: Evidence) -> Odds:
    return odds_of(evidence, LIBRARY, ENGINE.errors)


def test_a_joint_that_falls_and_hurts_weighs_for_ossification_and_one_that_holds_does_not() -> None:
    pains = [(44, 1.0), (58, 2.0), (72, 6.0), (86, 7.0), (93, 7.0)]
    fallen = _odds(_evidence(course(FALLEN), pains=pains))
    held = _odds(_evidence(course([(n, 110) for n, _ in FALLEN]), pains=[(n, 1.0) for n, _ in pains]))
    assert fallen.all[-1] > max(-1, held.all[-1] + 3, fallen.all[3] + 1)
    assert fallen.all[-1] > fallen.motion[-1]
    assert fallen.loss[-1] > 0.2
    for kind in (fallen.contracture, fallen.acute, fallen.stiff, fallen.recovering):
        assert kind[-1] >= fallen.all[-1]


def test_a_sudden_loss_that_is_won_back_weighs_for_an_acute_event() -> None:
    back = [*HELD, (72, 60), (75, 70), (79, 85), (86, 100), (93, 110)]
    found = _odds(_evidence(course(back), pains=[(72, 8.0), (79, 4.0), (86, 1.0)]))
    assert found.all[-1] < 0
    assert found.acute[-1] < found.stiff[-1]


def test_missing_pain_says_nothing() -> None:
    found = _odds(_evidence(course(FALLEN)))
    assert found.all == pytest.approx(found.motion)


def test_what_is_weighed_of_a_joint_is_the_same_whoever_is_weighed_beside_it() -> None:
    alone = _odds(_evidence(course(FALLEN)))
    knees = course([(n, 120) for n in range(20, 100, 3)], place=LEFT_KNEE)
    beside = _evidence(course(FALLEN), knees)
    mine = beside.row_joint == WATCHED_PLACES.index(LEFT_HIP)
    assert np.array_equal(_odds(beside).all[mine], alone.all)


def test_what_comes_later_changes_nothing_of_before() -> None:
    whole = _odds(_evidence(course(FALLEN)))
    for count in range(1, len(FALLEN)):
        part = _odds(_evidence(course(FALLEN[:count])))
        assert np.array_equal(part.all, whole.all[:count])
        assert np.array_equal(part.loss, whole.loss[:count])


def test_many_wrong_readings_end_in_numbers_all_the_same() -> None:
    wild = course([(n, 140 if n % 2 else -30) for n in range(20, 400)])
    found = _odds(_evidence(wild, pains=[(n, 10.0 * (n % 2)) for n in range(20, 400)]))
    assert np.isfinite(found.all).all()
    assert np.isfinite(found.loss).all()


def test_a_gentler_or_stronger_temper_takes_other_powers() -> None:
    evidence = _evidence(course(FALLEN))
    by_temper = []
    for temper in (0.1, 0.2, 0.3, 0.4, 0.8):
        errors = replace(ENGINE.errors, motion_temper=temper)
        by_temper.append(odds_of(evidence, LIBRARY, errors).recovering[-1])
    assert by_temper == sorted(by_temper)
    assert by_temper[0] < by_temper[-1]


def test_a_laboratory_value_has_its_own_row_only_shortly_after_a_reading() -> None:
    evidence = _evidence(reading(30, 110), labs=[29, 30, 40, 52])
    assert (evidence.row_day - ZERO).tolist() == [30, 40]
    assert evidence.row_visit.tolist() == [0, 0]
    assert evidence.row_pain.tolist() == [-1, -1]


def test_a_rating_before_the_first_reading_has_a_row_without_a_visit() -> None:
    evidence = _evidence(reading(30, 110), pains=[(20, 5.0), (30, 6.0)])
    assert evidence.row_visit.tolist() == [-1, 0]
    assert evidence.row_pain.tolist() == [0, 1]


def test_the_last_event_of_a_joint_is_found_among_those_of_all() -> None:
    joints, days = np.array([0, 0, 2]), np.array([5, 9, 7])
    keys = keys_of(joints, days)
    asked = np.array([0, 0, 0, 1, 2, -1])
    until = np.array([4, 5, 20, 20, 8, 20])
    assert last_before(keys, asked, until).tolist() == [-1, 0, 1, -1, 2, -1]

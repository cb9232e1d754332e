"""The library of courses: what is laid out, and that nobody can change it."""

from dataclasses import replace

import numpy as np
import pytest

from horehab.detection.library import LAST_DAY, library_of, spread
from horehab.domain.engine_numbers import KINDS
from tests.detection.joints_at_hand import RULES

KINDS_AT_HAND = RULES.engine.kinds
LIBRARY = library_of(KINDS_AT_HAND)


def test_every_kind_has_its_courses_and_together_they_weigh_what_the_kind_weighs() -> None:
    ends = (*LIBRARY.starts[1:], len(LIBRARY.weight))
    for kind, start, end in zip(KINDS_AT_HAND, LIBRARY.starts, ends, strict=True):
        assert end - start == kind.courses
        assert LIBRARY.weight[start:end].sum() == pytest.approx(kind.weight, rel=1e-5)
    assert LIBRARY.ossifying == slice(LIBRARY.starts[KINDS.index("ossifying")], ends[-1])


def test_each_day_of_more_than_a_year_has_motion_pain_and_loss_in_their_ranges() -> None:
    assert LIBRARY.shape.shape == LIBRARY.pain.shape == (LAST_DAY + 1, len(LIBRARY.weight))
    assert LIBRARY.shape.max() <= 0
    assert LIBRARY.shape.min() >= -1.2
    assert LIBRARY.pain.min() >= 0
    assert LIBRARY.pain.max() <= 10
    assert LIBRARY.loss.max() <= KINDS_AT_HAND[-1].loss.high
    assert ((LIBRARY.loss > 0) == (LIBRARY.has_begun == 1)).all()


def test_what_ossifies_never_begins_before_its_earliest_onset_and_never_grows_less() -> None:
    onset = KINDS_AT_HAND[-1].onset_day
    assert not LIBRARY.has_begun[: int(onset.low)].any()
    assert LIBRARY.has_begun[int(onset.high) + 1 :].all()
    assert (np.diff(LIBRARY.loss, axis=0) >= -1e-6).all()


def test_a_recovering_joint_only_gains_motion() -> None:
    end = LIBRARY.starts[1]
    assert (np.diff(LIBRARY.shape[:, :end], axis=0) >= -1e-6).all()


def test_the_points_fill_the_ranges_evenly() -> None:
    points = spread(512, 11, 1)
    assert points.min() >= 0
    assert points.max() < 1
    for dimension in range(11):
        tenths = np.histogram(points[:, dimension], bins=10, range=(0, 1))[0]
        assert tenths.min() >= 32
        assert tenths.max() <= 70


def test_a_later_stretch_of_points_goes_on_where_the_earlier_ended() -> None:
    assert np.allclose(np.vstack([spread(5, 3, 1), spread(4, 3, 6)]), spread(9, 3, 1))


def test_the_library_is_made_once_and_nobody_can_write_in_it() -> None:
    once = library_of(KINDS_AT_HAND)
    assert library_of(KINDS_AT_HAND) is once
    fewer = tuple(replace(kind, courses=8) for kind in KINDS_AT_HAND)
    assert library_of(fewer).weight.size == 40
    with pytest.raises(ValueError, match="read-only"):
        LIBRARY.shape[0, 0] = 1

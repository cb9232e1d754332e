"""By whose hand, with what and how a motion was measured decides its error: what is not named is not the same."""

from dataclasses import replace
from typing import Any, cast

import pytest

from horehab.domain.suspicion import Tier
from tests.detection.joints_at_hand import course, reading, record, steady, verdict


@pytest.mark.parametrize(
    ("last", "words", "threshold"),
    [
        ({}, "same rater and device", 10),
        ({"rater": "Practitioner/2"}, "different raters", 17),
        ({"rater": None}, "rater not named, or several in a day", 17),
        ({"device": None}, "same rater, device not named", 17),
        ({"device": "inclinometer"}, "same rater, different devices", 17),
        ({"position": "prone"}, "same rater, position not always named", 17),
    ],
)
def test_only_a_named_rater_with_the_same_named_device_has_the_smaller_error(
    last: dict[str, str | None], words: str, threshold: float
) -> None:
    changed = replace(reading(49, 88), **cast("Any", last))
    first = verdict(record(steady(49), changed), 49).reasons[0]
    assert (first.figure("raters"), first.figure("threshold")) == (words, threshold)


def test_a_device_that_nobody_ever_names_is_not_taken_for_the_same_one() -> None:
    unnamed = [replace(reading(n, v), device=None) for n, v in ((28, 110), (35, 110), (42, 110), (49, 96), (56, 88))]
    assert verdict(record(unnamed[:4]), 49).tier is Tier.QUIET
    found = verdict(record(unnamed), 56).reasons[0]
    assert (found.figure("raters"), found.figure("threshold")) == ("same rater, device not named", 17)


def test_two_positions_are_said_and_have_the_larger_error() -> None:
    lying = [replace(reading(n, 110), position="supine") for n in (28, 35, 42)]
    found = verdict(record(lying, replace(reading(49, 88), position="prone")), 49).reasons[0]
    assert (found.figure("raters"), found.figure("threshold")) == ("same rater, different positions", 17)


def test_the_larger_threshold_of_a_ward_has_a_reason_of_its_own() -> None:
    lasting = verdict(record(steady(49), course([(49, 85), (56, 84), (63, 60)])), 63)
    loss, larger = lasting.reasons[:2]
    assert (loss.code, loss.figure("threshold"), loss.figure("raters")) == (
        "motion-loss",
        10,
        "same rater and device",
    )
    assert (larger.code, larger.figure("threshold"), larger.figure("days")) == ("loss-confirmed", 20, 10)
    assert larger.references == loss.references
    assert "loss-confirmed" not in {r.code for r in verdict(record(steady(49), reading(49, 85)), 49).reasons}

"""The six published patients as sketches: sides and facts as published, degrees and days between them invented.

A story test: it shows that each joint is suspected inside its window (suspicion.md section 5) and none elsewhere;
it is no evidence of accuracy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import Fact, PatientRecord
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier
from tests.detection.joints_at_hand import background, course, exposure, lab, pain, reading, record, sign, verdict

_WEEKLY = tuple(range(21, 130, 7))


def _both(joint: Joint) -> tuple[JointSide, ...]:
    return tuple(JointSide(joint=joint, side=side) for side in Side)


HIPS, SHOULDERS, KNEES, ELBOWS = (_both(j) for j in (Joint.HIP, Joint.SHOULDER, Joint.KNEE, Joint.ELBOW))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    name: str
    record: PatientRecord
    suspected: tuple[JointSide, ...]
    window: tuple[int, int]
    until: int = 120


def _falls(place: JointSide, at: int, *, days: Sequence[int] = _WEEKLY, painful: bool = True) -> list[Fact]:
    """From the day `at` on 24 degrees are lost and 4 more each week, with pain."""
    facts: list[Fact] = []
    for number in sorted({*days, at}):
        weeks = (number - at) / 7
        lost = 0.0 if number < at else min(60.0, 24 + 4 * weeks)
        facts.append(reading(number, 110 + number % 3 - lost, place=place))
        facts.append(reading(number, 42 - number % 2 - lost / 2, place=place, motion=Motion.ABDUCTION))
        facts += [pain(number, 1 if number < at else 6, place=place)] if painful else []
    return facts


def _stable(*places: JointSide) -> list[Fact]:
    facts: list[Fact] = []
    for place in places:
        facts += [reading(n, 112 + n % 4, place=place) for n in _WEEKLY]
        facts += [pain(n, 1, place=place) for n in _WEEKLY]
    return facts


def _weak_arms(*places: JointSide) -> list[Fact]:
    return [f for p in places for f in course([(21, 120), (28, 110), (35, 60), (42, 40)], place=p, mode=Mode.ACTIVE)]


def _rest(*suspected: JointSide) -> list[Fact]:
    return _stable(*(place for place in WATCHED_PLACES if place not in suspected))


def _case_five() -> PatientRecord:
    joints = (*HIPS, *SHOULDERS, *KNEES)
    facts: list[Fact] = [exposure(ExposureKind.ECMO, end=50), exposure(ExposureKind.SEDATION, end=58)]
    facts += [lab(57, 1500, limit=100)]
    facts += [background(BackgroundKind.PREGNANCY), *_stable(*ELBOWS)]
    ups = [(45, 110), (52, 109), (60, 78), (67, 70), (81, 72), (95, 78), (109, 86), (123, 92), (137, 94), (151, 95)]
    downs = [(180, 94), (187, 66), (194, 62)]
    for place in joints:
        facts += course([*ups, *downs], place=place)
        facts += [pain(n, score, place=place) for n, score in ((60, 6), (67, 6), (137, 2), (187, 6))]
    return record(facts)


SKETCHES = (
    Sketch(
        name="1: both hips, arm weakness is none",
        record=record(
            exposure(end=26), *(_falls(p, 39) for p in HIPS), _weak_arms(*SHOULDERS), _rest(*HIPS), lab(40, 200),
            background(BackgroundKind.POLYNEUROPATHY), background(BackgroundKind.PLEXUS_LESION),
        ),
        suspected=HIPS,
        window=(39, 46),
    ),
    Sketch(
        name="2: left hip beside a thrombosis, ALP at its limit",
        record=record(
            exposure(), _falls(HIPS[0], 40), _rest(HIPS[0]), lab(41, 126),
            background(BackgroundKind.DEEP_VEIN_THROMBOSIS, place=KNEES[0]),
        ),
        suspected=HIPS[:1],
        window=(40, 47),
    ),
    Sketch(
        name="3: left hip, ALP normal",
        record=record(exposure(end=30), _falls(HIPS[0], 41), _rest(HIPS[0]), lab(42, 105)),
        suspected=HIPS[:1],
        window=(41, 48),
    ),
    Sketch(
        name="4: both shoulders, alcohol confounds ALP",
        record=record(
            exposure(end=28), *(_falls(p, 30) for p in SHOULDERS), _rest(*SHOULDERS), lab(31, 200),
            background(BackgroundKind.ALCOHOL),
        ),
        suspected=SHOULDERS,
        window=(30, 37),
    ),
    Sketch(
        name="5: hips, shoulders and knees, sedated and pregnant",
        record=_case_five(),
        suspected=(*HIPS, *SHOULDERS, *KNEES),
        window=(60, 67),
    ),
    Sketch(
        name="6: right hip by the nerve, without degrees",
        record=record(
            exposure(end=16), _stable(*SHOULDERS), pain(50, 6, place=HIPS[1]),
            sign(50, SignKind.STRAIGHT_LEG_RAISE, place=HIPS[1]), sign(50, SignKind.LEG_WEAKNESS, place=HIPS[1]),
        ),
        suspected=HIPS[1:],
        window=(50, 64),
        until=64,
    ),
)  # fmt: skip


@pytest.mark.parametrize("sketch", SKETCHES, ids=lambda sketch: sketch.name)
def test_each_published_joint_is_suspected_in_its_window_and_no_other(sketch: Sketch) -> None:
    first, last = sketch.window
    for place in WATCHED_PLACES:
        is_due = place in sketch.suspected
        assert verdict(sketch.record, first - 1, place).tier is not Tier.SUSPECT
        assert (verdict(sketch.record, last, place).tier is Tier.SUSPECT) is is_due, str(place)
        if not is_due:
            days = range(last, sketch.until, 7)
            assert all(verdict(sketch.record, n, place).tier is not Tier.SUSPECT for n in days)


@pytest.mark.parametrize("place", SKETCHES[4].suspected, ids=str)
def test_the_fifth_patient_worsens_anew_four_months_later(place: JointSide) -> None:
    story = SKETCHES[4].record
    assert verdict(story, 160, place).tier is not Tier.SUSPECT
    again = verdict(story, 194, place)
    assert again.tier is Tier.SUSPECT
    assert again.since is not None
    assert again.since > verdict(story, 67, place).as_of


def test_early_steps_are_scintigraphy_or_ct_never_plain_film_alone() -> None:
    options = verdict(SKETCHES[1].record, 47, HIPS[0]).options
    assert {"scintigraphy", "ct"} <= set(options)
    assert "plain-film" not in options


def test_without_alp_and_without_pain_ratings_the_joints_are_still_found_a_little_later() -> None:
    of = record(exposure(end=30), _falls(HIPS[0], 41, painful=False), _rest(HIPS[0]))
    assert verdict(of, 56, HIPS[0]).tier is Tier.SUSPECT

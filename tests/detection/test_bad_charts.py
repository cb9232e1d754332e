"""Charts as they come: each joint gets a verdict with its reason, or "cannot judge" with what is missing.

Never an exception, and never quiet without two passive visits that show it.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from math import isfinite
from time import monotonic

import pytest

from horehab.detection.further import most_telling
from horehab.detection.verdicts import judge
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import WATCHED_PLACES, Motion
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.record import Fact, Patient, PatientRecord
from horehab.domain.sentence import reason_text, sentence
from horehab.domain.signs import PainRating, Sign, SignKind
from horehab.domain.suspicion import Tier, Verdict
from horehab.domain.verdict_text import verdict_text
from horehab.domain.wording import TEMPLATES
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
    steady,
)

FALLEN = course([(28, 112), (35, 112), (42, 112), (49, 80), (56, 75)])
AS_OF = 60
GONE = (BackgroundKind.JOINT_REPLACEMENT, BackgroundKind.ARTHRODESIS, BackgroundKind.AMPUTATION)
NO_NUMBERS = (float("nan"), float("inf"), float("-inf"), 1e308, -1e308)


def _judged(of: PatientRecord, number: int = AS_OF) -> dict[str, Verdict]:
    """Judge, and hold what holds for every verdict on every chart."""
    as_of = day(number)
    verdicts = judge(of, RULES, as_of)
    assert [v.place for v in verdicts] == list(WATCHED_PLACES)
    for verdict in verdicts:
        assert 0 <= verdict.strength <= 5
        assert verdict_text(verdict)
        assert sentence(verdict)
        assert "not given" not in " ".join(reason_text(r) for r in (*verdict.reasons, *verdict.missing))
        if verdict.tier is Tier.CANNOT_JUDGE:
            assert verdict.missing, f"{verdict.place} cannot be judged, and nothing is said to be missing"
        if verdict.tier is Tier.QUIET:
            assert len(_passive_days(of, verdict, as_of)) > 1, f"{verdict.place} is quiet without evidence"
        if verdict.tier in (Tier.WATCH, Tier.SUSPECT):
            assert verdict.reasons or verdict.red_flags
    further = most_telling(of, RULES, as_of, LEFT_HIP)
    assert further is None or further.code in TEMPLATES
    return {str(v.place): v for v in verdicts}


def _passive_days(of: PatientRecord, verdict: Verdict, as_of: date) -> set[date]:
    known = of.as_known_on(as_of).readings
    return {r.when.day for r in known if r.place == verdict.place and r.mode is Mode.PASSIVE and r.bound is None}


def _missing(verdict: Verdict) -> set[str]:
    return {reason.code for reason in verdict.missing}


def test_an_empty_chart_judges_nothing_and_says_what_is_missing() -> None:
    for verdict in _judged(record()).values():
        assert verdict.tier is Tier.CANNOT_JUDGE
        assert {"no-passive-reading", "pain-not-rated", "exposure-unknown", "alp-missing"} <= _missing(verdict)


def test_one_reading_alone_cannot_be_judged() -> None:
    found = _judged(record(reading(56, 110)))["left hip"]
    assert found.tier is Tier.CANNOT_JUDGE
    assert "no-earlier-reading" in _missing(found)


def test_one_reading_entered_twice_is_still_one_reading() -> None:
    one = reading(56, 110)
    found = _judged(record(one, replace(one, source="Observation/again")))["left hip"]
    assert found.tier is Tier.CANNOT_JUDGE


def test_no_baseline_stiff_and_painful_from_the_first_is_watched_with_what_is_missing() -> None:
    found = _judged(record(reading(56, 40), reading(56, 5, motion=Motion.INTERNAL_ROTATION), pain(56, 7)))["left hip"]
    assert found.tier is Tier.WATCH
    assert "no-earlier-reading" in _missing(found)


def test_only_active_values_cannot_be_judged_however_much_is_lost() -> None:
    active = course([(28, 110), (35, 100), (42, 60), (49, 40), (56, 20)], mode=Mode.ACTIVE)
    found = _judged(record(active))["left hip"]
    assert found.tier is Tier.CANNOT_JUDGE
    assert "no-passive-reading" in _missing(found)


def test_only_readings_of_unknown_mode_or_only_bounds_cannot_be_judged() -> None:
    unknown = course([(28, 110), (42, 60), (56, 20)], mode=Mode.UNKNOWN)
    bounds = [reading(n, 90, place=LEFT_KNEE, bound=Bound.AT_LEAST) for n in (28, 42, 56)]
    found = _judged(record(unknown, bounds))
    assert found["left hip"].tier is found["left knee"].tier is Tier.CANNOT_JUDGE


def test_what_lies_in_the_future_is_not_read() -> None:
    later = [reading(AS_OF + n, 20) for n in range(1, 9)]
    late: list[Fact] = [
        replace(reading(50, 20), known_on=day(AS_OF + 1)),
        replace(pain(50, 9), known_on=day(AS_OF + 1)),
    ]
    ahead = (sign(AS_OF + 3, SignKind.STRAIGHT_LEG_RAISE), lab(AS_OF + 3, 900), exposure(start=AS_OF + 3, end=None))
    now = _judged(record(steady(AS_OF)))
    assert _judged(record(steady(AS_OF), later, late, ahead)) == now


def test_two_raters_at_once_who_disagree_are_judged() -> None:
    ward = [
        reading(n, degrees, rater=f"Practitioner/{rater}")
        for n in range(28, 57, 7)
        for rater, degrees in ((1, 110), (2, 90))
    ]
    assert _judged(record(ward))["left hip"].tier in (Tier.QUIET, Tier.WATCH)


def test_ten_thousand_readings_are_judged_in_reasonable_time() -> None:
    motions = (Motion.FLEXION, Motion.ABDUCTION, Motion.INTERNAL_ROTATION, Motion.EXTERNAL_ROTATION)
    many: list[Fact] = [
        reading(
            n // 8, 60 + n % 5, place=(LEFT_HIP, RIGHT_HIP)[n % 2], motion=motions[n % 8 // 2], rater=f"P/{n % 3}"
        )
        for n in range(10_000)
    ]
    of = record(many)
    started = monotonic()
    assert judge(of, RULES, day(1250))[0].tier is Tier.QUIET
    assert monotonic() - started < 10


@pytest.mark.parametrize("kind", GONE, ids=lambda kind: kind.value)
def test_a_joint_that_is_gone_cannot_be_judged_and_its_other_side_can(kind: BackgroundKind) -> None:
    of = record(FALLEN, pain(56, 8), steady(AS_OF, place=RIGHT_HIP), background(kind, place=LEFT_HIP))
    found = _judged(of)
    assert found["left hip"].tier is Tier.CANNOT_JUDGE
    assert found["right hip"].tier is Tier.QUIET
    assert most_telling(of, RULES, day(AS_OF), LEFT_HIP) is None


@pytest.mark.parametrize("kind", GONE, ids=lambda kind: kind.value)
def test_an_operation_planned_for_later_or_without_a_side_hides_no_loss(kind: BackgroundKind) -> None:
    planned = replace(background(kind, place=LEFT_HIP), start=reading(AS_OF + 9, 0).when)
    nowhere = background(kind)
    assert _judged(record(FALLEN, pain(28, 1), pain(56, 8), planned))["left hip"].tier is Tier.SUSPECT
    assert _judged(record(FALLEN, pain(28, 1), pain(56, 8), nowhere))["left hip"].tier is Tier.SUSPECT


@pytest.mark.parametrize("number", NO_NUMBERS, ids=str)
def test_an_impossible_number_neither_raises_nor_makes_a_joint_quiet(number: float) -> None:
    alone = _judged(record(reading(42, number), reading(49, number), reading(56, number)))["left hip"]
    assert alone.tier is not Tier.SUSPECT
    if not isfinite(number):
        assert alone.tier is Tier.CANNOT_JUDGE
    odd = (pain(56, number), lab(56, number), lab(56, 200, limit=number), lab(57, number, limit=number))
    among = _judged(record(FALLEN, reading(57, number), pain(28, 1), pain(55, 8), odd))["left hip"]
    assert among.tier in (Tier.SUSPECT, Tier.WATCH)


@pytest.mark.parametrize("limit", [0.0, -1.0, None])
def test_a_limit_that_cannot_be_is_not_interpreted(limit: float | None) -> None:
    found = _judged(record(steady(AS_OF), lab(56, 900, limit=limit)))["left hip"]
    assert found.tier is Tier.QUIET
    assert "alp-not-interpreted" in _missing(found)


@pytest.mark.parametrize("born", ["2999-01-01", "2026", "1066-10-14", "0000-00-00", "not known", "", None])
def test_a_birth_in_the_future_or_none_at_all_is_judged_like_any_other(born: str | None) -> None:
    who = Patient(reference="Patient/1", birth_date=born, sex="?")
    of = record(FALLEN, pain(28, 1), pain(56, 8), patient=who)
    assert _judged(of)["left hip"].tier is Tier.SUSPECT


def test_times_that_run_backwards_disturb_nothing() -> None:
    backwards = replace(exposure(start=40, end=None), end=exposure(start=10, end=None).start)
    sedated = replace(exposure(ExposureKind.SEDATION, start=50, end=None), end=exposure(start=1, end=None).start)
    fracture = background(BackgroundKind.FRACTURE, place=LEFT_HIP)
    over = replace(fracture, start=exposure(start=55, end=None).start, end=exposure(start=2, end=None).start)
    found = _judged(record(FALLEN, pain(28, 1), pain(56, 8), backwards, sedated, over))["left hip"]
    assert found.tier is Tier.SUSPECT
    assert all(int(r.figure("days")) >= 0 for r in found.reasons if r.code == "exposure")


def _at(fact: Reading | PainRating | Sign | LabResult, year: int) -> Fact:
    instant = datetime(year, 1, 2, tzinfo=UTC)
    when = Moment(text=instant.isoformat(), earliest=instant, latest=instant, day=instant.date())
    return replace(fact, when=when, known_on=instant.date())


@pytest.mark.parametrize("year", [1, 1582, 1900, 9998])
def test_a_slip_of_the_year_disturbs_nothing(year: int) -> None:
    slips = [
        _at(fact, year)
        for fact in (reading(1, 110), pain(1, 5), sign(1, SignKind.FIRM_END_FEEL), lab(1, 900), reading(1, 30))
    ]
    assert _judged(record(FALLEN, pain(28, 1), pain(56, 8), *slips))["left hip"].tier in (Tier.SUSPECT, Tier.WATCH)
    assert _judged(record(*slips))["left hip"].tier is not Tier.QUIET


def test_laboratory_values_and_signs_alone_never_suspect_a_joint() -> None:
    alone: list[Fact] = [
        *(lab(n, 900, analyte=a) for n in (40, 50) for a in Analyte),
        sign(50, SignKind.FEVER, place=None),
    ]
    assert all(v.tier is Tier.CANNOT_JUDGE for v in _judged(record(alone)).values())


def test_readings_under_one_and_the_same_name_are_judged() -> None:
    same = [
        reading(n, degrees, source="Observation/1") for n, degrees in ((28, 110), (35, 111), (42, 110), (56, 112))
    ]
    assert _judged(record(same))["left hip"].tier is Tier.QUIET

"""What was repaired, kept apart or left out of a patient's measurements is counted, each kind by itself."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.input_quality import READ_FROM_TEXT, InputKind, input_quality
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.moment import Moment, local_moment
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.record import Fact, NotCounted, Patient, WhyNotCounted, record_of
from horehab.domain.signs import PainOccasion, PainRating
from horehab.rules import load_rules

RULES = load_rules()
ANA = Patient(reference="Patient/ana")
START = date(2026, 3, 1)
HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)


def at(day: int) -> Moment:
    return local_moment(START + timedelta(days=day), None, UTC)


def angle(name: str, day: int, degrees: float = 90.0, **changes: Any) -> Reading:
    plain = Reading(
        source=f"Observation/{name}",
        joint=Joint.HIP,
        side=Side.LEFT,
        motion=Motion.FLEXION,
        mode=Mode.PASSIVE,
        degrees=degrees,
        when=at(day),
        known_on=START + timedelta(days=day),
        position="supine",
    )
    return replace(plain, **changes)


def left_out(name: str, why: WhyNotCounted) -> NotCounted:
    return NotCounted(source=f"Observation/{name}", why=why, when=at(0), known_on=START)


def pain(name: str, place: JointSide | None) -> PainRating:
    return PainRating(
        source=f"Observation/{name}",
        score=4.0,
        occasion=PainOccasion.REST,
        place=place,
        when=at(2),
        known_on=START,
        assumptions=(f"{READ_FROM_TEXT}'pain'",),
    )


def blood(name: str, limit: float | None) -> LabResult:
    return LabResult(
        source=f"Observation/{name}",
        analyte=Analyte.ALKALINE_PHOSPHATASE,
        value=200.0,
        unit="U/L",
        upper_limit=limit,
        when=at(3),
        known_on=START,
    )


FACTS: list[Fact] = [
    *(angle(f"a{day}", day) for day in range(4)),
    angle("again", 0),
    angle("sitting", 5, position="sitting"),
    angle("anyhow", 6, position=None),
    angle("radians", 7, unit="rad"),
    angle("milli", 8, unit="mrad"),
    angle("gon", 9, unit="gon"),
    angle("slip", 10, 1.57),
    angle("bound", 11, bound=Bound.LESS_THAN),
    angle("mode", 12, mode=Mode.UNKNOWN),
    angle("text", 13, assumptions=(f"{READ_FROM_TEXT}'left hip flexion'",)),
    angle("zone", 14, assumptions=("the time is given without zone: UTC is taken",)),
    left_out("wrong", WhyNotCounted.WITHDRAWN),
    left_out("draft", WhyNotCounted.NOT_FINAL),
    left_out("off", WhyNotCounted.CANCELLED),
    pain("p1", HIP),
    pain("p2", None),
    pain("p3", HIP),
    blood("l1", 126.0),
    blood("l2", None),
]
EXPECTED = {
    InputKind.REPEATED: 3,
    InputKind.WITHDRAWN: 1,
    InputKind.NOT_FINAL: 2,
    InputKind.RADIANS_CONVERTED: 2,
    InputKind.ANGLE_CONVERTED: 1,
    InputKind.SUSPECTED_RADIANS: 3,
    InputKind.BOUND: 1,
    InputKind.OTHER_POSITION: 1,
    InputKind.MODE_UNKNOWN: 1,
    InputKind.READ_FROM_TEXT: 4,
    InputKind.TIME_ASSUMED: 1,
    InputKind.PAIN_WITHOUT_JOINT: 1,
    InputKind.LAB_NOT_INTERPRETED: 1,
    InputKind.SET_ASIDE: 4,
}
ASIDE = ("radians", "no-unit", "radians", "sides-disagree")


@given(st.integers(0, 2**20))
def test_each_kind_is_counted_whatever_the_order(seed: int) -> None:
    facts, aside = list(FACTS), list(ASIDE)
    Random(seed).shuffle(facts)
    Random(seed).shuffle(aside)
    found = input_quality(record_of(ANA, facts), RULES, aside)
    assert dict(found.counts) == EXPECTED
    assert found.measured == 20
    assert found.set_aside == (("radians", 2), ("no-unit", 1), ("sides-disagree", 1))


def test_kinds_that_did_not_occur_are_not_listed() -> None:
    clean = input_quality(record_of(ANA, [angle("a", 0), angle("b", 1)]), RULES)
    assert (clean.measured, clean.counts, clean.set_aside) == (2, (), ())
    assert clean.of(InputKind.REPEATED) == 0
    assert input_quality(record_of(ANA, []), RULES).measured == 0


def test_a_named_position_where_none_is_usual_is_another_and_an_unnamed_one_is_not() -> None:
    unnamed = [angle(f"u{day}", day, position=None) for day in range(3)]
    mixed = input_quality(record_of(ANA, [*unnamed, angle("sitting", 4, position="sitting")]), RULES)
    assert mixed.of(InputKind.OTHER_POSITION) == 1
    named = [angle(f"n{day}", day) for day in range(3)]
    assert input_quality(record_of(ANA, [*named, unnamed[0]]), RULES).of(InputKind.OTHER_POSITION) == 0


def test_what_does_not_count_is_shown_from_the_day_on_which_it_was_known() -> None:
    record = record_of(ANA, [left_out("wrong", WhyNotCounted.WITHDRAWN)])
    assert record.as_known_on(START - timedelta(days=1)).not_counted == ()
    assert len(record.as_known_on(START).not_counted) == 1

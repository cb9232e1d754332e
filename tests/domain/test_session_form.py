"""What of a filled-in session cannot be, and which angles should be measured again."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.moment import local_moment
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.session_form import Angle, PainAnswer, SessionForm, errors_in, measurement_id, to_measure_again
from horehab.domain.signs import PainOccasion
from horehab.rules import load_rules

RULES = load_rules()
TODAY = date(2026, 3, 12)
HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
KNEE = JointSide(joint=Joint.KNEE, side=Side.LEFT)
FLEXION = Angle(field="f", place=HIP, motion=Motion.FLEXION, mode=Mode.PASSIVE, degrees=95)
FORM = SessionForm(
    token="1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    patient="Patient/p",
    performer="Practitioner/1",
    kind=SessionKind.PASSIVE_MOBILIZATION,
    status=SessionStatus.COMPLETED,
    day=TODAY,
    minutes=30,
    angles=(FLEXION,),
    pains=(PainAnswer(field="p", place=HIP, occasion=PainOccasion.REST, score=0),),
)
LAST = Reading(
    source="Observation/1",
    joint=Joint.HIP,
    side=Side.LEFT,
    motion=Motion.FLEXION,
    mode=Mode.PASSIVE,
    degrees=95,
    when=local_moment(date(2026, 3, 9), None, UTC),
    known_on=date(2026, 3, 9),
)


def _fields(form: SessionForm) -> list[str]:
    return [error.field for error in errors_in(form, RULES, today=TODAY)]


def test_a_year_of_two_digits_is_asked_for_in_full() -> None:
    """A date field that is left too early says 0026: as a day of this session it would stand in the EHR."""
    (error,) = errors_in(replace(FORM, day=date(26, 3, 12)), RULES, today=TODAY)
    assert (error.field, error.value) == ("day", "0026-03-12")
    assert "four digits" in error.remedy


def test_a_usual_session_has_nothing_wrong() -> None:
    assert _fields(FORM) == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"day": date(2026, 3, 13)}, "day"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 601}, "minutes"),
        ({"mobility_level": 11}, "mobility_level"),
        ({"exertion": -1}, "exertion"),
        ({"repetitions": 0}, "repetitions"),
        ({"status": SessionStatus.NOT_DONE, "angles": ()}, "reason_not_done"),
        ({"status": SessionStatus.NOT_DONE, "reason_not_done": "fever"}, "status"),
        ({"angles": (replace(FLEXION, degrees=181),)}, "f"),
        ({"angles": (replace(FLEXION, place=KNEE, motion=Motion.ABDUCTION),)}, "f"),
        ({"pains": (PainAnswer(field="p", place=None, occasion=PainOccasion.REST, score=11),)}, "p"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changed: dict[str, Any], field: str) -> None:
    assert _fields(replace(FORM, **changed)) == [field]


def test_all_errors_of_a_form_are_said_at_once() -> None:
    assert _fields(replace(FORM, minutes=-1, exertion=99)) == ["minutes", "exertion"]


def test_an_error_names_value_and_remedy() -> None:
    (error,) = errors_in(replace(FORM, angles=(replace(FLEXION, degrees=181),)), RULES, today=TODAY)
    assert "181° is beyond what flexion of the hip can be" in str(error)
    assert "Write" in error.remedy


def _asked(form: SessionForm, *readings: Reading) -> list[str]:
    return [question.field for question in to_measure_again(form, readings, RULES)]


def test_a_fall_beyond_the_error_of_measurement_is_asked_again() -> None:
    assert _asked(replace(FORM, angles=(replace(FLEXION, degrees=70),)), LAST) == ["f"]


def test_a_change_within_the_error_of_measurement_is_not_asked() -> None:
    assert _asked(replace(FORM, angles=(replace(FLEXION, degrees=80),)), LAST) == []


def test_less_is_asked_about_where_the_same_person_measured_with_the_same_device() -> None:
    form = replace(FORM, device="goniometer", angles=(replace(FLEXION, degrees=LAST.degrees - 12),))
    alike = replace(LAST, rater=form.performer, device="goniometer")
    assert _asked(form, alike) == ["f"]
    assert _asked(form, replace(alike, rater="another")) == []
    assert _asked(form, replace(alike, device="inclinometer")) == []
    assert _asked(replace(form, device=None), replace(alike, device=None)) == []
    assert _asked(replace(form, rater="another"), alike) == []


def test_only_the_last_reading_of_the_same_series_is_compared() -> None:
    low = replace(FORM, angles=(replace(FLEXION, degrees=40),))
    others = (replace(LAST, mode=Mode.ACTIVE), replace(LAST, side=Side.RIGHT), replace(LAST, bound=Bound.AT_LEAST))
    assert _asked(low, *others) == []


def test_a_motion_that_the_joint_does_not_have_is_no_question() -> None:
    odd = replace(FLEXION, place=KNEE, motion=Motion.ABDUCTION, degrees=10)
    reading = replace(LAST, joint=Joint.KNEE, motion=Motion.ABDUCTION)
    assert _asked(replace(FORM, angles=(odd,)), reading) == []


def test_the_same_form_names_its_measurements_the_same() -> None:
    assert measurement_id("t", "f") == measurement_id("t", "f") != measurement_id("t", "g")
    assert [len(part) for part in measurement_id("t", "f").split("-")] == [8, 4, 4, 4, 12]


def test_a_moment_of_a_clock_time_is_one_instant_and_a_day_is_a_span() -> None:
    at_nine = local_moment(TODAY, datetime(2026, 3, 12, 9, tzinfo=UTC).time(), UTC)
    assert at_nine.earliest == at_nine.latest == datetime(2026, 3, 12, 9, tzinfo=UTC)
    day = local_moment(TODAY, None, UTC)
    assert (day.earliest.hour, day.latest.hour) == (0, 23)

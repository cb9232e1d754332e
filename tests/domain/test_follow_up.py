"""The follow-up calendar: what is due when, once, and for whom nothing is."""

from dataclasses import replace

from horehab.detection.verdicts import judge
from horehab.domain.exposure import ExposureKind
from horehab.domain.follow_up import follow_up, never_measured, overdue_since
from horehab.domain.record import Attendance, Imaging, PatientRecord, Visit
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.signs import SignKind
from horehab.domain.surveillance import surveillance
from tests.detection.joints_at_hand import (
    LEFT_HIP,
    PATIENT,
    RULES,
    course,
    day,
    exposure,
    moment,
    pain,
    reading,
    record,
    sign,
    steady,
)

FALLEN = course([(28, 110), (35, 110), (42, 110), (49, 80)])


def _due(of: PatientRecord, number: int) -> tuple[Reminder, ...]:
    return follow_up(of, judge(of, RULES, day(number)), RULES, day(number), zone="Europe/Madrid")


def _of(rule: ReminderRule, reminders: tuple[Reminder, ...]) -> list[Reminder]:
    return [r for r in reminders if r.rule is rule]


def _visit(number: int) -> Visit:
    return Visit(source="Appointment/1", attendance=Attendance.BOOKED, when=moment(number), known_on=day(number))


def test_r01_intensive_care_of_fourteen_days_or_ventilation_opens_surveillance() -> None:
    assert not surveillance(record(exposure(end=13)), RULES, day(40)).is_open
    assert surveillance(record(exposure(end=14)), RULES, day(40)).is_open
    brief = surveillance(record(exposure(ExposureKind.VENTILATION, end=2)), RULES, day(40))
    assert brief.is_open
    assert brief.start == day(2)
    assert not surveillance(record(), RULES, day(40)).is_exposure_known


def test_r05_surveillance_stays_open_for_a_year() -> None:
    of = record(exposure())
    assert surveillance(of, RULES, day(27 + 365)).is_open
    assert not surveillance(of, RULES, day(27 + 366)).is_open


def test_a_stay_that_goes_on_opens_surveillance_on_its_fourteenth_day() -> None:
    of = record(exposure(end=None))
    assert not surveillance(of, RULES, day(13)).is_open
    assert surveillance(of, RULES, day(20)).start == day(14)


def test_joints_are_measured_weekly_in_hospital_and_the_same_day_asks_for_the_same_once() -> None:
    of = record(exposure())
    first, again = _due(of, 29), _due(of, 30)
    assert [r.rule for r in first] == [ReminderRule.MEASURE_ROM]
    assert first[0].due_day == day(34)
    assert [r.key for r in first] == [r.key for r in again]
    assert _due(of, 34)[0].key != first[0].key
    assert "no forceful stretching" in first[0].reason


def test_a_measured_week_asks_for_nothing() -> None:
    everywhere = [r for place in never_measured(record()) for r in (reading(28, 100, place=place),)]
    assert _due(record(exposure(), everywhere), 29) == ()


def test_joints_never_measured_are_named_once() -> None:
    of = record(exposure(), reading(28, 100))
    asked = _due(of, 29)
    assert [r.window for r in asked] == ["never-measured"]
    assert "left hip" not in asked[0].reason
    assert "right hip" in asked[0].reason


def test_outpatients_are_measured_every_two_weeks_then_monthly_then_at_a_year() -> None:
    of = record(exposure(), _visit(28))
    spans = {n: _due(of, n)[0] for n in (28, 27 + 113, 27 + 250)}
    assert spans[28].due_day == day(41)
    assert spans[27 + 113].rule is ReminderRule.FOLLOW_UP_VISIT
    assert spans[27 + 250].due_day == day(27 + 365)
    assert _due(of, 27 + 400) == ()


def test_who_went_home_or_had_an_appointment_since_the_calendar_began_is_no_inpatient_any_more() -> None:
    assert _due(record(exposure()), 36)[0].window == f"from-{day(34)}"
    home = replace(_visit(30), attendance=Attendance.DISCHARGED, source="Encounter/1#discharge")
    assert _due(record(exposure(), home), 36)[0].window == f"from-{day(27)}"
    assert _due(record(exposure(), _visit(5)), 36)[0].window == f"from-{day(34)}", "long before intensive care ended"
    called_off = replace(_visit(30), attendance=Attendance.CANCELLED)
    assert _due(record(exposure(), called_off), 36)[0].window == f"from-{day(34)}"


def test_without_known_exposure_the_calendar_counts_from_the_first_reading() -> None:
    assert _due(record(), 40) == ()
    assert _due(record(reading(28, 100)), 36)[0].due_day == day(42)
    assert _due(record(exposure(end=5)), 36) == ()


def test_a_watched_joint_is_measured_again_within_seven_days() -> None:
    of = record(steady(49), reading(49, 96))
    asked = [r for r in _due(of, 50) if r.place == LEFT_HIP]
    assert [(r.rule, r.due_day, r.channel) for r in asked] == [(ReminderRule.MEASURE_ROM, day(56), "task")]


def test_a_suspicion_is_reviewed_within_seven_days_and_a_nerve_flag_today() -> None:
    of = record(FALLEN, pain(49, 6))
    review = _of(ReminderRule.REVIEW_SUSPICION, _due(of, 50))
    assert [(r.recipient, r.channel, r.due_day) for r in review] == [
        ("team", "task", day(56)), ("lead", "email", day(63))
    ]  # fmt: skip
    flagged = record(pain(49, 6), sign(49, SignKind.STRAIGHT_LEG_RAISE))
    weak = record(sign(49, SignKind.LEG_WEAKNESS))
    for of in (flagged, weak):
        review = _of(ReminderRule.REVIEW_SUSPICION, _due(of, 49))
        assert [(r.recipient, r.due_day) for r in review] == [("team", day(49)), ("lead", day(50))]
        assert {r.window for r in review} == {f"nerve-{day(49)}"}


def test_a_nerve_flag_that_comes_after_the_suspicion_is_asked_about_by_itself_on_the_same_day() -> None:
    before = _of(ReminderRule.REVIEW_SUSPICION, _due(record(FALLEN, pain(49, 6)), 50))
    flagged = record(FALLEN, pain(49, 6), sign(52, SignKind.STRAIGHT_LEG_RAISE))
    after = _of(ReminderRule.REVIEW_SUSPICION, _due(flagged, 52))
    assert after[0].due_day == day(52)
    assert not {r.key for r in before} & {r.key for r in after}


def test_r20_imaging_while_a_suspicion_stands_asks_about_repeating_it() -> None:
    image = Imaging(
        source="DiagnosticReport/1", modality="NM", text="", conclusion=None, when=moment(52), known_on=day(52)
    )
    of = replace(record(FALLEN, pain(49, 6)), images=(image,))
    (again,) = _of(ReminderRule.REPEAT_IMAGING, _due(of, 53))
    assert again.due_day == day(80)
    assert again.reason.endswith("consider repeating it: early imaging can be negative too.")
    assert not _of(ReminderRule.REPEAT_IMAGING, _due(of, 50))


def test_r29_four_months_after_improvement_the_joint_is_measured_again() -> None:
    confirmed = course([(56, 78)])
    of = record(FALLEN, pain(42, 1), pain(49, 6), confirmed, course([(63, 108), (70, 110)]), pain(70, 1))
    improved = [r for r in _due(of, 71) if r.window.startswith("improved")]
    assert [(r.rule, r.due_day) for r in improved] == [
        (ReminderRule.MEASURE_ROM, day(70 + 120)), (ReminderRule.REPEAT_IMAGING, day(70 + 120))
    ]  # fmt: skip


def test_the_deceased_and_the_merged_are_left_in_peace() -> None:
    gone = replace(PATIENT, is_deceased=True)
    assert _due(record(exposure(), FALLEN, pain(49, 6), patient=gone), 50) == ()
    merged = replace(PATIENT, replaced_by="Patient/2")
    assert _due(record(exposure(), FALLEN, patient=merged), 50) == ()
    assert overdue_since(record(exposure(), patient=gone), RULES, day(50)) is None


def test_a_measurement_is_overdue_since_the_first_slot_that_nobody_measured_was_due() -> None:
    of = record(exposure())
    assert [overdue_since(of, RULES, day(number)) for number in (34, 35, 40, 60)] == [None, day(34), day(34), day(34)]
    measured = record(exposure(), reading(39, 100))
    assert [overdue_since(measured, RULES, day(number)) for number in (40, 48, 49, 60)] == [
        None, None, day(48), day(48)
    ]  # fmt: skip


def test_who_has_no_calendar_or_is_beyond_its_end_has_nothing_overdue() -> None:
    assert overdue_since(record(), RULES, day(40)) is None
    beyond = 27 + RULES.calendar.last_visit + RULES.calendar.expires_after
    assert overdue_since(record(exposure()), RULES, day(beyond)) == day(34)
    assert overdue_since(record(exposure()), RULES, day(beyond + 1)) is None

"""The calendar as a whole: each day of the year lies in one slot, each is asked for once, none after it was done."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.domain.follow_up import calendar_windows, follow_up, is_of_the_calendar, slot_on
from horehab.domain.record import Attendance, PatientRecord, Visit
from horehab.domain.reminder import Reminder, ReminderRule
from tests.detection.joints_at_hand import RULES, day, exposure, moment, reading, record

ENDS = st.integers(14, 60)
DAYS = st.integers(0, 365)


def home(number: int) -> Visit:
    return Visit(
        source="Encounter/1#discharge", attendance=Attendance.DISCHARGED, when=moment(number), known_on=day(number)
    )


def of_the_calendar(of: PatientRecord, number: int) -> list[Reminder]:
    return [r for r in follow_up(of, (), RULES, day(number), zone="Europe/Madrid") if is_of_the_calendar(r)]


@settings(max_examples=20, deadline=None)
@given(ENDS, st.booleans())
def test_each_day_of_the_year_lies_in_one_slot_and_slots_follow_each_other(end: int, is_home: bool) -> None:
    of = record(exposure(end=end), *([home(end)] if is_home else []))
    slots = [slot_on(of, RULES, day(end + n)) for n in range(366)]
    found = [slot for slot in slots if slot is not None]
    assert len(found) == 366
    names = [slot.name for slot in found]
    in_order = list(dict.fromkeys(names))
    assert [name for name, following in pairwise(names) if name != following] == in_order[:-1], "none comes back"
    assert all(slot.start <= day(end + n) for n, slot in enumerate(found))
    assert all(slot.due > slot.start for slot in found)
    weeks = {(slot.due - slot.start).days for slot in found if not slot.is_visit}
    assert weeks == {RULES.calendar.biweekly_every if is_home else RULES.calendar.inpatient_every}


@settings(max_examples=50, deadline=None)
@given(ENDS, DAYS)
def test_looking_twice_asks_for_the_same_once_and_a_measurement_answers_it(end: int, after: int) -> None:
    of = record(exposure(end=end))
    (asked,) = of_the_calendar(of, end + after)
    slot = slot_on(of, RULES, day(end + after))
    assert slot is not None
    last = min(slot.due - timedelta(days=1), day(end + 365))
    same = of_the_calendar(of, (last - day(0)).days)
    assert asked.key in {r.key for r in same} or last < day(end + after)
    measured = record(exposure(end=end), reading(end + after, 100))
    assert of_the_calendar(measured, end + after) == []
    assert asked.window in calendar_windows(of, RULES, day(end + after))


@settings(max_examples=50, deadline=None)
@given(ENDS, st.integers(0, 364), st.integers(1, 60))
def test_a_discharge_moves_only_what_is_not_due_yet(end: int, left: int, later: int) -> None:
    stays, went = record(exposure(end=end)), record(exposure(end=end), home(end + left))
    before = [of_the_calendar(of, end + left - 1) for of in (stays, went)] if left else [[], []]
    assert before[0] == before[1]
    today = end + min(left + later, 365)
    windows = calendar_windows(went, RULES, day(today))
    after = of_the_calendar(went, today)
    assert all(r.window in windows for r in after)
    assert all(r.rule in (ReminderRule.MEASURE_ROM, ReminderRule.FOLLOW_UP_VISIT) for r in after)

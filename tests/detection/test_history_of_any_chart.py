"""The history of any chart: one pass tells what judging each day apart tells, results that come late included."""

from dataclasses import replace

from hypothesis import given, settings

from horehab.detection.history import day_by_day, suspicions
from horehab.domain.record import Fact
from tests.detection.charts import FACTS
from tests.detection.joints_at_hand import RULES, day, exposure, lab, pain, reading, record

VALUES = ((30, 110), (37, 110), (44, 111), (51, 108), (58, 92), (65, 80), (72, 66), (79, 60))
FALL = [reading(number, degrees) for number, degrees in VALUES]
HURTS = [pain(n, score) for n, score in ((37, 1), (58, 5), (65, 6), (72, 8), (79, 8))]


def test_a_value_that_comes_days_after_it_was_taken_changes_no_day_before() -> None:
    of = record([*FALL, *HURTS], exposure(), replace(lab(60, 500), known_on=day(66)))
    assert suspicions(of, RULES) == day_by_day(of, RULES)
    assert suspicions(of, RULES)


def test_a_reading_that_comes_late_is_judged_day_by_day() -> None:
    late = replace(FALL[-2], known_on=day(90))
    of = record([*FALL[:-2], late, FALL[-1], *HURTS], exposure())
    assert suspicions(of, RULES) == day_by_day(of, RULES)


@settings(max_examples=40, deadline=None)
@given(FACTS)
def test_one_pass_tells_what_judging_each_day_apart_tells(facts: list[Fact]) -> None:
    of = record(*facts)
    assert suspicions(of, RULES) == day_by_day(of, RULES)

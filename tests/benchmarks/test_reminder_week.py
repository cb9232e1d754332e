"""A simulated week of reminders: nobody is disturbed at night, and a therapist gets one summary a day at the most."""

from datetime import timedelta

from benchmarks.reminder_week import DAYS, MONDAY, simulate, table
from benchmarks.reminders import claim_ours, dispatch_ours, dispatch_peer


def test_a_week_of_a_small_ward_disturbs_nobody_at_night_and_no_therapist_twice_a_day() -> None:
    week = simulate(patients=8, seed=1)
    assert week.carried
    assert week.in_quiet_hours() == 0
    for number in range(DAYS):
        of_staff = week.of_day(MONDAY + timedelta(days=number), is_staff=True)
        assert max(of_staff.values(), default=0) <= 1
    assert any(line.startswith("| Mon 2026-06-01 |") for line in table(week))
    assert "in quiet hours: 0 of" in table(week)[-1]


def test_both_contenders_of_the_benchmark_dispatch_each_reminder_once() -> None:
    dispatch_ours(30)()
    dispatch_peer(30)()
    assert 0 < claim_ours(30) < 5

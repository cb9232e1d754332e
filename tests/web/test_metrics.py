"""What a monitor is told of reminders and ticks: figures that a parser reads, and nothing about a patient."""

import re
from datetime import timedelta

from horehab.domain.reminder import ReminderState
from horehab.web.metrics import _figure
from tests.web.conftest import Ward
from tests.web.ward import ANA

_LINE = re.compile(r'^(horehab_[a-z_]+)(\{[a-z]+="[a-z-]+"\})? (-?[0-9.e+]+)$')


def figures(ward: Ward) -> dict[str, float]:
    """Read the figures as a monitor does; each is announced with its kind before it comes."""
    found, announced = {}, set()
    for line in ward.look("/metrics").text.splitlines():
        if line.startswith("# TYPE "):
            announced.add(line.split()[2])
        elif not line.startswith("#"):
            match = _LINE.match(line)
            assert match, line
            assert match[1] in announced
            found[match[1] + (match[2] or "")] = float(match[3])
    return found


def test_reminders_are_counted_by_state_without_a_name(ward: Ward) -> None:
    ward.viewer = None
    told = figures(ward)
    rows = ward.ports.logbook.reminders()
    for state in ReminderState:
        assert told[f'horehab_reminders{{state="{state.value}"}}'] == sum(row.state is state for row in rows)
    text = ward.look("/metrics").text
    assert str(ANA.name) not in text
    assert "Patient/" not in text


def test_a_monitor_sees_when_the_clock_tower_fell_silent_and_what_waits_for_it(ward: Ward) -> None:
    now = ward.ports.clock.now()
    ward.ports.logbook.reminding.begin_tick("reminders", owner="a", now=now - timedelta(seconds=90))
    ward.ports.logbook.reminding.end_tick("reminders", owner="a", now=now - timedelta(seconds=80))
    told = figures(ward)
    assert told['horehab_tick_age_seconds{tick="reminders"}'] == 80
    assert told['horehab_tick_done_age_seconds{tick="reminders"}'] == 80
    assert told["horehab_reminders_released"] == 0
    health = ward.look("/health").get_json()
    assert not health["is_ticking"], "a sign of life is older than a minute"
    assert health["status"] == "degraded"
    assert health["ticks"]["reminders"]["done"] == (now - timedelta(seconds=80)).isoformat()
    assert health["reminders"]["is_released"] is False
    ward.ports.logbook.reminding.release(who="coordinator", now=now)
    assert figures(ward)["horehab_reminders_released"] == 1


def test_a_long_count_is_told_to_the_last_one() -> None:
    (*_, line) = _figure("attempts", "counter", "Attempts.", [("", 12_345_678)])
    assert line == "attempts 12345678"

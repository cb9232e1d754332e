"""A process that is killed in the middle of anything leaves all of it or nothing of it."""

import random
import subprocess
import sys
import time
from zoneinfo import ZoneInfo

import pytest

from horehab.store import SqlLogbook, open_logbook
from tests.store.crashing import ITEMS

KILLS = 6


def check_is_whole(logbook: SqlLogbook) -> int:
    """All readings are of one page, and all that a pass closes is of one pass; gives the number of that pass."""
    numbers = {r.degrees for p in logbook.patients() for r in logbook.record(p).readings}
    assert len(numbers) <= 1
    assert len(logbook.patients()) in (0, ITEMS)
    closed = int(logbook.marks().get("Observation", 0))
    entries = logbook.outbox()
    assert {getattr(row.entry, "strength", None) for row in entries} == ({closed} if closed else set())
    assert len(entries) == (ITEMS if closed else 0)
    assert len(logbook.reminders()) == ITEMS * closed
    return closed


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_kill_9_in_mid_work_leaves_all_or_nothing(kind: str, request: pytest.FixtureRequest, url: str) -> None:
    if kind == "postgresql":
        url = str(request.getfixturevalue("postgresql_url"))
    dice = random.Random(1)
    passes = 0
    for _ in range(KILLS):
        worker = subprocess.Popen([sys.executable, "-m", "tests.store.crashing", url], stdout=subprocess.PIPE)
        with worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"open\n"
            time.sleep(dice.uniform(0.05, 0.5))
            worker.kill()
        logbook = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
        passes = check_is_whole(logbook)
        logbook.close()
    assert passes > 0

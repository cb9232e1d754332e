"""Several processes on one store: nobody gets what another has, and nobody waits for ever."""

import subprocess
import sys
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from horehab.store import open_logbook
from tests.store.making import NOW, reminder, suspicion

CLAIMER = """
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo
from horehab.domain.entries import Delivery, Outcome
from horehab.domain.reminder import ReminderState
from horehab.store import open_logbook
from tests.store.making import NOW
logbook = open_logbook(sys.argv[1], zone=ZoneInfo("Europe/Madrid"))
while rows := logbook.due_reminders(owner=sys.argv[2], now=NOW, limit=7):
    for row in rows:
        print("reminder", row.row)
        logbook.settle_reminder(row, ReminderState.SENT, detail="", now=NOW)
while rows := logbook.claim_entries(owner=sys.argv[2], now=NOW, limit=7):
    for row in rows:
        print("entry", row.row)
        logbook.settle(row, Delivery(outcome=Outcome.DONE, reference=row.key, version="1"), now=NOW)
logbook.close()
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_claimers_never_get_the_same_row(kind: str, request: pytest.FixtureRequest, url: str) -> None:
    if kind == "postgresql":
        url = str(request.getfixturevalue("postgresql_url"))
    logbook = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    names = [f"Patient/{n}" for n in range(60)]
    logbook.log(
        patient=names[0],
        entries=[suspicion(name, f"hr-{name}") for name in names],
        reminders=[reminder(name) for name in names],
        now=NOW,
    )
    workers = [
        subprocess.Popen([sys.executable, "-c", CLAIMER, url, owner], stdout=subprocess.PIPE, text=True)
        for owner in ("a", "b", "c")
    ]
    seen: Counter[str] = Counter()
    for worker in workers:
        out, _ = worker.communicate(timeout=120)
        assert worker.returncode == 0
        seen.update(out.splitlines())
    assert len(seen) == 120
    assert set(seen.values()) == {1}
    assert {row.state.value for row in logbook.reminders()} == {"sent"}
    assert logbook.outbox() == ()
    logbook.close()


def test_many_who_open_a_fresh_store_at_once_make_one(url: str) -> None:
    code = (
        "import sys; from zoneinfo import ZoneInfo; from horehab.store import open_logbook\n"
        "open_logbook(sys.argv[1], zone=ZoneInfo('UTC')).close()"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(3)]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0, 0]
    logbook = open_logbook(url, zone=ZoneInfo("UTC"))
    logbook.check_binding(address="https://ehr.example/fhir")
    logbook.close()

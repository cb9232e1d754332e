"""One broken Observation among a hundred: 99 are read, one is set aside with reference, path and reason."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result

from horehab.cli import main
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, flexion

BROKEN = 57


@pytest.fixture
def settings(sandbox: RunningSandbox, tmp_path: object) -> dict[str, str]:
    sandbox.store.put(PATIENT)
    for number in range(100):
        day: date = DAY_ONE + timedelta(days=number)
        degrees = flexion(f"rom-{number}", day, 100 + number % 7)
        if number == BROKEN:
            degrees["valueQuantity"] = {"value": 104}
        sandbox.store.put(degrees)
    return {
        "HOREHAB_FHIR_URL": sandbox.url,
        "HOREHAB_DATABASE_URL": f"sqlite:///{tmp_path}/horehab.sqlite3",
        "HOREHAB_TIME_ZONE": "Europe/Madrid",
    }


def _run(settings: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env=settings)


def test_ninety_nine_are_read_and_one_is_set_aside_with_its_reason(settings: dict[str, str]) -> None:
    assert _run(settings, "sync").exit_code == 0
    chart = _run(settings, "chart", "Patient/ana", "--json")
    assert len(chart.stdout.splitlines()) == 99
    (aside,) = [json.loads(line) for line in _run(settings, "quarantine", "--json").stdout.splitlines()]
    assert aside["reference"] == f"Observation/rom-{BROKEN}"
    assert aside["patient"] == "Patient/ana"
    assert "valueQuantity" in aside["path"]
    assert "unit" in json.dumps(aside)

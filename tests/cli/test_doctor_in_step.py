"""What doctor says about keeping step: a server that is away, merges that lead nowhere, hooks open or closed."""

import json

from horehab.domain.record import Patient
from horehab.errors import EhrUnavailable
from horehab.settings import read_settings
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.leave_alone import note_silence
from horehab.wiring import opened_ports
from tests.cli.conftest import Desk


def _said(ward: Desk, **settings: str) -> dict[str, dict[str, object]]:
    found = json.loads(ward.run("doctor", "--json", **settings).stdout)["findings"]
    return {finding["subject"]: finding for finding in found}


def test_a_server_that_was_away_of_late_is_told_until_somebody_has_an_answer(ward: Desk) -> None:
    assert ward.run("sync").exit_code == 0
    assert _said(ward)["answers"]["finding"] == "The FHIR server answers."
    with opened_ports(read_settings(ward.settings)) as ports:
        note_silence(ports, EhrUnavailable("Nobody listens at ehr:443.", retry_after=300))
    told = _said(ward)["answers"]
    assert not told["is_well"]
    assert "left alone until" in str(told["finding"])
    assert "Nobody listens at ehr:443." in str(told["finding"])
    assert told["details"] == {"status": "left alone"}
    assert ward.run("sync").exit_code == 0, "a person may always try at once"
    assert _said(ward)["answers"]["is_well"]


def test_hooks_are_told_open_or_closed_and_never_with_their_secret(ward: Desk) -> None:
    assert ward.run("sync").exit_code == 0
    assert str(_said(ward)["hooks"]["finding"]).startswith("Closed")
    secret = "0123456789abcdef0123456789abcdef"
    told = ward.run("doctor", "--json", hook_secret=secret).stdout
    assert "/hooks/fhir" in told
    assert secret not in told


def test_merges_that_lead_nowhere_are_counted_and_nobody_is_named(ward: Desk) -> None:
    assert ward.run("sync").exit_code == 0
    with opened_ports(read_settings(ward.settings)) as ports:
        names = {"Patient/x": "Patient/y", "Patient/y": "Patient/x"}
        people = (Patient(reference=name, name="Canary", replaced_by=to) for name, to in names.items())
        items = tuple(ChartItem(reference=p.reference, version="1", patient=p.reference, identity=p) for p in people)
        ports.logbook.keep(ChartPage(kind="Patient", items=items), now=ports.clock.now())
    told = _said(ward)["worth knowing"]
    assert told["is_well"]
    assert "2 patients are replaced in a circle" in str(told["finding"])
    assert "Canary" not in str(told)

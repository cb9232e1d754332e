"""Nothing about a patient in logs, on /health or in addresses, every logger at DEBUG and the server misbehaving.

A canary is a word or number that stands nowhere but in one field of one patient's chart: it sings wherever it gets.
"""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from horehab.cli import main
from tests.e2e.said import House, open_house
from tests.servers import bundle_faults, faults
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.usecases.conftest import flexion, pain

PATIENT_ID = "canaryid0815"
WORDS = (
    "Canaryfamily", "Canarygiven", "CANARY-MRN-4711", "0034canary600", "canary@mail.example", "Canarystreet",
    "Canarycity", "1931-07-19", "canarynote", "Canaryperformer", "canaryunit", "canarydate", "Canaryward",
    "canaryconclusion", "canarycodetext", "Canarycontact", "canarydiagnosis",
)  # fmt: skip
NUMBERS = ("83.1415926", "107.2718281")
REFERENCES = (PATIENT_ID, "canaryobs")
ALL = (*WORDS, *NUMBERS, *REFERENCES)


def _chart(house: House) -> None:
    day = house.clock.today()
    patient = {
        "resourceType": "Patient",
        "id": PATIENT_ID,
        "name": [{"family": "Canaryfamily", "given": ["Canarygiven"], "text": "Canarygiven Canaryfamily"}],
        "identifier": [{"system": "urn:ward", "value": "CANARY-MRN-4711"}],
        "telecom": [
            {"system": "phone", "value": "0034canary600"},
            {"system": "email", "value": "canary@mail.example"},
        ],
        "address": [{"line": ["Canarystreet 1"], "city": "Canarycity"}],
        "birthDate": "1931-07-19",
        "contact": [{"name": {"text": "Canarycontact"}}],
        "text": {"status": "generated", "div": "<div xmlns='http://www.w3.org/1999/xhtml'>canarynote</div>"},
    }
    of: dict[str, Any] = {
        "subject": {"reference": f"Patient/{PATIENT_ID}", "display": "Canarygiven Canaryfamily"},
        "performer": [{"display": "Canaryperformer"}],
        "note": [{"text": "canarynote"}],
    }
    _put(house, patient)
    for visit, (degrees, score) in enumerate(
        ((107.2718281, 2), (112, 2), (111, 2), (96, 6), (83.1415926, 6), (83.1415926, 6))
    ):
        at = day - timedelta(days=4 * (6 - visit))
        _put(house, flexion(f"canaryobs-rom-{visit}", at, degrees) | of)
        _put(house, pain(f"canaryobs-pain-{visit}", at, score) | of)
    unit = {"value": 83.1415926, "unit": "canaryunit"}
    _put(house, flexion("canaryobs-broken1", day, 1) | of | {"valueQuantity": unit})
    _put(house, flexion("canaryobs-broken2", day, 1) | of | {"effectiveDateTime": "canarydate"})
    code = {"coding": [{"system": "urn:site", "code": "canarycodetext"}], "text": "canarycodetext"}
    _put(
        house,
        flexion("canaryobs-unmapped", day, 83.1415926) | of | {"code": code, "bodySite": {"text": "canarynote"}},
    )
    subject = {"subject": of["subject"]}
    report = {"resourceType": "DiagnosticReport", "id": "canaryobs-report", "status": "final", "code": code}
    _put(house, report | subject | {"conclusion": "canaryconclusion", "effectiveDateTime": "2026-03-02"})
    place = {"location": {"display": "Canaryward"}}
    _put(
        house,
        {"resourceType": "Encounter", "id": "canaryobs-stay", "status": "finished", "location": [place]} | subject,
    )
    _put(
        house,
        {"resourceType": "Condition", "id": "canaryobs-condition", "code": {"text": "canarydiagnosis"}} | subject,
    )


def _put(house: House, resource: dict[str, Any]) -> None:
    house.sandbox.store.put(resource, at=house.clock.now())


def _quoting(status: int) -> Fault:
    """The server refuses and quotes the chart in its reason."""
    words = f"{PATIENT_ID} Canaryfamily 'canarynote' \"canarycodetext\" 1931-07-19 CANARY-MRN-4711"
    issue = {"severity": "error", "code": "processing", "diagnostics": words, "expression": [words]}
    body = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()

    def strike(_seen: Seen, _forward: Forward, _proxy: FaultyProxy) -> Reply:
        return Reply(status=status, body=body)

    return Fault(strike=strike)


FAULTS = (
    _quoting(422).only("PUT", "POST"),
    _quoting(400).only("GET", path="/Observation"),
    _quoting(200).only("GET", path="/Observation"),
    _quoting(500),
    faults.truncated_json().only("GET", path="?"),
    faults.next_link_elsewhere(),
    faults.cut_mid_body().only("GET", path="?"),
    faults.lost_answer().only("PUT"),
    faults.html().only("PUT"),
    bundle_faults.wrong_total(1),
    bundle_faults.wrong_kind().only("GET", path="?"),
    faults.slow(3).only("GET", path="/Observation", times=1),
)


class _Everything(logging.Handler):
    """Keeps every line of every logger, formatted as a file would hold it, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {self.format(record)}")


@pytest.fixture
def log() -> Iterator[_Everything]:
    """Every logger there is, at DEBUG."""
    handler = _Everything()
    names = ["", *logging.root.manager.loggerDict, "sqlalchemy.engine", "sqlalchemy.pool", "urllib3", "waitress"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def _singing(text: str, canaries: tuple[str, ...] = ALL) -> list[str]:
    return [canary for canary in canaries if canary.lower() in text.lower()]


def test_no_log_no_health_and_no_address_tells_of_a_patient(log: _Everything, tmp_path: Path) -> None:
    healths: list[str] = []
    with open_house(tmp_path) as house:
        _chart(house)
        for fault in FAULTS:
            heard = house.tick(fault)
            healths.append(json.dumps(heard.health))
            house.rest()
        healths.append(json.dumps(house.tick().health))
        assert house.held(PATIENT_ID) == 12, "the canaries were read"
        _through_the_doors(house)
        addresses = [seen.path for seen in house.proxy.seen]
        pages = "".join(house.pages.look(path).text for path in ("/", "/quality", "/conflicts"))
    sung = [line for line in log.lines if _singing(line)]
    assert sung == []
    assert [line for line in healths if _singing(line)] == []
    assert [path for path in addresses if _singing(path, (*WORDS, *NUMBERS))] == []
    searched = [path for path in addresses if "?" in path and _singing(path.partition("?")[2])]
    assert searched == [], "a search names nobody: changes are asked for by time alone"
    ours = re.findall(r'(?:href|action|src)="(/horehab[^"]*)"', pages)
    assert ours
    assert [address for address in ours if _singing(address)] == []
    assert _singing(pages, ("Canaryfamily",)), "the page is for people and does show whom it is about"


def _through_the_doors(house: House) -> None:
    for command in (["sync"], ["review"], ["doctor"], ["doctor", "--json"], ["quarantine"], ["outbox"], ["map"]):
        CliRunner().invoke(main, command, env=house.settings)
    house.pages.client.post("/horehab/hooks/fhir", data=json.dumps({"id": PATIENT_ID, "note": "canarynote"}))
    key = house.tower.ports.logbook.key_of(f"Patient/{PATIENT_ID}")
    for path in (
        "/",
        f"/patients/{key}",
        "/quality",
        "/reminders",
        "/conflicts",
        "/patients/nobody",
        "/no-such-page",
    ):
        house.pages.look(path)

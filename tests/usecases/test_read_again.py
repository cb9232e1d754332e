"""What was set aside is read again, and counts once it is understood."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from horehab.usecases.keep_step import keep_step
from horehab.usecases.read_again import read_set_aside_again
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion

OURS = "https://horehab.org/fhir/CodeSystem/"


def _map(tmp_path: Path) -> Path:
    """Explain the ward's own code "LHF" as passive flexion of the hip; the side stands beside it."""
    groups = [
        {"source": "urn:ward", "target": OURS + system, "element": [{"code": "LHF", "target": [{"code": target}]}]}
        for system, target in (("horehab-joint-motion", "hip-flexion"), ("rom-mode", "passive"))
    ]
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"resourceType": "ConceptMap", "group": groups}), encoding="utf-8")
    return file


def _local(name: str) -> dict[str, Any]:
    return flexion(name, DAY_ONE, 88, code={"coding": [{"system": "urn:ward", "code": "LHF"}]})


def test_a_code_that_was_mapped_since_is_read_without_asking_the_ehr_again(
    open_ward: Callable[..., Ward], tmp_path: Path
) -> None:
    ward = open_ward()
    ward.chart(PATIENT, *(_local(f"local-{number}") for number in range(230)))
    keep_step(ward.ports)
    assert len(ward.ports.logbook.set_aside()) == 230
    assert read_set_aside_again(ward.ports) == 0
    ward.on(DAY_ONE + timedelta(days=10))
    wiser = open_ward(concept_map=str(_map(tmp_path)))
    assert read_set_aside_again(wiser.ports) == 230
    assert wiser.ports.logbook.set_aside() == ()
    assert len(wiser.ports.logbook.record("Patient/ana").readings) == 230
    assert wiser.ports.logbook.patients_to_review() == ("Patient/ana",)
    assert read_set_aside_again(wiser.ports) == 0

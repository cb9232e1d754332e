"""What was set aside is read again, and counts once it is understood."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from horehab.domain.local_code import LocalCode, meaning_of
from horehab.usecases.keep_step import keep_step
from horehab.usecases.map_code import map_codes
from horehab.usecases.pull_chart import pull_chart
from horehab.usecases.read_again import catch_up
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
    assert catch_up(ward.ports).understood == 0
    ward.on(DAY_ONE + timedelta(days=10))
    wiser = open_ward(concept_map=str(_map(tmp_path)))
    assert catch_up(wiser.ports).understood == 230
    assert wiser.ports.logbook.set_aside() == ()
    assert len(wiser.ports.logbook.record("Patient/ana").readings) == 230
    assert wiser.ports.logbook.patients_to_review() == ("Patient/ana",)
    assert catch_up(wiser.ports).understood == 0


ICU = {
    "resourceType": "Location",
    "id": "7",
    "type": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "ICU"}]}],
}
STAY = {
    "resourceType": "Encounter",
    "id": "stay",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
    "type": [{"coding": [{"system": "urn:ward", "code": "STAY"}]}],
    "subject": {"reference": "Patient/ana"},
    "location": [
        {
            "location": {"reference": "Location/7"},
            "period": {"start": "2026-02-01T10:00:00Z", "end": "2026-02-09T10:00:00Z"},
        }
    ],
}


def test_a_stay_in_intensive_care_is_not_forgotten_by_a_process_that_does_not_know_the_wards_yet(
    open_ward: Callable[..., Ward],
) -> None:
    ward = open_ward()
    ward.chart(PATIENT, ICU, STAY)
    pull_chart(ward.ports)
    (known,) = ward.ports.logbook.record("Patient/ana").exposures
    desk = open_ward()
    done = map_codes(desk.ports, [(LocalCode(system="urn:ward", code="STAY"), meaning_of("nothing"))], who="eva")
    assert desk.ports.logbook.record("Patient/ana").exposures == (known,)
    assert not done.is_whole
    assert catch_up(desk.ports) == done, "what waits is not taken for done"
    morning = open_ward()
    pull_chart(morning.ports)
    assert morning.ports.logbook.record("Patient/ana").exposures == (known,)
    assert catch_up(morning.ports).is_whole, "done in that very pass, once the wards were known"
    assert morning.ports.logbook.codes.understanding() == morning.ports.chart.understanding()

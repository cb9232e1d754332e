"""What was measured or noticed in a session of ours, as an Observation."""

from collections.abc import Mapping
from typing import Any

from horehab.domain.entries import MeasurementEntry
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.signs import PainRating
from horehab.fhir.basis import ours
from horehab.fhir.basis.moments import instant_of, written
from horehab.fhir.basis.places import coded, written_place
from horehab.fhir.basis.references import IDENTIFIERS, person, pointing_to
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import LOINC, RANGE_OF_MOTION, UCUM, joint_motion, loinc_to_write
from horehab.fhir.resources.occasion import BODY_POSITION
from horehab.fhir.resources.pain import pain_content
from horehab.fhir.resources.signs import sign_content
from horehab.fhir.writing.amending import STATUS

_EXAM = ("http://terminology.hl7.org/CodeSystem/observation-category", "exam")


def measurement_to_observation(entry: MeasurementEntry, site: Site, cited: Mapping[str, str]) -> dict[str, Any]:
    """Write a reading, a pain rating or a sign as part of its session."""
    fact = entry.fact
    if isinstance(fact, Reading):
        content, profile = _reading_content(fact, site), "rom"
    elif isinstance(fact, PainRating):
        content, profile = pain_content(fact, site), "pain"
    else:
        content, profile = sign_content(fact, site), "sign"
    rater = fact.rater if isinstance(fact, Reading) and fact.rater else entry.performer
    observation = ours.header("Observation", entry.measurement_id, profile, site)
    observation |= {
        "identifier": [{"system": f"{IDENTIFIERS}measurement", "value": entry.measurement_id}],
        "partOf": [pointing_to(f"urn:uuid:{entry.session_id}", cited, kind="session")],
        "status": STATUS[entry.validity],
        "category": [{"coding": [coded(_EXAM)]}],
        "subject": {"reference": entry.patient},
        "effectiveDateTime": written(fact.when, site),
        "performer": [person(rater)],
    }
    if fact.known_on != fact.when.day:
        observation["issued"] = instant_of(fact.known_on, site)
    return observation | content


def _reading_content(reading: Reading, site: Site) -> dict[str, Any]:
    extensions: list[dict[str, Any]] = []
    if reading.mode is not Mode.UNKNOWN:
        extensions.append({"url": ours.MODE, "valueCode": reading.mode.value})
    if reading.position:
        extensions.append({"url": BODY_POSITION, "valueCodeableConcept": {"text": reading.position}})
    quantity: dict[str, Any] = {"value": reading.degrees, "unit": "deg", "system": UCUM, "code": "deg"}
    if reading.bound:
        quantity["comparator"] = reading.bound.value
    words = f"{reading.mode.value} {reading.motion.value}, {reading.place}"
    content: dict[str, Any] = {
        "code": {"coding": _codings(reading), "text": words},
        "bodySite": written_place(reading.place, site),
        "valueQuantity": quantity,
    }
    if extensions:
        content["extension"] = extensions
    if reading.device:
        content["device"] = person(reading.device)
    return content


def _codings(reading: Reading) -> list[dict[str, str]]:
    """Always what it is and which motion; LOINC's too where its joint, side and mode are sure."""
    found = [coded(RANGE_OF_MOTION), coded(joint_motion(reading.joint, reading.motion))]
    for side in (reading.side, None):
        row = loinc_to_write().get((reading.joint, side, reading.motion, reading.mode))
        if row:
            return [*found, {"system": LOINC, "code": row.code, "display": row.display}]
    return found

"""A simulated patient as the FHIR R4 resources that a hospital would hold: nothing of the truth is in them.

The wording, the codings and the order are the hospital's; the truth (`fates`, `ossifications`, `curves`) stays out.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from benchmarks.detection.emit_background import background_code
from benchmarks.detection.emit_motion import LOINC, SNOMED, UCUM, Habit, Resource, habit_of, motions, site
from benchmarks.detection.emit_words import worded_pain, worded_place
from benchmarks.detection.story import Entry, Known, Lab, Measurement, Pain, SimulatedPatient, Status, Stay
from horehab.domain.exposure import ExposureKind
from horehab.domain.laboratory import Analyte

ADMISSION = date(2026, 1, 1)
"""Day 0 of every simulated patient."""

ZONE = ZoneInfo("Europe/Madrid")
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_BODY_POSITION = "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition"
_OWN_EXPOSURE = "https://horehab.org/fhir/CodeSystem/horehab-exposure"
_EXPOSURES = {
    ExposureKind.VENTILATION: (SNOMED, "1258985005", "Invasive mechanical ventilation"),
    ExposureKind.PRONE: (SNOMED, "870391004", "Assisted ventilation in prone position"),
    ExposureKind.ECMO: (SNOMED, "786453001", "Venovenous extracorporeal membrane oxygenation"),
    ExposureKind.SEDATION: (_OWN_EXPOSURE, "sedation", "Sedation"),
    ExposureKind.IMMOBILISATION: (_OWN_EXPOSURE, "immobilisation", "Immobilisation"),
}
_ANALYTES = {
    Analyte.ALKALINE_PHOSPHATASE: "6768-6",
    Analyte.CREATINE_KINASE: "2157-6",
    Analyte.GAMMA_GT: "2324-2",
    Analyte.BILIRUBIN: "1975-2",
    Analyte.C_REACTIVE_PROTEIN: "1988-5",
}
_LONGEST_ID = 64


def resources(patient: SimulatedPatient, coding: str = "loinc") -> list[Resource]:
    """Write everything that is in the chart of a patient; `coding` is "loinc", "local" or "text".

    Raises ValueError for another coding. Resources come in no particular order of time.
    """
    habit = habit_of(patient.id, coding)
    found = [_person(patient)]
    found += [_stay(patient, number, stay) for number, stay in enumerate(patient.stays)]
    found += [_condition(patient, number, known) for number, known in enumerate(patient.known)]
    found += _measured(patient, habit)
    for entry in patient.entries:
        if isinstance(entry, Pain):
            found.append(_pain(patient, habit, entry))
        elif isinstance(entry, Lab):
            found.append(_laboratory(patient, entry))
    return found


def day_of(number: int) -> date:
    """Give the date of a day number."""
    return ADMISSION + timedelta(days=number)


def number_of(day: date) -> int:
    """Give the day number of a date."""
    return (day - ADMISSION).days


@cache
def _at(day: int, hour: int, minute: int = 0) -> str:
    return datetime.combine(day_of(day), time(hour, minute), tzinfo=ZONE).isoformat()


def _name(patient: SimulatedPatient, *tails: object) -> str:
    """Make an id that FHIR allows, the same for the same patient and entry."""
    words = "-".join(str(tail) for tail in (patient.id, *tails))
    safe = re.sub(r"[^A-Za-z0-9\-.]", "-", words)
    if len(safe) <= _LONGEST_ID:
        return safe
    return f"{safe[:47]}-{sha256(words.encode()).hexdigest()[:16]}"


def _new(kind: str, patient: SimulatedPatient, content: Resource, *tails: object) -> Resource:
    subject = {"subject": {"reference": f"Patient/{_name(patient)}"}}
    return {"resourceType": kind, "id": _name(patient, *tails)} | subject | content


def _person(patient: SimulatedPatient) -> Resource:
    return {
        "resourceType": "Patient",
        "id": _name(patient),
        "name": [{"text": f"Synthetic {patient.id}"}],
        "gender": patient.sex,
        "birthDate": f"{ADMISSION.year - patient.age}-01-01",
    }


def _stay(patient: SimulatedPatient, number: int, stay: Stay) -> Resource:
    period = {"start": _at(stay.start, 8), "end": _at(stay.end, 17)}
    if stay.kind is ExposureKind.ICU_STAY:
        ward = {"location": {"display": "Intensive care unit"}, "period": period}
        inpatient = {"system": f"{_HL7}v3-ActCode", "code": "IMP"}
        content = {"status": "finished", "class": inpatient, "period": period, "location": [ward]}
        return _new("Encounter", patient, content, "stay", number)
    system, code, display = _EXPOSURES[stay.kind]
    concept = {"coding": [{"system": system, "code": code}], "text": display}
    return _new(
        "Procedure", patient, {"status": "completed", "code": concept, "performedPeriod": period}, "stay", number
    )


def _condition(patient: SimulatedPatient, number: int, known: Known) -> Resource:
    system, code = background_code(known.kind, known.place)
    content: Resource = {
        "clinicalStatus": _status("condition-clinical", "active"),
        "verificationStatus": _status("condition-ver-status", "confirmed"),
        "code": {"coding": [{"system": system, "code": code}], "text": known.kind.value},
        "onsetDateTime": day_of(known.day).isoformat(),
        "recordedDate": _at(known.day, 9),
    }
    if known.place is not None:
        content["bodySite"] = [site(known.place)["bodySite"]]
    return _new("Condition", patient, content, "known", number)


def _measured(patient: SimulatedPatient, habit: Habit) -> Iterator[Resource]:
    """Write range of motion by occasion: what was entered together, by one rater, in one state."""
    occasions: dict[tuple[object, ...], list[Measurement]] = {}
    for entry in patient.entries:
        if isinstance(entry, Measurement):
            key = (entry.visit, entry.day, entry.known, entry.rater, entry.device, entry.position, entry.status)
            occasions.setdefault(key, []).append(entry)
    for measured in occasions.values():
        around = _around(measured[0], "exam") | _means(measured[0])
        for name, content in motions(habit, measured):
            yield _new("Observation", patient, around | content, name)


def _means(measured: Measurement) -> Resource:
    found: Resource = {}
    if measured.rater is not None:
        found["performer"] = [{"reference": f"Practitioner/{measured.rater}"}]
    if measured.device is not None:
        found["device"] = {"display": measured.device}
    if measured.position is not None:
        found["extension"] = [{"url": _BODY_POSITION, "valueCodeableConcept": {"text": measured.position}}]
    return found


def _pain(patient: SimulatedPatient, habit: Habit, pain: Pain) -> Resource:
    words = worded_pain(habit.language, pain.place)
    coded: Resource = {"code": {"coding": [{"system": LOINC, "code": "72514-3"}], "text": words}}
    if habit.coding != "text":
        coded |= site(pain.place)
    elif habit.style % 2:
        coded = {"code": {"text": words}}
    else:
        coded["bodySite"] = {"text": worded_place(habit.language, pain.place)}
    content = coded | {"valueInteger": pain.score}
    return _new("Observation", patient, _around(pain, "exam") | content, pain.id)


def _laboratory(patient: SimulatedPatient, lab: Lab) -> Resource:
    quantity = {"unit": lab.unit, "system": UCUM, "code": lab.unit}
    content = {
        "code": {"coding": [{"system": LOINC, "code": _ANALYTES[lab.analyte]}], "text": lab.analyte.value},
        "valueQuantity": {"value": lab.value} | quantity,
        "referenceRange": [{"high": {"value": lab.upper_limit} | quantity}],
    }
    return _new("Observation", patient, _around(lab, "laboratory") | content, lab.id)


def _around(entry: Entry, category: str) -> Resource:
    """Say when it was and from when it was known; a visit has its own minute, so that repeats share theirs."""
    status = Status.FINAL if isinstance(entry, Lab) else entry.status
    minute = 0 if isinstance(entry, Lab) else sha256(entry.visit.encode()).digest()[0] % 60
    return {
        "status": status.value,
        "category": [_status("observation-category", category)],
        "effectiveDateTime": _at(entry.day, 6 if isinstance(entry, Lab) else 10, minute),
        "issued": _at(entry.known, 13),
    }


def _status(system: str, code: str) -> Resource:
    return {"coding": [{"system": _HL7 + system, "code": code}]}

"""What else stands in the chart of a synthetic patient: person, stay, procedures, conditions, laboratory, imaging."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from horehab.demo.coding import CANONICAL, LOINC, SNOMED, body_site, coding_of
from horehab.demo.story import Resource, place_named
from horehab.domain.joints import JointSide

ZONE = ZoneInfo("Europe/Madrid")
"""The demo's ward; its clocks change in the night to 29 March 2026."""

TAGS = f"{CANONICAL}/CodeSystem/horehab-tag"
_UCUM = "http://unitsofmeasure.org"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_FAMILY = "Synthetic"
_RECORD_NUMBERS = "https://hospital.example/record-numbers"

Row = Mapping[str, Any]
"""A row of published.toml or ward.toml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes the resources of one patient; `admitted` is day 0. Every resource says by a tag that it is synthetic."""

    key: str
    admitted: date

    def day(self, number: int) -> date:
        """Give the date of a day number."""
        return self.admitted + timedelta(days=number)

    def at(self, number: int, hour: int, minute: int = 0) -> str:
        """Write the instant of a day number and local clock time, with the zone's offset of that day."""
        return datetime.combine(self.day(number), time(hour, minute), tzinfo=ZONE).isoformat()

    def new(self, kind: str, tail: str, content: Resource) -> Resource:
        """Make a resource with our id, our tag, and this patient as its subject."""
        subject = {} if kind == "Patient" else {"subject": {"reference": f"Patient/{self.key}"}}
        name = f"{self.key}-{tail}" if tail else self.key
        return {"resourceType": kind, "id": name, "meta": {"tag": [synthetic_tag()]}} | subject | content

    def person(self, row: Row) -> Resource:
        """Write the patient: sex and age at admission as given; name, record number and day of birth invented."""
        name = {
            "use": "official",
            "text": f"{_FAMILY}, {row['name']} ({row['label']})",
            "family": _FAMILY,
            "given": [row["name"]],
        }
        number = {
            "type": {"coding": [{"system": f"{_HL7}v2-0203", "code": "MR", "display": "Medical record number"}]},
            "system": _RECORD_NUMBERS,
            "value": row["record_number"],
        }
        born = f"{self.admitted.year - row['age']}-01-01"
        content = {"identifier": [number], "active": True, "name": [name], "gender": row["sex"], "birthDate": born}
        return self.new("Patient", "", content)

    def stay(self, start: int, end: int, *, today: int) -> Resource:
        """Write the stay in intensive care as it stands on a day: in progress until it ends."""
        period = self._period(start, end, today=today)
        over = today >= end
        ward = {"reference": f"Location/{LOCATION['id']}", "display": LOCATION["name"]}
        return self.new(
            "Encounter",
            "icu",
            {
                "status": "finished" if over else "in-progress",
                "class": {"system": f"{_HL7}v3-ActCode", "code": "IMP", "display": "inpatient encounter"},
                "period": period,
                "location": [{"location": ward, "period": period}],
            },
        )

    def procedure(self, row: Row, *, today: int) -> Resource:
        """Write a procedure of the stay (ventilation, prone, ECMO, caesarean) as it stands on a day."""
        over = today >= row["end"]
        return self.new(
            "Procedure",
            row["id"],
            {
                "status": "completed" if over else "in-progress",
                "code": concept(row),
                "performedPeriod": self._period(row["start"], row["end"], today=today),
            },
        )

    def condition(self, row: Row) -> Resource:
        """Write a condition; with `day` it began then, without it was there before."""
        content: Resource = {
            "clinicalStatus": _status("condition-clinical", "active"),
            "verificationStatus": _status("condition-ver-status", "confirmed"),
            "category": [_status("condition-category", "problem-list-item")],
            "code": concept(row),
            "recordedDate": self.at(max(0, row.get("day", 0)), 9),
        }
        if "place" in row:
            content["bodySite"] = [body_site(place_named(row["place"]))]
        if "day" in row:
            content["onsetDateTime"] = self.day(row["day"]).isoformat()
        return self.new("Condition", row["id"], content)

    def laboratory(self, row: Row) -> Resource:
        """Write a laboratory value with that laboratory's own reference range."""
        unit = row.get("unit", "U/L")
        quantity = {"unit": unit, "system": _UCUM, "code": unit}
        limits = {"low": {"value": row["low"]} | quantity, "high": {"value": row["high"]} | quantity}
        text = row.get("text", "Alkaline phosphatase")
        return self.new(
            "Observation",
            f"d{row['day']:03}-{row.get('id', 'alp')}",
            {
                "status": "final",
                "category": [_status("observation-category", "laboratory")],
                "code": {"coding": [_laboratory_code(row)], "text": text},
                "effectiveDateTime": self.at(row["day"], 6, 30),
                "issued": self.at(row["day"], 11, 45),
                "valueQuantity": {"value": row["value"]} | quantity,
                "referenceRange": [limits],
            },
        )

    def imaging(self, row: Row) -> Resource:
        """Write an imaging report; it is read and shown, and decides nothing."""
        return self.new(
            "DiagnosticReport",
            row["id"],
            {
                "status": "final",
                "category": [_status("v2-0074", "RAD")],
                "code": {"coding": [{"system": LOINC, "code": row["loinc"]}], "text": row["text"]},
                "effectiveDateTime": self.at(row["day"], 12),
                "issued": self.at(row["day"], 15),
                "conclusion": row["conclusion"],
            },
        )

    def medication(self, row: Row) -> Resource:
        """Write a prescribed medicine."""
        return self.new(
            "MedicationRequest",
            row["id"],
            {
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": concept(row),
                "authoredOn": self.at(row["day"], 10),
            },
        )

    def sign(self, row: Row, place: JointSide) -> Resource:
        """Write a bedside sign that was found."""
        content = {
            "status": "final",
            "category": [_status("observation-category", "exam")],
            "code": {
                "coding": [{"system": f"{CANONICAL}/CodeSystem/horehab-sign", "code": row["code"]}],
                "text": row["text"],
            },
            "effectiveDateTime": self.at(row["day"], 10, 20),
            "issued": self.at(row["day"], 12),
            "valueBoolean": True,
        }
        return self.new("Observation", f"d{row['day']:03}-{row['code']}", content | {"bodySite": body_site(place)})

    def _period(self, start: int, end: int, *, today: int) -> Resource:
        period = {"start": self.at(start, 8)}
        return period | {"end": self.at(end, 17)} if today >= end else period


def synthetic_tag() -> Resource:
    """The tag that marks everything in the demo."""
    return {"system": TAGS, "code": "synthetic", "display": "Synthetic: degrees, sides or dates are invented"}


def concept(row: Row) -> Resource:
    """Write a concept: the words always, a code where one is sure."""
    if "code" not in row:
        return {"text": row["text"]}
    return {"coding": [{"system": row.get("system", SNOMED), "code": row["code"]}], "text": row["text"]}


def _laboratory_code(row: Row) -> Resource:
    return {"system": LOINC, "code": row["loinc"]} if "loinc" in row else coding_of("alkaline phosphatase")


def _status(system: str, code: str) -> Resource:
    return {"coding": [{"system": _HL7 + system, "code": code}]}


LOCATION: Resource = {
    "resourceType": "Location",
    "id": "demo-icu",
    "meta": {"tag": [synthetic_tag()]},
    "status": "active",
    "name": "Intensive care unit (demo)",
    "type": [{"coding": [coding_of("intensive care unit")]}],
}
"""The ward on which every stay of the demo took place."""

RATERS: dict[str, Resource] = {
    letter: {
        "resourceType": "Practitioner",
        "id": f"demo-physio-{letter}",
        "meta": {"tag": [synthetic_tag()]},
        "active": True,
        "name": [{"text": f"{initial}. {_FAMILY}, physiotherapist", "family": _FAMILY, "given": [f"{initial}."]}],
    }
    for letter, initial in (("a", "R"), ("b", "M"))
}
"""The two physiotherapists who measure; each has habits of their own."""


def performer(rater: str) -> Resource:
    """Cite one of the two by reference, with the name to be shown beside it."""
    person = RATERS[rater]
    return {"reference": f"Practitioner/{person['id']}", "display": person["name"][0]["text"]}

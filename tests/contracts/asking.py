"""Asking a FHIR server things, and a list of behaviours: each is a question with the one answer that we rely on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from horehab.clock import new_id

Resource = dict[str, Any]
LOINC, IDENTIFIERS = "http://loinc.org", "urn:horehab:test"
KNEE_FLEXION = "41345-0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """One FHIR server under test; every patient that it makes is new, so that behaviours do not meet."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str = "", body: object = None, **headers: str) -> requests.Response:
        """Send a request; header names are written with underscores: If_Match. A str body goes out as it is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        return self.session.request(
            method,
            path if path.startswith("http") else f"{self.base}{path}",
            data=None if text is None else text.encode(),
            headers={"Content-Type": "application/fhir+json", **named},
            timeout=60,
        )

    def made(self, resource: Resource) -> str:
        """Create a resource and give its reference."""
        answer = self.ask("POST", f"/{resource['resourceType']}", resource)
        assert answer.status_code == requests.codes.created, answer.text
        return f"{resource['resourceType']}/{answer.json()['id']}"

    def patient(self, **more: Any) -> str:
        """Put a new patient under an id of our own and give the reference."""
        identity = f"p-{new_id()}"
        answer = self.ask("PUT", f"/Patient/{identity}", patient(identity, **more))
        assert answer.status_code == requests.codes.created, answer.text
        return f"Patient/{identity}"

    def total(self, path: str) -> object:
        """Search, and tell the total; a refused search tells its status."""
        answer = self.ask("GET", path)
        return answer.json()["total"] if answer.ok else f"refused with {answer.status_code}"


Question = Callable[[Asker], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One thing that we rely on: a sentence, how to see it, and what must be seen."""

    sentence: str
    question: Question
    expected: object


def collect(into: list[Behaviour]) -> Callable[[object], Callable[[Question], Question]]:
    """Make a decorator that adds a question to a list: @behaviour(expected); its name is the sentence."""

    def behaviour(expected: object) -> Callable[[Question], Question]:
        def add(question: Question) -> Question:
            sentence = question.__name__.replace("_", " ")
            into.append(Behaviour(sentence=sentence, question=question, expected=expected))
            return question

        return add

    return behaviour


def patient(identity: str, **more: Any) -> Resource:
    return {"resourceType": "Patient", "id": identity, "gender": "unknown", **more}


def reading(subject: str, **more: Any) -> Resource:
    """Make a range-of-motion Observation of 4 March 2026, 10:00 UTC."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": KNEE_FLEXION}], "text": "Knee flexion"},
        "subject": {"reference": subject},
        "effectiveDateTime": "2026-03-04T10:00:00Z",
        **more,
    }


def suspicion(subject: str, verification: str = "unconfirmed", **more: Any) -> Resource:
    terms = "http://terminology.hl7.org/CodeSystem/condition-"
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": f"{terms}clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": f"{terms}ver-status", "code": verification}]},
        "code": {"text": "Suspected"},
        "subject": {"reference": subject},
        **more,
    }


def identified() -> tuple[Resource, str]:
    """Make a patient with an identifier that nobody else has, and the search for it."""
    value = new_id()
    return {
        "resourceType": "Patient",
        "identifier": [{"system": IDENTIFIERS, "value": value}],
    }, f"identifier={IDENTIFIERS}|{value}"


def bundle(*entries: Mapping[str, Any], kind: str = "transaction") -> Resource:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def entry(method: str, url: str, resource: Resource | None = None, *, full_url: str = "", **request: str) -> Resource:
    made: Resource = {"request": {"method": method, "url": url, **request}}
    if full_url:
        made["fullUrl"] = full_url
    if resource is not None:
        made["resource"] = resource
    return made

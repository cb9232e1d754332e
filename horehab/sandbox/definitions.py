"""What the sandbox knows: the resource types and search parameters that horehab uses (names as in FHIR R4).

Paths are dotted element names; `[x]` choices stand as their written names. Source: R4 SearchParameter registry,
https://hl7.org/fhir/R4/searchparameter-registry.html.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType


class Kind(StrEnum):
    """How the values of a search parameter are compared, named as in FHIR."""

    TOKEN = auto()
    REFERENCE = auto()
    DATE = auto()
    URI = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One search parameter: how it compares, where its values stand, and the one target type if it has one."""

    kind: Kind
    paths: tuple[str, ...]
    target: str = ""


def _token(*paths: str) -> Parameter:
    return Parameter(kind=Kind.TOKEN, paths=paths)


def _reference(*paths: str, target: str = "") -> Parameter:
    return Parameter(kind=Kind.REFERENCE, paths=paths, target=target)


def _date(*paths: str) -> Parameter:
    return Parameter(kind=Kind.DATE, paths=paths)


def _clinical(subject: str = "subject", **more: Parameter) -> dict[str, Parameter]:
    """Make the parameters that nearly all clinical types share; `_` in a name stands for `-`."""
    shared = {
        "identifier": _token("identifier"),
        "status": _token("status"),
        "subject": _reference(subject),
        "patient": _reference(subject, target="Patient"),
        "encounter": _reference("encounter"),
    }
    return shared | {name.replace("_", "-"): parameter for name, parameter in more.items()}


_PERIOD = _date("period")
_CODE = _token("code")
_CATEGORY = _token("category")

COMMON: Mapping[str, Parameter] = MappingProxyType(
    {
        "_tag": _token("meta.tag"),
        "_security": _token("meta.security"),
        "_profile": Parameter(kind=Kind.URI, paths=("meta.profile",)),
    }
)

_CONDITION = _clinical(
    code=_CODE,
    category=_CATEGORY,
    clinical_status=_token("clinicalStatus"),
    verification_status=_token("verificationStatus"),
    body_site=_token("bodySite"),
    onset_date=_date("onsetDateTime", "onsetPeriod"),
    recorded_date=_date("recordedDate"),
    evidence_detail=_reference("evidence.detail"),
)
del _CONDITION["status"]

_MEDICATION = _token("medicationCodeableConcept")

TYPES: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {
        "Patient": {
            "identifier": _token("identifier"),
            "active": _token("active"),
            "gender": _token("gender"),
            "birthdate": _date("birthDate"),
            "link": _reference("link.other"),
            "general-practitioner": _reference("generalPractitioner"),
        },
        "Practitioner": {"identifier": _token("identifier"), "active": _token("active")},
        "PractitionerRole": {
            "identifier": _token("identifier"),
            "practitioner": _reference("practitioner", target="Practitioner"),
        },
        "Organization": {"identifier": _token("identifier"), "active": _token("active")},
        "Location": {"identifier": _token("identifier"), "status": _token("status"), "type": _token("type")},
        "Device": {"identifier": _token("identifier"), "status": _token("status"), "type": _token("type")},
        "Medication": {"identifier": _token("identifier"), "status": _token("status"), "code": _CODE},
        "Encounter": {
            **_clinical(type=_token("type"), date=_PERIOD, location=_reference("location.location")),
            "class": _token("class"),
        },
        "Observation": _clinical(
            code=_CODE,
            category=_CATEGORY,
            date=_date("effectiveDateTime", "effectivePeriod", "effectiveInstant"),
            part_of=_reference("partOf"),
            performer=_reference("performer"),
            has_member=_reference("hasMember"),
            based_on=_reference("basedOn"),
        ),
        "Condition": _CONDITION,
        "Procedure": _clinical(
            code=_CODE,
            category=_CATEGORY,
            date=_date("performedDateTime", "performedPeriod"),
            part_of=_reference("partOf"),
            based_on=_reference("basedOn"),
            performer=_reference("performer.actor"),
        ),
        "MedicationRequest": _clinical(code=_MEDICATION, category=_CATEGORY, authoredon=_date("authoredOn")),
        "MedicationAdministration": _clinical(
            code=_MEDICATION, effective_time=_date("effectiveDateTime", "effectivePeriod")
        ),
        "MedicationStatement": _clinical(
            code=_MEDICATION, category=_CATEGORY, effective=_date("effectiveDateTime", "effectivePeriod")
        ),
        "DiagnosticReport": _clinical(
            code=_CODE,
            category=_CATEGORY,
            date=_date("effectiveDateTime", "effectivePeriod"),
            issued=_date("issued"),
            result=_reference("result"),
        ),
        "ImagingStudy": _clinical(modality=_token("modality"), started=_date("started")),
        "Appointment": {
            "identifier": _token("identifier"),
            "status": _token("status"),
            "date": _date("start"),
            "patient": _reference("participant.actor", target="Patient"),
            "actor": _reference("participant.actor"),
        },
        "ServiceRequest": _clinical(
            code=_CODE, category=_CATEGORY, intent=_token("intent"), authored=_date("authoredOn")
        ),
        "CarePlan": _clinical(category=_CATEGORY, date=_PERIOD, intent=_token("intent")),
        "Task": _clinical(
            "for",
            code=_CODE,
            intent=_token("intent"),
            focus=_reference("focus"),
            owner=_reference("owner"),
            authored_on=_date("authoredOn"),
        ),
        "Provenance": {
            "target": _reference("target"),
            "patient": _reference("target", target="Patient"),
            "recorded": _date("recorded"),
            "agent": _reference("agent.who"),
            "entity": _reference("entity.what"),
        },
        "QuestionnaireResponse": _clinical(
            questionnaire=Parameter(kind=Kind.URI, paths=("questionnaire",)),
            authored=_date("authored"),
            author=_reference("author"),
        ),
        "CommunicationRequest": _clinical(category=_CATEGORY, recipient=_reference("recipient")),
        "Communication": _clinical(category=_CATEGORY, recipient=_reference("recipient"), sent=_date("sent")),
        "Consent": {
            "identifier": _token("identifier"),
            "status": _token("status"),
            "patient": _reference("patient", target="Patient"),
            "category": _CATEGORY,
        },
        "Flag": _clinical(code=_CODE, date=_PERIOD),
    }
)


def parameters(resource_type: str) -> Mapping[str, Parameter]:
    """Give all search parameters of a type, those of every type included."""
    return {**COMMON, **TYPES[resource_type]}

"""What a chart holds in the shape of R5, each beside its twin of R4, for the tests of R5 read as R4."""

from typing import Any

from tests.fhir.charts import HL7, SNOMED, Tree, concept

ANA = {"reference": "Patient/ana"}
VENTILATED = concept((SNOMED, "1258985005"), text="Invasive mechanical ventilation")
SPAN = {"start": "2026-02-01T08:00:00Z", "end": "2026-02-09T08:00:00Z"}
ASKED = {"reference": "ServiceRequest/1"}
ICU = {"coding": [{"system": f"{HL7}v3-RoleCode", "code": "ICU", "display": "Intensive care unit"}]}
IN_PATIENT = {"system": f"{HL7}v3-ActCode", "code": "IMP"}
AUTHOR = concept((f"{HL7}provenance-participant-type", "author"))
INFORMANT = concept((f"{HL7}provenance-participant-type", "informant"))
OSSIFIED = concept((SNOMED, "128491006"))
BURN = concept((SNOMED, "39065001"), text="Burn of ear")


def at(kind: str, **content: Any) -> Tree:
    """Hold something of Ana's."""
    return {"resourceType": kind, "id": "1", "subject": ANA, **content}


TWINS: list[tuple[str, Tree, Tree]] = [
    (
        "a condition with who said so and why",
        at(
            "Condition",
            clinicalStatus=concept((f"{HL7}condition-clinical", "active")),
            code=OSSIFIED,
            recordedDate="2026-02-01",
            participant=[
                {"function": AUTHOR, "actor": {"reference": "Practitioner/a"}},
                {"function": INFORMANT, "actor": {"reference": "Practitioner/b"}},
            ],
            evidence=[{"concept": BURN}, {"reference": {"reference": "Observation/7"}}],
        ),
        at(
            "Condition",
            clinicalStatus=concept((f"{HL7}condition-clinical", "active")),
            code=OSSIFIED,
            recordedDate="2026-02-01",
            evidence=[{"code": [BURN]}, {"detail": [{"reference": "Observation/7"}]}],
            recorder={"reference": "Practitioner/a"},
            asserter={"reference": "Practitioner/b"},
        ),
    ),
    (
        "a ventilation over some days, and for what",
        at(
            "Procedure",
            status="completed",
            code=VENTILATED,
            occurrencePeriod=SPAN,
            _occurrenceString={"id": "x"},
            reason=[{"concept": BURN}, {"reference": {"reference": "Condition/1"}}],
        ),
        at(
            "Procedure",
            status="completed",
            code=VENTILATED,
            performedPeriod=SPAN,
            _performedString={"id": "x"},
            reasonCode=[BURN],
            reasonReference=[{"reference": "Condition/1"}],
        ),
    ),
    (
        "a session of passive mobilization",
        at(
            "Procedure",
            status="completed",
            code=concept((SNOMED, "183311000")),
            occurrenceDateTime="2026-03-02T10:00:00Z",
        ),
        at(
            "Procedure",
            status="completed",
            code=concept((SNOMED, "183311000")),
            performedDateTime="2026-03-02T10:00:00Z",
        ),
    ),
    (
        "a stay in intensive care",
        at(
            "Encounter",
            status="discharged",
            **{"class": [{"coding": [IN_PATIENT]}, ICU]},
            serviceType=[{"concept": BURN}, {"reference": {"display": "Surgery"}}],
            actualPeriod=SPAN,
            admission={"origin": {"reference": "Location/1"}},
            reason=[{"use": [BURN], "value": [{"concept": BURN}, {"reference": {"reference": "Condition/1"}}]}],
            participant=[{"actor": {"reference": "Practitioner/a"}}],
        ),
        at(
            "Encounter",
            status="finished",
            **{"class": [IN_PATIENT, ICU["coding"][0]]},
            serviceType=[BURN, {"text": "Surgery"}],
            period=SPAN,
            hospitalization={"origin": {"reference": "Location/1"}},
            reasonCode=[BURN],
            reasonReference=[{"reference": "Condition/1"}],
            participant=[{"individual": {"reference": "Practitioner/a"}}],
        ),
    ),
    (
        "a dose that was given, in R5's own spelling",
        at(
            "MedicationAdministration",
            status="completed",
            medication={"concept": BURN},
            occurenceDateTime="2026-02-01T08:00:00Z",
            encounter={"reference": "Encounter/1"},
            reason=[{"concept": BURN}],
        ),
        at(
            "MedicationAdministration",
            status="completed",
            medicationCodeableConcept=BURN,
            effectiveDateTime="2026-02-01T08:00:00Z",
            context={"reference": "Encounter/1"},
            reasonCode=[BURN],
        ),
    ),
    (
        "a dose over some time, in the right spelling",
        at(
            "MedicationAdministration", medication={"reference": {"reference": "Medication/1"}}, occurrencePeriod=SPAN
        ),
        at("MedicationAdministration", medicationReference={"reference": "Medication/1"}, effectivePeriod=SPAN),
    ),
    (
        "a request for a scan",
        at("ServiceRequest", intent="proposal", code={"concept": BURN}, reason=[{"reference": ASKED}]),
        at("ServiceRequest", intent="proposal", code=BURN, reasonReference=[ASKED]),
    ),
    (
        "a request for what is defined elsewhere",
        at("ServiceRequest", code={"reference": {"reference": "PlanDefinition/1", "display": "Bone scan"}}),
        at("ServiceRequest", code={"text": "Bone scan"}),
    ),
    (
        "a task and its reason, of which R4 has one",
        at(
            "Task",
            intent="plan",
            reason=[{"concept": BURN}, {"concept": VENTILATED}],
            requestedPerformer=[{"concept": BURN}],
        ),
        at("Task", intent="plan", reasonCode=BURN, performerType=[BURN]),
    ),
    (
        "a message to be sent",
        at(
            "CommunicationRequest",
            intent="proposal",
            informationProvider=[{"reference": "Device/1"}],
            reason=[{"concept": BURN}],
        ),
        at("CommunicationRequest", intent="proposal", sender=[{"reference": "Device/1"}], reasonCode=[BURN]),
    ),
    (
        "an issue that was detected",
        at("DetectedIssue", status="final"),
        {"resourceType": "DetectedIssue", "id": "1", "patient": ANA, "status": "final"},
    ),
    (
        "an appointment that was cancelled",
        at("Appointment", status="cancelled", cancellationReason=BURN, reason=[{"concept": BURN}]),
        at("Appointment", status="cancelled", cancelationReason=BURN, reasonCode=[BURN]),
    ),
]

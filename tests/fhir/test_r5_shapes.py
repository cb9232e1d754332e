"""R5 read as R4: each resource of R5's shape tells the ward the same as its twin of R4, and is kept as it came."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.entries import Outcome
from horehab.domain.exposure import Exposure
from horehab.domain.record import ChartedOssification
from horehab.domain.session import Session
from horehab.fhir.r5 import as_r4
from tests.fhir.charts import HL7, SNOMED, Tree, concept, reading, understood
from tests.fhir.in_scope import Pulls, all_items, edited, items, open_pulls, person, problems
from tests.fhir.ward import SUSPICION, chart_at
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.sandbox import RunningSandbox

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


@pytest.mark.parametrize(("new", "old"), [twin[1:] for twin in TWINS], ids=[twin[0] for twin in TWINS])
def test_r5_takes_the_shape_of_r4(new: Tree, old: Tree) -> None:
    before = deepcopy(new)
    assert as_r4(new) == old
    assert new == before, "the resource itself is left as it came"
    assert as_r4(old) == old, "what is R4 already goes through unchanged"


@pytest.mark.parametrize(
    ("status", "shaped"),
    [
        ("planned", "planned"),
        ("in-progress", "in-progress"),
        ("on-hold", "onleave"),
        ("discharged", "finished"),
        ("completed", "finished"),
        ("discontinued", "finished"),
        ("cancelled", "cancelled"),
        ("entered-in-error", "entered-in-error"),
        ("unknown", "unknown"),
    ],
)
def test_every_status_of_an_r5_encounter_has_one_of_r4(status: str, shaped: str) -> None:
    assert as_r4(at("Encounter", status=status))["status"] == shaped


@pytest.mark.parametrize("kind", ["Observation", "Patient", "DiagnosticReport", "Provenance"])
def test_kinds_that_did_not_change_are_left_alone(kind: str) -> None:
    resource = at(kind, occurrencePeriod=SPAN, reason=[{"concept": BURN}], participant=[1])
    assert as_r4(resource) is resource or as_r4(resource) == resource


_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["concept", "reference", "coding", "value", "actor", "x"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)
_NAMES = sorted({name for _, new, _ in TWINS for name in new} | {"occurrenceAge", "form"})
_KINDS = sorted(
    {new["resourceType"] for _, new, _ in TWINS} | {"Location", "MedicationStatement", "MedicationRequest"}
)


@given(st.sampled_from(_KINDS), st.dictionaries(st.sampled_from(_NAMES), _JSON))
def test_whatever_a_resource_holds_it_can_be_shaped(kind: str, content: Tree) -> None:
    shaped = as_r4({**content, "resourceType": kind})
    assert shaped["resourceType"] == kind


@pytest.mark.parametrize("resource", [{}, {"resourceType": 7}, {"resourceType": "Nothing"}])
def test_what_is_of_no_known_kind_is_left_alone(resource: Tree) -> None:
    assert as_r4(resource) == resource


def test_the_ward_learns_the_same_from_r5_as_from_r4() -> None:
    for _, new, old in TWINS:
        assert understood(as_r4(new)).facts == understood(old).facts
    kinds = {type(fact) for _, new, _ in TWINS for fact in understood(as_r4(new)).facts}
    assert kinds >= {Exposure, Session, ChartedOssification}


def _is_r5(statement: dict[str, Any]) -> None:
    statement["fhirVersion"] = "5.0.0"


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """A server that says it speaks R5."""
    with open_pulls(sandbox) as opened:
        opened.proxy.set(edited("/metadata", _is_r5))
        sandbox.store.put(person("ana"))
        yield opened


def test_an_r5_server_is_read_and_its_text_kept_as_it_came(pulls: Pulls) -> None:
    for number, (_, new, _) in enumerate(TWINS):
        if new["resourceType"] != "DetectedIssue":
            pulls.put(new | {"id": f"r{number}"})
    pulls.put(reading() | {"id": "rom", "subject": ANA})
    pages = pulls.pull()
    assert problems(pages) == []
    assert "Observation/rom" in items(pages)
    facts = [fact for item in all_items(pages) for fact in item.facts]
    assert {type(fact).__name__ for fact in facts} >= {"Exposure", "Session", "Reading", "ChartedOssification"}
    (stay,) = [
        item for item in all_items(pages) if b"occurrencePeriod" in item.source and b"1258985005" in item.source
    ]
    assert json.loads(stay.source)["occurrencePeriod"] == SPAN, "verbatim"
    with chart_at(pulls.sandbox.url) as offline:
        assert offline.read_again(stay.reference, stay.source).facts == stay.facts, "without asking for the version"


def test_nothing_is_written_to_an_r5_server(pulls: Pulls) -> None:
    with chart_at(pulls.proxy.url) as chart:
        delivery = chart.deliver(SUSPICION, own_versions=frozenset(), target=None)
    assert delivery.outcome is Outcome.REFUSED
    assert "speaks FHIR R5" in delivery.detail
    assert "nothing was written" in delivery.detail
    assert {seen.method for seen in pulls.proxy.seen} == {"GET"}


@pytest.mark.parametrize("version", ["4.0.1", "4.3.0"])
def test_r4_and_r4b_are_read_as_they_are(pulls: Pulls, version: str) -> None:
    """An element of R5 in an R4 chart is some extension of theirs; nobody guesses."""
    pulls.proxy.set(edited("/metadata", lambda statement: statement.update(fhirVersion=version)))
    pulls.put(at("Procedure", status="completed", code=VENTILATED, performedPeriod=SPAN))
    (item,) = [item for item in all_items(pulls.pull()) if item.reference == "Procedure/1"]
    assert len(item.facts) == 1


def test_the_version_may_stand_in_the_content_type_alone(pulls: Pulls) -> None:
    """Servers of several versions name the one that they answer in as a parameter of the content type."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        statement = json.loads(reply.body)
        del statement["fhirVersion"]
        headers = {"Content-Type": "application/fhir+json; charset=utf-8; fhirVersion=5.0"}
        return Reply(status=200, headers=headers, body=json.dumps(statement).encode())

    pulls.proxy.set(Fault(strike=strike, path="/metadata"))
    with chart_at(pulls.proxy.url) as chart:
        assert chart.deliver(SUSPICION, own_versions=frozenset(), target=None).outcome is Outcome.REFUSED

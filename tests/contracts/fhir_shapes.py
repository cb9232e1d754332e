"""What a server must refuse (wrong shapes, unknown addresses), and what it must keep as it was written."""

import json

from horehab.clock import new_id
from tests.contracts.asking import Asker, Behaviour, collect, patient, reading, suspicion

SHAPES: list[Behaviour] = []
behaviour = collect(SHAPES)


def _create(asker: Asker, body: object, kind: str = "Observation", **headers: str) -> int:
    return asker.ask("POST", f"/{kind}", body, **headers).status_code


@behaviour(400)
def broken_json_is_refused(asker: Asker) -> object:
    return _create(asker, '{"resourceType": "Observation",')


@behaviour([400, 400, 422])
def a_body_that_is_no_resource_is_refused(asker: Asker) -> object:
    return [_create(asker, body) for body in ("", "[1]", '{"a": 1}')]


@behaviour([422, 422, 422])
def a_required_element_must_be_there(asker: Asker) -> object:
    whole = reading(asker.patient())
    without = [{name: value for name, value in whole.items() if name != gone} for gone in ("status", "code")]
    nobody = suspicion("Patient/x")
    del nobody["subject"]
    return [*(_create(asker, body) for body in without), _create(asker, nobody, "Condition")]


@behaviour([422, 422])
def an_unknown_status_is_refused(asker: Asker) -> object:
    subject = asker.patient()
    return [
        _create(asker, reading(subject, status="bogus")),
        _create(asker, suspicion(subject, verification="bogus"), "Condition"),
    ]


@behaviour([422, 422, 422])
def a_broken_time_or_one_without_zone_is_refused(asker: Asker) -> object:
    subject = asker.patient()
    times = ("2026-13-45", "2026-03-04T10:00:00", "yesterday")
    return [_create(asker, reading(subject, effectiveDateTime=time)) for time in times]


@behaviour([422, 422])
def an_unknown_element_or_a_list_for_one_value_is_refused(asker: Asker) -> object:
    subject = asker.patient()
    return [_create(asker, reading(subject, foo="x")), _create(asker, reading(subject, status=["final"]))]


@behaviour(422)
def a_value_and_the_reason_for_its_absence_exclude_each_other(asker: Asker) -> object:
    return _create(asker, reading(asker.patient(), valueString="x", dataAbsentReason={"text": "not done"}))


@behaviour(422)
def what_was_entered_in_error_has_no_clinical_status(asker: Asker) -> object:
    return _create(asker, suspicion(asker.patient(), "entered-in-error"), "Condition")


@behaviour(201)
def what_was_entered_in_error_may_stand_without_clinical_status(asker: Asker) -> object:
    withdrawn = suspicion(asker.patient(), "entered-in-error")
    del withdrawn["clinicalStatus"]
    return _create(asker, withdrawn, "Condition")


@behaviour(422)
def what_has_abated_is_not_active(asker: Asker) -> object:
    return _create(asker, suspicion(asker.patient(), abatementDateTime="2026-03-01"), "Condition")


@behaviour([404, 404, 404, 404, 404])
def what_is_not_there_is_not_found(asker: Asker) -> object:
    nobody = f"/Patient/p-{new_id()}"
    mine = asker.patient()
    paths = (nobody, f"{nobody}/_history", f"/{mine}/_history/77", "/Nonsense/1", "/.well-known/smart-configuration")
    return [asker.ask("GET", path).status_code for path in paths]


@behaviour({"OperationOutcome"})
def every_refusal_is_an_operation_outcome(asker: Asker) -> object:
    answers = (
        asker.ask("GET", f"/Patient/p-{new_id()}"),
        asker.ask("GET", "/Nonsense/1"),
        asker.ask("GET", "/Patient?foo=bar"),
        asker.ask("POST", "/Observation", "{"),
        asker.ask("POST", "/Observation", reading("Patient/nobody")),
        asker.ask("POST", "/Observation", {"resourceType": "Observation"}),
        asker.ask("PUT", "/metadata", {}),
    )
    return {answer.json()["resourceType"] for answer in answers if answer.status_code >= 400}


@behaviour(405)
def the_capability_statement_cannot_be_written(asker: Asker) -> object:
    return asker.ask("PUT", "/metadata", {}).status_code


@behaviour(("CapabilityStatement", "4.0.1", True, True))
def the_capability_statement_says_what_conditions_can_do(asker: Asker) -> object:
    said = asker.ask("GET", "/metadata").json()
    condition = next(one for one in said["rest"][0]["resource"] if one["type"] == "Condition")
    can = {one["code"] for one in condition["interaction"]}
    wanted = {"read", "vread", "update", "patch", "delete", "create", "search-type", "history-instance"}
    return said["resourceType"], said["fhirVersion"], wanted <= can, condition.get("updateCreate", False)


@behaviour(True)
def answers_are_fhir_json(asker: Asker) -> object:
    return asker.ask("GET", f"/{asker.patient()}").headers["Content-Type"].startswith("application/fhir+json")


@behaviour((304, 200))
def a_read_can_ask_for_newer_versions_only(asker: Asker) -> object:
    mine = asker.patient()
    same = asker.ask("GET", f"/{mine}", If_None_Match='W/"1"').status_code
    asker.ask("PUT", f"/{mine}", patient(mine.removeprefix("Patient/"), gender="male"))
    return same, asker.ask("GET", f"/{mine}", If_None_Match='W/"1"').status_code


@behaviour(True)
def decimals_and_text_stay_as_written(asker: Asker) -> object:
    unknown = [{"url": "https://example.org/unknown", "valueString": "é 😀 <b>"}]
    body = reading(asker.patient(), extension=unknown, note=[{"text": "line\nnext\t\u00a0"}])
    text = json.dumps(body)[:-1] + ', "valueQuantity": {"value": 85.10, "unit": "deg"}}'
    made = asker.ask("POST", "/Observation", text).json()
    kept = asker.ask("GET", f"/Observation/{made['id']}")
    return (
        '"value":85.10' in kept.text.replace(" ", "")
        and kept.json()["extension"] == unknown
        and kept.json()["note"] == body["note"]
    )


@behaviour(True)
def an_exponent_keeps_its_value(asker: Asker) -> object:
    text = json.dumps(reading(asker.patient()))[:-1] + ', "valueQuantity": {"value": 1.0E2}}'
    made = asker.ask("POST", "/Observation", text).json()
    return float(asker.ask("GET", f"/Observation/{made['id']}").json()["valueQuantity"]["value"]) == 1e2

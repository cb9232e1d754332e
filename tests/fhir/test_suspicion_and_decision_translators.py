"""The suspicion as the chart shall hold it, what a person's decision changes in it, its reasons, and its tasks."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from horehab.domain.entries import Decision, entry_key
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.record import ChartedOssification
from horehab.domain.reminder import ReminderRule
from horehab.errors import InputError
from horehab.fhir.basis.site import Site
from horehab.fhir.writing.comparison import carries, says_just_that
from horehab.fhir.writing.writing import apply_decision, check, resource_of
from tests.fhir.charts import MADRID, SITE, understood
from tests.fhir.entries import CONDITION_ID, MEASUREMENT_ID, decided, reasons, session, suspicion, task
from tests.fhir.entries import at as moment_at


def coded(concept: dict[str, Any]) -> str:
    return str(concept["coding"][0]["code"])


def test_a_suspicion_is_unconfirmed_and_nobodys_assertion() -> None:
    written = resource_of(suspicion(), SITE)
    check(written)
    assert (coded(written["verificationStatus"]), coded(written["clinicalStatus"])) == ("unconfirmed", "active")
    assert written["code"]["text"].startswith("Suspected")
    assert written["bodySite"][0]["coding"][0]["code"] == "287679003"
    assert (written["onsetDateTime"], written["recordedDate"]) == ("2026-03-01", "2026-03-20")
    assert written["meta"]["security"][0]["code"] == "DEVAST"
    assert written["note"] == [{"text": "HO suspected in left hip."}]
    assert not {"asserter", "recorder"} & set(written)


def test_its_code_bears_its_name_where_it_is_ours_and_none_where_a_site_chose_another() -> None:
    (coding,) = resource_of(suspicion(), SITE)["code"]["coding"]
    assert coding == {
        "system": "http://snomed.info/sct",
        "code": "128491006",
        "display": "Heterotopic ossification (disorder)",
    }
    local = resource_of(suspicion(), replace(SITE, suspicion_code=("urn:local", "HO")))
    check(local)
    assert local["code"]["coding"] == [{"system": "urn:local", "code": "HO"}]


def test_a_name_that_an_earlier_version_did_not_write_is_no_reason_to_write_again() -> None:
    now = resource_of(suspicion(), SITE)
    before = deepcopy(now)
    del before["code"]["coding"][0]["display"]
    assert says_just_that(now, before)
    assert carries(now, before)


def test_what_no_site_asked_for_is_an_encounters_diagnosis_and_names_no_profile() -> None:
    """HAPI refuses what names a profile that it does not know; the category is the site's to choose."""
    written = resource_of(suspicion(), Site(zone=MADRID))
    assert coded(written["category"][0]) == "encounter-diagnosis"
    assert "profile" not in written["meta"]


def test_its_evidence_cites_each_observation_once_and_ours_by_identifier_until_it_is_there() -> None:
    details = resource_of(suspicion(), SITE)["evidence"][0]["detail"]
    assert details == [
        {"reference": "Observation/7"},
        {"identifier": {"system": "https://horehab.org/fhir/id/measurement", "value": MEASUREMENT_ID}},
    ]
    there = resource_of(suspicion(), SITE, cited={f"measurement:{MEASUREMENT_ID}": "Observation/8"})
    assert there["evidence"][0]["detail"][1] == {"reference": "Observation/8"}
    (read,) = understood(resource_of(suspicion(), SITE)).facts
    assert isinstance(read, ChartedOssification)
    assert read.evidence == ("Observation/7", f"urn:uuid:{MEASUREMENT_ID}")


def test_a_withdrawn_suspicion_is_entered_in_error_without_clinical_status() -> None:
    written = resource_of(suspicion(is_withdrawn=True), SITE)
    check(written)
    assert coded(written["verificationStatus"]) == "entered-in-error"
    assert "clinicalStatus" not in written


def test_a_site_says_how_it_wants_suspicions() -> None:
    knee = JointSide(joint=Joint.KNEE, side=Side.RIGHT)
    site = replace(
        SITE,
        suspicion_code=None,
        security_label="",
        suspicion_category="problem-list-item",
        body_sites={knee: ("urn:local", "RK")},
        has_profiles=True,
    )
    written = resource_of(suspicion(place=knee, evidence=(), onset=None, sentence=""), site)
    check(written)
    assert "coding" not in written["code"]
    assert written["bodySite"] == [{"coding": [{"system": "urn:local", "code": "RK"}], "text": "right knee"}]
    assert written["meta"] == {"profile": ["https://horehab.org/fhir/StructureDefinition/horehab-ho-suspicion"]}
    assert coded(written["category"][0]) == "problem-list-item"
    assert not {"evidence", "onsetDateTime", "note"} & set(written)


def test_our_suspicion_is_known_by_its_id_when_a_server_dropped_the_identifier() -> None:
    written = resource_of(suspicion(), SITE)
    del written["identifier"]
    item = understood(written)
    (read,) = item.facts
    assert isinstance(read, ChartedOssification)
    assert read.is_ours
    assert item.own_key == entry_key(suspicion())


@pytest.mark.parametrize(
    ("decision", "changed", "code"),
    [
        (Decision.ACCEPT, "verificationStatus", "provisional"),
        (Decision.CONFIRM, "verificationStatus", "confirmed"),
        (Decision.REFUTE, "verificationStatus", "refuted"),
        (Decision.DISMISS, "clinicalStatus", "inactive"),
    ],
)
def test_a_decision_changes_one_status_adds_a_note_and_touches_nothing_else(
    decision: Decision, changed: str, code: str
) -> None:
    current = resource_of(suspicion(), SITE) | {"extension": [{"url": "urn:theirs", "valueDecimal": 85.10}]}
    before = deepcopy(current)
    entry = decided(decision, imaging="CT, 21 March 2026, bone at the left hip")
    edited = apply_decision(current, entry)
    check(edited)
    assert current == before
    assert {name for name in edited if edited[name] != before.get(name)} == {changed, "note"}
    assert coded(edited[changed]) == code
    note = edited["note"][-1]
    assert (note["authorReference"], note["time"]) == ({"reference": "Practitioner/3"}, "2026-03-22")
    assert "the patient fell" in note["text"]
    assert "CT, 21 March 2026" in note["text"]
    assert apply_decision(edited, entry) == edited


def test_a_person_without_a_reference_signs_with_the_name() -> None:
    edited = apply_decision({"resourceType": "Condition"}, decided(Decision.ACCEPT, by="Dr. Ruiz", reason=""))
    assert edited["note"] == [{"authorString": "Dr. Ruiz", "time": "2026-03-22", "text": "Decision: accept."}]


def test_a_decision_is_no_resource_of_its_own() -> None:
    with pytest.raises(ValueError, match="apply_decision"):
        resource_of(decided(Decision.ACCEPT), SITE)


def test_the_reasons_name_target_inputs_software_and_rule() -> None:
    written = resource_of(reasons(), SITE)
    check(written)
    assert written["target"] == [{"reference": f"Condition/{CONDITION_ID}"}]
    assert written["recorded"] == "2026-03-20T12:00:00+01:00"
    assert written["entity"] == [{"role": "source", "what": {"reference": "Observation/7"}}]
    assert written["agent"][0]["who"]["display"] == "horehab 0.1.0, rules 2026.1"
    assert coded(written["activity"]) == "CREATE"
    elsewhere = resource_of(reasons(), SITE, cited={f"suspicion:{CONDITION_ID}": "Condition/12"})
    assert elsewhere["target"] == [{"reference": "Condition/12"}]


@pytest.mark.parametrize("lost", ["id", "extension"])
def test_our_reasons_are_known_by_their_id_or_by_their_identifier(lost: str) -> None:
    written = resource_of(reasons(), SITE)
    written = {name: part for name, part in written.items() if name != lost} | ({"id": "9"} if lost == "id" else {})
    assert understood(written).own_key == entry_key(reasons())


@pytest.mark.parametrize(
    ("rule", "intent"),
    [
        (ReminderRule.MEASURE_ROM, "proposal"),
        (ReminderRule.REPEAT_IMAGING, "proposal"),
        (ReminderRule.REVIEW_SUSPICION, "proposal"),
        (ReminderRule.LOG_SESSION, "plan"),
        (ReminderRule.FOLLOW_UP_VISIT, "plan"),
    ],
)
def test_a_task_is_a_plan_or_a_proposal_and_never_an_order(rule: ReminderRule, intent: str) -> None:
    entry = task(rule=rule)
    written = resource_of(entry, SITE)
    check(written)
    assert (written["intent"], written["status"]) == (intent, "requested")
    assert written["restriction"] == {"period": {"end": "2026-03-27"}}
    assert written["focus"] == {"reference": f"Condition/{CONDITION_ID}"}
    assert understood(written | {"id": "3"}).own_key == entry_key(entry)
    cancelled = resource_of(replace(entry, is_cancelled=True, condition_id=None), SITE)
    assert cancelled["status"] == "cancelled"
    assert "focus" not in cancelled


def test_a_local_time_is_written_with_its_zone() -> None:
    written = resource_of(session(when=moment_at("2026-07-01T10:15:00")), SITE)
    check(written)
    assert written["performedPeriod"] == {"start": "2026-07-01T10:15:00+02:00", "end": "2026-07-01T10:45:00+02:00"}


def test_what_is_not_valid_is_refused_with_its_path_before_it_leaves() -> None:
    with pytest.raises(InputError, match="no valid Task") as refused:
        check(resource_of(task(), SITE) | {"status": 7})
    assert refused.value.field == "Task.status"
    with pytest.raises(InputError, match="no kind of resource"):
        check({"resourceType": "Nonsense"})

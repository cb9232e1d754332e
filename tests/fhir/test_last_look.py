"""Before it is sent, what we write is looked at as the setting says: it is let go, named in the log, or kept back."""

import logging
from dataclasses import replace

import pytest

from horehab.domain.entries import Decision, DecisionEntry, Outcome
from horehab.fhir.basis import ours
from horehab.fhir.basis.site import Site
from horehab.fhir.wire.capability import read_capability
from horehab.fhir.wire.client import Client
from horehab.fhir.writing.delivery import Courier
from horehab.fhir.writing.last_look import look, profile_of
from tests.fhir.team_entries import MEASUREMENT, SESSION, TASK
from tests.fhir.ward import HIP, MADRID, NAME, SUSPICION, client_at
from tests.profiles.every_form import every_form
from tests.servers.meddler import MeddledServer

CANARY = "Canary Smith"
WRONG = replace(SUSPICION, strength=7, sentence=CANARY)
SAID = (
    "Condition.extension[2]: The strength of a suspicion is a whole number from 0 to 5 [horehab-suspicion-strength]"
)


def _courier(client: Client, validation: str) -> Courier:
    return Courier(
        client=client,
        site=Site(zone=MADRID, validation=validation),
        capability=lambda: read_capability(client),
    )


def test_what_keeps_the_rules_is_sent(server: MeddledServer) -> None:
    with client_at(server.url) as client:
        courier = _courier(client, "refuse")
        found = [
            courier.deliver(entry, own_versions=frozenset(), target=None)
            for entry in (SESSION, MEASUREMENT, SUSPICION, TASK)
        ]
    assert [delivery.outcome for delivery in found] == [Outcome.DONE] * 4


def test_what_breaks_a_rule_is_not_sent_but_left_for_a_person_with_the_reason(
    server: MeddledServer, caplog: pytest.LogCaptureFixture
) -> None:
    with client_at(server.url) as client, caplog.at_level(logging.WARNING, logger="horehab.fhir"):
        delivery = _courier(client, "refuse").deliver(WRONG, own_versions=frozenset(), target=None)
        assert (
            client.get(f"Condition/{WRONG.condition_id}").is_gone
            or not client.get(f"Condition/{WRONG.condition_id}").is_success
        )
    assert delivery.outcome is Outcome.CONFLICT
    assert delivery.detail == f"It breaks rules of its profile and was not sent: {SAID}."
    (record,) = caplog.records
    assert record.getMessage() == (
        "A Condition that was to be written breaks 1 rules: Condition.extension[2] [horehab-suspicion-strength]"
    )
    assert CANARY not in record.getMessage() + delivery.detail


def test_by_the_middle_setting_it_is_named_in_the_log_and_sent(
    server: MeddledServer, caplog: pytest.LogCaptureFixture
) -> None:
    with client_at(server.url) as client, caplog.at_level(logging.WARNING, logger="horehab.fhir"):
        delivery = _courier(client, "warn").deliver(WRONG, own_versions=frozenset(), target=None)
    assert delivery.outcome is Outcome.DONE
    assert len(caplog.records) == 1


def test_without_the_setting_nothing_is_looked_at(server: MeddledServer, caplog: pytest.LogCaptureFixture) -> None:
    with client_at(server.url) as client, caplog.at_level(logging.WARNING, logger="horehab.fhir"):
        delivery = _courier(client, "off").deliver(WRONG, own_versions=frozenset(), target=None)
    assert delivery.outcome is Outcome.DONE
    assert caplog.records == []


def test_a_decision_is_looked_at_as_it_will_stand(server: MeddledServer) -> None:
    """Somebody took the words away meanwhile: what we would write would break a rule."""
    decision = DecisionEntry(
        decision_id="d", condition_id=SUSPICION.condition_id, patient="Patient/p1", place=HIP,
        decision=Decision.DISMISS, reason="fell", by="Dr Sanz", decided=SUSPICION.recorded,
    )  # fmt: skip
    with client_at(server.url) as client:
        courier = _courier(client, "refuse")
        assert courier.deliver(SUSPICION, own_versions=frozenset(), target=None).outcome is Outcome.DONE
        held = server.store.read(NAME)
        assert held is not None
        server.store.put({**held, "bodySite": [{"text": "hip"}]})
        delivery = courier.deliver(decision, own_versions=frozenset(), target=None)
    assert delivery.outcome is Outcome.CONFLICT
    assert "Condition.bodySite[0].coding: it is required [min]" in delivery.detail


def test_everything_that_we_write_is_looked_at_by_the_profile_that_it_bears() -> None:
    site = Site(zone=MADRID, validation="refuse")
    for resource in every_form():
        assert profile_of(resource) in resource.get("meta", {}).get("profile", [None])
        look(resource, site)


def test_a_number_of_no_unit_is_looked_at_as_pain() -> None:
    assert profile_of({"resourceType": "Observation", "valueInteger": 3}) == ours.PROFILES["pain"]

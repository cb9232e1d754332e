"""Where the EHR gives ids of its own, a suspicion is updated, withdrawn and kept quiet as anywhere."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from horehab.usecases.keep_step import keep_step
from tests.fhir.in_scope import edited
from tests.fhir.team_entries import gives_its_own_ids
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import PATIENT, Ward, falling, flexion, mistaken, pain
from tests.usecases.retracting import all_deleted, episode, improved_and_worse_again


@pytest.fixture
def with_its_own_ids(open_ward: Callable[..., Ward], sandbox: RunningSandbox) -> Iterator[Ward]:
    with faulty_proxy(sandbox.url) as proxy:
        proxy.set(edited("/metadata", gives_its_own_ids))
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        assert keep_step(ward.ports).is_complete
        assert not ward.conditions()
        yield replace(ward, ports=ward.ports)


def suspicions(ward: Ward) -> list[dict[str, Any]]:
    return sorted(ward.resources("Condition"), key=episode)


def codes(ward: Ward) -> list[str]:
    return [str(each["verificationStatus"]["coding"][0]["code"]) for each in suspicions(ward)]


def test_under_ids_of_the_servers_a_suspicion_is_updated_and_withdrawn_in_place(with_its_own_ids: Ward) -> None:
    improved_and_worse_again(with_its_own_ids)
    assert codes(with_its_own_ids) == ["unconfirmed"]
    assert int(suspicions(with_its_own_ids)[0]["meta"]["versionId"]) > 1
    for visit in range(7):
        with_its_own_ids.server.store.remove(f"Observation/later-{visit}")
        with_its_own_ids.server.store.remove(f"Observation/later-pain-{visit}")
    all_deleted(with_its_own_ids)
    keep_step(with_its_own_ids.ports)
    assert codes(with_its_own_ids) == ["entered-in-error"]


def test_under_ids_of_the_servers_a_refuted_suspicion_is_quiet_and_then_a_new_episode(with_its_own_ids: Ward) -> None:
    ward = with_its_own_ids
    (condition,) = suspicions(ward)
    condition["verificationStatus"]["coding"][0]["code"] = "refuted"
    requests.put(f"{ward.server.url}/Condition/{condition['id']}", json=condition, timeout=10).raise_for_status()
    for _ in range(3):
        ward.on(ward.clock.today() + timedelta(days=1))
        keep_step(ward.ports)
        assert codes(ward) == ["refuted"]
    ward.chart(flexion("rom-6", ward.clock.today(), 70), pain("pain-6", ward.clock.today(), 8))
    keep_step(ward.ports)
    assert codes(ward) == ["refuted", "unconfirmed"]


def test_under_ids_of_the_servers_a_double_is_ended_in_the_step_and_silences_nothing(with_its_own_ids: Ward) -> None:
    ward = with_its_own_ids
    (condition,) = suspicions(ward)
    ward.on(ward.clock.today() + timedelta(days=1))
    ward.chart(condition | {"id": "twin"})
    keep_step(ward.ports)
    by_id = {str(each["id"]): str(each["verificationStatus"]["coding"][0]["code"]) for each in suspicions(ward)}
    assert by_id == {str(condition["id"]): "unconfirmed", "twin": "entered-in-error"}
    mistaken(ward)
    keep_step(ward.ports)
    assert codes(ward) == ["entered-in-error", "entered-in-error"]

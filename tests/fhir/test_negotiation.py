"""What doctor says about a server, without changing anything there."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses

from horehab.fhir.kinds import KINDS
from horehab.usecases.exchange import Choice
from tests.fhir.ward import PATIENT, chart_at, observation
from tests.servers.meddler import MeddledServer, start_meddled

BASE = "https://ehr.example/fhir"


@pytest.fixture
def server() -> Iterator[MeddledServer]:
    with start_meddled() as running:
        running.store.put(PATIENT)
        yield running


def look(url: str, **options: Any) -> dict[str, Choice]:
    with chart_at(url, **options) as chart:
        return {choice.subject: choice for choice in chart.inspect()}


def without(*kinds: str, interactions: tuple[str, ...] = ()) -> Callable[[dict[str, Any]], None]:
    def edit(statement: dict[str, Any]) -> None:
        for each in statement["rest"][0]["resource"]:
            if each["type"] in kinds:
                each["interaction"] = [code for code in each["interaction"] if code["code"] not in interactions]

    return edit


WRITING = ("create", "update")


def test_a_good_server_is_well_in_every_respect(server: MeddledServer) -> None:
    found = look(server.url)
    ill = {subject for subject, choice in found.items() if not choice.is_well} - {"clock"}
    assert ill == set()
    assert found["FHIR version"].finding == "4.0.1"
    assert "sandbox" in found["server"].finding
    assert "as Conditions, under an id of ours" in found["suspicions"].finding
    assert "portal" in found["portals"].finding


def test_doctor_changes_nothing(server: MeddledServer) -> None:
    look(server.url)
    assert {line.split(" ")[0] for line in server.asked} == {"GET"}


def test_a_server_that_gives_its_own_ids_is_told(server: MeddledServer) -> None:
    def edit(statement: dict[str, Any]) -> None:
        for each in statement["rest"][0]["resource"]:
            each["updateCreate"] = False

    server.edit_metadata = edit
    assert "under the server's id" in look(server.url)["suspicions"].finding


def test_without_conditions_suspicions_become_tasks(server: MeddledServer) -> None:
    server.edit_metadata = without("Condition", interactions=WRITING)
    choice = look(server.url)["suspicions"]
    assert choice.is_well
    assert "as Tasks, because it takes no Conditions" in choice.finding


def test_conditions_that_nobody_may_change_are_not_written(server: MeddledServer) -> None:
    server.edit_metadata = without("Condition", interactions=("update",))
    assert "nobody change" in look(server.url)["suspicions"].finding


def test_without_tasks_too_suspicions_stay_on_the_outbox_page(server: MeddledServer) -> None:
    server.edit_metadata = without("Condition", "Task", interactions=WRITING)
    found = look(server.url)
    assert not found["suspicions"].is_well
    assert "outbox page" in found["suspicions"].finding
    assert not found["writing"].is_well
    assert "Task" in found["writing"].finding


def test_what_is_not_offered_for_reading_is_listed(server: MeddledServer) -> None:
    server.edit_metadata = without("Appointment", interactions=("search-type",))
    assert "without Appointment" in look(server.url)["reading"].finding
    server.edit_metadata = without("Observation", interactions=("search-type",))
    choice = look(server.url)["reading"]
    assert not choice.is_well
    assert "Observation" in choice.finding


def test_deletions_that_no_history_tells_of_are_found_by_comparison(server: MeddledServer) -> None:
    server.edit_metadata = without("Observation", "Condition", interactions=("history-type",))
    choice = look(server.url)["deletions"]
    assert choice.is_well
    assert "no history of Observation, Condition: once a day" in choice.finding


def test_a_server_that_caps_its_pages_is_told(server: MeddledServer) -> None:
    for number in range(501):
        server.store.put(observation(f"o{number}"))
    assert (
        "it gives 500 a page where 1000 were asked for"
        in look(server.url, page_size=1000)["search Observation"].finding
    )


def test_a_server_that_is_not_there_is_one_clear_finding(free_port: int) -> None:
    found = look(f"http://127.0.0.1:{free_port}/fhir")
    assert list(found) == ["server"]
    assert not found["server"].is_well
    assert "Nobody listens" in found["server"].finding
    assert found["server"].remedy


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


STATEMENT = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "software": {"name": "Test EHR"}}


def test_a_web_page_is_no_server(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", body="<html>Sign in</html>")
    assert "web page" in look(BASE)["server"].finding


def test_another_resource_is_no_statement(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", json=PATIENT)
    assert "with a Patient" in look(BASE)["server"].finding


def test_a_server_without_metadata_is_told(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", status=404)
    assert "status 404" in look(BASE)["server"].finding


@pytest.mark.parametrize(
    ("version", "is_well"), [("4.0.1", True), ("4.3.0", True), ("5.0.0", False), ("3.0.2", False)]
)
def test_a_version_that_is_not_read_here_is_told(wire: responses.RequestsMock, version: str, is_well: bool) -> None:
    wire.get(f"{BASE}/metadata", json={**STATEMENT, "fhirVersion": version})
    for kind in KINDS:
        wire.get(f"{BASE}/{kind}", json={"resourceType": "Bundle"})
    assert look(BASE)["FHIR version"].is_well is is_well


def test_being_refused_points_to_smart_where_it_is_offered(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT)
    wire.get(f"{BASE}/.well-known/smart-configuration", json={"token_endpoint": "https://ehr.example/token"})
    for kind in KINDS:
        wire.get(f"{BASE}/{kind}", status=401)
    choice = look(BASE)["signing in"]
    assert not choice.is_well
    assert "without signing in" in choice.finding
    assert "SMART on FHIR" in choice.remedy


def test_the_way_of_signing_in_is_named_without_the_secret(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT)
    for kind in KINDS:
        wire.get(f"{BASE}/{kind}", status=400)
    found = look(BASE, bearer_token="t0ken")
    assert "bearer token" in found["signing in"].finding
    assert not found["search Observation"].is_well
    assert "t0ken" not in str(found)


@pytest.mark.parametrize(
    ("date", "is_well", "words"),
    [
        ("Thu, 01 Jan 2026 12:00:01 GMT", True, "differs from ours by 1 s"),
        ("Thu, 01 Jan 2026 13:00:00 GMT", False, "differs from ours by 3600 s"),
        ("", True, "does not tell its time"),
    ],
)
def test_clocks_that_differ_are_told(wire: responses.RequestsMock, date: str, is_well: bool, words: str) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT, headers={"Date": date} if date else {})
    for kind in KINDS:
        wire.get(f"{BASE}/{kind}", json={"resourceType": "Bundle"})
    choice = look(BASE)["clock"]
    assert (choice.is_well, words in choice.finding) == (is_well, True)


def test_a_server_that_ignores_the_mark_is_told(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT)
    for kind in KINDS:
        bundle = {"resourceType": "Bundle", "link": [{"relation": "self", "url": f"{BASE}/{kind}?_count=1"}]}
        wire.get(f"{BASE}/{kind}", json=bundle)
    assert "ignores _lastUpdated" in look(BASE)["search Observation"].finding

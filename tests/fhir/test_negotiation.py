"""What doctor says about a server, without changing anything there."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fhir.ward import PATIENT, look, observation
from tests.servers.meddler import MeddledServer, start_meddled


@pytest.fixture
def server() -> Iterator[MeddledServer]:
    with start_meddled() as running:
        running.store.put(PATIENT)
        yield running


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
    assert found["FHIR version"].finding == "4.0.1 (R4): read and written"
    assert "sandbox" in found["server"].finding
    assert "as Conditions, because the server lists create and update" in found["suspicions"].finding
    assert "ours, because the server says" in found["ids"].finding
    assert "which the server checks" in found["updates"].finding
    assert "conditionalCreate" in found["creates"].finding
    assert "offered, but not used" in found["transactions"].finding
    assert "portal" in found["portals"].finding
    assert "1 in all, on one page" in found["search Patient"].finding
    assert "Encounter" in found["search of the others"].finding
    assert "no Subscription" in found["hints"].finding
    assert {choice.part for choice in found.values()} >= {"server", "signing in", "reading", "writing"}


def test_doctor_changes_nothing(server: MeddledServer) -> None:
    look(server.url)
    assert {line.split(" ")[0] for line in server.asked} == {"GET"}


def test_a_server_that_gives_its_own_ids_is_told(server: MeddledServer) -> None:
    def edit(statement: dict[str, Any]) -> None:
        for each in statement["rest"][0]["resource"]:
            each["updateCreate"] = False

    server.edit_metadata = edit
    assert "the server's, because it takes none of ours" in look(server.url)["ids"].finding


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
    assert not found["written kinds"].is_well
    assert "Task" in found["written kinds"].finding
    assert not {"ids", "updates", "creates"} & set(found)


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


def test_parameters_that_are_not_listed_are_named_kind_by_kind(server: MeddledServer) -> None:
    def edit(statement: dict[str, Any]) -> None:
        for each in statement["rest"][0]["resource"]:
            gone = {"Observation": ("_lastUpdated", "patient"), "Patient": ("_lastUpdated",)}.get(each["type"], ())
            each["searchParam"] = [one for one in each["searchParam"] if one["name"] not in gone]

    server.edit_metadata = edit
    choice = look(server.url)["search parameters"]
    assert choice.is_well
    assert "Patient (_lastUpdated); Observation (_lastUpdated, patient)" in choice.finding


def test_how_changes_are_kept_apart_is_told(server: MeddledServer) -> None:
    def edit(statement: dict[str, Any]) -> None:
        statement["rest"][0]["interaction"] = []
        for each in statement["rest"][0]["resource"]:
            each |= {"versioning": server_says[0], "conditionalCreate": False}
            del each["updateCreate"]

    server.edit_metadata = edit
    server_says = ["no-version"]
    found = look(server.url)
    assert "keeps no versions of a Condition" in found["updates"].finding
    assert "it does not say" in found["ids"].finding
    assert "lists no conditionalCreate" in found["creates"].finding
    assert "not offered, and not needed" in found["transactions"].finding
    server_says[0] = "versioned"
    assert "does not promise to check it" in look(server.url)["updates"].finding


def test_subscriptions_and_whole_copies_are_told_where_they_are_offered(server: MeddledServer) -> None:
    def edit(statement: dict[str, Any]) -> None:
        hook = {"type": "Subscription", "interaction": [{"code": "create"}]}
        statement["rest"][0]["resource"].append(hook)
        statement["rest"][0]["operation"] = [{"name": "$export"}] if offers_export else []
        for each in statement["rest"][0]["resource"]:
            each.pop("operation", None)

    server.edit_metadata = edit
    offers_export = False
    found = look(server.url)
    assert "a hook may wake the poll" in found["hints"].finding
    assert "offers no $export" in found["first load"].finding
    offers_export = True
    assert "horehab load" in look(server.url)["first load"].finding

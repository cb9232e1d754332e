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
    ("version", "is_well", "words"),
    [
        ("4.0.1", True, "(R4): read and written"),
        ("4.3.0", True, "(R4B): read and written"),
        ("5.0.0", True, "(R5): read; nothing is written there, because what we write is R4"),
        ("3.0.2", False, "3.0.2"),
    ],
)
def test_what_is_done_with_a_version_is_told(
    wire: responses.RequestsMock, version: str, is_well: bool, words: str
) -> None:
    wire.get(f"{BASE}/metadata", json={**STATEMENT, "fhirVersion": version})
    for kind in KINDS:
        wire.get(f"{BASE}/{kind}", json={"resourceType": "Bundle"})
    found = look(BASE)
    assert found["FHIR version"].is_well is is_well
    assert words in found["FHIR version"].finding
    assert found["suspicions"].is_well is not version.startswith("5")


def test_being_refused_points_to_smart_where_it_is_offered(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT)
    wire.get(f"{BASE}/.well-known/smart-configuration", json={"token_endpoint": "https://ehr.example/token"})
    for kind in KINDS:
        wire.get(f"{BASE}/{kind}", status=401)
    choice = look(BASE)["signing in"]
    assert not choice.is_well
    assert "without signing in" in choice.finding
    assert "SMART on FHIR" in choice.remedy
    assert "horehab keys new" in choice.remedy


def test_the_way_of_signing_in_is_named_without_the_secret(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT)
    for kind in KINDS:
        wire.get(f"{BASE}/{kind}", status=400)
    found = look(BASE, bearer_token="t0ken")
    assert "bearer token" in found["signing in"].finding
    assert "status 400" in found["signing in"].finding
    assert "not tried" in found["search"].finding
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


def answer_searches(wire: responses.RequestsMock, *refused: str) -> None:
    """Answer every search with an empty page, and those that have one of these parameters with 400."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        return (400 if any(name in request.url for name in refused) else 200), {}, '{"resourceType": "Bundle"}'

    for kind in KINDS:
        wire.add_callback("GET", f"{BASE}/{kind}", callback=answer)


@pytest.mark.parametrize(
    ("refused", "words", "advice"),
    [
        ("_sort", "in any order, because _sort is refused", "costs time alone"),
        ("_lastUpdated", "whole in each pass, because _lastUpdated is refused", "for _lastUpdated"),
    ],
)
def test_the_way_of_asking_that_works_is_told(
    wire: responses.RequestsMock, refused: str, words: str, advice: str
) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT)
    answer_searches(wire, refused)
    found = look(BASE)
    for kind in ("Observation", "Task"):
        assert words in found[f"search {kind}"].finding
        assert advice in found[f"search {kind}"].remedy
        assert found[f"search {kind}"].is_well
    assert "search of the others" not in found


def test_a_search_that_is_refused_in_every_way_is_not_well(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/metadata", json=STATEMENT)
    wire.get(f"{BASE}/Patient", json={"resourceType": "Bundle"})
    for kind in KINDS[1:]:
        wire.get(f"{BASE}/{kind}", status=404 if kind == "Task" else 400)
    found = look(BASE)
    assert "refused (status 400)" in found["search Observation"].finding
    assert "refused (status 404)" in found["search Task"].finding
    assert not found["search Task"].is_well


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


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ({"software": {"name": "HAPI FHIR Server", "version": "8.8.0"}}, "from a cache for up to a minute"),
        ({"publisher": "Oracle Health"}, "problem and diagnosis alone"),
        ({"implementation": {"description": "OpenEMR FHIR R4 Server"}}, "If-Match"),
        ({"software": {"name": "athenaPractice"}}, "unsigned"),
        ({"software": {"name": "Another EHR"}}, ""),
    ],
)
def test_what_is_published_of_a_server_is_told_with_its_source(
    wire: responses.RequestsMock, statement: dict[str, Any], words: str
) -> None:
    wire.get(f"{BASE}/metadata", json={**STATEMENT, **statement})
    answer_searches(wire)
    with chart_at(BASE) as chart:
        known = [choice for choice in chart.inspect() if choice.subject == "known of it"]
    assert any(words in choice.finding for choice in known) is bool(words)
    assert all(choice.is_well and "https://" in choice.remedy and "2026-" in choice.remedy for choice in known)


def test_a_statement_full_of_nonsense_is_read_as_far_as_it_goes(wire: responses.RequestsMock) -> None:
    nonsense = {
        "software": 7,
        "publisher": ["x"],
        "implementation": "y",
        "rest": [{"interaction": "z", "operation": 1}],
    }
    wire.get(f"{BASE}/metadata", json={**STATEMENT, **nonsense, "fhirVersion": None})
    answer_searches(wire)
    found = look(BASE)
    assert "unnamed" in found["server"].finding
    assert not found["FHIR version"].is_well

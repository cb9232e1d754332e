"""What doctor says about servers that answer in ways of their own, or say little of themselves."""

from collections.abc import Iterator
from typing import Any

import pytest
import responses

from horehab.fhir.basis.kinds import KINDS
from tests.fhir.ward import PATIENT, chart_at, look

BASE = "https://ehr.example/fhir"
STATEMENT = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "software": {"name": "Test EHR"}}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


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

"""Pages as servers really send them: each fault is a named problem, and the mark is the server's own time."""

import pytest
import responses

from horehab.fhir.basis.marks import instant, next_mark, since
from horehab.fhir.wire.client import Client
from tests.fhir.hand_written_pages import BASE, DATE, NOON, SEARCH, bundle, names, problem, read
from tests.fhir.ward import client_at


def test_pages_are_followed_and_the_mark_is_the_servers_time_of_the_first(
    wire: responses.RequestsMock, client: Client
) -> None:
    wire.get(SEARCH, json=bundle("a", next_url=f"{BASE}?page=2"), headers=DATE)
    wire.get(f"{BASE}?page=2", json=bundle("b", meta={"lastUpdated": "2026-01-01T12:05:00Z"}), headers=DATE)
    pages = read(client)
    assert names(pages) == ["Observation/a", "Observation/b"]
    assert [page.mark for page in pages] == [None, NOON]


def test_a_relative_link_is_followed_from_where_it_stands(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json=bundle("a", next_url="/fhir/Observation?page=2"))
    wire.get(SEARCH, json=bundle("b"), headers=DATE)
    assert names(read(client)) == ["Observation/a", "Observation/b"]
    assert str(wire.calls[1].request.url) == f"{SEARCH}?page=2"


def test_a_link_to_another_server_is_not_followed(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json=bundle("a", next_url="https://evil.example/fhir?page=2"))
    pages = read(client)
    assert "another server" in problem(pages)
    assert names(pages) == ["Observation/a"]
    assert len(wire.calls) == 1


def test_a_link_that_leads_back_is_noticed(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json=bundle("a", next_url=f"{BASE}?page=2"))
    wire.get(f"{BASE}?page=2", json=bundle("b", next_url=f"{BASE}?page=2"))
    assert "circles" in problem(read(client))
    assert len(wire.calls) == 2


def test_pages_that_bring_nothing_new_for_ever_are_noticed(wire: responses.RequestsMock, client: Client) -> None:
    for number in range(2, 9):
        at = SEARCH if number == 2 else f"{BASE}?page={number - 1}"
        wire.get(at, json=bundle("a", next_url=f"{BASE}?page={number}"))
    wire.assert_all_requests_are_fired = False
    assert "circles" in problem(read(client))
    assert len(wire.calls) == 4


def test_pages_without_end_are_read_up_to_a_limit(wire: responses.RequestsMock) -> None:
    with client_at(BASE, max_pages=3) as client:
        wire.get(SEARCH, json=bundle("n1", next_url=f"{BASE}?page=2"))
        for number in (2, 3, 4):
            wire.get(f"{BASE}?page={number}", json=bundle(f"n{number}", next_url=f"{BASE}?page={number + 1}"))
        pages = read(client)
    assert "more than 3 pages" in problem(pages)
    assert len(names(pages)) == 3


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_expired_restarts_the_pass_twice(
    wire: responses.RequestsMock, client: Client, status: int
) -> None:
    wire.get(SEARCH, json=bundle("a", next_url=f"{BASE}?page=2"))
    wire.get(f"{BASE}?page=2", status=status)
    assert "forgot its own pages" in problem(read(client))
    assert len(wire.calls) == 6


def test_a_page_that_expired_once_costs_nothing(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json=bundle("a", next_url=f"{BASE}?page=2"))
    wire.get(f"{BASE}?page=2", status=410)
    wire.get(SEARCH, json=bundle("a", next_url=f"{BASE}?page=3"))
    wire.get(f"{BASE}?page=3", json=bundle("b"), headers=DATE)
    pages = read(client)
    assert set(names(pages)) == {"Observation/a", "Observation/b"}
    assert pages[-1].problems == ()


def test_fewer_than_the_server_counts_is_a_problem(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json=bundle("a", total=3))
    assert problem(read(client)) == "Observation: 1 came of 3 that the server counts"


def test_a_server_that_ignores_the_mark_is_not_believed(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json=bundle("a", self_url=f"{SEARCH}?_count=100"))
    pages = read(client, NOON)
    assert "ignored _lastUpdated" in problem(pages)
    assert names(pages) == []


def test_a_server_that_cannot_sort_is_asked_without(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, status=400)
    wire.get(SEARCH, json=bundle("a", self_url=f"{SEARCH}?_lastUpdated=ge2026"), headers=DATE)
    pages = read(client, NOON)
    assert names(pages) == ["Observation/a"]
    assert "_sort" in str(wire.calls[0].request.url)
    assert "_sort" not in str(wire.calls[1].request.url)
    assert "_lastUpdated=ge2026-01-01T11%3A55%3A00.000Z" in str(wire.calls[1].request.url)


def test_a_server_that_cannot_tell_changes_is_read_whole(wire: responses.RequestsMock, client: Client) -> None:
    for _ in range(2):
        wire.get(SEARCH, status=400)
    wire.get(SEARCH, json=bundle("a"), headers=DATE)
    assert names(read(client, NOON)) == ["Observation/a"]
    assert "_lastUpdated" not in str(wire.calls[2].request.url)


def test_a_refused_search_says_why_without_patient_data(wire: responses.RequestsMock, client: Client) -> None:
    issue = {"severity": "error", "code": "processing", "diagnostics": "HAPI-0524: unknown patient 'Canary' Smith 17"}
    wire.get(SEARCH, status=422, json={"resourceType": "OperationOutcome", "issue": [issue]})
    found = problem(read(client))
    assert "HAPI-0524" in found
    assert not any(word in found for word in ("Canary", "Smith", "17"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html><body>Sign in</body></html>", "a web page"),
        ('{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Obs', "cut off"),
        ('{"resourceType":"Bundle","entry":', "cut off"),
        ('{"resourceType":"Patient","id":"1"}', "answered a Patient"),
        ("[]", "no FHIR resource"),
        (
            '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"timeout"}]}',
            "answered a OperationOutcome (error timeout)",
        ),
        ('{"resourceType":"Bundle","entry":{"a":1}}', "no list"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False], ids=["first page", "second page"])
def test_a_page_that_is_none_is_a_problem(
    wire: responses.RequestsMock, client: Client, body: str, words: str, is_first: bool
) -> None:
    if not is_first:
        wire.get(SEARCH, json=bundle("a", next_url=f"{BASE}?page=2"))
    wire.get(SEARCH if is_first else f"{BASE}?page=2", body=body)
    pages = read(client)
    assert words in problem(pages)
    assert names(pages) == ([] if is_first else ["Observation/a"])


def test_a_page_that_the_server_refuses_is_a_problem(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json=bundle("a", next_url=f"{BASE}?page=2"))
    wire.get(f"{BASE}?page=2", status=400)
    assert "page 2: status 400" in problem(read(client))


@pytest.mark.parametrize(
    ("served", "date", "newest", "mark"),
    [
        (NOON, DATE["Date"], None, NOON),
        (NOON, DATE["Date"], "2026-01-01T11:00:00Z", NOON),
        ("2026-01-01T13:00:00Z", DATE["Date"], "2026-01-01T11:00:00Z", "2026-01-01T11:00:00.000Z"),
        ("2026-01-01T13:00:00Z", DATE["Date"], "2031-01-01T11:00:00Z", "2026-01-01T12:00:01.000Z"),
        (NOON, None, "2026-01-01T11:00:00+01:00", "2026-01-01T10:00:00.000Z"),
        (NOON, "yesterday", None, "before"),
        (None, None, None, "before"),
        ("2026-01-01T12:00:00", DATE["Date"], None, "before"),
    ],
)
def test_a_mark_comes_from_the_server_and_is_never_ahead_of_its_clock(
    served: str | None, date: str | None, newest: str | None, mark: str
) -> None:
    assert next_mark(served=served, date=date, newest=instant(newest), before="before") == mark


def test_a_mark_that_is_no_instant_is_used_as_it_is() -> None:
    assert since("page-7", 300) == "page-7"

"""Pages as servers really send them: each fault is a named problem, and no page is lost for one bad entry."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from horehab.fhir.changes import changes_of
from horehab.fhir.client import Client
from horehab.fhir.deletions import deletions_of
from horehab.fhir.marks import instant, next_mark, since
from horehab.fhir.reading import understand
from horehab.fhir.rescue import cut_entries
from horehab.fhir.site import Site
from horehab.usecases.exchange import ChartItem, ChartPage
from tests.fhir.ward import MADRID, client_at, observation

BASE = "https://ehr.example/fhir"
SEARCH = f"{BASE}/Observation"
NOON = "2026-01-01T12:00:00.000Z"
DATE = {"Date": "Thu, 01 Jan 2026 12:00:01 GMT"}
SITE = Site(zone=MADRID, base=BASE)


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client() -> Iterator[Client]:
    with client_at(BASE, bearer_token="t0ken", max_pages=20) as opened:
        yield opened


def understood(resource: dict[str, Any], source: bytes) -> ChartItem:
    return understand(resource, source, SITE)


def named(name: str, **more: Any) -> dict[str, Any]:
    return observation(name, meta={"versionId": "1", "lastUpdated": NOON}, **more)


def bundle(*names: str, next_url: str = "", self_url: str = SEARCH, **more: Any) -> dict[str, Any]:
    links = [{"relation": "self", "url": self_url}]
    links += [{"relation": "next", "url": next_url}] if next_url else []
    entries = [{"fullUrl": f"{SEARCH}/{n}", "resource": named(n), "search": {"mode": "match"}} for n in names]
    frame = {"resourceType": "Bundle", "type": "searchset", "meta": {"lastUpdated": NOON}, "link": links}
    return {**frame, "entry": entries, **more}


def read(client: Client, mark: str | None = None) -> list[ChartPage]:
    return list(changes_of(client, "Observation", mark, understood))


def problem(pages: list[ChartPage]) -> str:
    (found,) = [problem for page in pages for problem in page.problems]
    assert pages[-1].is_last
    assert pages[-1].mark is None
    return found


def names(pages: list[ChartPage]) -> list[str]:
    return [item.reference for page in pages for item in page.items]


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
    ("issue", "is_problem"),
    [
        ({"severity": "error", "code": "exception"}, True),
        ({"severity": "fatal", "code": "exception"}, True),
        ({"severity": "warning", "code": "incomplete"}, True),
        ({"severity": "information", "code": "informational"}, False),
    ],
)
def test_what_the_server_says_beside_its_entries_is_heard(
    wire: responses.RequestsMock, client: Client, issue: dict[str, str], is_problem: bool
) -> None:
    page = bundle("a")
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    page["entry"].append({"resource": outcome, "search": {"mode": "outcome"}})
    wire.get(SEARCH, json=page, headers=DATE)
    pages = read(client)
    assert names(pages) == ["Observation/a"]
    assert bool([p for page in pages for p in page.problems]) is is_problem
    assert (pages[-1].mark is None) is is_problem


DEEP = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("17", "not-a-resource"),
        ("null", "not-a-resource"),
        ('"text"', "not-a-resource"),
        ('{"resource": 7}', "not-a-resource"),
        ("{}", "not-json"),
        ('{"resource": {"resourceType": "Patient", "id": "1"}}', "wrong-kind"),
        ('{"resource": {"id": "1"}}', "wrong-kind"),
        (f'{{"resource": {{"resourceType": "Observation", "id": "deep", "x": {DEEP}}}}}', "not-json"),
        ('{"resource": {"resourceType": "Observation", "id": "nan", "x": NaN}}', "not-json"),
        ('{"resource": {"resourceType": "Observation", "id": "s", "x": "\\ud800"}}', "not-json"),
        ('{"resource": {"resourceType": "Observation", "x": {"a": [, "]"]}}}', "not-json"),
    ],
)
def test_one_broken_entry_among_a_hundred_costs_none_of_the_others(
    wire: responses.RequestsMock, client: Client, broken: str, code: str
) -> None:
    good = bundle(*(f"g{number}" for number in range(99)))
    entries = [json.dumps(entry) for entry in good["entry"]]
    body = json.dumps({**good, "entry": ["HERE"]}).replace(
        '"HERE"', ", ".join([*entries[:50], broken, *entries[50:]])
    )
    wire.get(SEARCH, body=body.encode(), headers=DATE)
    (page,) = read(client)
    assert page.problems == ()
    aside = [item for item in page.items if item.unreadable]
    assert [found.code for item in aside for found in item.unreadable] == [code]
    assert aside[0].unreadable[0].path.startswith("Bundle.entry[50]")
    assert len([item for item in page.items if not item.unreadable]) == 99


def test_an_entry_that_is_not_utf8_costs_none_of_the_others(wire: responses.RequestsMock, client: Client) -> None:
    body = (
        json.dumps(bundle("a", "b", "c"))
        .encode()
        .replace(b'"Observation", "id": "b"', b'"Observation", "id": "\xff"')
    )
    wire.get(SEARCH, body=body, headers=DATE)
    (page,) = read(client)
    assert [bool(item.unreadable) for item in page.items] == [False, True, False]
    assert b"\xff" in page.items[1].source


def test_entries_that_belong_to_the_search_but_were_included_are_read(
    wire: responses.RequestsMock, client: Client
) -> None:
    page = bundle("a")
    patient = {"resourceType": "Patient", "id": "p1", "meta": {"versionId": "1"}}
    page["entry"].append({"resource": patient, "search": {"mode": "include"}})
    wire.get(SEARCH, json=page, headers=DATE)
    assert names(read(client)) == ["Observation/a", "Patient/p1"]


def test_a_bundle_without_entries_is_an_empty_page(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(SEARCH, json={"resourceType": "Bundle", "type": "searchset"})
    (page,) = read(client, NOON)
    assert (page.items, page.mark, page.is_last) == ((), NOON, True)


HISTORY = f"{SEARCH}/_history"


def _deletion(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "history", "entry": [{"request": {"method": "DELETE", **more}}]}


@pytest.mark.parametrize(
    ("url", "version"),
    [("Observation/a/_history/3", "3"), ("Observation/a", "8"), (f"{SEARCH}/a", "8")],
)
def test_a_deletion_is_believed_when_a_direct_read_finds_nothing(
    wire: responses.RequestsMock, client: Client, url: str, version: str
) -> None:
    wire.get(HISTORY, json=_deletion(url=url))
    wire.get(f"{SEARCH}/a", status=410, headers={"ETag": 'W/"8"'})
    (page,) = deletions_of(client, "Observation", NOON)
    assert [(item.reference, item.version, item.is_gone) for item in page.items] == [("Observation/a", version, True)]
    assert not page.is_last


def test_a_deletion_of_what_still_stands_is_not_believed(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(HISTORY, json=_deletion(url="Observation/a"))
    wire.get(f"{SEARCH}/a", json=named("a"))
    assert list(deletions_of(client, "Observation", NOON)) == []


@pytest.mark.parametrize("url", ["Patient/a", "", "nonsense", "Observation/../x?y"])
def test_a_deletion_that_names_nothing_of_the_kind_is_passed_over(
    wire: responses.RequestsMock, client: Client, url: str
) -> None:
    wire.get(HISTORY, json=_deletion(url=url))
    assert list(deletions_of(client, "Observation", NOON)) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 400}, "refused"),
        ({"body": "<html>"}, "a web page"),
        ({"json": bundle("a", next_url="https://evil.example/")}, "another server"),
        ({"status": 302, "headers": {"Location": "https://evil.example/"}}, "another server"),
    ],
)
def test_a_history_that_cannot_be_read_is_a_problem(
    wire: responses.RequestsMock, client: Client, answer: dict[str, Any], words: str
) -> None:
    wire.get(HISTORY, **answer)
    (page,) = deletions_of(client, "Observation", NOON)
    assert words in page.problems[0]


def test_a_history_page_that_expired_is_a_problem(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(HISTORY, json=bundle("a", next_url=f"{BASE}?page=2"))
    wire.get(f"{BASE}?page=2", status=410)
    (page,) = deletions_of(client, "Observation", NOON)
    assert "forgot" in page.problems[0]


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


@given(st.lists(st.sampled_from(['{"a":"]"}', '{"b":[1,{"c":"\\""}]}', "7", '"x,y"', "[]", "NaN"])))
def test_entries_are_cut_apart_where_they_end(entries: list[str]) -> None:
    body = f'{{"link":[{{"url":"entry"}}],"entry" : [{" , ".join(entries)}],"total":{len(entries)}}}'
    cut = cut_entries(body.encode())
    assert cut is not None
    assert [piece.decode() for piece in cut[1]] == entries
    assert json.loads(cut[0])["total"] == len(entries)


@given(st.binary())
def test_cutting_never_fails(body: bytes) -> None:
    cut = cut_entries(body)
    assert cut is None or isinstance(cut[1], list)

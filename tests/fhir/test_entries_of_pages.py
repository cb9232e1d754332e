"""What stands on a page: no entry is lost for a broken one beside it, and what the server adds is heard."""

import json

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from horehab.fhir.wire.client import Client
from horehab.fhir.wire.rescue import cut_entries
from tests.fhir.hand_written_pages import DATE, NOON, SEARCH, bundle, names, read


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

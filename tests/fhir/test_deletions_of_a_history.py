"""Deletions that a history tells of: a direct read confirms each, and a history that is none is said so."""

from typing import Any

import pytest
import responses

from horehab.fhir.sync.deletions import deletions_of
from horehab.fhir.wire.client import Client
from tests.fhir.hand_written_pages import BASE, NOON, SEARCH, bundle, named

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

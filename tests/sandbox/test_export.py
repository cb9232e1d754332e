"""The sandbox exports what it holds: a picture of the moment when it was ordered, in files of one kind each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from horehab.sandbox import exporting
from tests.servers.sandbox import RunningSandbox


@dataclass(kw_only=True)
class Desk:
    """Asks the sandbox for exports."""

    server: RunningSandbox
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, path: str, method: str = "GET", **headers: str) -> requests.Response:
        url = path if path.startswith("http") else f"{self.server.url}/{path}"
        return self.session.request(method, url, headers=headers, timeout=10)

    def order(self, path: str = "$export") -> requests.Response:
        return self.ask(path, Prefer="respond-async")

    def manifest(self, path: str = "$export") -> dict[str, Any]:
        listed: dict[str, Any] = self.ask(self.order(path).headers["Content-Location"]).json()
        return listed

    def lines(self, file: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.ask(file["url"])
        assert answer.headers["Content-Type"] == "application/fhir+ndjson"
        return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def desk(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(exporting, "LINES", 3)
    for number in range(4):
        sandbox.store.put({"resourceType": "Patient", "id": f"p{number}"})
    sandbox.store.put({"resourceType": "Location", "id": "ward"})
    opened = Desk(server=sandbox)
    yield opened
    opened.session.close()


def test_an_export_holds_everything_in_files_of_one_kind(desk: Desk) -> None:
    listed = desk.manifest()
    assert [(file["type"], file["count"]) for file in listed["output"]] == [
        ("Location", 1),
        ("Patient", 3),
        ("Patient", 1),
    ]
    patients = [resource["id"] for file in listed["output"][1:] for resource in desk.lines(file)]
    assert patients == ["p0", "p1", "p2", "p3"]
    assert (listed["requiresAccessToken"], listed["deleted"], listed["error"]) == (True, [], [])
    assert listed["request"].endswith("/$export")


def test_only_the_kinds_that_are_asked_for_come_and_of_patients_only_what_names_one(desk: Desk) -> None:
    assert {file["type"] for file in desk.manifest("$export?_type=Location")["output"]} == {"Location"}
    assert {file["type"] for file in desk.manifest("Patient/$export")["output"]} == {"Patient"}


def test_an_export_is_a_picture_of_its_moment(desk: Desk) -> None:
    listed = desk.manifest("$export?_type=Patient")
    desk.server.store.put({"resourceType": "Patient", "id": "p0", "gender": "male"})
    desk.server.store.remove("Patient/p1")
    resources = desk.lines(listed["output"][0])
    assert [(resource["id"], resource.get("gender")) for resource in resources] == [
        ("p0", None),
        ("p1", None),
        ("p2", None),
    ]
    assert listed["transactionTime"] >= resources[0]["meta"]["lastUpdated"]


def test_since_tells_what_changed_and_what_was_deleted_for_good(desk: Desk) -> None:
    moment = desk.manifest()["transactionTime"].replace("+", "%2B")
    for name in ("p1", "p2"):
        desk.server.store.remove(f"Patient/{name}")
    desk.server.store.put({"resourceType": "Patient", "id": "p2"})
    listed = desk.manifest(f"$export?_type=Patient&_since={moment}")
    changed = [resource["id"] for file in listed["output"] for resource in desk.lines(file)]
    assert "p2" in changed
    assert not {"p0", "p1"} & set(changed)
    (bundle,) = desk.lines(listed["deleted"][0])
    assert [entry["request"] for entry in bundle["entry"]] == [{"method": "DELETE", "url": "Patient/p1"}]


@pytest.mark.parametrize("query", ["_outputFormat=text/csv", "_type=Nonsense", "_since=yesterday"])
def test_an_order_that_cannot_be_understood_is_refused(desk: Desk, query: str) -> None:
    answer = desk.order(f"$export?{query}")
    assert answer.status_code in (400, 404)
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_an_export_is_made_in_the_background_only(desk: Desk) -> None:
    assert desk.ask("$export").status_code == 400
    answer = desk.order()
    assert (answer.status_code, answer.content) == (202, b"")


def test_an_export_that_was_given_back_is_gone_with_its_files(desk: Desk) -> None:
    place = desk.order().headers["Content-Location"]
    file = desk.ask(place).json()["output"][0]
    assert desk.ask(file["url"].rpartition("/")[0] + "/99").status_code == 404
    assert desk.ask(place, "DELETE").status_code == 202
    assert [desk.ask(place).status_code, desk.ask(file["url"]).status_code] == [404, 404]
    assert desk.ask(place, "DELETE").status_code == 404


def test_the_capability_statement_offers_it(desk: Desk) -> None:
    (rest,) = desk.ask("metadata").json()["rest"]
    assert [operation["name"] for operation in rest["operation"]] == ["export"]

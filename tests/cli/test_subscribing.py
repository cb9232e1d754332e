"""`horehab subscribe`: what lets the EHR ring our hook is printed; it is made only on request, and once."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from horehab.fhir.basis.kinds import KINDS
from tests.cli.conftest import Desk
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, answers
from tests.servers.proxying import faulty_proxy

ADDRESS = "https://rehab.example/hooks/fhir"
SECRET = "only-for-this-test-0123456789"


def test_it_prints_one_for_each_kind_that_is_read_and_not_our_own_writing(desk: Desk) -> None:
    result = desk.run("subscribe", ADDRESS, hook_secret=SECRET)
    assert result.exit_code == 0, result.output
    bundle = json.loads(result.stdout)
    made = [entry["resource"] for entry in bundle["entry"]]
    assert {r["criteria"] for r in made} == {f"{kind}?" for kind in KINDS if kind not in ("Task", "Provenance")}
    assert {r["channel"]["endpoint"] for r in made} == {ADDRESS}
    assert not any("payload" in r["channel"] for r in made)
    assert SECRET not in result.output
    assert "Nothing was created" in result.stderr


@pytest.mark.parametrize(
    "address",
    [
        "http://rehab.example/hooks/fhir",
        "https://rehab.example/",
        "rehab.example/hooks/fhir",
        "https://u:p@rehab.example/hooks/fhir",
        "https://[::1/hooks/fhir",
        "ftp://rehab.example/hooks/fhir",
    ],
)
def test_an_address_that_cannot_be_rung_is_refused_in_a_sentence(desk: Desk, address: str) -> None:
    result = desk.run("subscribe", address)
    assert result.exit_code == 2
    assert "hooks/fhir" in result.stderr
    assert "Traceback" not in result.output


def test_without_a_secret_nothing_is_created(desk: Desk) -> None:
    result = desk.run("subscribe", ADDRESS, "--write")
    assert result.exit_code == 3
    assert "HOREHAB_HOOK_SECRET" in result.stderr


class _Shelf:
    """A server of Subscriptions, as far as this command asks it: it keeps them, finds them, and refuses one kind."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.beside: list[dict[str, Any]] = []
        self.answer_to_change = 200

    def __call__(self, seen: Seen, _forward: Forward, _proxy: FaultyProxy) -> Reply:
        if seen.method == "GET":
            entries: list[dict[str, Any]] = [{"resource": resource} for resource in self.kept]
            found = {"resourceType": "Bundle", "type": "searchset", "entry": entries + self.beside}
            return Reply(status=200, body=json.dumps(found).encode())
        resource = json.loads(seen.body)
        if seen.method == "PUT":
            self.kept = [resource if each["id"] == resource["id"] else each for each in self.kept]
            return Reply(status=self.answer_to_change, body=seen.body)
        if resource["criteria"] == "Appointment?":
            return Reply(status=403, body=b'{"resourceType": "OperationOutcome"}')
        self.kept.append(resource | {"id": f"s{len(self.kept)}", "status": "active"})
        return Reply(status=201, body=json.dumps(self.kept[-1]).encode())


@pytest.fixture
def shelf(desk: Desk) -> Iterator[tuple[Desk, _Shelf, FaultyProxy]]:
    """A command line before a server that keeps Subscriptions."""
    with faulty_proxy("http://127.0.0.1:9/fhir") as proxy:
        here = _Shelf()
        proxy.set(Fault(strike=here))
        settings = {"HOREHAB_FHIR_URL": proxy.url, "HOREHAB_HOOK_SECRET": SECRET}
        yield Desk(desk.settings | settings), here, proxy


def test_each_is_created_once_and_one_that_is_refused_hinders_no_other(
    shelf: tuple[Desk, _Shelf, FaultyProxy],
) -> None:
    desk, here, proxy = shelf
    first = desk.run("subscribe", ADDRESS, "--write")
    assert first.exit_code == 1, first.output
    assert "made, as Subscription/s0" in first.stdout
    assert "does not let us do this (403)" in first.stdout
    assert SECRET not in first.output
    count = len(here.kept)
    assert count == len(KINDS) - 3
    assert {str(r["channel"]["header"]) for r in here.kept} == {f"['X-Horehab-Secret: {SECRET}']"}
    again = desk.run("subscribe", ADDRESS, "--write")
    assert again.stdout.count("stands already") == count
    assert len(here.kept) == count
    assert proxy.requests("POST", "/Subscription")


def test_those_that_stand_with_another_secret_are_given_ours_and_keep_what_else_they_bear(
    shelf: tuple[Desk, _Shelf, FaultyProxy],
) -> None:
    desk, here, _ = shelf
    desk.run("subscribe", ADDRESS, "--write", hook_secret="the-one-of-last-year-0123456789")
    for resource in here.kept:
        resource["channel"]["header"].append("X-Ward: rehab")
    count = len(here.kept)
    result = desk.run("subscribe", ADDRESS, "--write")
    assert result.stdout.count("stood with another secret, and has ours now") == count
    assert SECRET not in result.output
    assert len(here.kept) == count
    headers = {tuple(r["channel"]["header"]) for r in here.kept}
    assert headers == {(f"X-Horehab-Secret: {SECRET}", "X-Ward: rehab")}
    assert desk.run("subscribe", ADDRESS, "--write").stdout.count("stands already") == count


@pytest.mark.parametrize("status", [403, 422])
def test_one_whose_secret_cannot_be_changed_does_not_ring(
    shelf: tuple[Desk, _Shelf, FaultyProxy], status: int
) -> None:
    desk, here, _ = shelf
    desk.run("subscribe", ADDRESS, "--write", hook_secret="the-one-of-last-year-0123456789")
    here.answer_to_change = status
    result = desk.run("subscribe", ADDRESS, "--write")
    assert result.exit_code == 1
    assert "yes" not in result.stdout
    assert result.stdout.count("stands with another secret") == len(here.kept)


def test_one_that_bears_the_secret_the_other_way_stands_already(shelf: tuple[Desk, _Shelf, FaultyProxy]) -> None:
    desk, here, _ = shelf
    desk.run("subscribe", ADDRESS, "--write")
    for resource in here.kept:
        resource["channel"]["header"] = [f"Authorization: Bearer {SECRET}"]
    assert desk.run("subscribe", ADDRESS, "--write").stdout.count("stands already") == len(here.kept)


def test_where_the_server_shows_only_a_part_of_what_stands_nothing_is_made(
    shelf: tuple[Desk, _Shelf, FaultyProxy],
) -> None:
    desk, here, _ = shelf
    issue = {"severity": "error", "code": "timeout"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    here.beside = [{"resource": outcome, "search": {"mode": "outcome"}}]
    result = desk.run("subscribe", ADDRESS, "--write")
    assert result.exit_code == 3
    assert "none was made" in result.stderr
    assert here.kept == []


def test_where_the_server_does_not_show_what_stands_nothing_is_made(shelf: tuple[Desk, _Shelf, FaultyProxy]) -> None:
    desk, here, proxy = shelf
    proxy.set(answers(400))
    result = desk.run("subscribe", ADDRESS, "--write")
    assert result.exit_code == 3
    assert "none was made" in result.stderr
    assert here.kept == []

"""The next sync goes on from the time of the copy, and from nowhere if something of the copy may be missing."""

from dataclasses import replace
from typing import Any

import pytest

from horehab.errors import EhrUnavailable, NotAFhirServer
from horehab.sandbox.exporting import STATUS
from tests.fhir.loading import Desk, outcome
from tests.servers import export_faults as wrong
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, answers


def test_a_time_of_the_copy_at_its_end_does_not_hide_what_changed_while_it_was_made(at: Desk) -> None:
    """Some servers name the time when the copying ended: the time when it was ordered is believed, if earlier."""
    desk, proxy = at
    ordered = replace_header("Date", "Thu, 01 Jan 2026 11:00:00 GMT").only("GET", path="$export?")
    proxy.set(ordered, wrong.manifest(lambda listed: listed.update(transactionTime="2026-01-01T13:00:00Z")))
    assert set(desk.load().marks.values()) == {"2026-01-01T11:00:00.000Z"}


@pytest.mark.parametrize("time", [None, "yesterday", 7, "2026-01-01T13:00:00", "2999-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_believed_is_replaced_by_the_servers_own_clock(at: Desk, time: object) -> None:
    desk, proxy = at
    clock = replace_header("Date", "Thu, 01 Jan 2026 11:00:00 GMT")
    proxy.set(clock, wrong.manifest(lambda listed: listed.update(transactionTime=time)))
    assert set(desk.load().marks.values()) == {"2026-01-01T11:00:00.000Z"}


def test_without_any_time_of_the_server_no_mark_moves(at: Desk) -> None:
    desk, proxy = at
    proxy.set(replace_header("Date", ""), wrong.manifest(lambda listed: listed.pop("transactionTime")))
    report = desk.load()
    assert report.problems == ("the server gave the copy no time",)
    assert desk.ports.logbook.marks() == {}


def test_a_mark_that_stood_stays_since_it_guards_what_was_deleted(at: Desk) -> None:
    desk, _ = at
    desk.sync()
    before = desk.ports.logbook.marks()
    assert desk.load().marks == {}
    assert desk.ports.logbook.marks() == before


def test_what_the_server_could_not_copy_makes_the_load_incomplete(at: Desk) -> None:
    desk, proxy = at
    lines = [
        outcome("information", "informational"),
        outcome("error", "exception"),
        "{}",
        outcome("error", "exception"),
    ]
    _errors(proxy, lines)
    report = desk.load()
    assert report.problems == (
        "the server could not copy everything (error exception: could not read …)",
        "file 5 of 5 (OperationOutcome), line 3: what could not be copied cannot be read",
    )
    assert report.marks == {}


def test_a_remark_of_the_server_that_nothing_is_missing_is_no_problem(at: Desk) -> None:
    desk, proxy = at
    _errors(proxy, [outcome("information", "informational"), outcome("warning", "processing")])
    assert desk.load().problems == ()


def _errors(proxy: FaultyProxy, lines: list[str]) -> None:
    def change(listed: dict[str, Any]) -> None:
        listed["error"] = [{"type": "OperationOutcome", "url": f"{proxy.url}/errors"}]

    body = "\n".join(lines).encode()
    proxy.set(wrong.manifest(change), Fault(strike=lambda *_: Reply(status=200, body=body), path="/errors"))


def test_a_problem_of_a_file_is_remembered_through_a_crash(at: Desk) -> None:
    """Else the marks would move over what is missing."""
    desk, proxy = at
    proxy.set(
        wrong.file_body(lambda body: body[:700], path="/1"),
        answers(500).only("GET", path="/2"),
    )
    with pytest.raises(EhrUnavailable):
        desk.load()
    proxy.set()
    report = desk.load(is_resumed=True)
    assert report.problems == ("file 2 of 4 (Observation) is cut off in line 2",)
    assert report.marks == {}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda listed: listed.update(link=[{"relation": "next"}]), "on several pages"),
        (lambda listed: listed.update(error="none"), "error is no list"),
        (lambda listed: listed["output"].append({"type": "Observation"}), "without a kind or an address"),
        (lambda listed: listed["output"].append({"url": "x"}), "without a kind or an address"),
        (lambda listed: listed["output"].append(7), "without a kind or an address"),
    ],
)
def test_a_list_of_files_that_is_not_whole_moves_no_mark(at: Desk, change: Any, problem: str) -> None:
    desk, proxy = at
    proxy.set(wrong.manifest(change))
    report = desk.load()
    assert [said for said in report.problems if problem in said]
    assert report.marks == {}


def test_a_kind_that_nobody_asked_for_is_not_even_fetched(at: Desk) -> None:
    desk, proxy = at
    proxy.set(
        wrong.manifest(lambda listed: listed["output"].append({"type": "Binary", "url": f"{proxy.url}/secret"}))
    )
    assert desk.load().problems == ()
    assert proxy.requests(path="/secret") == []


@pytest.mark.parametrize("body", [b"", b"[]", b'{"output": {}}', b"<html>"])
def test_a_list_of_files_that_is_none_stops_the_load(at: Desk, body: bytes) -> None:
    desk, proxy = at
    proxy.set(Fault(strike=lambda *_: Reply(status=200, body=body), path=STATUS, methods=("GET",)))
    with pytest.raises(NotAFhirServer, match="no list of files"):
        desk.load()


def replace_header(name: str, value: str) -> Fault:
    """The server says something else in a header; "" says nothing."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        kept = {each: said for each, said in reply.headers.items() if each != name}
        return replace(reply, headers={**kept, **({name: value} if value else {})})

    return Fault(strike=strike)

"""A first load from the server's own copy of the chart: the same memory as by sync, whatever goes wrong."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from horehab.errors import CopyFailed, CopyLost, EhrRefused, EhrUnavailable, InputError, NoCopyOffered, NotAFhirServer
from horehab.fhir import bulk_reading
from horehab.fhir.bulk_fetching import opened
from horehab.sandbox import exporting
from horehab.sandbox.exporting import FILES, STATUS
from horehab.usecases.chart_copy import PATIENTS, CopyFile, CopyOrder
from horehab.usecases.first_load import LoadProgress, Stage, cancel_load
from tests.fhir.loading import (
    LATER,
    READINGS,
    TOKEN,
    LoadingDesk,
    desk_at,
    fill,
    held,
    loading_desk,
    outcome,
    reading,
)
from tests.fhir.ward import client_at
from tests.servers import export_faults as wrong
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, answers, cut_mid_body, html, lost_answer
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox, start_sandbox


@pytest.fixture(scope="module", autouse=True)
def _in_small_portions() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "LINES", 40)
        patch.setattr(bulk_reading, "_AT_ONCE_LINES", 17)
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSandbox]:
    with start_sandbox() as running:
        fill(running)
        yield running


@pytest.fixture(scope="module")
def by_sync(server: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a memory holds that was filled page by page."""
    with loading_desk(server, tmp_path_factory.mktemp("sync")) as (desk, _):
        assert desk.sync().problems == ()
        return held(desk.ports)


@pytest.fixture
def at(server: RunningSandbox, tmp_path: Path) -> Iterator[tuple[LoadingDesk, FaultyProxy]]:
    with loading_desk(server, tmp_path) as opened:
        yield opened


Desk = tuple[LoadingDesk, FaultyProxy]


def test_a_load_holds_what_a_sync_holds_and_the_next_sync_goes_on_from_it(
    at: Desk, by_sync: dict[str, object]
) -> None:
    desk, proxy = at
    report = desk.load()
    assert (report.problems, report.kept.changed, report.kept.set_aside) == ((), READINGS + 8, 1)
    assert held(desk.ports) == by_sync
    assert set(report.marks) == {"Patient", "Observation"}
    assert desk.ports.logbook.marks() == report.marks
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None
    searches = len(proxy.requests(path="/Observation?"))
    again = desk.sync()
    assert again.kept.changed == 0
    assert "_lastUpdated" in proxy.requests(path="/Observation?")[searches].path


def test_only_what_horehab_reads_is_asked_for_and_the_export_is_given_back(at: Desk) -> None:
    desk, proxy = at
    desk.load()
    (order,) = proxy.requests("GET", "$export?")
    assert order.headers["prefer"] == "respond-async"
    assert "Observation" in order.path
    assert "Location" not in order.path
    assert len(proxy.requests("DELETE", STATUS)) == 1


def test_a_kind_of_which_no_file_came_is_read_whole_by_the_next_sync(at: Desk) -> None:
    """Perhaps there is none; perhaps the server exports no such kind."""
    desk, proxy = at
    proxy.set(
        wrong.manifest(lambda listed: listed.update(output=[f for f in listed["output"] if f["type"] == "Patient"]))
    )
    assert set(desk.load().marks) == {"Patient"}
    proxy.set()
    assert desk.sync().kept.changed == READINGS + 1


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120),
        ("0", 1),
        ("1764000000000", 900),
        ("Thu, 01 Jan 2026 12:01:00 GMT", 60),
        ("soon", 10),
        ("-5", 1),
        (None, 10),
    ],
)
def test_a_copy_in_preparation_is_asked_for_when_the_server_says(at: Desk, said: str | None, wait: float) -> None:
    desk, proxy = at
    proxy.set(wrong.preparing(2, retry_after=said, progress="\x1b[31m50 % done"))
    assert desk.load().problems == ()
    assert desk.naps.slept == [wait, wait]
    waits = [told for told in desk.heard if told.stage is Stage.PREPARING]
    assert {told.words for told in waits} == {"[31m50 % done"}


def test_a_server_that_is_busy_is_asked_again_and_one_that_stays_away_is_left(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(503, retry_after="7").only("GET", path=STATUS, times=3))
    assert desk.load().problems == ()
    assert desk.naps.slept == [7, 7, 7]
    proxy.set(answers(503).only("GET", path=STATUS))
    with pytest.raises(EhrUnavailable):
        desk.load()
    proxy.set()
    assert desk.load(is_resumed=True).problems == ()
    assert len(proxy.requests("GET", "$export?")) == 2


def test_a_copy_that_is_never_ready_is_left_after_a_day(at: Desk) -> None:
    desk, proxy = at
    proxy.set(wrong.preparing(0, retry_after="900"))
    with pytest.raises(EhrUnavailable, match="after a whole day"):
        desk.load()
    assert sum(desk.naps.slept) < 100_000


@pytest.mark.parametrize("fault", [answers(status) for status in (400, 404, 405, 500, 501)])
def test_a_server_without_export_is_named_with_what_does_the_same(at: Desk, fault: Fault) -> None:
    desk, proxy = at
    proxy.set(fault.only("GET", path="$export?"))
    with pytest.raises(NoCopyOffered, match="horehab sync"):
        desk.load()
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None


def test_an_order_that_is_refused_or_not_answered_leaves_nothing_standing(at: Desk) -> None:
    desk, proxy = at
    for fault, error in ((answers(403), EhrRefused), (answers(429), EhrUnavailable), (lost_answer(), EhrUnavailable)):
        proxy.set(fault.only("GET", path="$export?"))
        with pytest.raises(error):
            desk.load()
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None


def test_an_order_that_is_taken_without_an_address_is_said(at: Desk) -> None:
    desk, proxy = at
    proxy.set(Fault(strike=lambda *_: Reply(status=202, headers={}), path="$export?"))
    with pytest.raises(NotAFhirServer, match="does not say where"):
        desk.load()


def test_an_address_of_the_export_on_another_server_is_not_followed(at: Desk) -> None:
    desk, proxy = at
    headers = {"Content-Location": f"{proxy.elsewhere}/status"}
    proxy.set(Fault(strike=lambda *_: Reply(status=202, headers=headers), path="$export?"))
    with pytest.raises(NotAFhirServer, match="another server"):
        desk.load()
    assert proxy.requests(origin="elsewhere") == []


def test_an_export_that_the_server_gave_up_is_said_and_forgotten(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(500).only("GET", path=STATUS, times=1))
    with pytest.raises(CopyFailed, match="failed at the server"):
        desk.load()
    assert desk.load().problems == ()
    assert len(proxy.requests("GET", "$export?")) == 2


@pytest.mark.parametrize("path", [STATUS, FILES])
def test_an_export_that_the_server_forgot_is_ordered_again_a_few_times(
    at: Desk, by_sync: dict[str, object], path: str
) -> None:
    desk, proxy = at
    proxy.set(answers(410).only("GET", path=path, times=2))
    assert desk.load().problems == ()
    assert held(desk.ports) == by_sync
    assert len(proxy.requests("GET", "$export?")) == 3
    proxy.set(answers(404).only("GET", path=path))
    with pytest.raises(CopyLost):
        desk.load()
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None


def test_what_was_deleted_between_two_copies_is_noticed_by_the_next_sync(tmp_path: Path) -> None:
    """The mark is the time of the first copy, since something was kept of it."""
    with start_sandbox() as server, loading_desk(server, tmp_path) as (desk, proxy):
        fill(server, readings=60)
        proxy.set(answers(410).only("GET", path="/2", times=1))

        def time_passes(progress: LoadProgress) -> None:
            if progress.stage is Stage.AGAIN:
                server.clock.instant += timedelta(days=1)
                server.store.remove("Observation/o1")
                server.clock.instant += timedelta(days=1)
                server.store.put(reading(2))

        desk.told = time_passes
        assert desk.load().problems == ()
        assert "Observation/o1" in sources(desk)
        assert desk.sync().kept.gone == 1
        assert "Observation/o1" not in sources(desk)


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


@pytest.mark.parametrize("errors", [[], "no list"], ids=["whole", "incomplete"])
def test_what_was_deleted_while_the_copy_was_made_is_gone_though_a_sync_ran_meanwhile(
    tmp_path: Path, errors: object
) -> None:
    """The mark of that sync speaks only for what it read; the copy brought back what was deleted before."""
    with start_sandbox() as server, loading_desk(server, tmp_path) as (desk, proxy):
        fill(server, readings=60)
        proxy.set(wrong.manifest(lambda listed: listed.update(error=errors)))

        def time_passes(progress: LoadProgress) -> None:
            if progress.stage is Stage.ORDERED:
                server.clock.instant += timedelta(days=1)
                server.store.remove("Observation/o1")
                server.clock.instant += timedelta(days=1)
                server.store.put(reading(2))
                desk.told = lambda _: None
                desk.sync()

        desk.told = time_passes
        began = desk.load().marks["Observation"]
        assert began == desk.ports.logbook.marks()["Observation"]
        assert "Observation/o1" in sources(desk)
        desk.sync()
        assert "Observation/o1" not in sources(desk)
        assert desk.ports.logbook.marks()["Observation"] > began


BLOWN_UP = wrong.file_body(lambda body: body.replace(b"}\n", b"}" + b" " * 2_000 + b"\n"))
"""Files of 100 kB: what comes is handed on in pieces of 64 kB."""

HURT = {
    "a Binary": wrong.wrapped(),
    "a Binary with escapes": wrong.wrapped(is_escaped=True),
    "packed on the way": wrong.zipped_on_the_way(),
    "gzip files": wrong.zipped(),
    "broken off at once": wrong.cut_file(0),
    "broken off in a line": wrong.cut_file(700, times=3),
    "truncated in a line": wrong.file_body(lambda body: body[:700], times=3),
    "truncated between lines": wrong.file_body(lambda body: body[: body.rindex(b"{")], times=3),
    "without the last newline": wrong.file_body(lambda body: body.rstrip(b"\n")),
    "with a byte order mark": wrong.file_body(lambda body: b"\xef\xbb\xbf" + body),
    "busy": answers(503, retry_after="3").only("GET", path=FILES, times=3),
    "broken": cut_mid_body().only("GET", path=FILES, times=3),
    "lost": lost_answer().only("GET", path=FILES, times=3),
}


@pytest.mark.parametrize("fault", HURT.values(), ids=HURT.keys())
def test_a_file_comes_whole_in_the_end(at: Desk, by_sync: dict[str, object], fault: Fault) -> None:
    desk, proxy = at
    proxy.set(fault)
    assert desk.load().problems == ()
    assert held(desk.ports) == by_sync
    assert desk.ports.logbook.marks()


@pytest.mark.parametrize("fault", [fault for name, fault in HURT.items() if "broken" in name or "trunc" in name])
def test_a_file_that_can_be_sent_from_a_byte_on_comes_whole_too(
    at: Desk, by_sync: dict[str, object], fault: Fault
) -> None:
    desk, proxy = at
    proxy.set(fault, wrong.ranges())
    assert desk.load().problems == ()
    assert held(desk.ports) == by_sync


def test_blank_lines_between_the_others_mean_nothing(at: Desk, by_sync: dict[str, object]) -> None:
    desk, proxy = at
    proxy.set(wrong.file_body(lambda body: body.replace(b"\n", b"\r\n\r\n")))
    assert desk.load().problems == ()
    assert held(desk.ports) == by_sync


def test_a_file_that_broke_off_is_not_sent_again_from_its_beginning(at: Desk) -> None:
    desk, proxy = at
    proxy.set(wrong.cut_file(80_000).only("GET", path="/1", times=1), wrong.ranges(), BLOWN_UP)
    assert desk.load().problems == ()
    asked = [seen.headers.get("range") for seen in proxy.requests("GET", "/1")]
    assert asked[0] is None
    assert int(str(asked[1]).removeprefix("bytes=").removesuffix("-")) > 60_000


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda body: body[:700], "is cut off in line 2"),
        (lambda body: body[: body[:9000].rindex(b"\n") + 1], "that the server counts"),
    ],
)
def test_a_file_that_stays_cut_off_is_kept_as_far_as_it_came_and_no_mark_moves(
    at: Desk, change: wrong.Change, problem: str
) -> None:
    desk, proxy = at
    proxy.set(wrong.file_body(change, path="/1"))
    report = desk.load()
    assert any(problem in said for said in report.problems)
    assert report.marks == desk.ports.logbook.marks() == {}
    proxy.set()
    assert desk.sync().problems == ()
    assert desk.sync().kept.changed == 0


def test_half_a_line_that_never_gets_whole_is_set_aside(at: Desk) -> None:
    desk, proxy = at
    proxy.set(wrong.file_body(lambda body: body[:700], path="/1"))
    desk.load()
    halves = [aside for aside in desk.ports.logbook.set_aside() if aside.code == "not-json"]
    assert [aside.path for aside in halves] == ["file 2 of 4 (Observation), line 2"]


def test_a_line_that_is_no_json_is_set_aside_and_stops_none_of_the_others(at: Desk) -> None:
    desk, proxy = at
    proxy.set(wrong.file_body(lambda body: b'{"resourceType": "Obs\n' + body[body.index(b"\n") + 1 :], path="/1"))
    report = desk.load()
    assert (report.problems, report.kept.set_aside) == ((), 2)
    (aside,) = [each for each in desk.ports.logbook.set_aside() if each.code == "not-json"]
    assert aside.path == "file 2 of 4 (Observation), line 1"


def test_a_line_larger_than_the_limit_is_passed_over_and_said(server: RunningSandbox, tmp_path: Path) -> None:
    with loading_desk(server, tmp_path, max_body=50_000) as (desk, proxy):
        huge = b'{"resourceType": "Observation", "id": "huge", "text": "' + b"x" * 60_000 + b'"}\n'
        proxy.set(wrong.file_body(lambda body: huge + body, path="/1"))
        report = desk.load()
        assert report.problems == (
            "file 2 of 4 (Observation), line 1: it is larger than 50000 bytes (HOREHAB_MAX_BODY)",
        )
        assert report.kept.changed == READINGS + 8


def test_a_sign_in_page_in_place_of_a_file_stops_the_load_and_the_load_goes_on_afterwards(at: Desk) -> None:
    desk, proxy = at
    proxy.set(html().only("GET", path=FILES))
    with pytest.raises(NotAFhirServer, match="is a web page"):
        desk.load()
    proxy.set()
    assert desk.load(is_resumed=True).problems == ()


@pytest.mark.parametrize(
    "body", [b"\x1f\x8bno gzip at all", b'{"resourceType":"Binary","data":"no base64!"}'], ids=["gzip", "base64"]
)
def test_a_file_whose_packing_is_broken_stops_the_load(at: Desk, body: bytes) -> None:
    desk, proxy = at
    proxy.set(wrong.file_body(lambda _: body))
    with pytest.raises(NotAFhirServer):
        desk.load()


@pytest.mark.parametrize("packed", [gzip.compress, wrong.as_binary], ids=["gzip", "binary"])
def test_packing_that_ends_too_early_is_said(at: Desk, packed: wrong.Change) -> None:
    desk, proxy = at
    proxy.set(wrong.file_body(lambda body: packed(body)[:-200], path="/1"))
    assert any("is cut off" in problem for problem in desk.load().problems)


@pytest.mark.parametrize("status", [401, 403])
def test_a_file_that_we_may_not_have_stops_the_load(at: Desk, status: int) -> None:
    desk, proxy = at
    proxy.set(answers(status).only("GET", path=FILES))
    with pytest.raises(EhrRefused):
        desk.load()


def test_a_file_answered_in_no_way_that_is_known_stops_the_load(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(409).only("GET", path=FILES))
    with pytest.raises(NotAFhirServer, match="409"):
        desk.load()


@pytest.mark.parametrize("knows_ranges", [False, True], ids=["whole files", "ranges"])
@pytest.mark.parametrize(
    "change", [lambda body: b" " + body, lambda body: body[:900] + b"\n"], ids=["another file", "a shorter file"]
)
def test_a_file_that_changed_since_it_was_begun_is_ordered_anew(
    at: Desk, by_sync: dict[str, object], change: wrong.Change, *, knows_ranges: bool
) -> None:
    """Some of it was read; what comes now is another file."""
    desk, proxy = at
    proxy.set(wrong.cut_file(80_000).only("GET", path="/2"), BLOWN_UP)
    with pytest.raises(EhrUnavailable):
        desk.load()
    proxy.set(*([wrong.ranges()] if knows_ranges else []), wrong.file_body(change, times=3, path="/2"), BLOWN_UP)
    assert desk.load().problems == ()
    assert held(desk.ports) == by_sync
    assert len(proxy.requests("GET", "$export?")) >= 2


@pytest.mark.parametrize("needs_token", [True, False])
def test_files_at_another_origin_are_fetched_without_our_token_or_not_at_all(
    at: Desk, server: RunningSandbox, by_sync: dict[str, object], *, needs_token: bool
) -> None:
    desk, proxy = at
    with faulty_proxy(server.url) as elsewhere:
        proxy.set(wrong.files_at(elsewhere.url.removesuffix("/fhir"), needs_token=needs_token))
        if needs_token:
            with pytest.raises(NotAFhirServer, match="wants our token there") as refused:
                desk.load()
            assert refused.value.code == "HR-1343"
            assert elsewhere.requests() == []
            return
        assert desk.load().problems == ()
        assert held(desk.ports) == by_sync
        assert elsewhere.requests("GET", FILES)
        assert TOKEN not in str(elsewhere.requests())


def test_our_token_does_not_follow_a_redirect_to_another_origin_nor_back(
    at: Desk, server: RunningSandbox, by_sync: dict[str, object]
) -> None:
    desk, proxy = at
    with faulty_proxy(server.url) as elsewhere:
        proxy.set(wrong.files_sent_on(elsewhere.url.removesuffix("/fhir")))
        assert desk.load().problems == ()
        assert held(desk.ports) == by_sync
        assert elsewhere.requests("GET", FILES)
        assert TOKEN not in str(elsewhere.requests())
        assert TOKEN in str(proxy.requests("GET", FILES))


def test_a_file_that_is_sent_on_for_ever_stops_the_load(at: Desk) -> None:
    desk, proxy = at
    proxy.set(wrong.files_sent_on(""))
    with pytest.raises(NotAFhirServer, match="from address to address"):
        desk.load()


@pytest.mark.parametrize("place", ["http://files.example", "ftp://files.example", "https://files.example:port"])
def test_a_file_where_patient_data_must_not_travel_is_not_fetched(at: Desk, place: str) -> None:
    desk, proxy = at
    proxy.set(wrong.files_at(place, needs_token=False))
    with pytest.raises(NotAFhirServer, match="only https") as refused:
        desk.load()
    assert refused.value.code == "HR-1343"


def test_a_server_elsewhere_cannot_send_us_to_our_own_machine() -> None:
    """An address on loopback is believed of a server on loopback alone."""
    file = CopyFile(address="https://127.0.0.1/secret", kind="Patient", needs_token=False)
    with (
        client_at("https://ehr.example/fhir") as client,
        pytest.raises(NotAFhirServer, match="this very machine"),
        opened(client, file),
    ):
        raise AssertionError("it is never opened")


def test_a_link_that_expired_elsewhere_is_ordered_again(
    at: Desk, server: RunningSandbox, by_sync: dict[str, object]
) -> None:
    desk, proxy = at
    with faulty_proxy(server.url) as elsewhere:
        proxy.set(wrong.files_at(elsewhere.url.removesuffix("/fhir"), needs_token=False))
        elsewhere.set(answers(403).only("GET", times=1))
        assert desk.load().problems == ()
        assert held(desk.ports) == by_sync
        assert len(proxy.requests("GET", "$export?")) == 2


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


def test_what_was_deleted_since_is_gone_after_a_direct_read_says_so(tmp_path: Path) -> None:
    with start_sandbox() as server, loading_desk(server, tmp_path) as (desk, proxy):
        fill(server, readings=3)
        desk.load()
        server.store.put(reading(1), at=LATER)
        server.store.remove("Observation/o1", at=LATER)
        server.store.remove("Observation/o2", at=LATER)
        proxy.set(wrong.file_body(lambda body: body.replace(b"Observation/o2", b"Location/o2"), path="/0"))
        report = desk.load(CopyOrder(since="2026-01-02T00:00:00.000Z"))
        assert (report.kept.gone, report.marks) == (1, {})
        assert "Observation/o1" not in sources(desk)
        proxy.set(wrong.file_body(lambda _: b'{"resourceType": "Patient"}\n', path="/0"))
        report = desk.load(CopyOrder(since="2026-01-02T00:00:00.000Z"))
        assert report.problems == ("file 1 of 1 (Bundle), line 1: what was deleted cannot be read",)


def test_a_deletion_that_a_direct_read_denies_is_not_believed(at: Desk) -> None:
    desk, proxy = at
    bundle = b'{"resourceType":"Bundle","entry":[{"request":{"url":"Observation/o1"}},{"request":7},8]}\n'

    def change(listed: dict[str, Any]) -> None:
        listed["deleted"] = [{"type": "Bundle", "url": f"{proxy.url}/gone"}]

    proxy.set(wrong.manifest(change), Fault(strike=lambda *_: Reply(status=200, body=bundle), path="/gone"))
    report = desk.load()
    assert (report.kept.gone, report.problems) == (0, ())


def _deleted(proxy: FaultyProxy, *entries: dict[str, Any]) -> tuple[Fault, Fault]:
    """Let the server's list of files name one more, in which these were deleted."""
    bundle = json.dumps({"resourceType": "Bundle", "entry": entries}).encode() + b"\n"

    def change(listed: dict[str, Any]) -> None:
        listed["deleted"] = [{"type": "Bundle", "url": f"{proxy.url}/gone"}]

    return wrong.manifest(change), Fault(strike=lambda *_: Reply(status=200, body=bundle), path="/gone")


def test_a_deletion_that_only_a_proxys_web_page_confirms_is_not_believed(at: Desk) -> None:
    desk, proxy = at
    entry = {"request": {"method": "DELETE", "url": "Observation/o1"}}
    page = Fault(strike=lambda *_: Reply(status=404, body=b"<html>not here</html>"), path="/Observation/o1")
    proxy.set(*_deleted(proxy, entry), page)
    report = desk.load()
    assert (report.kept.gone, report.problems) == (0, ())


def test_a_deletion_that_may_not_be_read_directly_does_not_end_the_load(at: Desk) -> None:
    """The next one is deleted all the same."""
    desk, proxy = at
    named = [{"request": {"method": "DELETE", "url": f"Observation/{each}"}} for each in ("o1", "o2")]
    proxy.set(*_deleted(proxy, *named), answers(403).only(path="/Observation/o1"), answers(410).only(path="/o2"))
    assert desk.load().kept.gone == 1
    assert "Observation/o1" in sources(desk)


@pytest.mark.parametrize(
    "entry",
    [
        {"request": {"url": "https://ehr.example/fhir/Observation/o2"}},
        {"request": {"url": "Observation/o2/_history/3"}},
        {"request": {"url": "Observation"}, "fullUrl": "https://ehr.example/fhir/Observation/o2"},
    ],
)
def test_a_deletion_is_found_by_each_form_of_its_address(at: Desk, entry: dict[str, Any]) -> None:
    desk, proxy = at
    proxy.set(*_deleted(proxy, entry), answers(410).only(path="/Observation/o2"))
    assert desk.load().kept.gone == 1


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


def test_the_patients_alone_leave_no_mark_for_what_may_not_name_them(at: Desk) -> None:
    desk, proxy = at

    def more(listed: dict[str, Any]) -> None:
        patients = next(file for file in listed["output"] if file["type"] == "Patient")
        listed["output"].append(patients | {"type": "Task"})

    proxy.set(wrong.manifest(more))
    assert set(desk.load(CopyOrder(whose=PATIENTS)).marks) == {"Patient", "Observation"}
    assert proxy.requests("GET", "/Patient/$export")


def as_group(*members: str) -> tuple[Fault, Fault]:
    """The server knows a Group/7, and exports it as if it were everybody; it can be read."""

    def everybody(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        return forward(replace(seen, path=seen.path.replace("/Group/7", "")))

    group = {"resourceType": "Group", "id": "7", "type": "person", "actual": True}
    listed = [{"entity": {"reference": member}} for member in members]
    body = json.dumps(group | {"member": listed}).encode()

    def read(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        return forward(seen) if "$export" in seen.path else Reply(status=200, body=body)

    return Fault(strike=everybody, path="$export?"), Fault(strike=read, path="/Group/7")


def test_a_group_is_loaded_and_leaves_no_mark_since_others_were_not_read(at: Desk) -> None:
    desk, proxy = at
    proxy.set(*as_group())
    assert desk.load(CopyOrder(whose="Group/7")).marks == {}
    assert proxy.requests("GET", "/Group/7/$export")


def test_the_group_that_is_read_at_all_is_loaded_and_the_sync_of_its_patients_goes_on_from_it(
    server: RunningSandbox, tmp_path: Path
) -> None:
    everybody = [f"Patient/p{number}" for number in range(7)]
    with loading_desk(server, tmp_path, scope="Group/7") as (desk, proxy):
        proxy.set(*as_group(*everybody))
        report = desk.load()
        assert proxy.requests("GET", "/Group/7/$export")
        assert {f"followed {patient}" for patient in everybody} < set(report.marks)
        again = desk.sync()
        assert (again.problems, again.kept.changed) == ((), 0)
        searches = [seen.path for seen in proxy.requests(path="/Observation?")]
        assert searches
        assert all("_lastUpdated" in path or "_elements" in path for path in searches), "nobody is read anew"


def test_who_is_linked_to_another_record_is_left_to_the_sync_which_follows_the_link(tmp_path: Path) -> None:
    with start_sandbox() as server, loading_desk(server, tmp_path, scope="Group/7") as (desk, proxy):
        fill(server, readings=3)
        link = {"other": {"reference": "Patient/p1"}, "type": "replaces"}
        server.store.put({"resourceType": "Patient", "id": "p0", "link": [link]})
        proxy.set(*as_group("Patient/p0", "Patient/p1"))
        marks = desk.load().marks
        assert "followed Patient/p1" in marks
        assert "followed Patient/p0" not in marks


@pytest.mark.parametrize("order", [None, CopyOrder(), CopyOrder(whose=PATIENTS), CopyOrder(whose="Group/8")])
def test_a_copy_that_would_hold_others_than_those_who_are_read_is_not_ordered(
    server: RunningSandbox, tmp_path: Path, order: CopyOrder | None
) -> None:
    with loading_desk(server, tmp_path, scope="Patient/p1,Patient/p2") as (desk, proxy):
        with pytest.raises(NoCopyOffered, match="would hold other patients"):
            desk.load(order)
        assert proxy.requests() == []


def test_another_order_than_the_one_that_stands_is_refused_and_the_load_can_be_called_off(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(500).only("GET", path="/2"))
    with pytest.raises(EhrUnavailable):
        desk.load()
    with pytest.raises(InputError, match="under way already"):
        desk.load(CopyOrder(whose=PATIENTS))
    stood = cancel_load(desk.ports)
    assert stood is not None
    assert stood.lines > 40
    assert len(proxy.requests("DELETE", STATUS)) == 1
    assert cancel_load(desk.ports) is None
    with pytest.raises(InputError, match="no load to go on with"):
        desk.load(is_resumed=True)


def test_a_server_that_minds_an_export_given_back_is_left_alone(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(500).only("DELETE", path=STATUS))
    assert desk.load().problems == ()


def test_two_loads_at_once_are_one_too_many(at: Desk, tmp_path: Path) -> None:
    desk, proxy = at
    with desk_at(proxy.url, tmp_path) as other:

        def try_too(_: LoadProgress) -> None:
            with pytest.raises(InputError, match="in another process"):
                other.load()

        desk.told = try_too
        assert desk.load().problems == ()
    assert len(proxy.requests("GET", "$export?")) == 1


def sources(desk: LoadingDesk) -> set[str]:
    """Name the readings that count."""
    logbook = desk.ports.logbook
    return {reading.source for patient in logbook.patients() for reading in logbook.record(patient).readings}


def replace_header(name: str, value: str) -> Fault:
    """The server says something else in a header; "" says nothing."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        kept = {each: said for each, said in reply.headers.items() if each != name}
        return replace(reply, headers={**kept, **({name: value} if value else {})})

    return Fault(strike=strike)

"""A file of the copy comes whole in the end, whatever happens on the way; what stays missing is said."""

import gzip
from pathlib import Path

import pytest

from horehab.errors import EhrRefused, EhrUnavailable, NotAFhirServer
from horehab.sandbox.exporting import FILES
from tests.fhir.loading import READINGS, Desk, held, loading_desk
from tests.servers import export_faults as wrong
from tests.servers.faults import Fault, answers, cut_mid_body, html, lost_answer
from tests.servers.sandbox import RunningSandbox

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

"""`horehab load`: a first load that says how far it is, may be stopped, goes on, and can be called off."""

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Desk, says_one_sentence
from tests.servers.ctrl_c import HEARING, uncounted
from tests.servers.export_faults import files_at, manifest, preparing
from tests.servers.faults import FaultyProxy, answers, slow
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def before(ward: Desk, sandbox: RunningSandbox) -> Iterator[tuple[Desk, FaultyProxy]]:
    """The command line before the proxy before the ward's server."""
    with faulty_proxy(sandbox.url) as proxy:
        yield Desk(ward.settings | {"HOREHAB_FHIR_URL": proxy.url}), proxy


def test_a_first_load_says_how_far_it_is_and_where_the_sync_goes_on(ward: Desk) -> None:
    result = ward.run("load")
    assert result.exit_code == 0, result.output
    assert "Ordered a copy of the whole chart." in result.stderr
    assert "Reading file 1 of" in result.stderr
    assert result.stdout.startswith("Loaded: ")
    assert "`horehab sync` goes on from 20" in result.stdout
    assert "Read: 0 new or changed" in ward.run("sync").stdout


def test_a_copy_in_preparation_is_told_in_the_servers_own_words(before: tuple[Desk, FaultyProxy]) -> None:
    desk, proxy = before
    proxy.set(preparing(1, retry_after="1", progress="[bold]half[/bold] done"))
    assert "The server prepares the copy ([bold]half[/bold] done); asking again in 1 s." in desk.run("load").stderr


def test_a_load_that_was_read_before_or_of_a_part_leaves_the_sync_where_it_was(ward: Desk) -> None:
    ward.run("sync")
    result = ward.run("load", "--patient")
    assert (result.exit_code, "goes on from where it was" in result.stdout) == (0, True)
    assert ward.run("load", "--since", "2026-01-01T00:00:00Z").exit_code == 0


def test_a_load_that_is_not_whole_says_so_and_ends_with_one(before: tuple[Desk, FaultyProxy]) -> None:
    desk, proxy = before
    proxy.set(manifest(lambda listed: listed.update(error="none")))
    result = desk.run("load")
    assert result.exit_code == 1
    assert "Incomplete: the export's error is no list." in result.stderr
    assert "`horehab sync` reads the whole chart" in result.stderr


def test_a_load_that_breaks_off_goes_on_and_can_be_called_off(before: tuple[Desk, FaultyProxy]) -> None:
    desk, proxy = before
    says_one_sentence(desk.run("load", "--resume"), 2, "no load to go on with")
    assert desk.run("load", "--cancel").stdout == "There was no load to call off.\n"
    proxy.set(answers(500).only("GET", path="/2"))
    assert desk.run("load").exit_code == 1
    result = desk.run("load", "--patient")
    assert (result.exit_code, "is under way already" in result.stderr) == (2, True)
    result = desk.run("load", "--cancel")
    assert "The load of the whole chart is called off" in result.stdout
    proxy.set()
    assert desk.run("load", "--patient").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--system", "--patient"), "Only one of"),
        (("--resume", "--cancel"), "stand alone"),
        (("--group", "7", "--resume"), "stand alone"),
        (("--group", "the ward"), "is no group"),
        (("--since", "2026-01-01"), "is no instant"),
        (("--since", "soon"), "is no instant"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(desk: Desk, words: tuple[str, ...], said: str) -> None:
    result = desk.run("load", *words)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_a_server_without_export_is_said_in_a_sentence_with_what_does_the_same(ward: Desk) -> None:
    says_one_sentence(ward.run("load", "--group", "7"), 3, "does not export Group/7", "horehab sync", "HR-1340")


def test_files_elsewhere_that_want_our_token_are_refused_in_a_sentence(before: tuple[Desk, FaultyProxy]) -> None:
    desk, proxy = before
    proxy.set(files_at(proxy.elsewhere, needs_token=True))
    result = desk.run("load")
    assert (result.exit_code, "HR-1343" in result.stderr) == (3, True)


def test_on_a_terminal_it_shows_one_line_and_ctrl_c_stops_it_for_a_while(
    before: tuple[Desk, FaultyProxy],
) -> None:
    desk, proxy = before
    proxy.set(slow(60).only("GET", path="/2"))
    ours, theirs = pty.openpty()
    command = [*HEARING, "-m", "horehab", "load"]
    process = subprocess.Popen(
        command,
        env=uncounted(**desk.settings, TERM="xterm"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = _read_until(ours, b"Reading file 2 of")
    process.send_signal(signal.SIGINT)
    said += _read_until(ours, b"goes on from there")
    process.wait(20)
    os.close(ours)
    assert process.returncode == 1
    assert b"`horehab load --resume` goes on from there." in said
    assert b"Traceback" not in said
    proxy.set()
    assert desk.run("load", "--resume").exit_code == 0


def _read_until(terminal: int, words: bytes) -> bytes:
    said, end = b"", time.monotonic() + 60
    while words not in said:
        assert time.monotonic() < end, said
        if select.select([terminal], [], [], 1)[0]:
            said += os.read(terminal, 4096)
    return said

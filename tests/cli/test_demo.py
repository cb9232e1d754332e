"""`horehab demo`: the whole house on one machine, and how it ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from horehab.settings import Settings
from horehab.wiring import opened_ports
from tests.servers.ctrl_c import HEARING, uncounted


def test_the_demo_shows_what_was_published_and_ends_by_itself(tmp_path: Path) -> None:
    """As a person runs it. Its lines are not counted: that takes minutes, and other tests count all that it runs."""
    done = subprocess.run(
        [sys.executable, "-m", "horehab", "demo", "--no-serve"],
        cwd=tmp_path,
        env=uncounted(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert "13 of 13 expected joints inside their window, 0 on the forbidden ones, 0 elsewhere" in said
    assert "a second review wrote 0" in said
    assert "no evidence of accuracy" in said
    settings = Settings(database_url=f"sqlite:///{tmp_path}/var/demo/horehab.sqlite3")
    with opened_ports(settings, is_bound=False) as ports:
        assert len(ports.logbook.patients()) == 46
        assert not ports.logbook.outbox()


def test_the_pages_are_open_while_the_ward_fills_and_ctrl_c_ends_both_without_a_traceback(
    tmp_path: Path, free_port: int
) -> None:
    with subprocess.Popen(
        [*HEARING, "-m", "horehab", "demo", "--port", str(free_port)],
        cwd=tmp_path,
        env=uncounted(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            while not _is_open(free_port):
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(0.2)
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=240)
        finally:
            process.kill()
    assert process.returncode == 1, "it was not played to its end"
    assert f"The pages are on http://127.0.0.1:{free_port} already" in said
    assert "Traceback" not in said


def _is_open(port: int) -> bool:
    try:
        answer = requests.get(f"http://127.0.0.1:{port}/", timeout=60)
    except requests.ConnectionError:
        return False
    with answer:
        return answer.status_code == 200 and "physiotherapist" in answer.text

"""`python -m scheduler`: its settings, its exit codes, and how it ends."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from horehab.settings import Settings
from horehab.wiring import opened_ports
from scheduler.__main__ import main
from tests.cli.conftest import answering

ROOT = Path(__file__).parents[2]


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "HOREHAB_FHIR_URL": settings.fhir_url,
        "HOREHAB_DATABASE_URL": settings.database_url,
        "HOREHAB_TIME_ZONE": settings.time_zone,
    }


def test_once_does_every_tick_and_ends(settings: Settings, restored_signals: None) -> None:
    del restored_signals
    result = CliRunner().invoke(main, ["--once"], env=_environment(settings))
    assert result.exit_code == 0, result.output
    with opened_ports(settings) as ports:
        health = ports.logbook.health(now=ports.clock.now())
    assert health.last_pass is not None
    assert health.last_tick is not None


def test_once_with_a_silent_server_is_incomplete(settings: Settings, restored_signals: None) -> None:
    del restored_signals
    away = _environment(settings) | {"HOREHAB_FHIR_URL": "http://127.0.0.1:9/fhir"}
    result = CliRunner().invoke(main, ["--once"], env=away)
    assert result.exit_code == 1, result.output


@pytest.mark.parametrize(
    ("status", "body", "kind"), [(401, "{}", "application/json"), (200, "<html>Sign in</html>", "text/html")]
)
def test_once_before_a_server_that_is_wrong_is_a_matter_of_configuration(
    settings: Settings, restored_signals: None, status: int, body: str, kind: str
) -> None:
    del restored_signals
    with answering(status, body, {"Content-Type": kind}) as url:
        result = CliRunner().invoke(main, ["--once"], env=_environment(settings) | {"HOREHAB_FHIR_URL": url})
    assert result.exit_code == 3, result.output


def test_a_host_app_gives_its_config(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restored_signals: None
) -> None:
    del restored_signals
    (tmp_path / "ward_host.py").write_text(
        "from flask import Flask\n"
        "def make():\n"
        f"    app = Flask('ward')\n    app.config.update({_environment(settings)!r})\n    return app\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    result = CliRunner().invoke(main, ["--once", "--app", "ward_host:make"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("host", ["no_such_module:app", "json:no_such_app", "json:dumps"])
def test_an_app_that_cannot_be_had_is_one_sentence(host: str) -> None:
    result = CliRunner().invoke(main, ["--app", host])
    assert result.exit_code == 3
    assert host in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("host", [":", ":app", "", "breaking_host:app", "raising_host:make", "raising_host:leave"])
def test_a_host_whose_own_code_breaks_is_one_sentence(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "breaking_host.py").write_text("raise RuntimeError('first line\\nsecond line')\n")
    (tmp_path / "raising_host.py").write_text(
        "def make():\n    raise OSError('no disk')\ndef leave():\n    raise SystemExit(7)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    result = CliRunner().invoke(main, ["--app", host])
    assert result.exit_code == 3, result.output
    assert "(HR-1300)" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_an_unforeseen_error_is_one_sentence_and_a_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, restored_signals: None
) -> None:
    del restored_signals

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("the floor is gone")

    monkeypatch.setattr("scheduler.__main__.postbox_of", breaks)
    result = CliRunner().invoke(main, ["--once"], env=_environment(settings))
    assert result.exit_code == 1
    assert "HR-1001" in result.stderr
    assert "floor" not in result.stderr
    Path(next(word for word in result.stderr.split() if "/horehab-" in word)).unlink()


def test_a_wrong_setting_is_one_sentence() -> None:
    result = CliRunner().invoke(main, [], env={"HOREHAB_TIME_ZONE": "Mars/Olympus"})
    assert result.exit_code == 3
    assert "HOREHAB_TIME_ZONE" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def _newest_thread(process: int) -> int:
    return max(int(thread.name) for thread in Path(f"/proc/{process}/task").iterdir())


@pytest.mark.parametrize(
    ("number", "thread_of"), [(signal.SIGTERM, int), (signal.SIGINT, int), (signal.SIGTERM, _newest_thread)]
)
def test_a_signal_ends_it_after_the_piece_in_hand(
    settings: Settings, number: signal.Signals, thread_of: Callable[[int], int]
) -> None:
    """Whichever of its threads the signal reaches: the kernel chooses, and one just woken may be passed over."""
    tower = subprocess.Popen(
        [sys.executable, "-m", "scheduler"],
        cwd=ROOT,
        env={**os.environ, **_environment(settings), "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tower.stderr is not None
    try:
        said = [tower.stderr.readline()]
        while "patients reviewed" not in said[-1]:
            said.append(tower.stderr.readline())
            assert said[-1], said
        assert ctypes.CDLL(None).tgkill(tower.pid, thread_of(tower.pid), number) == 0
        assert tower.wait(timeout=60) == 0
        rest = tower.stderr.read()
    finally:
        tower.kill()
        tower.wait()
        tower.stderr.close()
    assert "finishing the piece in hand" in rest
    assert "Traceback" not in rest
    assert "published-1" not in "".join(said) + rest
    with opened_ports(settings) as ports:
        assert not [row for row in ports.logbook.outbox() if row.state == "waiting"]

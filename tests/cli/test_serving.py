"""What stays on until it is stopped: the pages, the sandbox, the demo; and the same commands inside a Flask host."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
from flask import Flask

from horehab import HoRehab
from horehab.cli import main
from horehab.demo.story import Story
from horehab.sandbox import SandboxStore
from tests.cli.conftest import Desk, says_one_sentence
from tests.servers.ctrl_c import HEARING, uncounted


@contextmanager
def _running(folder: Path, settings: dict[str, str], *words: str, ready: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command of the shell until its stderr or stdout says that it is ready; stop it by Ctrl-C at the end."""
    process = subprocess.Popen(
        [*HEARING, "-m", "horehab", *words],
        cwd=folder,
        env=uncounted(**settings, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        while not said or ready not in said[-1]:
            said.append(process.stdout.readline())
            assert said[-1], said
        yield process
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=30) in (0, 1)
        assert "Traceback" not in "".join(said) + rest
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_pages_answer_until_ctrl_c(desk: Desk, tmp_path: Path, free_port: int) -> None:
    with _running(tmp_path, desk.settings, "serve", "--port", str(free_port), ready="The pages are on"):
        answer = requests.get(f"http://127.0.0.1:{free_port}/", timeout=10, allow_redirects=False)
        answer.close()
        assert answer.status_code in (200, 302, 303)
        assert "waitress" not in answer.headers.get("Server", "")


def test_the_sandbox_answers_with_what_it_was_given_and_keeps_it(
    desk: Desk, tmp_path: Path, free_port: int, story: Story
) -> None:
    bundle = tmp_path / "story.json"
    entries = [{"resource": resource} for resource in story.chart_on(story.last_day)]
    bundle.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    data = tmp_path / "sandbox.sqlite3"
    base = f"http://127.0.0.1:{free_port}/fhir"
    words = ("sandbox", "--port", str(free_port), "--data", str(data))
    with _running(tmp_path, desk.settings, *words, "--load", str(bundle), ready="The sandbox is on"):
        assert requests.get(f"{base}/{story.patient}", timeout=10).json()["resourceType"] == "Patient"
        reviewed = desk.run("review", "--as-of", story.expected[0].last.isoformat(), fhir_url=base)
        assert reviewed.exit_code == 0, reviewed.output
    with _running(tmp_path, desk.settings, *words, ready="The sandbox is on"):
        found = requests.get(f"{base}/Condition?subject={story.patient}", timeout=10).json()
        assert found["total"] >= len(story.expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"<html>", "is no JSON"),
        (b'{"resourceType": "Patient", "id": "\xe9"}', "UTF-8"),
        (b'{"resourceType": "Bundle", "entry": [null]}', "Bundle.entry[0]"),
        (b'{"resourceType": "Bundle", "entry": "x"}', "entry is no list"),
        (b'{"resourceType": "Patient", "id": "a/b c"}', "'a/b c'"),
        (b'{"resourceType": "Patient"}', "no id"),
    ],
)
def test_a_file_that_is_no_fhir_is_one_sentence(
    desk: Desk, tmp_path: Path, text: bytes, said: str, free_port: int
) -> None:
    file = tmp_path / "some.json"
    file.write_bytes(text)
    says_one_sentence(desk.run("sandbox", "--port", str(free_port), "--load", str(file)), 2, str(file), said)


def test_a_bad_file_leaves_nothing_of_the_others_behind(desk: Desk, tmp_path: Path, free_port: int) -> None:
    good, bad, data = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "sandbox.sqlite3"
    good.write_text('{"resourceType": "Patient", "id": "a"}')
    bad.write_text('{"resourceType": "Nonsense", "id": "a"}')
    words = ("--load", str(good), "--load", str(bad), "--data", str(data))
    says_one_sentence(desk.run("sandbox", "--port", str(free_port), *words), 2, str(bad), "Nonsense")
    with closing(SandboxStore(data)) as store:
        assert store.search("Patient") == ()


def test_a_data_file_that_cannot_be_is_left_as_it_is(desk: Desk, tmp_path: Path, free_port: int) -> None:
    assert desk.run("db", "upgrade").exit_code == 0
    letter = tmp_path / "letter.txt"
    letter.write_text("This is a letter. " * 100)
    for file in (tmp_path / "none" / "sandbox.sqlite3", letter, desk.database):
        before = file.read_bytes() if file.exists() else None
        words = ("sandbox", "--port", str(free_port), "--data", str(file))
        says_one_sentence(desk.run(*words), 3, str(file), "--data")
        assert (file.read_bytes() if file.exists() else None) == before


def test_a_host_app_has_the_same_commands_with_its_own_settings(ward: Desk, story: Story) -> None:
    app = Flask("ward_host")
    app.config.update(ward.settings)
    HoRehab(app)
    result = app.test_cli_runner().invoke(args=["horehab", "review", "--as-of", story.last_day.isoformat(), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[0])["patient"] == story.patient
    unknown = app.test_cli_runner().invoke(args=["horehab", "chart", "Patient/nobody"])
    assert unknown.exit_code == 2


@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_help_of_each_command_teaches(desk: Desk, name: str) -> None:
    result = desk.run(name, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 5
    assert "\\b" not in result.stdout


def test_the_help_names_every_command_and_the_exit_codes(desk: Desk) -> None:
    said = desk.run("--help").stdout
    assert "Exit codes" in said
    for name in main.commands:
        assert f"  {name} " in said


def test_an_unknown_command_is_a_matter_of_usage(desk: Desk) -> None:
    assert desk.run("diagnose").exit_code == 2

"""A ward with one published patient on a real embedded server, and the command line before it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from horehab.cli import main
from horehab.demo.published import patients
from horehab.demo.story import Story
from tests.servers.loopback import answering_at
from tests.servers.sandbox import RunningSandbox

Run = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Desk:
    """A command line with its settings."""

    settings: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, typed: str | None = None, **settings: str) -> Result:
        """Say a command as a person would; settings by their name without HOREHAB_."""
        extra = {f"HOREHAB_{name.upper()}": value for name, value in settings.items()}
        return CliRunner().invoke(main, list(words), input=typed, env={**self.settings, **extra})

    @property
    def database(self) -> Path:
        """The file of the database."""
        return Path(self.settings["HOREHAB_DATABASE_URL"].removeprefix("sqlite:///"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A command line whose server does not answer."""
    return Desk(
        {
            "HOREHAB_DATABASE_URL": f"sqlite:///{tmp_path}/horehab.sqlite3",
            "HOREHAB_FHIR_URL": "http://127.0.0.1:9/fhir",
            "HOREHAB_TIME_ZONE": "Europe/Madrid",
            "HOREHAB_TIMEOUT": "30",
        }
    )


@pytest.fixture(scope="session")
def story() -> Story:
    """The first published patient."""
    return patients()[0]


@pytest.fixture
def ward(desk: Desk, sandbox: RunningSandbox, story: Story) -> Desk:
    """A command line before a server that holds the whole course of the first published patient."""
    for resource in story.chart_on(story.last_day):
        sandbox.store.put(resource)
    return Desk(desk.settings | {"HOREHAB_FHIR_URL": sandbox.url})


def says_one_sentence(result: Result, code: int, *words: str) -> None:
    """Hold that a command failed as documented: its exit code, one line that names these words, no traceback."""
    assert result.exit_code == code, result.output
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit), result.exception
    said = result.stderr.strip()
    assert len(said.splitlines()) == 1, said
    assert "Traceback" not in result.output
    for word in words:
        assert word in said, said


@contextmanager
def answering(status: int, body: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Run a web server that gives everybody the same answer; gives its base address."""

    class Same(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with answering_at(ThreadingHTTPServer(("127.0.0.1", 0), Same)) as address:
        yield f"{address}/fhir"

"""The real servers that tests run against, Madrid's clock, and the list of what could not be run and why."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from xdist.scheduler import LoadScopeScheduling

from horehab.fhir.basis.kinds import KINDS, PLACES
from horehab.store import upgrade
from tests.order import group_of, place_of
from tests.servers.cannot_be_had import CannotBeHad
from tests.servers.hapi import start_hapi
from tests.servers.oidc import AuthorizationServer, start_oidc
from tests.servers.postgresql import PostgresqlServer, start_postgresql
from tests.servers.sandbox import RunningSandbox, start_sandbox
from tests.servers.smtp import MailServer, start_smtp

_NOT_RUN = "not run, because "


def pytest_configure(config: pytest.Config) -> None:
    """Live in Madrid: a test that leans on a machine in UTC must fail here."""
    os.environ["TZ"] = "Europe/Madrid"
    time.tzset()
    config.option.loadscopereorder = False  # xdist would begin with the files of the most tests, not with the longest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: place_of(item.nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let processes share the tests file by file; every file that starts a HAPI goes to one and the same."""
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = group_of
    return scheduling


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HOREHAB_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, before any installation has it."""
    file = tmp_path_factory.mktemp("tables") / "desk.sqlite3"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    """A server that cannot be had: a failure in CI, elsewhere a test that the summary lists as not run.

    Asked of each test: pytest asks no conftest below its root when it sets up what a whole session shares.
    """
    try:
        return (yield)
    except CannotBeHad as reason:
        _not_run(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """The same for a server that a test starts itself."""
    try:
        return (yield)
    except CannotBeHad as reason:
        _not_run(reason)


def _not_run(reason: CannotBeHad) -> NoReturn:
    if os.environ.get("CI", "").casefold() not in ("", "0", "false"):
        pytest.fail(f"In CI every server must be had: {reason}", pytrace=False)
    pytest.skip(f"{_NOT_RUN}{reason}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List what was not run on this machine, and why."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        words = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if _NOT_RUN in words:
            reason = words.split(_NOT_RUN, 1)[1]
            reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("not run on this machine")
        for reason, count in sorted(reasons.items()):
            terminalreporter.line(f"{count} tests not run, because {reason}")


@pytest.fixture
def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A running embedded FHIR server, empty: `.url` and `.store`."""
    with start_sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def hapi_url() -> Iterator[str]:
    """The base of a real HAPI FHIR server; shared by the session, so each test uses patients of its own."""
    with start_hapi() as url:
        yield url


@pytest.fixture(scope="session")
def oidc() -> Iterator[AuthorizationServer]:
    """A real authorization server; shared by the session, so each test registers a client of its own."""
    with start_oidc((*KINDS, *PLACES)) as running:
        yield running


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[PostgresqlServer]:
    with start_postgresql() as server:
        yield server


@pytest.fixture
def postgresql_url(_postgresql: PostgresqlServer) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database on a real PostgreSQL."""
    with _postgresql.fresh_database() as url:
        yield url


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[MailServer]:
    """A real mail server that wants STARTTLS and a password."""
    with start_smtp(tmp_path) as running:
        yield running

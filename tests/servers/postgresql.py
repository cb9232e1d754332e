"""A real PostgreSQL of our own for a test run: a private cluster in a temporary folder, on loopback alone."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from tests.servers.cannot_be_had import CannotBeHad

_PATIENCE_SECONDS = 60


@dataclass(slots=True)
class PostgresqlServer:
    """A running cluster; `fresh_database` makes an empty database and drops it in the end."""

    port: int
    user: str
    numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        name = f"horehab_{next(self.numbers)}"
        with self._admin() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"postgresql://{self.user}@127.0.0.1:{self.port}/{name}"
        finally:
            with self._admin() as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    @contextmanager
    def _admin(self) -> Iterator[psycopg.Connection]:
        address = f"host=127.0.0.1 port={self.port} user={self.user} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection


@contextmanager
def start_postgresql() -> Iterator[PostgresqlServer]:
    """Start a private cluster and end it; CannotBeHad says what is missing on this machine."""
    binaries = _binaries()
    user = _server_user()
    with tempfile.TemporaryDirectory(prefix="horehab-postgresql-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = folder / "cluster"
        cluster.mkdir()
        if os.geteuid() == 0:
            shutil.chown(cluster, user)
            shutil.chown(folder, user)
        _run(user, binaries / "initdb", "-D", cluster, "-A", "trust", "-U", user, "-E", "UTF8", "--no-sync")
        port = _free_port()
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
        )
        ctl = binaries / "pg_ctl"
        _run(user, ctl, "-D", cluster, "-l", folder / "log", "-w", "-t", _PATIENCE_SECONDS, "-o", options, "start")
        try:
            yield PostgresqlServer(port=port, user=user)
        finally:
            _run(user, ctl, "-D", cluster, "-m", "immediate", "-w", "stop")


def _binaries() -> Path:
    found = shutil.which("initdb")
    folders = ([Path(found).resolve().parent] if found else []) + [
        path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    ]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise CannotBeHad("PostgreSQL is not installed (on Debian: apt-get install postgresql)")


def _server_user() -> str:
    """PostgreSQL refuses to run as root: then the user `postgres` of its package runs it."""
    if os.geteuid() != 0:
        return getpass.getuser()
    if not shutil.which("runuser"):
        raise CannotBeHad("PostgreSQL does not run as root, and `runuser` is missing")
    known = subprocess.run(["id", "postgres"], capture_output=True, check=False)
    if known.returncode:
        raise CannotBeHad("PostgreSQL does not run as root, and there is no user `postgres`")
    return "postgres"


def _run(user: str, *words: object) -> None:
    command = [str(word) for word in words]
    if os.geteuid() == 0:
        command = ["runuser", "-u", user, "--", *command]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise CannotBeHad(f"PostgreSQL does not start: {done.stderr.strip().splitlines()[-1:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

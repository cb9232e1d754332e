"""Processor time of what answers a page: of this thread, and of the database's own processes beside it."""

import time
from pathlib import Path

import psycopg

_PROCESSES = Path("/proc")
_NANO = 1e-9


class Processor:
    """Tells the seconds that processors have worked for us; wall time would tell what else the machine does.

    `database` is the URL of a PostgreSQL on this machine; SQLite works in our own thread.
    """

    def __init__(self, database: str = "") -> None:
        self._accounts = _accounts(database) if database.startswith("postgresql") else ()

    def seconds(self) -> float:
        """Give the seconds of processor time so far."""
        spent = sum(int(account.read_text(encoding="ascii").split()[0]) for account in self._accounts)
        return time.thread_time() + spent * _NANO


def _accounts(url: str) -> tuple[Path, ...]:
    """Find where Linux counts the time of the processes that serve our connections."""
    asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with psycopg.connect(url) as connection:
        found = connection.execute(asked).fetchall()
    return tuple(_PROCESSES / str(pid) / "schedstat" for (pid,) in found)

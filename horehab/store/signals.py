"""The board of our processes in the database: how the EHR answers, and whether something changed there."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from horehab.store import tables
from horehab.store.engine import reading, writing
from horehab.usecases.signals import Breaker

_EHR = "ehr"


class SqlSignals:
    """What one process writes and all others read, in short transactions, one writer at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def breaker(self) -> Breaker:
        """Tell how the EHR answered of late."""
        with reading(self._engine) as connection:
            return _breaker(connection)

    def change_breaker(self, before: Breaker, after: Breaker) -> bool:
        """Write down how it answers now, unless another process wrote since `before` was read: then False."""
        t = tables.breaker
        with writing(self._engine) as connection:
            if _breaker(connection) != before:
                return False
            connection.execute(delete(t).where(t.c.name == _EHR))
            if after != Breaker():
                connection.execute(insert(t).values(name=_EHR, **asdict(after)))
        return True

    def hint(self, *, now: datetime) -> None:
        """Note that something changed in the EHR; any number of these before the next look are one."""
        if self.is_hinted():  # most copies of a hint end here, without waiting for any writer
            return
        with writing(self._engine) as connection:
            if not _is_hinted(connection):
                connection.execute(insert(tables.hint).values(name=_EHR, given=now))

    def is_hinted(self) -> bool:
        """Whether something changed in the EHR, as somebody says, since the last look began."""
        with reading(self._engine) as connection:
            return _is_hinted(connection)

    def take_hint(self) -> bool:
        """Take the hint off the board, since a look begins now; False when there was none."""
        if not self.is_hinted():
            return False
        t = tables.hint
        with writing(self._engine) as connection:
            return bool(connection.execute(delete(t).where(t.c.name == _EHR)).rowcount)


def _breaker(connection: Connection) -> Breaker:
    t = tables.breaker
    row = connection.execute(select(t).where(t.c.name == _EHR)).first()
    if row is None:
        return Breaker()
    return Breaker(
        failures=row.failures,
        since=row.since,
        open_until=row.open_until,
        probe_until=row.probe_until,
        why=row.why,
    )


def _is_hinted(connection: Connection) -> bool:
    t = tables.hint
    return connection.execute(select(t.c.given).where(t.c.name == _EHR)).first() is not None

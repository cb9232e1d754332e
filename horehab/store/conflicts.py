"""The queue of conflicts in the database: what waits for a person, what they decided, and doubles that were swept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, exists, insert, select, update

from horehab.domain.entries import Outcome, ReasonsEntry
from horehab.store import outbox, patients, tables
from horehab.store.engine import reading, writing
from horehab.store.outbox import KEPT, STUCK, WAITING
from horehab.usecases.conflict_queue import Settlement, Sweep
from horehab.usecases.exchange import OutboxRow

_UNSAID = "what it gives the reasons for was not written"


class SqlConflicts:
    """The conflicts of one logbook; each call is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listed(self, *, patient: str | None = None) -> tuple[OutboxRow, ...]:
        """List what waits for a person, oldest first; of one patient, those merged included."""
        t = tables.outbox
        asked = select(t).where(t.c.state.in_(STUCK)).order_by(t.c.row)
        with reading(self._engine) as connection:
            if patient is not None:
                asked = asked.where(t.c.patient.in_(patients.together(connection, patient)))
            return tuple(outbox.as_row(row) for row in connection.execute(asked))

    def settle(self, row: int, how: Settlement, *, now: datetime) -> bool:
        """Note what a person decided; False when that row waits for nobody any more."""
        t = tables.outbox
        values: dict[str, Any]
        if how is Settlement.TRY_AGAIN:
            values = {"state": WAITING, "settled": None, "attempts": 0, "not_before": None}
        else:
            values = {"state": KEPT, "settled": now}
        with writing(self._engine) as connection:
            stuck = update(t).where(t.c.row == row, t.c.state.in_(STUCK)).values(values).returning(t)
            found = connection.execute(stuck).first()
            if found is None:
                return False
            if how is Settlement.KEEP_THEIRS:
                _keep_reasons(connection, found.key, found.position, now)
            patients.touch(connection, [found.patient])
        return True

    def delivered_lately(self) -> tuple[OutboxRow, ...]:
        """List what was delivered, or ended in conflict, since the review before the last one was closed."""
        t, p = tables.outbox, tables.review_pass
        states = (Outcome.DONE.value, Outcome.CONFLICT.value)
        asked = select(t).where(t.c.state.in_(states)).order_by(t.c.row)
        with reading(self._engine) as connection:
            closed = select(p.c.finished).where(p.c.as_of.is_not(None)).order_by(p.c.row.desc())
            since = connection.execute(closed.offset(1).limit(1)).scalar()
            rows = connection.execute(asked if since is None else asked.where(t.c.settled >= since))
            return tuple(outbox.as_row(row) for row in rows)

    def note_sweep(self, sweep: Sweep, *, now: datetime) -> None:
        """Note which of several stays and which we ended, or put the entry before a person."""
        t = tables.outbox
        with writing(self._engine) as connection:
            _note_writes(connection, sweep.ended, now)
            last = outbox.last_of(connection, sweep.key)
            if last is None or last.state != Outcome.DONE.value:
                return
            values = {"reference": sweep.kept}
            if sweep.why:
                values |= {"state": Outcome.CONFLICT.value, "detail": sweep.why}
            connection.execute(update(t).where(t.c.row == last.row).values(values))


def _keep_reasons(connection: Connection, key: str, position: int, now: datetime) -> None:
    """Let the reasons go that explain what is not written after all, unless it was written since."""
    t, later = tables.outbox, tables.outbox.alias()
    written = exists().where(later.c.key == key, later.c.state == Outcome.DONE.value, later.c.position > position)
    connection.execute(
        update(t)
        .where(t.c.needs == key, t.c.kind == ReasonsEntry.__name__, t.c.state == WAITING, ~written)
        .values(state=KEPT, settled=now, detail=_UNSAID)
    )


def _note_writes(connection: Connection, ended: Iterable[tuple[str, str]], now: datetime) -> None:
    t = tables.write
    for reference, version in ended:
        at = (t.c.reference == reference, t.c.version == version)
        if connection.execute(select(t.c.version).where(*at)).first() is None:
            connection.execute(insert(t).values(reference=reference, version=version, written=now))

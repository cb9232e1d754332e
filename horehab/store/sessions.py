"""Sessions that were logged here, in the database: how each stands now, and their changes, one after another."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from horehab.domain.amendment import AmendmentEntry
from horehab.domain.entries import ChartEntry, Measured, MeasurementEntry, Outcome, SessionEntry, entry_key
from horehab.domain.session import Session
from horehab.store import outbox, patients, recording, tables
from horehab.store.engine import reading, writing
from horehab.store.payloads import decode_entry
from horehab.usecases.logged_sessions import LoggedSession

_SESSION = "session:"
_MEASUREMENT = "measurement:"
Logged = SessionEntry | MeasurementEntry


class SqlSessions:
    """The sessions of one logbook; each call is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, patient: str) -> Mapping[str, str]:
        """Name the sessions of a patient that were logged here: by their reference in the record, their id."""
        t = tables.outbox
        with reading(self._engine) as connection:
            together = patients.together(connection, patient)
            asked = select(t.c.key).where(t.c.patient.in_(together), t.c.kind == SessionEntry.__name__).distinct()
            sources = _sources(connection, connection.execute(asked).scalars().all())
            return {source: key.removeprefix(_SESSION) for key, source in sources.items()}

    def logged(self, session_id: str) -> LoggedSession | None:
        """Give one session that was logged here, as it is known now; None for one that was not."""
        with reading(self._engine) as connection:
            rows = _rows(connection, session_id)
            if not rows:
                return None
            first = decode_entry(rows[0].kind, rows[0].payload)
            patient = rows[-1].patient
            record = recording.record(connection, patient)
            sources = _sources(connection, tuple(dict.fromkeys(row.key for row in rows)))
        measured: tuple[Measured, ...] = (*record.readings, *record.pains, *record.signs)
        known = {fact.source: fact for fact in measured}
        return LoggedSession(
            session_id=session_id,
            patient=patient,
            performer=getattr(first, "performer", ""),
            session=_session(record.sessions, sources.get(f"{_SESSION}{session_id}")),
            facts=_facts(sources, known),
            first=_first(rows),
            told=_told(rows),
            amendments=_amendments(rows),
        )

    def amend(self, entries: Sequence[ChartEntry], *, revision: int, now: datetime) -> bool:
        """Commit a change in one transaction; False, and nothing written, when somebody changed it meanwhile."""
        change = next(entry for entry in entries if isinstance(entry, AmendmentEntry))
        with writing(self._engine) as connection:
            patients.touch(connection, {entry.patient for entry in entries})  # holds off whoever is at it too
            if len(_amendments(_rows(connection, change.session_id))) != revision:
                return False
            outbox.add(connection, entries, now=now)
        return True


def _rows(connection: Connection, session_id: str) -> list[Row[Any]]:
    """Read what was ever said of a session here, its measurements and changes included, oldest first."""
    t, key = tables.outbox, f"{_SESSION}{session_id}"
    kinds = (SessionEntry.__name__, MeasurementEntry.__name__, AmendmentEntry.__name__)
    asked = select(t).where((t.c.key == key) | (t.c.needs == key), t.c.kind.in_(kinds)).order_by(t.c.row)
    rows = list(connection.execute(asked))
    return sorted(rows, key=lambda row: (row.key != key, row.row)) if rows else []


def _sources(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """Say under which reference each entry of ours stands in the record: as the chart has it, else as we do."""
    t = tables.resource
    asked = select(t.c.own_key, t.c.reference).where(t.c.own_key.in_(keys), ~t.c.is_gone)
    charted = {row.own_key: row.reference for row in connection.execute(asked)}
    return {key: charted.get(key) or recording.source_of(connection, *key.split(":", 1)) for key in keys}


def _session(sessions: Iterable[Session], source: str | None) -> Session | None:
    return next((session for session in sessions if session.source == source), None)


def _facts(sources: Mapping[str, str], known: Mapping[str, Measured]) -> dict[str, Measured]:
    measured = ((key.removeprefix(_MEASUREMENT), source) for key, source in sources.items() if _MEASUREMENT in key)
    return {name: known[source] for name, source in measured if source in known}


def _first(rows: Sequence[Row[Any]]) -> dict[str, Logged]:
    """Say what was logged before any change: what the first change added has been said once by then, by it alone."""
    change = min((row for row in rows if row.kind == AmendmentEntry.__name__), key=lambda row: row.row, default=None)
    if change is None:
        return _told(rows)
    earlier = [row for row in rows if row.row < change.row]
    often = Counter(row.key for row in earlier)
    (amendment,) = _amendments([change])
    added = {key for key in (f"{_MEASUREMENT}{name}" for name in amendment.measurements) if often[key] == 1}
    said: dict[str, Logged] = {}
    for row in earlier:
        entry = decode_entry(row.kind, row.payload)
        if isinstance(entry, SessionEntry | MeasurementEntry) and row.key not in added:
            said.setdefault(row.key, entry)
    return said


def _told(rows: Iterable[Row[Any]]) -> dict[str, Logged]:
    told: dict[str, Logged] = {}
    for row in rows:
        entry = decode_entry(row.kind, row.payload)
        is_told = row.state == Outcome.DONE.value
        if isinstance(entry, SessionEntry | MeasurementEntry) and (is_told or entry_key(entry) not in told):
            told[entry_key(entry)] = entry
    return told


def _amendments(rows: Iterable[Row[Any]]) -> tuple[AmendmentEntry, ...]:
    entries = (decode_entry(row.kind, row.payload) for row in rows if row.kind == AmendmentEntry.__name__)
    return tuple(entry for entry in entries if isinstance(entry, AmendmentEntry))

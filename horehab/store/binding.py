"""To whom a store belongs: one FHIR server and one place. A copy or an old backup is found out and stops writing."""

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, Engine, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from horehab.domain.reminder import ReminderState
from horehab.errors import StoreMismatch
from horehab.store import leases, tables
from horehab.store.engine import make_engine, read_url, reading, writing
from horehab.store.schema import bring_up_to_date

RESTORED = "restored from a backup"
TASK = "task"
"""The channel of reminders that go into the chart."""
_REMEDY = "If this is meant, run `horehab adopt`; the original must not run any more."


class _Marker(msgspec.Struct):
    """What stands beside a SQLite database: whose it is, where, and how far it had come."""

    installation: str
    home: str
    generation: int


def settle_in(engine: Engine, state_folder: str = "") -> None:
    """Give a fresh store its installation id and leave its marker; nothing is done when it has them."""
    with reading(engine) as connection:
        if _has_id(connection):
            return
    with writing(engine) as connection:
        if _has_id(connection):  # another process was quicker
            return
        connection.execute(
            insert(tables.installation).values(
                installation_id=secrets.token_hex(16),
                home=home_of(connection, engine.url),
                generation=0,
                patients_changed=0,
            )
        )
    leave_marker(engine, state_folder)


def _has_id(connection: Connection) -> bool:
    return connection.execute(select(tables.installation.c.installation_id)).first() is not None


def home_of(connection: Connection, url: URL) -> str:
    """Name the place of a database: its file, or its cluster and database number on PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        return str(Path(str(url.database)).resolve())
    number = "SELECT oid FROM pg_database WHERE datname = current_database()"
    cluster = "SELECT system_identifier FROM pg_control_system()"
    database = connection.execute(text(number)).scalar_one()
    try:
        with connection.begin_nested():
            return f"{connection.execute(text(cluster)).scalar_one()}/{database}"
    except ProgrammingError:  # some providers keep it to themselves; the database's own number remains
        return f"-/{database}"


def why_not_home(connection: Connection, url: URL, state_folder: str = "") -> str:
    """Say why a store is a copy or an old backup, or nothing when it stands where it belongs.

    A database elsewhere may have no marker here: this machine has not seen it yet, or has no folder for that.
    """
    own = connection.execute(select(tables.installation)).one()
    if own.home == RESTORED:
        return "The store was restored from a backup."
    if own.home != home_of(connection, url):
        return "The store is a copy of another installation, or was moved."
    is_file = url.get_backend_name() == "sqlite"
    marker = _read_marker(marker_path(url, own.installation_id, state_folder))
    if is_file and (marker is None or marker.installation != own.installation_id or marker.home != own.home):
        return "The store is a copy of another installation: the file beside it that names its owner is missing."
    if marker is not None and marker.generation > own.generation:
        return "The store is older than it was: an old copy of it was put in its place."
    return ""


def move_on(connection: Connection) -> None:
    """Count one more step of this store, so that an older copy of it can be told."""
    t = tables.installation
    connection.execute(update(t).values(generation=t.c.generation + 1))


def leave_marker(engine: Engine, state_folder: str = "") -> None:
    """Write down outside the database how far it has come; after the commit, so that it is never ahead."""
    if engine.url.get_backend_name() != "sqlite" and not state_folder:
        return
    with reading(engine) as connection:
        own = connection.execute(select(tables.installation)).one()
    path = Path(marker_path(engine.url, own.installation_id, state_folder) or "")
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with suppress(OSError):  # without it the next start asks for `horehab adopt`; nothing is lost
        marker = _Marker(installation=own.installation_id, home=own.home, generation=own.generation)
        fresh.write_bytes(msgspec.json.encode(marker))
        fresh.replace(path)


def marker_path(url: URL, installation: str = "", state_folder: str = "") -> Path | None:
    """Name the file that tells whose a database is: beside a SQLite one, else in a folder here, if there is one."""
    if url.get_backend_name() == "sqlite":
        return Path(f"{url.database}.installation")
    return Path(state_folder) / f"{installation}.installation" if state_folder else None


def _read_marker(path: Path | None) -> _Marker | None:
    if path is None:
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Marker)
    except (OSError, msgspec.DecodeError):
        return None


def mismatch(why: str) -> StoreMismatch:
    """Make the error that stops writing and sending."""
    return StoreMismatch(f"{why} Nothing is written or sent from it.", remedy=_REMEDY)


def bind(connection: Connection, address: str) -> None:
    """Bind a fresh store to a FHIR server; StoreMismatch when it belongs to another."""
    t, wanted = tables.installation, address.rstrip("/")
    bound = connection.execute(select(t.c.address)).scalar_one()
    if bound is None:
        connection.execute(update(t).values(address=wanted))
    elif bound != wanted:
        raise StoreMismatch(
            f"The store belongs to the FHIR server {bound}, not to {wanted}.",
            remedy="Use another HOREHAB_DATABASE_URL for another server; if it only moved, run `horehab adopt`.",
        )


def adopt(url: str, address: str, *, now: datetime | None = None, state_folder: str = "") -> None:
    """Make a copied, moved or restored store ours: it belongs to this place and this server from now on.

    Reminders that were due until `now` (by default the database's own clock) may have been sent by the
    original: they become unknown, for a person to look at, and so will those that it knew and this store does not.
    Tasks in the EHR are never doubled, so they stay due. Leases of the original are let go.
    """
    engine = make_engine(read_url(url))
    try:
        bring_up_to_date(engine)
        settle_in(engine, state_folder)
        with writing(engine) as connection:
            values = {"home": home_of(connection, engine.url), "address": address.rstrip("/")}
            _take_over(connection, values, now=now or _database_time(connection))
        leave_marker(engine, state_folder)
    finally:
        engine.dispose()


def _take_over(connection: Connection, values: dict[str, str], *, now: datetime) -> None:
    i, r, o = tables.installation, tables.reminder, tables.outbox
    connection.execute(update(i).values(**values, generation=i.c.generation + 1, adopted=now))
    open_states = (ReminderState.DUE.value, ReminderState.CLAIMED.value)
    detail = "due before the store was adopted: the original may have sent it"
    connection.execute(
        update(r)
        .where(r.c.state.in_(open_states), r.c.due <= now, r.c.channel != TASK)
        .values({"state": ReminderState.UNKNOWN.value, "settled": now, "detail": detail, **leases.free(r)})
    )
    connection.execute(update(r).where(r.c.state.in_(open_states)).values(leases.free(r)))
    connection.execute(update(o).where(o.c.lease_owner.is_not(None)).values(leases.free(o)))


def _database_time(connection: Connection) -> datetime:
    found: Any = connection.execute(select(func.current_timestamp())).scalar_one()
    moment: datetime = datetime.fromisoformat(found) if isinstance(found, str) else found
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

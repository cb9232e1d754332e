"""How our memory stands: what a person or a monitor wants to know at a glance."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, func, insert, select, update

from horehab.domain.reminder import ReminderState
from horehab.store import outbox, people, tables
from horehab.store.passes import NOTE, as_day
from horehab.store.patients import latest_review, not_followed, not_read
from horehab.usecases.exchange import Health, SetAside


def stand(connection: Connection, *, now: datetime, why_not_home: str) -> Health:
    """Tell how our memory stands."""
    o, r, p = tables.outbox, tables.reminder, tables.patient
    last = connection.execute(select(tables.review_pass).order_by(tables.review_pass.c.row.desc()).limit(1)).first()
    told = msgspec.json.decode(last.problems, type=list[str]) if last else []
    problems = tuple(words for words in told if not words.startswith(NOTE))
    details = {
        "database": connection.engine.url.get_backend_name(),
        "patients": str(_count(connection, p, p.c.is_listed)),
        "to review": str(_count(connection, p, p.c.is_listed & (p.c.changes > p.c.reviewed))),
        "last review as of": as_day(latest_review(connection)),
        "reminders due": str(_count(connection, r, (r.c.state == ReminderState.DUE.value) & (r.c.due <= now))),
        "reminders unknown": str(_count(connection, r, r.c.state == ReminderState.UNKNOWN.value)),
        "server": connection.execute(select(tables.installation.c.address)).scalar() or "",
        "not at home": why_not_home,
        "unsigned users": ", ".join(people.unsigned(connection)),
        "notes": "; ".join(
            (*(words.removeprefix(NOTE) for words in told if words.startswith(NOTE)), *_merges(connection))
        ),
    }
    return Health(
        last_pass=last.finished if last else None,
        last_tick=connection.execute(select(func.max(tables.tick.c.at))).scalar(),
        waiting=_count(connection, o, o.c.state == outbox.WAITING),
        conflicts=_count(connection, o, o.c.state.in_(outbox.STUCK)),
        set_aside=connection.execute(select(func.count(tables.set_aside.c.reference.distinct()))).scalar_one(),
        problems=(*((why_not_home,) if why_not_home else ()), *problems),
        details=details,
    )


def _merges(connection: Connection) -> tuple[str, ...]:
    """Say how many merges could not be followed, or not yet; nothing when all were."""
    told = (
        (not_followed(connection), "replaced in a circle, or in a chain of more than five, and shown alone"),
        (not_read(connection), "merged into a record that was not read: nothing is written for them until it is"),
    )
    return tuple(f"{_patients(count)} {words}" for count, words in told if count)


def _patients(count: int) -> str:
    return "1 patient is" if count == 1 else f"{count} patients are"


def _count(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())


def note_tick(connection: Connection, *, name: str, now: datetime) -> None:
    """Note that the clock tower lives."""
    t = tables.tick
    if not connection.execute(update(t).where(t.c.name == name).values(at=now)).rowcount:
        connection.execute(insert(t).values(name=name, at=now))


def set_aside(connection: Connection, together: Sequence[str] | None) -> tuple[SetAside, ...]:
    """List what could not be read, with the patient it concerns, in a fixed order; of all, or of some patients."""
    t = tables.set_aside
    asked = select(t).order_by(t.c.reference, t.c.ordinal)
    rows: Any = connection.execute(asked if together is None else asked.where(t.c.patient.in_(together)))
    return tuple(
        SetAside(
            reference=row.reference, version=row.version, patient=row.patient, code=row.code, path=row.path,
            detail=row.detail,
        )
        for row in rows
    )  # fmt: skip

"""The ledger of reminders over a database: attempts, going live, a person's decisions, the ticks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, update

from horehab.domain.reminder import Reminder, ReminderState
from horehab.store import attempts, leases, patients, reminders, tables
from horehab.store.binding import TASK
from horehab.store.engine import reading, writing
from horehab.store.heads import is_listed, listing
from horehab.store.local_time import zone_of
from horehab.store.payloads import decode_reminder
from horehab.store.reminder_lists import SqlReminderLists
from horehab.store.reminder_tables import attempt
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.reminding import Attempt, GoingLive, NewTime, Outcome, ReminderCounts, Tick

_NOW_AS = tables.patient.alias()
_UNREVIEWED = (
    select(tables.patient.c.reference, tables.patient.c.survivor)
    .join(_NOW_AS, _NOW_AS.c.reference == tables.patient.c.survivor)
    .where(is_listed(tables.patient.c.reference, "names"), _NOW_AS.c.changes > _NOW_AS.c.reviewed)
)


class SqlReminding:
    """The ledger of reminders in short transactions; several schedulers may work on it at once."""

    def __init__(self, engine: Engine, *, zone: ZoneInfo) -> None:
        self._engine = engine
        self._zone = zone
        self.lists = SqlReminderLists(engine)

    def begin(
        self, rows: Sequence[ReminderRow], *, now: datetime, after: Sequence[Outcome] = ()
    ) -> tuple[ReminderRow, ...]:
        """Note what became of those before, and that these are about to leave; gives those that may."""
        if not rows and not after:
            return ()
        with writing(self._engine, is_shared=True) as connection:
            attempts.settle(connection, after, now=now)
            return attempts.begin(connection, rows, now=now)

    def settle(self, outcomes: Sequence[Outcome], *, now: datetime) -> None:
        """Note what became of some reminders; what was settled by others stays."""
        with writing(self._engine, is_shared=True) as connection:
            attempts.settle(connection, outcomes, now=now)

    def give_back(self, rows: Sequence[ReminderRow]) -> None:
        """Let go of leased reminders that are not leaving, for whoever comes next."""
        if not rows:
            return
        t = tables.reminder
        mine = is_listed(t.c.row, "names") & t.c.lease_owner.in_({row.owner for row in rows}) & reminders.is_waiting()
        values = {"state": ReminderState.DUE.value, **leases.free(t)}
        with writing(self._engine, is_shared=True) as connection:
            connection.execute(update(t).where(mine).values(values), {"names": listing(row.row for row in rows)})

    def unreviewed(self, patients_: Iterable[str]) -> Mapping[str, str]:
        """Tell of which of these patients something changed since their review, with who they are now."""
        with reading(self._engine) as connection:
            rows = connection.execute(_UNREVIEWED, {"names": listing(patients_)})
            return {row.reference: row.survivor for row in rows}

    def attempts(self, *, key: str | None = None) -> tuple[Attempt, ...]:
        """List attempts in the order in which they began: all, or those of one reminder."""
        with reading(self._engine) as connection:
            return attempts.listed(connection, key)

    def is_released(self) -> bool:
        """Whether a person has let reminders go."""
        with reading(self._engine) as connection:
            return connection.execute(select(tables.installation.c.released)).scalar() is not None

    def going_live(self) -> GoingLive:
        """Tell whether a person has let reminders go, and how many wait for that."""
        t, i = tables.reminder, tables.installation
        held = reminders.is_waiting() & (t.c.channel != TASK)
        with reading(self._engine) as connection:
            own = connection.execute(select(i.c.released, i.c.released_by)).one()
            count = func.count(), func.count(t.c.patient.distinct())
            waiting, of_patients = connection.execute(select(*count).where(held)).one()
        return GoingLive(
            released=own.released, released_by=own.released_by, waiting=waiting, patients=of_patients
        )  # fmt: skip

    def release(self, *, who: str, now: datetime) -> bool:
        """Let reminders go from now on; False when somebody did so before."""
        i = tables.installation
        with writing(self._engine) as connection:
            held = update(i).where(i.c.released.is_(None)).values(released=now, released_by=who)
            return bool(connection.execute(held).rowcount)

    def cancel_for(self, patient: str, *, why: str, now: datetime, recipient: str | None = None) -> int:
        """Cancel what waits for a patient, all or that for one recipient; gives how many it were."""
        t = tables.reminder
        with writing(self._engine) as connection:
            here = t.c.patient.in_(patients.together(connection, patient)) & reminders.is_waiting()
            if recipient is not None:
                here &= t.c.recipient == recipient
            return connection.execute(update(t).where(here).values(reminders.cancelled(now=now, why=why))).rowcount

    def stop(self, key: str, *, who: str, why: str, now: datetime) -> bool:
        """Cancel one by a person's decision, for good; False when it is not waiting."""
        values = reminders.cancelled(now=now, why=why) | {"decided_by": who}
        return self._decide(key, reminders.is_waiting(), lambda _row: values)

    def send_again(self, key: str, when: NewTime, *, who: str, now: datetime) -> bool:
        """Let one that was settled be due again by a person's decision; False when it waits, or is not known."""
        open_states = (ReminderState.DUE.value, ReminderState.CLAIMED.value)
        t = tables.reminder
        return self._decide(
            key,
            t.c.state.not_in(open_states),
            lambda row: self._moved(row, when, who, is_repeat=True) | {"made_due": now},
        )

    def reschedule(self, key: str, when: NewTime, *, who: str, now: datetime) -> bool:
        """Move one that waits to another time by a person's decision; False when it does not wait."""
        return self._decide(
            key, reminders.is_waiting(), lambda row: self._moved(row, when, who, is_repeat=False) | {"made_due": now}
        )

    def _decide(self, key: str, which: ColumnElement[bool], values: Any) -> bool:
        t = tables.reminder
        with writing(self._engine) as connection:
            row = connection.execute(select(t).where(t.c.key == key, which)).first()
            if row is None:
                return False
            return bool(connection.execute(update(t).where(t.c.row == row.row, which).values(values(row))).rowcount)

    def _moved(self, row: Row[Any], when: NewTime, who: str, *, is_repeat: bool) -> dict[Any, Any]:
        t = tables.reminder
        old: Reminder = decode_reminder(row.payload)
        new = replace(
            old, due_day=when.day, due_time=when.at, void_after=when.void_after, repeats=old.repeats + is_repeat
        )
        return {
            **reminders.times(new, zone_of(new.zone) or self._zone),
            "state": ReminderState.DUE.value,
            "settled": None,
            "is_leaving": False,
            "decided_by": who,
            "detail": f"{'to be sent again' if is_repeat else 'moved'} by {who}",
            **leases.free(t),
        }

    def counts(self, *, now: datetime) -> ReminderCounts:
        """Count reminders by state, and tell how late the oldest is."""
        t = tables.reminder
        waits = (t.c.state == ReminderState.DUE.value) & (t.c.due <= now)
        with reading(self._engine) as connection:
            by_state = connection.execute(select(t.c.state, func.count().label("number")).group_by(t.c.state)).all()
            due_now, oldest = connection.execute(select(func.count(), func.min(t.c.due)).where(waits)).one()
            tried = connection.execute(select(func.count()).select_from(attempt)).scalar_one()
            broken = attempt.c.outcome.is_(None) | (attempt.c.outcome == ReminderState.UNKNOWN.value)
            interrupted = connection.execute(select(func.count()).where(broken)).scalar_one()
            released = connection.execute(select(tables.installation.c.released)).scalar()
            ticking = _ticks(connection)
        counted = {row.state: row.number for row in by_state}
        return ReminderCounts(
            by_state={state: counted.get(state.value, 0) for state in ReminderState},
            due_now=due_now,
            oldest_due=oldest,
            attempts=tried,
            interrupted=interrupted,
            is_released=released is not None,
            ticks=ticking,
        )

    def begin_tick(self, name: str, *, owner: str, now: datetime) -> None:
        """Note that the work of a tick begins."""
        self._note_tick(name, {"at": now, "begun": now, "owner": owner})

    def end_tick(self, name: str, *, owner: str, now: datetime) -> None:
        """Note that the work of a tick is done."""
        self._note_tick(name, {"at": now, "done": now, "owner": owner})

    def _note_tick(self, name: str, values: Mapping[str, Any]) -> None:
        t = tables.tick
        with writing(self._engine) as connection:
            if not connection.execute(update(t).where(t.c.name == name).values(**values)).rowcount:
                connection.execute(insert(t).values(name=name, **values))

    def ticks(self) -> tuple[Tick, ...]:
        """List the ticks, by name."""
        with reading(self._engine) as connection:
            return _ticks(connection)


def _ticks(connection: Connection) -> tuple[Tick, ...]:
    t = tables.tick
    return tuple(
        Tick(name=row.name, at=row.at, begun=row.begun, done=row.done, owner=row.owner or "")
        for row in connection.execute(select(t).order_by(t.c.name))
    )

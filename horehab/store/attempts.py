"""Attempts to send a reminder: each one written down before anything leaves, and what became of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from horehab.domain.reminder import ReminderState
from horehab.store import leases, tables
from horehab.store.heads import Instant, is_listed, listing
from horehab.store.patients import CHUNK
from horehab.store.reminder_tables import attempt
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.reminding import Attempt, Outcome

_MAY_HAVE_LEFT = (None, ReminderState.SENT.value, ReminderState.UNKNOWN.value)
_PARTS = 16
"""Into how many times those are spread that failed together: they are written down by one statement each."""

# These run with every piece that leaves, so they are made once.
_NAMED = is_listed(tables.reminder.c.row, "names")
_HELD = _NAMED & (tables.reminder.c.state == ReminderState.CLAIMED.value)
_OURS = _HELD & (tables.reminder.c.lease_owner == bindparam("who"))
_LEAVE = (
    update(tables.reminder)
    .where(_OURS)
    .values(is_leaving=True, attempts=tables.reminder.c.attempts + 1, lease_until=bindparam("held_until"), detail="")
)
_LEAVING = select(tables.reminder.c.row).where(_OURS)
_WRITE_DOWN = insert(attempt).from_select(
    ["reminder", "key", "number", "begun", "owner"],
    select(
        tables.reminder.c.row,
        tables.reminder.c.key,
        tables.reminder.c.attempts,
        bindparam("now", type_=Instant()),
        tables.reminder.c.lease_owner,
    )
    .where(_OURS)
    .order_by(tables.reminder.c.row),
)
_LET_GO = (
    update(tables.reminder)
    .where(_OURS)
    .values(
        state=bindparam("the_state"),
        detail=bindparam("the_detail"),
        settled=bindparam("the_end"),
        not_before=bindparam("the_rest"),
        attempts=tables.reminder.c.attempts - bindparam("uncounted"),
        is_leaving=False,
        lease_owner=None,
        lease_until=None,
    )
)
_END_DOUBT = (
    update(tables.reminder)
    .where(
        _NAMED,
        tables.reminder.c.state == ReminderState.UNKNOWN.value,
        tables.reminder.c.attempts == bindparam("counted"),
        tables.reminder.c.decided_by == "",
    )
    .values(state=bindparam("the_state"), detail=bindparam("the_detail"), settled=bindparam("the_end"))
)
_OF_THESE = is_listed(attempt.c.reminder, "names") & (attempt.c.number == bindparam("counted"))
_CLOSE = (
    update(attempt)
    .where(_OF_THESE, attempt.c.outcome.is_(None) | (attempt.c.outcome == ReminderState.UNKNOWN.value))
    .values(outcome=bindparam("the_state"), detail=bindparam("the_detail"), settled=bindparam("the_end"))
)
_TAKE_BACK = delete(attempt).where(_OF_THESE, attempt.c.outcome.is_(None), attempt.c.owner == bindparam("who"))


def begin(connection: Connection, rows: Sequence[ReminderRow], *, now: datetime) -> tuple[ReminderRow, ...]:
    """Write down that reminders leased by one owner are about to leave; gives those whose lease still holds.

    The lease begins anew, so that nobody takes for dead who has only just begun.
    """
    if not rows:
        return ()
    until = now + timedelta(seconds=leases.LEASE_SECONDS)
    values = {"names": listing(row.row for row in rows), "who": rows[0].owner}
    are_all = connection.execute(_LEAVE, values | {"held_until": until}).rowcount == len(rows)
    connection.execute(_WRITE_DOWN, values | {"now": now})
    if are_all:
        return tuple(map(_counted, rows))
    begun = set(connection.execute(_LEAVING, values).scalars())
    return tuple(_counted(row) for row in rows if row.row in begun)


def _counted(row: ReminderRow) -> ReminderRow:
    """Copy a row of which one more attempt is counted; dataclasses.replace takes three times as long."""
    return ReminderRow(
        row=row.row,
        reminder=row.reminder,
        due=row.due,
        state=row.state,
        attempts=row.attempts + 1,
        detail=row.detail,
        is_interrupted=row.is_interrupted,
        owner=row.owner,
        settled=row.settled,
        decided_by=row.decided_by,
    )


def settle(connection: Connection, outcomes: Iterable[Outcome], *, now: datetime) -> None:
    """Note what became of leased reminders, and of the attempts that were begun for them.

    What somebody else has by now is left to them. A late word that it was taken ends the doubt about one that
    is unknown.
    """
    alike: dict[tuple[Any, ...], list[Outcome]] = {}
    for outcome in outcomes:
        row = outcome.row
        later = (outcome.until, row.row % _PARTS) if outcome.state is ReminderState.DUE else None
        fate = (outcome.state.name, outcome.detail, later, outcome.is_tried, row.attempts, row.owner)
        alike.setdefault(fate, []).append(outcome)
    for these in alike.values():
        _settle(connection, these, now)


def _settle(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Note what became of those of which the same became, at the same attempt, under the same lease."""
    first = outcomes[0]
    counted, is_tried, is_later = first.row.attempts, first.is_tried, first.state is ReminderState.DUE
    names = listing(outcome.row.row for outcome in outcomes)
    told = {"names": names, "the_state": first.state.value, "the_detail": first.detail, "the_end": now}
    which = {"names": names, "counted": counted}
    if counted and is_tried:
        connection.execute(_CLOSE, told | which)
    elif counted:  # nothing was handed to anybody: there was no attempt
        connection.execute(_TAKE_BACK, which | {"who": first.row.owner})
    uncounted = int(bool(counted) and not is_tried)
    rest = leases.rest(counted - uncounted, now, spread=first.row.row % _PARTS) if is_later else None
    ended: dict[str, Any] = {
        "the_end": None if is_later else now,
        "the_rest": first.until or rest if is_later else None,
    }
    left = ended | {"uncounted": uncounted, "who": first.row.owner}
    ours = connection.execute(_LET_GO, told | left).rowcount
    if ours < len(outcomes) and counted and is_tried and first.state is ReminderState.SENT:
        late = f"{first.detail} (the answer came late)".strip()
        connection.execute(_END_DOUBT, told | which | {"the_detail": late})


def harmless(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Choose the reminders of which nothing can have left: each attempt that was counted is known to have failed."""
    a, names = attempt, sorted(row.row for row in rows if row.attempts)
    failed: Counter[int] = Counter()
    in_doubt: set[int] = set()
    for start in range(0, len(names), CHUNK):
        asked = select(a.c.reminder, a.c.outcome).where(a.c.reminder.in_(names[start : start + CHUNK]))
        for name, outcome in connection.execute(asked):
            if outcome in _MAY_HAVE_LEFT:
                in_doubt.add(name)
            failed[name] += 1
    return [row for row in rows if row.row not in in_doubt and failed[row.row] >= row.attempts]


def listed(connection: Connection, key: str | None) -> tuple[Attempt, ...]:
    """List attempts in the order in which they began."""
    a = attempt
    asked = select(a).order_by(a.c.begun, a.c.row)
    return tuple(
        _as_attempt(row) for row in connection.execute(asked if key is None else asked.where(a.c.key == key))
    )


def _as_attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        key=row.key,
        number=row.number,
        begun=row.begun,
        owner=row.owner,
        outcome=ReminderState(row.outcome) if row.outcome else None,
        settled=row.settled,
        detail=row.detail,
    )

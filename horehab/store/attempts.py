"""Attempts to send a reminder: each one written down before anything leaves, and what became of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from horehab.domain.reminder import ReminderState
from horehab.store import leases, tables
from horehab.store.patients import CHUNK
from horehab.store.reminder_tables import attempt
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.reminding import Attempt, Outcome

_MAY_HAVE_LEFT = (None, ReminderState.SENT.value, ReminderState.UNKNOWN.value)


def begin(connection: Connection, rows: Sequence[ReminderRow], *, now: datetime) -> tuple[ReminderRow, ...]:
    """Write down that leased reminders are about to leave; gives those whose lease still holds.

    The lease begins anew, so that nobody takes for dead who has only just begun.
    """
    t = tables.reminder
    begun: dict[int, int] = {}
    by_row = {row.row: row for row in rows}
    for start in range(0, len(rows), CHUNK):
        names = sorted(by_row)[start : start + CHUNK]
        owners = {by_row[name].owner for name in names}
        picked = update(t).where(
            t.c.row.in_(names), t.c.state == ReminderState.CLAIMED.value, t.c.lease_owner.in_(owners)
        )
        until = now + timedelta(seconds=leases.LEASE_SECONDS)
        taken = picked.values(is_leaving=True, attempts=t.c.attempts + 1, lease_until=until, detail="")
        begun |= {row.row: row.attempts for row in connection.execute(taken.returning(t.c.row, t.c.attempts))}
    leaving = tuple(replace(row, attempts=begun[row.row]) for row in rows if row.row in begun)
    if leaving:
        connection.execute(insert(attempt), [_begun(row, now) for row in leaving])
    return leaving


def _begun(row: ReminderRow, now: datetime) -> dict[str, Any]:
    key = row.reminder.key
    return {"reminder": row.row, "key": key, "number": row.attempts, "begun": now, "owner": row.owner}


def settle(connection: Connection, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Note what became of leased reminders, and of the attempts that were begun for them.

    What somebody else has by now is left to them. A late word that it was taken ends the doubt about one that
    is unknown.
    """
    t = tables.reminder
    if not outcomes:
        return
    tried = [outcome for outcome in outcomes if outcome.is_tried and outcome.row.attempts]
    for outcome in outcomes:
        if not outcome.is_tried:
            _take_back(connection, outcome.row)
    if tried:
        _close(connection, tried, now)
    values = [_settled(outcome, now) for outcome in outcomes]
    columns = ("state", "detail", "settled", "not_before", "attempts")
    held = (t.c.row == bindparam("r")) & (t.c.state == ReminderState.CLAIMED.value)
    ours = update(t).where(held, t.c.lease_owner == bindparam("who"))
    nobodys: dict[str, Any] = {"is_leaving": False, "lease_owner": None, "lease_until": None}
    let_go = ours.values(nobodys | {name: bindparam(f"the_{name}") for name in columns})
    if connection.execute(let_go, values).rowcount == len(values):
        return
    for outcome in tried:
        if outcome.state is ReminderState.SENT:
            _end_doubt(connection, outcome, now)


def _settled(outcome: Outcome, now: datetime) -> dict[str, Any]:
    row, is_later = outcome.row, outcome.state is ReminderState.DUE
    number = row.attempts if outcome.is_tried or not row.attempts else row.attempts - 1
    return {
        "r": row.row,
        "who": row.owner,
        "the_state": outcome.state.value,
        "the_detail": outcome.detail,
        "the_settled": None if is_later else now,
        "the_not_before": (outcome.until or leases.rest(number, now, spread=row.row)) if is_later else None,
        "the_attempts": number,
    }


def _close(connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> None:
    a = attempt
    rows = [
        {"r": o.row.row, "n": o.row.attempts, "state": o.state.value, "words": o.detail, "at": now} for o in outcomes
    ]
    is_open = a.c.outcome.is_(None) | (a.c.outcome == ReminderState.UNKNOWN.value)
    connection.execute(
        update(a)
        .where(a.c.reminder == bindparam("r"), a.c.number == bindparam("n"), is_open)
        .values(outcome=bindparam("state"), detail=bindparam("words"), settled=bindparam("at")),
        rows,
    )


def _take_back(connection: Connection, row: ReminderRow) -> None:
    """Nothing was handed to anybody: there was no attempt."""
    a = attempt
    mine = (a.c.reminder == row.row) & (a.c.number == row.attempts) & a.c.outcome.is_(None)
    connection.execute(delete(a).where(mine, a.c.owner == row.owner))


def _end_doubt(connection: Connection, outcome: Outcome, now: datetime) -> None:
    t = tables.reminder
    in_doubt = (t.c.state == ReminderState.UNKNOWN.value) & (t.c.attempts == outcome.row.attempts)
    connection.execute(
        update(t)
        .where(t.c.row == outcome.row.row, in_doubt, t.c.decided_by == "")
        .values(
            state=ReminderState.SENT.value, settled=now, detail=f"{outcome.detail} (the answer came late)".strip()
        )
    )


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

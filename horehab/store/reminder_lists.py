"""The reminders as a page shows them: counted by the database, and read for the patients of that page alone."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Engine, and_, case, func, literal, or_, select

from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.store import recording, tables
from horehab.store.engine import reading
from horehab.store.payloads import decode_patient
from horehab.store.reminders import found
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.reminder_lists import Known, ListLine, ListPage, ListQuery, Part

_WHOSE = func.coalesce(tables.patient.c.survivor, tables.reminder.c.patient)
_ABOUT = tables.reminder.outerjoin(tables.patient, tables.patient.c.reference == tables.reminder.c.patient)

Line = tuple[Part, str]


class SqlReminderLists:
    """The lists of reminders over a database; each look is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def one(self, row: int) -> ReminderRow | None:
        """Find one reminder by its row; None for none."""
        with reading(self._engine) as connection:
            return next(iter(found(connection, tables.reminder.c.row == row)), None)

    def totals(
        self, *, now: datetime, sees: Callable[[str], bool] | None = None
    ) -> Mapping[tuple[ReminderState, ReminderRule], int]:
        """Count the reminders of each state and kind."""
        t = tables.reminder
        whose = literal("") if sees is None else _WHOSE
        stands = case((_is_past(now), ReminderState.EXPIRED.value), else_=t.c.state)
        each = select(stands.label("state"), t.c.rule, whose.label("whose")).select_from(_ABOUT).cte("each_one")
        kinds = (each.c.state, each.c.rule, each.c.whose)
        counted: Counter[tuple[ReminderState, ReminderRule]] = Counter()
        with reading(self._engine) as connection:
            for state, rule, name, count in connection.execute(select(*kinds, func.count()).group_by(*kinds)):
                if sees is None or sees(name):
                    counted[ReminderState(state), ReminderRule(rule)] += count
        return counted

    def page(self, query: ListQuery) -> ListPage:
        """Give one page of a list, whoever is asked for soonest first; a number too high is the last page."""
        with reading(self._engine) as connection:
            first = _first_ones(query)
            whole = None if query.sees is None else _lines(connection, first, query)
            patients = Counter(part for part, _name in whole) if whole is not None else _sizes(connection, first)
            pages = max(-(-patients.total() // query.most), 1)
            number = min(query.number, pages)
            start = (number - 1) * query.most
            here = whole[start : start + query.most] if whole is not None else _lines(connection, first, query, start)
            lines = _filled(connection, here, query)
        return ListPage(lines=lines, number=number, pages=pages, patients=patients)


def _is_past(now: datetime) -> ColumnElement[bool]:
    t = tables.reminder
    return and_(t.c.state == ReminderState.DUE.value, t.c.void_at <= now)


def _is_asked_for(query: ListQuery) -> ColumnElement[bool]:
    """Say which rows stand in a list; a state by itself, so that both databases find it by their index."""
    t = tables.reminder
    stands: ColumnElement[bool] = t.c.state == query.state.value
    if query.state is ReminderState.DUE:
        stands = and_(stands, t.c.void_at > query.now)
    elif query.state is ReminderState.EXPIRED:
        stands = or_(stands, _is_past(query.now))
    return and_(stands, t.c.rule == query.rule.value) if query.rule else stands


def _part(query: ListQuery) -> ColumnElement[int]:
    """Say in SQL what `ListQuery.part_of` says of a row."""
    if query.state is not ReminderState.DUE:
        return literal(int(Part.WHOLE))
    day = tables.reminder.c.due_day
    return case((day == query.today, int(Part.TODAY)), (day < query.today, int(Part.OVERDUE)), else_=int(Part.COMING))


def _first_ones(query: ListQuery) -> CTE:
    """Number the reminders of each patient in each part of the list, soonest first."""
    t = tables.reminder
    asked = select(_part(query).label("part"), _WHOSE.label("whose"), t.c.due, t.c.row)
    each = asked.select_from(_ABOUT).where(_is_asked_for(query)).cte("asked")
    soonest = func.row_number().over(partition_by=(each.c.part, each.c.whose), order_by=(each.c.due, each.c.row))
    return select(each, soonest.label("nth")).cte("first_ones")


def _sizes(connection: Connection, first: CTE) -> Counter[Part]:
    asked = select(first.c.part, func.count()).where(first.c.nth == 1).group_by(first.c.part)
    return Counter({Part(part): count for part, count in connection.execute(asked)})


def _lines(connection: Connection, first: CTE, query: ListQuery, start: int | None = None) -> list[Line]:
    """Name the patients of a list, part by part; all whom whoever asks may see, or one page from `start`."""
    asked = select(first.c.part, first.c.whose).where(first.c.nth == 1)
    asked = asked.order_by(first.c.part, first.c.due, first.c.row)
    if start is not None:
        asked = asked.limit(query.most).offset(start)
    sees = query.sees
    return [(Part(part), name) for part, name in connection.execute(asked) if sees is None or sees(name)]


def _filled(connection: Connection, here: Sequence[Line], query: ListQuery) -> tuple[ListLine, ...]:
    names = {name for _part_, name in here}
    heaps: dict[Line, list[ReminderRow]] = {line: [] for line in here}
    if here:
        for row in found(connection, _is_asked_for(query), _WHOSE.in_(names)):
            if (line := (query.part_of(row), row.reminder.patient)) in heaps:
                heaps[line].append(row)
    known = _known(connection, names)
    return tuple(
        ListLine(part=part, patient=name, rows=tuple(heaps[part, name]), known=known.get(name)) for part, name in here
    )


def _known(connection: Connection, names: set[str]) -> dict[str, Known]:
    """Tell who these patients are, with those who were merged into them; who is not known is left out."""
    t = tables.patient
    columns = (t.c.survivor, t.c.reference, t.c.key, t.c.identity, t.c.last_measured, t.c.changes, t.c.reviewed)
    asked = select(*columns).where(t.c.survivor.in_(names)).order_by(t.c.survivor, t.c.reference)
    each = groupby(connection.execute(asked) if names else (), key=lambda row: row.survivor)
    return {name: _as_known(name, list(rows)) for name, rows in each}


def _as_known(name: str, rows: Sequence[Any]) -> Known:
    own = next(row for row in rows if row.reference == name)
    identities = {row.reference: decode_patient(row.identity) for row in rows if row.identity is not None}
    return Known(
        key=own.key,
        patient=recording.identity_of(name, identities),
        last_measured=own.last_measured,
        is_reviewed=own.changes <= own.reviewed,
    )

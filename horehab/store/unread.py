"""Which local codes are not read yet, how often they stand in the chart, and how many patients that concerns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from horehab.domain.local_code import CodeMeaning, LocalCode, meaning_of
from horehab.store import code_tables, patients, tables
from horehab.usecases.local_codes import CodeToMap


@dataclass(slots=True)
class _Tally:
    """What was seen of one code so far."""

    texts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    offers: set[str] = field(default_factory=set)
    resources: int = 0
    patients: set[str] = field(default_factory=set)
    days: list[date] = field(default_factory=list)

    def add(self, row: Any) -> None:
        """Take in what the entries of one patient say."""
        self.texts[row.text] = self.texts.get(row.text, 0) + row.resources
        self.reasons[row.why] = self.reasons.get(row.why, 0) + row.resources
        self.offers.add(row.offered)
        self.resources += row.resources
        self.patients |= {row.whose} - {None}
        self.days += [day for day in (row.first, row.last) if day]


def to_map(connection: Connection) -> tuple[CodeToMap, ...]:
    """List the codes that are not read, those that concern most patients first."""
    u, r, p = code_tables.unread_code, tables.resource, tables.patient
    whose = func.coalesce(p.c.survivor, r.c.patient).label("whose")
    group = (u.c.system, u.c.code, u.c.text, u.c.offered, u.c.why, whose)
    counts = (func.count(u.c.reference.distinct()).label("resources"), func.min(u.c.day).label("first"))
    asked = (
        select(*group, *counts, func.max(u.c.day).label("last"))
        .join(r, r.c.reference == u.c.reference)
        .join(p, p.c.reference == r.c.patient, isouter=True)
        .group_by(*group)
    )
    found: dict[LocalCode, _Tally] = {}
    for row in connection.execute(asked):
        found.setdefault(LocalCode(system=row.system, code=row.code), _Tally()).add(row)
    measured = _measured(connection, {each for tally in found.values() for each in tally.patients})
    rows = (_row(local, tally, measured) for local, tally in found.items())
    return tuple(sorted(rows, key=lambda row: (-len(row.patients), -row.resources, row.local.system, row.local.code)))


def _row(local: LocalCode, tally: _Tally, measured: frozenset[str]) -> CodeToMap:
    return CodeToMap(
        local=local,
        text=_most(tally.texts),
        why=_most(tally.reasons),
        offered=_in_common(sorted(tally.offers)),
        resources=tally.resources,
        patients=tuple(sorted(tally.patients)),
        unmeasured=tuple(sorted(tally.patients - measured)),
        first=min(tally.days, default=None),
        last=max(tally.days, default=None),
    )


def _most(counts: dict[str, int]) -> str:
    return max(counts, key=lambda text: (counts[text], text))


def _in_common(offers: Sequence[str]) -> str:
    """Keep what all texts of a code offer; where one offers nothing, nothing is offered."""
    shared: CodeMeaning | None = meaning_of(offers[0]) if offers[0] else None
    for offer in offers[1:]:
        shared = shared.shared(meaning_of(offer)) if shared else None
    return str(shared) if shared else ""


def _measured(connection: Connection, names: Iterable[str]) -> frozenset[str]:
    """Tell of which patients any reading of a joint is known, those merged into them included."""
    f, p = tables.fact, tables.patient
    return frozenset(
        survivor
        for chunk in patients.chunks(names)
        for survivor in connection.execute(
            select(p.c.survivor)
            .distinct()
            .join(f, f.c.patient == p.c.reference)
            .where(p.c.survivor.in_(chunk), f.c.kind == "Reading")
        ).scalars()
    )

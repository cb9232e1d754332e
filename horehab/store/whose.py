"""Wards and therapists of the caseload: who lies where, who saw them last, and what both are called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, func, select

from horehab.domain.suspicion import Tier
from horehab.store import tables
from horehab.usecases.exchange import CaseloadQuery

_MOST_CHOICES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What is told of all patients: how many of each tier, and on which wards and by whom any of them was seen."""

    counts: Mapping[str, int]
    wards: Mapping[str, str]
    therapists: Mapping[str, str]


class Latest:
    """The overview as it was taken last in this process; taken anew only when the listing changed since."""

    def __init__(self) -> None:
        self._taken: tuple[int, Overview] | None = None

    def overview(self, connection: Connection) -> Overview:
        """Look over all patients, or say again what was seen."""
        state = int(connection.execute(select(tables.installation.c.patients_changed)).scalar_one())
        if self._taken is None or self._taken[0] != state:
            self._taken = (state, _look_over(connection))
        return self._taken[1]


def _look_over(connection: Connection) -> Overview:
    t = tables.patient
    return Overview(
        counts=counts(connection, CaseloadQuery()),
        wards=_by_name({ward: _ward_name(connection, ward) for ward in _each(connection, t.c.ward)}),
        therapists=_by_name(people(connection, _each(connection, t.c.therapist))),
    )


def counts(connection: Connection, query: CaseloadQuery) -> dict[str, int]:
    """Count the patients of each tier, those of one ward or therapist only if asked."""
    t = tables.patient
    asked = select(t.c.tier, func.count()).where(t.c.is_listed, *is_theirs(query)).group_by(t.c.tier)
    found = {row[0]: row[1] for row in connection.execute(asked)}
    return {tier.value: found.get(tier.value, 0) for tier in Tier}


def is_theirs(query: CaseloadQuery) -> list[ColumnElement[bool]]:
    """Say as conditions that a patient lies on the ward, and was seen last by the therapist, who are asked for."""
    t = tables.patient
    wanted = ((t.c.ward, query.ward), (t.c.therapist, query.therapist))
    return [column == value for column, value in wanted if value]


def people(connection: Connection, references: Collection[str]) -> dict[str, str]:
    """Call people by the names with which they sign in here; others as the chart refers to them."""
    t = tables.user
    asked = select(t.c.practitioner, t.c.display).where(t.c.practitioner.in_(references))
    known = {row.practitioner: row.display for row in connection.execute(asked)} if references else {}
    return {reference: known.get(reference, reference) for reference in references}


def _each(connection: Connection, column: Column[str]) -> list[str]:
    """List the values that stand in an index, hopping from one to the next instead of reading every patient."""
    found: list[str] = []
    while len(found) < _MOST_CHOICES:
        later = column > found[-1] if found else column.is_not(None)
        asked = select(column).where(tables.patient.c.is_listed, later).order_by(column).limit(1)
        value = connection.execute(asked).scalar()
        if value is None:
            break
        found.append(value)
    return found


def _ward_name(connection: Connection, ward: str) -> str:
    t = tables.patient
    asked = select(t.c.ward_name).where(t.c.ward == ward, t.c.is_listed).order_by(t.c.need).limit(1)
    return str(connection.execute(asked).scalar_one())


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda each: (each[1].casefold(), each[0])))

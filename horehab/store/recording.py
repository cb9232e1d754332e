"""All that is known of a patient: what the chart says, and what was logged here and is not yet seen in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select

from horehab.domain.amendment import Validity
from horehab.domain.entries import DecisionEntry, MeasurementEntry, Outcome, SessionEntry
from horehab.domain.record import Fact, Patient, PatientRecord, record_of
from horehab.domain.session import Session
from horehab.domain.signs import PainRating
from horehab.store import bedside, outbox, patients, tables
from horehab.store.payloads import decode_entry, decode_fact, decode_patient

_LOCAL = "urn:uuid:"
_LOGGED = (SessionEntry.__name__, MeasurementEntry.__name__)


def record(connection: Connection, reference: str) -> PatientRecord:
    """Give all that is known of a patient, entries on their way included; UnknownPatient."""
    together = patients.united(connection, reference)
    survivor = patients.survivor(connection, reference)
    amended = _amended(connection, together)
    facts = (
        *_charted(connection, together, but=amended.keys()),
        *_local(connection, together),
        *bedside.told(connection, together),
        *(fact for fact in amended.values() if fact is not None),
    )
    return record_of(_identity(connection, survivor, together), _placed(facts))


def local_facts(connection: Connection, together: Sequence[str]) -> tuple[Fact, ...]:
    """Give what was logged here about these patients and is not yet seen in the chart."""
    return _local(connection, together)


def decisions(connection: Connection, together: Sequence[str]) -> tuple[DecisionEntry, ...]:
    """List what people decided about these patients' suspicions, oldest first."""
    t = tables.decision
    asked = select(t.c.payload).where(t.c.patient.in_(together)).order_by(t.c.row)
    found = (decode_entry(DecisionEntry.__name__, payload) for payload in connection.execute(asked).scalars())
    return tuple(entry for entry in found if isinstance(entry, DecisionEntry))


def _identity(connection: Connection, reference: str, together: Sequence[str]) -> Patient:
    t = tables.patient
    asked = select(t.c.reference, t.c.identity).where(t.c.reference.in_(together), t.c.identity.is_not(None))
    return identity_of(reference, {row.reference: decode_patient(row.identity) for row in connection.execute(asked)})


def identity_of(reference: str, found: Mapping[str, Patient]) -> Patient:
    """Say who the survivor is; until their record was read, who was merged into it, under that record's reference.

    One whose "replaced by" leads nowhere stands by themselves, as if it were not there.
    """
    if reference in found:
        return replace(found[reference], replaced_by=None)
    merged = next((found[name] for name in sorted(found)), None)
    return replace(merged, reference=reference, replaced_by=reference) if merged else Patient(reference=reference)


def _charted(connection: Connection, together: Sequence[str], *, but: Collection[str]) -> Iterable[Fact]:
    t = tables.fact
    asked = select(t.c.kind, t.c.payload, t.c.reference).where(t.c.patient.in_(together))
    return [decode_fact(kind, payload) for kind, payload, name in connection.execute(asked) if name not in but]


def _amended(connection: Connection, together: Sequence[str]) -> dict[str, Fact | None]:
    """Give by its reference what was corrected here since the chart was read last; None for what was withdrawn.

    A correction that was delivered counts until the chart was read again: as long as we hold a version of it that
    we wrote earlier. Any other version is a person's, and theirs counts.
    """
    t, seen, ours = tables.outbox, tables.resource, tables.write
    is_behind = exists().where(ours.c.reference == seen.c.reference, ours.c.version == seen.c.version)
    asked = (
        select(t.c.kind, t.c.payload, seen.c.reference)
        .join(seen, seen.c.own_key == t.c.key)
        .where(
            t.c.patient.in_(together),
            t.c.kind.in_(_LOGGED),
            ~seen.c.is_gone,
            _is_last(t),
            (t.c.state == outbox.WAITING)
            | ((t.c.state == Outcome.DONE.value) & (seen.c.version != t.c.version) & is_behind),
        )
    )
    found: dict[str, Fact | None] = {}
    for row in connection.execute(asked).all():
        entry = decode_entry(row.kind, row.payload)
        if isinstance(entry, SessionEntry | MeasurementEntry) and entry.validity is not Validity.FINAL:
            found[row.reference] = None if entry.is_withdrawn else _as_fact(connection, entry)
    return found


def _is_last(t: Any) -> ColumnElement[bool]:
    """Say that no later word of the same key stands."""
    later = tables.outbox.alias()
    return ~exists().where(later.c.key == t.c.key, later.c.row > t.c.row, later.c.state != outbox.REPLACED)


def _local(connection: Connection, together: Sequence[str]) -> tuple[Fact, ...]:
    t, seen = tables.outbox, tables.resource
    own_id = func.substr(t.c.key, func.length(t.c.kind) - func.length("Entry") + 2)
    asked = (
        select(t.c.kind, t.c.payload)
        .where(
            t.c.patient.in_(together),
            t.c.kind.in_(_LOGGED),
            t.c.state.not_in((outbox.REPLACED, outbox.KEPT)),
            _is_last(t),
            ~exists().where((seen.c.own_key == t.c.key) | (seen.c.own_key == own_id)),
        )
        .order_by(t.c.row)
    )
    entries = [decode_entry(row.kind, row.payload) for row in connection.execute(asked).all()]
    logged = (entry for entry in entries if isinstance(entry, SessionEntry | MeasurementEntry))
    return tuple(_as_fact(connection, entry) for entry in logged if not entry.is_withdrawn)


def _as_fact(connection: Connection, entry: SessionEntry | MeasurementEntry) -> Fact:
    if isinstance(entry, SessionEntry):
        return replace(entry.session, source=source_of(connection, "session", entry.session_id))
    return replace(
        entry.fact,
        source=source_of(connection, "measurement", entry.measurement_id),
        session=source_of(connection, "session", entry.session_id),
    )


def source_of(connection: Connection, kind: str, own_id: str) -> str:
    """Say under which reference an entry of ours stands in the record: as it was delivered, else by our own name."""
    return outbox.delivered_reference(connection, f"{kind}:{own_id}") or f"{_LOCAL}{own_id}"


def _placed(facts: Sequence[Fact]) -> Iterable[Fact]:
    """Give a pain without place the one joint that was worked on in its session, if there was just one."""
    places = {f.source: f.places[0] for f in facts if isinstance(f, Session) and len(f.places) == 1}
    for fact in facts:
        if isinstance(fact, PainRating) and fact.place is None and fact.session in places:
            yield replace(fact, place=places[fact.session])
        else:
            yield fact

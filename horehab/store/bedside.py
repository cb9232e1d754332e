"""What is kept here and nowhere else, in the database: drafts, what was told at the bedside, suspicions that rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, Table, delete, insert, select, update

from horehab.domain.exposure import Background, Exposure
from horehab.domain.joints import Joint, JointSide, Side
from horehab.store import bedside_tables, patients
from horehab.store.engine import reading, writing
from horehab.store.payloads import decode_fact, encode, plain
from horehab.usecases.bedside import Draft, Report, Snooze, Told


class SqlBedside:
    """The bedside of one logbook; each call is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep_draft(self, draft: Draft) -> bool:
        """Keep a draft in the place of the one before; False when there was one."""
        t = bedside_tables.draft
        at = (t.c.name == draft.name, t.c.patient == draft.patient, t.c.subject == draft.subject)
        values = {"payload": plain(msgspec.json.encode(dict(draft.fields)).decode()), "updated": draft.updated}
        with writing(self._engine) as connection:
            if connection.execute(update(t).where(*at).values(values)).rowcount:
                return False
            row = {"name": draft.name, "patient": draft.patient, "subject": draft.subject}
            connection.execute(insert(t).values({**row, **values}))
        return True

    def draft(self, name: str, *, patient: str, subject: str = "") -> Draft | None:
        """Give somebody's draft of one form."""
        t = bedside_tables.draft
        asked = select(t).where(t.c.name == name, t.c.patient == patient, t.c.subject == subject)
        with reading(self._engine) as connection:
            row = connection.execute(asked).first()
        if row is None:
            return None
        fields = msgspec.json.decode(row.payload, type=dict[str, str])
        return Draft(name=name, patient=patient, subject=subject, fields=fields, updated=row.updated)

    def drop_draft(self, name: str, *, patient: str, subject: str = "") -> None:
        """Drop somebody's draft of one form: it was saved, or is not wanted."""
        t = bedside_tables.draft
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.name == name, t.c.patient == patient, t.c.subject == subject))

    def drop_drafts(self, *, name: str | None = None, before: datetime | None = None) -> int:
        """Drop all drafts of somebody, or all that nobody has touched since a time; gives their number."""
        t = bedside_tables.draft
        which = [] if name is None else [t.c.name == name]
        which += [] if before is None else [t.c.updated < before]
        with writing(self._engine) as connection:
            return connection.execute(delete(t).where(*which)).rowcount

    def report(self, report: Report) -> bool:
        """Keep what was told at the bedside; False when this report was kept before."""
        row = {
            "report_id": report.report_id,
            "patient": report.patient,
            "kind": type(report.fact).__name__,
            "payload": encode(report.fact),
            "who": report.who,
            "at": report.at,
        }
        return self._keep_once(bedside_tables.reported, row)

    def reports(self, patient: str) -> tuple[Report, ...]:
        """List what was told about a patient and was not taken back, oldest first."""
        t = bedside_tables.reported
        with reading(self._engine) as connection:
            rows = connection.execute(_standing(patients.together(connection, patient)).order_by(t.c.at)).all()
        return tuple(
            Report(
                report_id=row.report_id,
                patient=row.patient,
                fact=_told(row.kind, row.payload),
                who=row.who,
                at=row.at,
            )
            for row in rows
        )

    def take_back(self, report_id: str, *, patient: str, who: str, now: datetime) -> bool:
        """Take back a report that was wrong; False when there is none that stands."""
        t = bedside_tables.reported
        with writing(self._engine) as connection:
            together = patients.together(connection, patient)
            standing = (t.c.report_id == report_id, t.c.patient.in_(together), t.c.taken_back.is_(None))
            done = connection.execute(update(t).where(*standing).values(taken_back=now, taken_back_by=who))
            if done.rowcount:
                patients.touch(connection, together)
        return bool(done.rowcount)

    def snooze(self, snooze: Snooze) -> bool:
        """Let a suspicion rest; False when this was asked before."""
        row = {
            "snooze_id": snooze.snooze_id,
            "patient": snooze.patient,
            "joint": snooze.place.joint.value,
            "side": snooze.place.side.value,
            "until": snooze.until,
            "reason": plain(snooze.reason),
            "who": snooze.who,
            "at": snooze.at,
        }
        return self._keep_once(bedside_tables.snooze, row)

    def snoozes(self, patient: str) -> tuple[Snooze, ...]:
        """List what was let rest of a patient, oldest first, also what is over."""
        t = bedside_tables.snooze
        with reading(self._engine) as connection:
            together = patients.together(connection, patient)
            rows = connection.execute(select(t).where(t.c.patient.in_(together)).order_by(t.c.at)).all()
        return tuple(
            Snooze(
                snooze_id=row.snooze_id,
                patient=row.patient,
                place=JointSide(joint=Joint(row.joint), side=Side(row.side)),
                until=row.until,
                reason=row.reason,
                who=row.who,
                at=row.at,
            )
            for row in rows
        )

    def _keep_once(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Keep a row of a patient; False when one of its id was kept before."""
        (named,) = table.primary_key.columns
        with writing(self._engine) as connection:
            if connection.execute(select(named).where(named == row[named.name])).first():
                return False
            connection.execute(insert(table).values(row))
            patients.touch(connection, [row["patient"]])
        return True


def told(connection: Connection, together: Sequence[str]) -> list[Told]:
    """Give what was told at the bedside about these patients, as facts of the record."""
    return [_told(row.kind, row.payload) for row in connection.execute(_standing(together))]


def _standing(together: Sequence[str]) -> Select[tuple[str, ...]]:
    t = bedside_tables.reported
    return select(t).where(t.c.patient.in_(together), t.c.taken_back.is_(None))


def _told(kind: str, payload: str) -> Told:
    fact = decode_fact(kind, payload)
    if not isinstance(fact, Exposure | Background):
        raise TypeError(kind)
    return fact

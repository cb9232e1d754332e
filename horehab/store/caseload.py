"""The caseload: patients by need, then name, page by page over the stored assessment, whatever their number."""

import base64
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, exists, select, tuple_

from horehab.domain.joints import WATCHED_PLACES, Joint
from horehab.domain.record import Patient
from horehab.domain.suspicion import Tier, Verdict
from horehab.errors import InputError
from horehab.store import finding, outbox, passes, tables, whose
from horehab.store.payloads import decode_patient, decode_verdict
from horehab.store.whose import Overview
from horehab.usecases.exchange import CaseloadPage, CaseloadQuery, CaseloadRow

_LARGEST_PAGE = 500
_ORDER = {str(place): number for number, place in enumerate(WATCHED_PLACES)}
_CURSOR = msgspec.json.Decoder(tuple[int, str, str])


def page(connection: Connection, query: CaseloadQuery, *, known: Overview) -> CaseloadPage:
    """Show one page of the patients; InputError for a cursor or a joint that is none."""
    limit = min(max(query.limit, 1), _LARGEST_PAGE)
    among = sum(known.counts.values())
    asked = _asked(query).where(*finding.matches(connection, query.text, among=among, wanted=limit))
    found = connection.execute(asked.limit(limit + 1)).all()
    shown = found[:limit]
    references = [row.reference for row in shown]
    verdicts = passes.verdicts_of(connection, references) if references else {}
    waiting = outbox.waiting_by_patient(connection, references) if references else {}
    return CaseloadPage(
        rows=tuple(
            replace(
                _as_row(row, verdicts[row.reference]),
                waiting=waiting.get(row.reference, 0),
                therapist=(row.therapist or "", known.therapists.get(row.therapist, row.therapist or "")),
            )
            for row in shown
        ),
        counts=whose.counts(connection, query) if whose.is_theirs(query) else known.counts,
        next=_cursor(shown[-1]) if len(found) > limit else None,
        wards=known.wards,
        therapists=known.therapists,
    )


def _asked(query: CaseloadQuery) -> Select[Any]:
    """Ask for the patients in their order; every filter leaves that order as it stands in an index."""
    t = tables.patient
    asked = select(t).where(t.c.is_listed, *whose.is_theirs(query)).order_by(t.c.need, t.c.name, t.c.reference)
    if query.after:
        need, name, reference = _position(query.after)
        asked = asked.where(tuple_(t.c.need, t.c.name, t.c.reference) > tuple_(need, name, reference))
    if query.joint:
        return asked.where(*_has_joint(query.joint, query.tier))
    if query.tier:
        asked = asked.where(t.c.tier == query.tier.value, *_between(query.tier))
    return asked


def _between(tier: Tier) -> Iterable[ColumnElement[bool]]:
    """Say where in the order the patients of a tier stand, for whichever index is walked."""
    need, last = tables.patient.c.need, passes.least_need(tier)
    yield need <= last
    yield need > last - passes.least_need(Tier.SUSPECT)


def _has_joint(joint: str, tier: Tier | None) -> Iterable[ColumnElement[bool]]:
    """Say that a joint of a patient stands so, and where the list ends for it: no joint is worse than its patient."""
    t, v = tables.patient, tables.verdict
    if joint not in {known.value for known in Joint}:
        raise InputError(
            f"The joint {joint!r} is none.", field="joint", value=joint, remedy="Choose one, such as hip."
        )
    wanted = (tier,) if tier else (Tier.SUSPECT, Tier.WATCH)
    names = [each.value for each in wanted]
    yield t.c.need <= max(passes.least_need(each) for each in wanted)
    yield exists().where(v.c.patient == t.c.reference, v.c.joint == joint, v.c.tier.in_(names))


def _cursor(row: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((row.need, row.name, row.reference))).decode().rstrip("=")


def _position(cursor: str) -> tuple[int, str, str]:
    try:
        return _CURSOR.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, msgspec.DecodeError) as error:
        raise InputError(
            "The page asked for is none.", field="after", value=cursor, remedy="Start again at the first page."
        ) from error


def _as_row(row: Any, payloads: list[str]) -> CaseloadRow:
    return CaseloadRow(
        key=row.key,
        patient=decode_patient(row.identity) if row.identity else Patient(reference=row.reference),
        tier=Tier(row.tier),
        verdicts=tuple(sorted(map(decode_verdict, payloads), key=_placing)),
        last_measured=row.last_measured,
        ward=(row.ward or "", row.ward_name or ""),
    )


def _placing(verdict: Verdict) -> tuple[int, str]:
    return _ORDER.get(str(verdict.place), len(_ORDER)), str(verdict.place)

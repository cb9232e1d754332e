"""The caseload: patients by need, then name, page by page over the stored assessment, whatever their number."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, select, tuple_, union

from horehab.domain.joints import WATCHED_PLACES, Joint
from horehab.domain.record import Patient
from horehab.domain.suspicion import Tier, Verdict
from horehab.errors import InputError
from horehab.store import finding, outbox, passes, tables, whose
from horehab.store.asking import exactly, has, is_one_of
from horehab.store.payloads import decode_patient, decode_verdict
from horehab.store.ranks import need_at, ranks_of
from horehab.store.whose import Overview
from horehab.usecases.exchange import CaseloadPage, CaseloadQuery, CaseloadRow

_LARGEST_PAGE = 500
_ORDER = {str(place): number for number, place in enumerate(WATCHED_PLACES)}
_CURSOR = msgspec.json.Decoder(tuple[int, str, str])


def page(connection: Connection, query: CaseloadQuery, *, known: Overview) -> CaseloadPage:
    """Show one page of the patients; InputError for a cursor or a joint that is none."""
    limit = min(max(query.limit, 1), _LARGEST_PAGE)
    found = _found(connection, query, among=sum(known.counts.values()), wanted=limit + 1)
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


def _found(connection: Connection, query: CaseloadQuery, *, among: int, wanted: int) -> Sequence[Row[Any]]:
    """Read patients in their order; every filter leaves that order as it stands in an index."""
    t, theirs = tables.patient, whose.is_theirs(query)
    search = finding.search(connection, query.text, among=among, wanted=wanted, is_narrow=bool(theirs))
    wished = [t.c.is_listed, *theirs, *_stands_so(connection, query), *search.conditions]
    if search.words:
        some = _of_words(connection, query, search.words, wished, wanted=wanted)
        asked = select(t).where(is_one_of(connection, t.c.reference, some))
    else:
        # Near the end PostgreSQL would take the list of all for shorter than that of a ward: 4 times as long.
        need = t.c.need + 0 if theirs else t.c.need
        asked = select(t).where(*wished, *_between(query, need, t.c.name, t.c.reference))
    return connection.execute(asked.order_by(t.c.need, t.c.name, t.c.reference).limit(exactly(wanted))).all()


def _of_words(
    connection: Connection, query: CaseloadQuery, words: Sequence[str], wished: Sequence[ColumnElement[bool]], *,
    wanted: int,
) -> Select[Any]:  # fmt: skip
    """Ask for the first patients of each word, and of these for the first of all."""
    t, each = tables.patient, tables.patient_word
    place = (each.c.need, each.c.name, each.c.patient)
    is_wished = has(connection, t.c.reference, t.c.reference == each.c.patient, *wished)
    asked = select(*place).where(is_wished, *_between(query, *place)).order_by(*place).limit(exactly(wanted))
    lists = [select(asked.where(each.c.word == word).subquery()) for word in words]
    those = union(*lists).subquery()
    return select(those.c.patient).order_by(those.c.need, those.c.name, those.c.patient).limit(exactly(wanted))


def _between(query: CaseloadQuery, *place: ColumnElement[Any]) -> Iterable[ColumnElement[bool]]:
    """Say after whom a page begins, and between which needs its patients stand, for whichever index is walked."""
    need = place[0]
    if query.after:
        yield tuple_(*place) > tuple_(*_position(query.after))
    if query.joint:
        yield need < max(ranks_of(each).stop for each in _tiers_of_joint(query))
    elif query.tier:
        yield need >= ranks_of(query.tier).start
        yield need < ranks_of(query.tier).stop


def _stands_so(connection: Connection, query: CaseloadQuery) -> Iterable[ColumnElement[bool]]:
    """Say how a patient stands, or one joint of theirs; InputError for a joint that is none."""
    t, v = tables.patient, tables.verdict
    if not query.joint:
        return [t.c.tier == query.tier.value] if query.tier else []
    if query.joint not in {known.value for known in Joint}:
        raise InputError(
            f"The joint {query.joint!r} is none.", field="joint", value=query.joint,
            remedy="Choose one, such as hip.",
        )  # fmt: skip
    is_so = v.c.tier.in_([each.value for each in _tiers_of_joint(query)])
    return [has(connection, v.c.patient, v.c.patient == t.c.reference, v.c.joint == query.joint, is_so)]


def _tiers_of_joint(query: CaseloadQuery) -> Sequence[Tier]:
    """Name the tiers of a joint that are asked for; no joint is worse than its patient, so the list ends there."""
    return (query.tier,) if query.tier else (Tier.SUSPECT, Tier.WATCH)


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
        need=need_at(row.need),
        verdicts=tuple(sorted(map(decode_verdict, payloads), key=_placing)),
        last_measured=row.last_measured,
        ward=(row.ward or "", row.ward_name or ""),
    )


def _placing(verdict: Verdict) -> tuple[int, str]:
    place = str(verdict.place)
    return _ORDER.get(place, len(_ORDER)), place

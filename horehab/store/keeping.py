"""How a page of the chart is kept: newer versions replace older ones, repeats and late ones change nothing."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from horehab.domain.exposure import Background, Exposure
from horehab.domain.record import Fact
from horehab.store import code_tables, patients, tables
from horehab.store.engine import reading
from horehab.store.payloads import encode, plain
from horehab.store.versions import Stamp, is_newer, stamp_of
from horehab.usecases.exchange import ChartItem, Kept

_LARGE = 4096
_DEFLATED = b"x"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the store holds of a resource: its stamp, its patient, and how it was understood."""

    stamp: Stamp
    patient: str | None
    understood: bytes
    is_set_aside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fresh:
    """An item that replaces what the store holds, with its facts written down."""

    item: ChartItem
    stamp: Stamp
    payloads: tuple[str, ...]
    understood: bytes


def keep(connection: Connection, items: Iterable[ChartItem], *, is_read_again: bool = False) -> Kept:
    """Keep items in one transaction and flag their patients, the former one included when an item moved.

    `is_read_again` for items of our own memory: the same text counts anew where it is understood otherwise.
    """
    given = list(items)
    known = _known(connection, {item.reference for item in given})
    fresh: dict[str, _Fresh] = {}
    unchanged = 0
    for item in given:
        new = _fresh(item, fresh.get(item.reference), known.get(item.reference), is_read_again=is_read_again)
        if new is None:
            unchanged += 1
        else:
            unchanged += item.reference in fresh
            fresh[item.reference] = new
    if fresh:
        _replace(connection, fresh, known)
        _flag(connection, fresh, known)
    gone = sum(new.item.is_gone for new in fresh.values())
    return Kept(
        changed=len(fresh) - gone,
        gone=gone,
        unchanged=unchanged,
        set_aside=sum(bool(new.item.unreadable) for new in fresh.values()),
    )


def _known(connection: Connection, references: set[str]) -> dict[str, _Known]:
    t = tables.resource
    columns = (
        t.c.reference, t.c.version, t.c.updated, t.c.content, t.c.is_gone, t.c.patient, t.c.understood,
        t.c.is_set_aside,
    )  # fmt: skip
    return {
        reference: _Known(
            stamp=Stamp(version=version, updated=updated, content=content, is_gone=is_gone),
            patient=patient,
            understood=understood,
            is_set_aside=is_set_aside,
        )
        for chunk in patients.chunks(references)
        for reference, version, updated, content, is_gone, patient, understood, is_set_aside in connection.execute(
            select(*columns).where(t.c.reference.in_(chunk))
        )
    }


def _fresh(item: ChartItem, earlier: _Fresh | None, known: _Known | None, *, is_read_again: bool) -> _Fresh | None:
    stamp = stamp_of(item)
    old = earlier.stamp if earlier else known.stamp if known else None
    if old is None or is_newer(stamp, old):
        return _written(item, stamp)
    was_set_aside = bool(earlier.item.unreadable) if earlier else known is not None and known.is_set_aside
    if stamp == old and (is_read_again or was_set_aside or item.unreadable):
        # The same text may be understood better than before: a newer version of ours, or a code mapped since.
        again = _written(item, stamp)
        understood = earlier.understood if earlier else known.understood if known else b""
        return again if again.understood != understood else None
    return None


def _written(item: ChartItem, stamp: Stamp) -> _Fresh:
    payloads = tuple(encode(fact) for fact in item.facts)
    digest = blake2b(digest_size=16)
    for payload in payloads:
        digest.update(payload.encode())
    for reason in item.unreadable:
        digest.update(f"\x1e{reason.code}\x1f{reason.path}\x1f{reason.detail}".encode("utf-8", "replace"))
    for each in item.unread:
        digest.update(f"\x1d{each.local}\x1f{each.text}\x1f{each.offered}\x1f{each.why}".encode("utf-8", "replace"))
    return _Fresh(item=item, stamp=stamp, payloads=payloads, understood=digest.digest())


def _replace(connection: Connection, fresh: Mapping[str, _Fresh], known: Mapping[str, _Known]) -> None:
    for chunk in patients.chunks(reference for reference in fresh if reference in known):
        for table in (tables.fact, tables.set_aside, code_tables.unread_code, tables.resource):
            connection.execute(delete(table).where(table.c.reference.in_(chunk)))
    for table, rows in (
        (tables.resource, [_resource_row(new, known.get(reference)) for reference, new in fresh.items()]),
        (tables.fact, [row for new in fresh.values() for row in _fact_rows(new)]),
        (tables.set_aside, [row for new in fresh.values() for row in _set_aside_rows(new.item)]),
        (code_tables.unread_code, [row for new in fresh.values() for row in _unread_rows(new.item)]),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _resource_row(new: _Fresh, known: _Known | None) -> dict[str, Any]:
    item, stamp = new.item, new.stamp
    if known and item.is_gone and not item.version:  # what it was when it vanished tells late repeats apart
        stamp = Stamp(version=known.stamp.version, updated=known.stamp.updated, content=stamp.content, is_gone=True)
    return {
        "reference": item.reference,
        "kind": item.reference.partition("/")[0],
        "version": stamp.version,
        "updated": stamp.updated,
        "patient": item.patient,
        "own_key": item.own_key,
        "is_gone": item.is_gone,
        "is_set_aside": bool(item.unreadable),
        "content": stamp.content,
        "understood": new.understood,
        "source": deflate(item.source),
    }


def _fact_rows(new: _Fresh) -> Iterator[dict[str, Any]]:
    if new.item.patient is None:
        return
    for ordinal, (fact, payload) in enumerate(zip(new.item.facts, new.payloads, strict=True)):
        yield {
            "reference": new.item.reference,
            "ordinal": ordinal,
            "patient": new.item.patient,
            "kind": type(fact).__name__,
            "day": _day(fact),
            "known_on": fact.known_on,
            "payload": payload,
        }


def _day(fact: Fact) -> Any:
    when = fact.start if isinstance(fact, Exposure | Background) else fact.when
    return when.day if when else None


def _set_aside_rows(item: ChartItem) -> Iterator[dict[str, Any]]:
    for ordinal, reason in enumerate(item.unreadable):
        yield {
            "reference": item.reference,
            "ordinal": ordinal,
            "version": item.version,
            "patient": item.patient,
            "code": plain(reason.code),
            "path": plain(reason.path),
            "detail": plain(reason.detail),
        }


def _unread_rows(item: ChartItem) -> Iterator[dict[str, Any]]:
    for ordinal, each in enumerate(item.unread):
        yield {
            "reference": item.reference,
            "ordinal": ordinal,
            "system": plain(each.local.system),
            "code": plain(each.local.code),
            "text": plain(each.text),
            "day": each.day,
            "offered": each.offered,
            "why": each.why,
        }


def _flag(connection: Connection, fresh: Mapping[str, _Fresh], known: Mapping[str, _Known]) -> None:
    identities = {
        reference: (None if new.item.is_gone else new.item.identity)
        for reference, new in fresh.items()
        if new.item.identity is not None or (new.item.is_gone and reference.startswith("Patient/"))
    }
    now = {new.item.patient for new in fresh.values() if new.item.patient and _concerns(new, known)}
    before = {known[r].patient for r in fresh if r in known}
    replaced = {who.replaced_by for who in identities.values() if who and who.replaced_by}
    concerned = {name for name in {*now, *before, *identities, *replaced} if name}
    patients.touch(connection, concerned)
    patients.identify(connection, identities)
    patients.relist(connection, concerned)


def _concerns(new: _Fresh, known: Mapping[str, _Known]) -> bool:
    item = new.item
    return bool(item.facts or item.unreadable or item.own_key or item.reference in known)


def sources_set_aside(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Give reference and verbatim text of each resource set aside, a few at a time, each time anew."""
    t, after = tables.resource, ""
    while True:
        asked = select(t.c.reference, t.c.source).where(t.c.is_set_aside, t.c.reference > after)
        with reading(engine) as connection:
            rows = connection.execute(asked.order_by(t.c.reference).limit(patients.CHUNK)).all()
        if not rows:
            return
        yield from ((row.reference, inflate(row.source)) for row in rows)
        after = rows[-1].reference


def forget_chart(connection: Connection) -> None:
    """Drop all that was read from the chart, so that the next pass pulls it again; the ledger stays."""
    for table in tables.tables_of("projection"):
        connection.execute(delete(table))
    patients.note_listing_changed(connection)


def deflate(source: bytes) -> bytes:
    """Make a large verbatim text smaller; a small one stays as it is."""
    if len(source) > _LARGE or source.startswith(_DEFLATED):
        return zlib.compress(source, 1)
    return source


def inflate(kept: bytes) -> bytes:
    """Give a verbatim text back as it came."""
    return zlib.decompress(kept) if kept.startswith(_DEFLATED) else kept

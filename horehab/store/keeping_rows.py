"""The rows that a resource of the chart becomes: itself, its facts, what could not be read, codes not mapped yet."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, delete

from horehab.domain.exposure import Background, Exposure
from horehab.domain.record import Fact
from horehab.store import code_tables, many, patients, tables
from horehab.store.payloads import encode, plain
from horehab.store.versions import Stamp
from horehab.usecases.exchange import ChartItem

_LARGE = 4096
_DEFLATED = b"x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store holds of a resource: its stamp, its patient, and how it was understood.

    `is_set_aside` also where a code in it is not read: either may be understood better when it comes again.
    """

    stamp: Stamp
    patient: str | None
    understood: bytes
    is_set_aside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """An item that replaces what the store holds, with its facts written down."""

    item: ChartItem
    stamp: Stamp
    payloads: tuple[str, ...]
    understood: bytes


def written(item: ChartItem, stamp: Stamp) -> Fresh:
    """Write down the facts of an item, and by a digest how it was understood."""
    payloads = tuple([encode(fact) for fact in item.facts])
    digest = blake2b("".join(payloads).encode(), digest_size=16)
    for reason in item.unreadable:
        digest.update(f"\x1e{reason.code}\x1f{reason.path}\x1f{reason.detail}".encode("utf-8", "replace"))
    for each in item.unread:
        digest.update(f"\x1d{each.local}\x1f{each.text}\x1f{each.offered}\x1f{each.why}".encode("utf-8", "replace"))
    return Fresh(item=item, stamp=stamp, payloads=payloads, understood=digest.digest())


def replace(connection: Connection, fresh: Mapping[str, Fresh], known: Mapping[str, Known]) -> None:
    """Write the rows of fresh items in place of those that they replace."""
    for chunk in patients.chunks(reference for reference in fresh if reference in known):
        for table in (tables.fact, tables.set_aside, code_tables.unread_code, tables.resource):
            connection.execute(delete(table).where(table.c.reference.in_(chunk)))
    news = fresh.values()
    many.write(connection, tables.resource, [_resource_row(new, known.get(new.item.reference)) for new in news])
    many.write(connection, tables.fact, [row for new in news for row in _fact_rows(new)])
    many.write(
        connection,
        tables.set_aside,
        [row for new in news if new.item.unreadable for row in _set_aside_rows(new.item)],
    )
    many.write(
        connection,
        code_tables.unread_code,
        [row for new in news if new.item.unread for row in _unread_rows(new.item)],
    )


def _resource_row(new: Fresh, known: Known | None) -> many.Row:
    item, stamp = new.item, new.stamp
    if known and item.is_gone and not item.version:  # what it was when it vanished tells late repeats apart
        stamp = Stamp(version=known.stamp.version, updated=known.stamp.updated, content=stamp.content, is_gone=True)
    return (
        item.reference,
        item.reference.partition("/")[0],
        stamp.version,
        stamp.updated,
        item.patient,
        item.own_key,
        item.is_gone,
        bool(item.unreadable),
        stamp.content,
        new.understood,
        deflate(item.source),
    )


def _fact_rows(new: Fresh) -> Iterator[many.Row]:
    item = new.item
    if item.patient is None:
        return
    for ordinal, (fact, payload) in enumerate(zip(item.facts, new.payloads, strict=True)):
        yield item.reference, ordinal, item.patient, type(fact).__name__, _day(fact), fact.known_on, payload


def _day(fact: Fact) -> Any:
    when = fact.start if isinstance(fact, Exposure | Background) else fact.when
    return when.day if when else None


def _set_aside_rows(item: ChartItem) -> Iterator[many.Row]:
    for ordinal, reason in enumerate(item.unreadable):
        words = (plain(reason.code), plain(reason.path), plain(reason.detail))
        yield item.reference, ordinal, item.version, item.patient, *words


def _unread_rows(item: ChartItem) -> Iterator[many.Row]:
    for ordinal, each in enumerate(item.unread):
        words = (plain(each.local.system), plain(each.local.code), plain(each.text))
        yield item.reference, ordinal, *words, each.day, each.offered, each.why


def deflate(source: bytes) -> bytes:
    """Make a large verbatim text smaller; a small one stays as it is."""
    if len(source) > _LARGE or source.startswith(_DEFLATED):
        return zlib.compress(source, 1)
    return source


def inflate(kept: bytes) -> bytes:
    """Give a verbatim text back as it came."""
    return zlib.decompress(kept) if kept.startswith(_DEFLATED) else kept

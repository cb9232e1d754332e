"""The rows that a resource of the chart becomes: itself, its facts, what could not be read, codes not mapped yet."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from types import MappingProxyType

import msgspec
from sqlalchemy import Connection, delete

from horehab.domain.exposure import Background, Exposure
from horehab.domain.record import Fact
from horehab.store import code_tables, many, patients, tables
from horehab.store.payloads import encode, plain
from horehab.store.versions import Stamp, hash_of, microseconds
from horehab.usecases.exchange import ChartItem, Item
from horehab.usecases.written import WrittenFact, WrittenItem

_LARGE = 4096
_DEFLATED, _OBJECT = b"x", b"{"


class Known(msgspec.Struct, frozen=True, gc=False):
    """What the store holds of a resource.

    `content` and `understood` are hashes of its text and of how it was understood; empty where that was not worth
    the time: the text stands beside it, and so do its facts (`completed`). `is_set_aside` also where a code in it is
    not read: either may be understood better when it comes again.
    """

    reference: str
    version: str
    updated: int | None
    content: bytes
    is_gone: bool
    patient: str | None
    understood: bytes
    is_set_aside: bool

    @property
    def stamp(self) -> Stamp:
        """What tells its version apart."""
        gone = bool(self.is_gone)
        return Stamp(version=self.version, updated=self.updated, content=self.content, is_gone=gone)


SAME = MappingProxyType({"own_key": None, "is_gone": False, "is_set_aside": False, "content": b"", "understood": b""})
"""What is the same in the rows of all that was read quickly and bears a version."""


def plain_rows(items: Iterable[WrittenItem]) -> Iterator[many.Row]:
    """Give the rows of resources that were read quickly and bear a version, without what is the same in all of them.

    A text is given as bytearray: SQLite's driver takes that as it is, and looks for ways to adapt all other bytes.
    """
    for item in items:
        reference, source = item.reference, item.source
        kind = reference.partition("/")[0]
        kept = source if len(source) <= _LARGE and source[:1] == _OBJECT else deflate(source)
        yield reference, kind, item.version, microseconds(item.updated), item.patient, bytearray(kept)


def plain_fact_rows(items: Iterable[WrittenItem]) -> Iterator[many.Row]:
    """Give the rows of the facts that were read quickly."""
    for item in items:
        if item.patient is not None:
            for ordinal, (kind, day, known_on, text, blanks) in enumerate(item.forms):
                yield item.reference, ordinal, item.patient, kind, day, known_on, text % blanks


def row_of(item: Item, known: Known | None) -> many.Row:
    """Give the row of a resource; what the store knew of it tells late repeats of what is gone apart."""
    version, updated = item.version, microseconds(item.updated)
    if known and item.is_gone and not version:  # what it was when it vanished tells late repeats apart
        version, updated = known.version, known.updated
    return (
        item.reference,
        item.reference.partition("/")[0],
        version,
        updated,
        item.patient,
        item.own_key,
        item.is_gone,
        bool(item.unreadable),
        hash_of(item.source),
        understanding(item),
        deflate(item.source),
    )


def facts_of(item: Item) -> Sequence[WrittenFact]:
    """Give the facts of an item, written down."""
    return [_written_fact(fact) for fact in item.facts] if isinstance(item, ChartItem) else item.written


def _written_fact(fact: Fact) -> WrittenFact:
    when = fact.start if isinstance(fact, Exposure | Background) else fact.when
    day = when.day.isoformat() if when else None
    return type(fact).__name__, day, fact.known_on.isoformat(), encode(fact)


def understanding(item: Item) -> bytes:
    """Hash how an item was understood: its facts, what of it could not be read, and the codes that were not."""
    digest = _hashed(payload for *_, payload in facts_of(item))
    for reason in item.unreadable:
        digest.update(f"\x1e{reason.code}\x1f{reason.path}\x1f{reason.detail}".encode("utf-8", "replace"))
    for each in item.unread:
        digest.update(f"\x1d{each.local}\x1f{each.text}\x1f{each.offered}\x1f{each.why}".encode("utf-8", "replace"))
    return digest.digest()


def _hashed(payloads: Iterable[str]) -> blake2b:
    return blake2b("".join(payloads).encode(), digest_size=16)


def completed(connection: Connection, known: Known) -> Known:
    """Find the hashes that were not worth the time when it was kept."""
    if known.content:
        return known
    name = [known.reference]
    ((_, source),) = many.look_up(connection, tables.resource, ("reference", "source"), name)
    facts = sorted(many.look_up(connection, tables.fact, ("ordinal", "payload"), name))
    understood = _hashed(payload for _, payload in facts).digest()
    return msgspec.structs.replace(known, content=hash_of(inflate(source)), understood=understood)


def replace(
    connection: Connection, quick: Sequence[WrittenItem], others: Sequence[ChartItem], known: Mapping[str, Known]
) -> None:
    """Write the rows of items, read quickly or otherwise, in place of those that are known of them."""
    for chunk in patients.chunks(known):
        for table in (tables.fact, tables.set_aside, code_tables.unread_code, tables.resource):
            connection.execute(delete(table).where(table.c.reference.in_(chunk)))
    rest: list[Item] = [*(item for item in quick if not item.version), *others]
    many.write(connection, tables.resource, list(plain_rows(item for item in quick if item.version)), same=SAME)
    many.write(connection, tables.resource, [row_of(item, known.get(item.reference)) for item in rest])
    many.write(connection, tables.fact, [*plain_fact_rows(quick), *_fact_rows(others)])
    many.write(connection, tables.set_aside, [row for item in others for row in _set_aside_rows(item)])
    many.write(connection, code_tables.unread_code, [row for item in others for row in _unread_rows(item)])


def _fact_rows(items: Iterable[ChartItem]) -> Iterator[many.Row]:
    for item in items:
        reference, patient = item.reference, item.patient
        if patient is not None:
            for ordinal, (kind, day, known_on, payload) in enumerate(facts_of(item)):
                yield reference, ordinal, patient, kind, day, known_on, payload


def _set_aside_rows(item: ChartItem) -> Iterator[many.Row]:
    for ordinal, reason in enumerate(item.unreadable):
        words = (plain(reason.code), plain(reason.path), plain(reason.detail))
        yield item.reference, ordinal, item.version, item.patient, *words


def _unread_rows(item: ChartItem) -> Iterator[many.Row]:
    for ordinal, each in enumerate(item.unread):
        words = (plain(each.local.system), plain(each.local.code), plain(each.text))
        day = each.day.isoformat() if each.day else None
        yield item.reference, ordinal, *words, day, each.offered, each.why


def deflate(source: bytes) -> bytes:
    """Make a large verbatim text smaller; a small one stays as it is."""
    if len(source) > _LARGE or source.startswith(_DEFLATED):
        return zlib.compress(source, 1)
    return source


def inflate(kept: bytes) -> bytes:
    """Give a verbatim text back as it came."""
    return zlib.decompress(kept) if kept.startswith(_DEFLATED) else kept

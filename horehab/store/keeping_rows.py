"""The rows that a resource of the chart becomes: itself, its facts, what could not be read, codes not mapped yet."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, delete

from horehab.domain.exposure import Background, Exposure
from horehab.domain.record import Fact
from horehab.store import code_tables, many, patients, tables
from horehab.store.payloads import encode, plain
from horehab.store.versions import Stamp, hash_of, microseconds, stamp_of
from horehab.usecases.exchange import ChartItem, Item
from horehab.usecases.written import WrittenFact, WrittenItem

_LARGE = 4096
_DEFLATED = b"x"


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


class Fresh(msgspec.Struct, frozen=True, gc=False):
    """An item that replaces what the store holds: its row, and its facts written down."""

    item: Item
    row: many.Row
    facts: Sequence[WrittenFact]

    @property
    def stamp(self) -> Stamp:
        """What tells its version apart."""
        return stamp_of(self.item)

    @property
    def understood(self) -> bytes:
        """By a hash, how it was understood."""
        return self.row[_UNDERSTOOD] or understood_by(payload for *_, payload in self.facts)


_UNDERSTOOD = 9
"""Its place in the row of a resource."""


def written(item: Item, known: Known | None) -> Fresh:
    """Write down an item and its facts; what the store knew of it tells late repeats of what is gone apart."""
    if isinstance(item, WrittenItem):
        reference, version, patient, source, updated, facts = item
        content = b"" if version else hash_of(source)
        kind, when = reference.partition("/")[0], microseconds(updated)
        kept = deflate(source)
        row = (reference, kind, version, when, patient, None, False, False, content, b"", kept)
        return Fresh(item, row, facts)
    facts = tuple([_written_fact(fact) for fact in item.facts])
    return Fresh(item, _resource_row(item, facts, known), facts)


def _written_fact(fact: Fact) -> WrittenFact:
    when = fact.start if isinstance(fact, Exposure | Background) else fact.when
    day = when.day.isoformat() if when else None
    return type(fact).__name__, day, fact.known_on.isoformat(), encode(fact)


def understood_by(payloads: Iterable[str], *, item: ChartItem | None = None) -> bytes:
    """Hash how something was understood: its facts, what of it could not be read, and the codes that were not."""
    digest = blake2b("".join(payloads).encode(), digest_size=16)
    for reason in item.unreadable if item else ():
        digest.update(f"\x1e{reason.code}\x1f{reason.path}\x1f{reason.detail}".encode("utf-8", "replace"))
    for each in item.unread if item else ():
        digest.update(f"\x1d{each.local}\x1f{each.text}\x1f{each.offered}\x1f{each.why}".encode("utf-8", "replace"))
    return digest.digest()


def completed(connection: Connection, known: Known) -> Known:
    """Find the hashes that were not worth the time when it was kept."""
    if known.content:
        return known
    name = [known.reference]
    ((_, source),) = many.look_up(connection, tables.resource, ("reference", "source"), name)
    facts = sorted(many.look_up(connection, tables.fact, ("ordinal", "payload"), name))
    understood = understood_by(payload for _, payload in facts)
    return msgspec.structs.replace(known, content=hash_of(inflate(source)), understood=understood)


def replace(connection: Connection, fresh: Mapping[str, Fresh], known: Mapping[str, Known]) -> None:
    """Write the rows of fresh items in place of those that they replace."""
    for chunk in patients.chunks(reference for reference in fresh if reference in known):
        for table in (tables.fact, tables.set_aside, code_tables.unread_code, tables.resource):
            connection.execute(delete(table).where(table.c.reference.in_(chunk)))
    news = fresh.values()
    many.write(connection, tables.resource, [new.row for new in news])
    many.write(connection, tables.fact, list(_fact_rows(news)))
    others = [new.item for new in news if isinstance(new.item, ChartItem)]
    many.write(connection, tables.set_aside, [row for item in others for row in _set_aside_rows(item)])
    many.write(connection, code_tables.unread_code, [row for item in others for row in _unread_rows(item)])


def _resource_row(item: ChartItem, facts: Iterable[WrittenFact], known: Known | None) -> many.Row:
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
        understood_by((payload for *_, payload in facts), item=item),
        deflate(item.source),
    )


def _fact_rows(news: Iterable[Fresh]) -> Iterator[many.Row]:
    for new in news:
        reference, patient = new.item.reference, new.item.patient
        if patient is None:
            continue
        for ordinal, (kind, day, known_on, payload) in enumerate(new.facts):
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

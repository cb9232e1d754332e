"""How a page of the chart is kept: newer versions replace older ones, repeats and late ones change nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, Engine, delete, exists, select

from horehab.store import code_tables, many, patients, tables
from horehab.store.engine import reading
from horehab.store.keeping_rows import Known, completed, deflate, inflate, replace, understanding
from horehab.store.versions import is_newer, stamp_of
from horehab.usecases.exchange import ChartItem, Item, Kept
from horehab.usecases.written import WrittenItem

__all__ = ["deflate", "forget_chart", "inflate", "keep", "sources_set_aside"]


_IS_ALL_READ = select(~exists(select(code_tables.unread_code.c.reference)))


def keep(connection: Connection, items: Iterable[Item], *, is_read_again: bool = False) -> Kept:
    """Keep items in one transaction and flag their patients, the former one included when an item moved.

    `is_read_again` for items of our own memory: the same text counts anew where it is understood otherwise.
    """
    given = list(items)
    known = _known(connection, list(dict.fromkeys([item.reference for item in given])))
    fresh = _fresh(connection, given, known, is_read_again=is_read_again)
    others = [item for item in fresh.values() if isinstance(item, ChartItem)]
    quick = [item for item in fresh.values() if not isinstance(item, ChartItem)]
    if fresh:
        replaced = {reference: old for reference, old in known.items() if reference in fresh}
        replace(connection, quick, others, replaced)
        _flag(connection, quick, others, replaced)
    gone = sum(item.is_gone for item in others)
    return Kept(
        changed=len(fresh) - gone,
        gone=gone,
        unchanged=len(given) - len(fresh),
        set_aside=sum(bool(item.unreadable) for item in others),
    )


def _known(connection: Connection, references: Sequence[str]) -> dict[str, Known]:
    known = {
        row[0]: Known(*row)
        for start in range(0, len(references), patients.CHUNK)
        for row in many.look_up(
            connection, tables.resource, Known.__struct_fields__, references[start : start + patients.CHUNK]
        )
    }
    if known and not connection.execute(_IS_ALL_READ).scalar_one():
        for chunk in patients.chunks(known):
            for (name,) in many.look_up(connection, code_tables.unread_code, ("reference",), chunk):
                known[name] = msgspec.structs.replace(known[name], is_set_aside=True)
    return known


def _fresh(
    connection: Connection, given: Sequence[Item], known: Mapping[str, Known], *, is_read_again: bool
) -> dict[str, Item]:
    """Give the items that replace what is known, the last word of each resource."""
    fresh: dict[str, Item] = {}
    for item in given:
        name = item.reference
        old = known.get(name)
        if name not in fresh:
            if old is None:
                fresh[name] = item
                continue
            if not is_read_again and _is_as_it_was(item, old):
                continue
        if _replaces(connection, item, fresh.get(name), old=old, is_read_again=is_read_again):
            fresh[name] = item
    return fresh


def _is_as_it_was(item: Item, known: Known) -> bool:
    """Say quickly what `is_newer` would say of most repeats: the same version of the same, read without a doubt."""
    if item.version != known.version or not item.version or known.is_set_aside:
        return False
    return not (item.is_gone or item.unreadable)


def _replaces(
    connection: Connection, item: Item, earlier: Item | None, *, old: Known | None, is_read_again: bool
) -> bool:
    """Say whether an item replaces an earlier one of the same page, or what the store holds of it."""
    stamp = stamp_of(item)
    held = stamp_of(earlier) if earlier else old.stamp if old else None
    if held is None or is_newer(stamp, held):
        return True
    was_set_aside = bool(earlier.unreadable) if earlier else old is not None and old.is_set_aside
    if not (is_read_again or was_set_aside or item.unreadable) or stamp.version != held.version:
        return False
    # The same text may be understood better than before: a newer version of ours, or a code mapped since.
    if earlier:
        return stamp == held and understanding(item) != understanding(earlier)
    whole = completed(connection, old) if old else None
    return whole is not None and stamp == whole.stamp and understanding(item) != whole.understood


def _flag(
    connection: Connection, quick: Sequence[WrittenItem], others: Sequence[ChartItem], replaced: Mapping[str, Known]
) -> None:
    identities = {
        item.reference: (None if item.is_gone else item.identity)
        for item in others
        if item.identity is not None or (item.is_gone and item.reference.startswith("Patient/"))
    }
    now = {item.patient for item in quick if item.forms or item.reference in replaced}
    now |= {
        item.patient for item in others if item.facts or item.unreadable or item.own_key or item.reference in replaced
    }
    before = {old.patient for old in replaced.values()}
    survivors = {who.replaced_by for who in identities.values() if who and who.replaced_by}
    concerned = {name for name in {*now, *before, *identities, *survivors} if name}
    patients.touch(connection, concerned)
    patients.identify(connection, identities)
    patients.relist(connection, concerned)


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

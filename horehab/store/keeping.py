"""How a page of the chart is kept: newer versions replace older ones, repeats and late ones change nothing."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from sqlalchemy import Connection, Engine, delete, exists, select

from horehab.store import code_tables, many, patients, tables
from horehab.store.engine import reading
from horehab.store.keeping_rows import Fresh, Known, completed, deflate, inflate, replace, written
from horehab.store.versions import is_newer, stamp_of
from horehab.usecases.exchange import ChartItem, Item, Kept

__all__ = ["deflate", "forget_chart", "inflate", "keep", "sources_set_aside"]


_IS_ALL_READ = select(~exists(select(code_tables.unread_code.c.reference)))


def keep(connection: Connection, items: Iterable[Item], *, is_read_again: bool = False) -> Kept:
    """Keep items in one transaction and flag their patients, the former one included when an item moved.

    `is_read_again` for items of our own memory: the same text counts anew where it is understood otherwise.
    """
    given = list(items)
    known = _known(connection, {item.reference for item in given})
    fresh: dict[str, Fresh] = {}
    unchanged = 0
    for item in given:
        name = item.reference
        old = known.get(name)
        if old is None and name not in fresh:
            fresh[name] = written(item, None)
            continue
        if old is not None and not is_read_again and name not in fresh and _is_as_it_was(item, old):
            unchanged += 1
            continue
        new = _fresh(connection, item, fresh.get(name), old=old, is_read_again=is_read_again)
        if new is None:
            unchanged += 1
        else:
            unchanged += name in fresh
            fresh[name] = new
    if fresh:
        replace(connection, fresh, known)
        _flag(connection, fresh, known)
    others = [new.item for new in fresh.values() if isinstance(new.item, ChartItem)]
    gone = sum(item.is_gone for item in others)
    return Kept(
        changed=len(fresh) - gone,
        gone=gone,
        unchanged=unchanged,
        set_aside=sum(bool(item.unreadable) for item in others),
    )


def _known(connection: Connection, references: set[str]) -> dict[str, Known]:
    known = {
        row[0]: Known(*row)
        for chunk in patients.chunks(references)
        for row in many.look_up(connection, tables.resource, Known.__struct_fields__, chunk)
    }
    if known and not connection.execute(_IS_ALL_READ).scalar_one():
        for chunk in patients.chunks(known):
            for (name,) in many.look_up(connection, code_tables.unread_code, ("reference",), chunk):
                known[name] = msgspec.structs.replace(known[name], is_set_aside=True)
    return known


def _is_as_it_was(item: Item, known: Known) -> bool:
    """Say quickly what `is_newer` would say of most repeats: the same version of the same, read without a doubt."""
    if item.version != known.version or not item.version or known.is_set_aside:
        return False
    return not (item.is_gone or item.unreadable)


def _fresh(
    connection: Connection, item: Item, earlier: Fresh | None, *, old: Known | None, is_read_again: bool
) -> Fresh | None:
    stamp, held = stamp_of(item), earlier or old
    if held is None or is_newer(stamp, held.stamp):
        return written(item, old)
    was_set_aside = bool(earlier.item.unreadable) if earlier else old is not None and old.is_set_aside
    if not (is_read_again or was_set_aside or item.unreadable) or stamp.version != held.stamp.version:
        return None
    held = completed(connection, held) if isinstance(held, Known) else held
    if stamp != held.stamp:
        return None
    # The same text may be understood better than before: a newer version of ours, or a code mapped since.
    again = written(item, old)
    return again if again.understood != held.understood else None


def _flag(connection: Connection, fresh: Mapping[str, Fresh], known: Mapping[str, Known]) -> None:
    others = {reference: new.item for reference, new in fresh.items() if isinstance(new.item, ChartItem)}
    identities = {
        reference: (None if item.is_gone else item.identity)
        for reference, item in others.items()
        if item.identity is not None or (item.is_gone and reference.startswith("Patient/"))
    }
    now = {new.item.patient for new in fresh.values() if new.facts}
    now |= {item.patient for item in others.values() if item.unreadable or item.own_key}
    now |= {fresh[reference].item.patient for reference in known if reference in fresh}
    before = {known[r].patient for r in fresh if r in known}
    replaced = {who.replaced_by for who in identities.values() if who and who.replaced_by}
    concerned = {name for name in {*now, *before, *identities, *replaced} if name}
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

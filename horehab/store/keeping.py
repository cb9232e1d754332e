"""How a page of the chart is kept: newer versions replace older ones, repeats and late ones change nothing."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, Engine, delete, select

from horehab.store import code_tables, many, patients, tables
from horehab.store.engine import reading
from horehab.store.keeping_rows import Fresh, Known, deflate, inflate, replace, written
from horehab.store.versions import Stamp, is_newer, stamp_of
from horehab.usecases.exchange import ChartItem, Kept

__all__ = ["deflate", "forget_chart", "inflate", "keep", "sources_set_aside"]

_KNOWN = ("reference", "version", "updated", "content", "is_gone", "patient", "understood", "is_set_aside")


def keep(connection: Connection, items: Iterable[ChartItem], *, is_read_again: bool = False) -> Kept:
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
        if old is not None and not is_read_again and name not in fresh and _is_as_it_was(item, old):
            unchanged += 1
            continue
        new = _fresh(item, fresh.get(name), old, is_read_again=is_read_again)
        if new is None:
            unchanged += 1
        else:
            unchanged += name in fresh
            fresh[name] = new
    if fresh:
        replace(connection, fresh, known)
        _flag(connection, fresh, known)
    gone = sum(new.item.is_gone for new in fresh.values())
    return Kept(
        changed=len(fresh) - gone,
        gone=gone,
        unchanged=unchanged,
        set_aside=sum(bool(new.item.unreadable) for new in fresh.values()),
    )


def _known(connection: Connection, references: set[str]) -> dict[str, Known]:
    unread = {
        reference
        for chunk in patients.chunks(references)
        for (reference,) in many.look_up(connection, code_tables.unread_code, ("reference",), chunk)
    }
    return {
        reference: Known(
            stamp=Stamp(version=version, updated=updated, content=content, is_gone=bool(is_gone)),
            patient=patient,
            understood=understood,
            is_set_aside=bool(is_set_aside) or reference in unread,
        )
        for chunk in patients.chunks(references)
        for reference, version, updated, content, is_gone, patient, understood, is_set_aside in many.look_up(
            connection, tables.resource, _KNOWN, chunk
        )
    }


def _is_as_it_was(item: ChartItem, known: Known) -> bool:
    """Say quickly what `is_newer` would say of most repeats: the same version of the same, read without a doubt."""
    is_same = item.version == known.stamp.version and bool(item.version)
    return is_same and not (item.is_gone or item.unreadable or known.is_set_aside)


def _fresh(item: ChartItem, earlier: Fresh | None, known: Known | None, *, is_read_again: bool) -> Fresh | None:
    stamp = stamp_of(item)
    old = earlier.stamp if earlier else known.stamp if known else None
    if old is None or is_newer(stamp, old):
        return written(item, stamp)
    was_set_aside = bool(earlier.item.unreadable) if earlier else known is not None and known.is_set_aside
    if stamp == old and (is_read_again or was_set_aside or item.unreadable):
        # The same text may be understood better than before: a newer version of ours, or a code mapped since.
        again = written(item, stamp)
        understood = earlier.understood if earlier else known.understood if known else b""
        return again if again.understood != understood else None
    return None


def _flag(connection: Connection, fresh: Mapping[str, Fresh], known: Mapping[str, Known]) -> None:
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


def _concerns(new: Fresh, known: Mapping[str, Known]) -> bool:
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

"""What our memory holds of a kind of resource, for the nightly comparison with what the chart lists."""

from collections.abc import Collection, Iterator

from sqlalchemy import Engine, select

from horehab.store import patients, tables
from horehab.store.engine import reading


def held(engine: Engine, kind: str, of: Collection[str] | None) -> Iterator[str]:
    """Name each resource of a kind that is not known to be gone, in order, a few at a time.

    `of` are the patients whose it is, None for everybody's and nobody's.
    """
    if of is None:
        yield from _pages(engine, kind, None)
        return
    for chunk in patients.chunks(of):
        yield from _pages(engine, kind, chunk)


def _pages(engine: Engine, kind: str, of: list[str] | None) -> Iterator[str]:
    t, after = tables.resource, ""
    asked = select(t.c.reference).where(t.c.kind == kind, ~t.c.is_gone)
    if of is not None:
        asked = asked.where(t.c.patient.in_(of))
    while True:
        page = asked.where(t.c.reference > after).order_by(t.c.reference).limit(patients.CHUNK)
        with reading(engine) as connection:
            rows = list(connection.execute(page).scalars())
        if not rows:
            return
        yield from rows
        after = rows[-1]

"""Whether the operator accepted that suspicions are written to a server; it is asked once per server."""

from sqlalchemy import select, update

from horehab.store import tables
from horehab.store.engine import make_engine, read_url, reading, writing


def accept_writing(url: str, address: str) -> None:
    """Keep in the ledger that entries may leave for this server; the store must have been opened once before."""
    engine = make_engine(read_url(url))
    try:
        with writing(engine) as connection:
            connection.execute(update(tables.installation).values(writing_accepted_for=address.rstrip("/")))
    finally:
        engine.dispose()


def is_writing_accepted(url: str, address: str) -> bool:
    """Tell whether the operator accepted writing for this server; what was accepted for another does not count."""
    engine = make_engine(read_url(url))
    try:
        with reading(engine) as connection:
            accepted = connection.execute(select(tables.installation.c.writing_accepted_for)).scalar()
    finally:
        engine.dispose()
    return bool(accepted == address.rstrip("/"))

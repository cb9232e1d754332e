"""The first load under way, in one row per server: on disk before the server is asked how far it is."""

from datetime import datetime

import msgspec
from sqlalchemy import Engine, delete, insert, select

from horehab.store import tables
from horehab.store.engine import reading, writing
from horehab.usecases.chart_copy import FirstLoad

_LOAD = msgspec.json.Decoder(FirstLoad)


class SqlLoads:
    """What is known of first loads under way; each call is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(self, address: str) -> FirstLoad | None:
        """Give the load under way from a server; None when there is none."""
        t = tables.first_load
        with reading(self._engine) as connection:
            payload = connection.execute(select(t.c.payload).where(t.c.address == address)).scalar()
        return _LOAD.decode(payload) if payload else None

    def note(self, address: str, load: FirstLoad, *, now: datetime) -> None:
        """Note how far it is; on disk when this returns, and with it all that was kept before."""
        t = tables.first_load
        row = {
            "address": address,
            "state": "ordered" if load.files is None else "reading",
            "payload": msgspec.json.encode(load).decode(),
            "changed": now,
        }
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.address == address))
            connection.execute(insert(t).values(**row))

    def forget(self, address: str) -> None:
        """Forget it, since it is done or called off."""
        t = tables.first_load
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.address == address))

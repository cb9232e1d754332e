"""Our own memory: a projection of the chart that can be rebuilt, and a ledger that loses nothing."""

from horehab.store.binding import adopt
from horehab.store.logbook import SqlLogbook, open_logbook
from horehab.store.schema import upgrade

__all__ = ["SqlLogbook", "adopt", "open_logbook", "upgrade"]

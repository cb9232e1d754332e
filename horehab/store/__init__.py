"""Our own memory: a projection of the chart that can be rebuilt, and a ledger that loses nothing."""

from horehab.store.acceptance import accept_writing, is_writing_accepted
from horehab.store.backup import backup, restore
from horehab.store.binding import adopt
from horehab.store.engine import absent_file
from horehab.store.logbook import SqlLogbook
from horehab.store.opening import open_logbook
from horehab.store.schema import upgrade

__all__ = [
    "SqlLogbook",
    "absent_file",
    "accept_writing",
    "adopt",
    "backup",
    "is_writing_accepted",
    "open_logbook",
    "restore",
    "upgrade",
]

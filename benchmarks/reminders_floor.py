"""The floor of the reminders benchmark: what SQLite takes for the rows alone, with statements written by hand.

Each piece in one transaction, as ours: what became of the last one, the next one leased with its attempts on record.
Nothing is read back but the row numbers, nothing is looked at again, and nobody is told of what was sent.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

PIECE = 1000
_NOW, _UNTIL = "2026-06-01 10:00:00.000000", "2026-06-01 10:05:00.000000"
_NAMED = "row IN (SELECT value FROM json_each(:names)) AND state = 'claimed' AND lease_owner = 'bench'"
_FIND = (
    "SELECT row FROM horehab_reminder WHERE state = 'due' AND due <= :now AND void_at > :now"
    " AND (lease_until IS NULL OR lease_until <= :now) AND (not_before IS NULL OR not_before <= :now)"
    " ORDER BY due, row LIMIT :most"
)
_BEGIN_ROWS = (
    "UPDATE horehab_reminder SET state = 'claimed', lease_owner = 'bench', lease_until = :until, not_before = NULL,"
    " is_leaving = 1, attempts = attempts + 1, detail = '' WHERE row IN (SELECT value FROM json_each(:names))"
)
_BEGIN_ATTEMPTS = (
    "INSERT INTO horehab_attempt (reminder, key, number, begun, owner)"
    f" SELECT row, key, attempts, :now, lease_owner FROM horehab_reminder WHERE {_NAMED}"
)
_CLOSE_ATTEMPTS = (
    "UPDATE horehab_attempt SET outcome = 'sent', settled = :now, detail = ''"
    " WHERE reminder IN (SELECT value FROM json_each(:names)) AND number = 1 AND outcome IS NULL"
)
_SETTLE_ROWS = (
    "UPDATE horehab_reminder SET state = 'sent', detail = '', settled = :now, not_before = NULL, is_leaving = 0,"
    f" lease_owner = NULL, lease_until = NULL WHERE {_NAMED}"
)


def dispatch_bare(file: Path) -> int:
    """Lease, begin and settle all that is due in a database of ours; gives how many it were."""
    done, names = 0, "[]"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=FULL")
        while True:
            database.execute("BEGIN IMMEDIATE")
            told = {"now": _NOW, "until": _UNTIL, "most": PIECE}
            for statement in (_CLOSE_ATTEMPTS, _SETTLE_ROWS) if done else ():
                database.execute(statement, told | {"names": names})
            found = [row for (row,) in database.execute(_FIND, told)]
            names = json.dumps(found)
            for statement in (_BEGIN_ROWS, _BEGIN_ATTEMPTS) if found else ():
                database.execute(statement, told | {"names": names})
            database.execute("COMMIT")
            if not found:
                return done
            done += len(found)

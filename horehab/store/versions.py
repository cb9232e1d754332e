"""Which of two versions of a resource is the newer one, in whatever order they arrive."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from horehab.usecases.exchange import Item

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY, _SECOND = 86_400, 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What tells versions apart: version id, microseconds since 1970 of its last update, hash of its text."""

    version: str
    updated: int | None
    content: bytes
    is_gone: bool


def stamp_of(item: Item) -> Stamp:
    """Take the stamp of an item as it was read."""
    return Stamp(
        version=item.version,
        updated=microseconds(item.updated),
        content=hash_of(item.source),
        is_gone=item.is_gone,
    )


def hash_of(text: bytes) -> bytes:
    """Tell a text apart from all others by 16 bytes."""
    return blake2b(text, digest_size=16).digest()


def is_newer(new: Stamp, old: Stamp) -> bool:
    """Say whether `new` replaces `old`: by last update, then by number; where neither tells, the later arrival.

    The same version changes nothing, unless it is known to be gone. A server without versions is told apart
    by the text itself. What the server hid and shows again at the same version is not told from a late repeat of
    what was deleted: it stays gone until it is changed there.
    """
    if new.version == old.version and (new.version or new.content == old.content):
        return new.is_gone and not old.is_gone
    if not new.version and new.is_gone:
        return not old.is_gone
    if new.updated is not None and old.updated is not None and new.updated != old.updated:
        return new.updated > old.updated
    if new.version.isdecimal() and old.version.isdecimal():
        return int(new.version) > int(old.version)
    return True


def microseconds(text: str | None) -> int | None:
    """Turn an instant as a server writes it into microseconds since 1970; None for one that is none."""
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    past = instant - _EPOCH
    return (past.days * _DAY + past.seconds) * _SECOND + past.microseconds

"""Up to where a kind of resource has been read: instants that the server itself gave, and no others."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FOLLOWED = "followed "
"""The name of a mark begins so when it tells that a patient was read from the very beginning."""
YES, NO, WITH = "yes", "no", "with "
"""What such a mark says: followed since then, no longer, or only with another record of the same person."""

_LEEWAY = timedelta(seconds=2)
_UPDATED = re.compile(rb'"lastUpdated"\s*:\s*"([0-9T:.+\-Z]{19,40})"')


def of_followed(kind: str) -> str:
    """Name the mark of a kind where only some patients are read: it says nothing of all the others."""
    return f"{kind} of those followed"


def of_ids(kind: str, *, is_scoped: bool) -> str:
    """Name the mark that tells on which ward day what we hold of a kind was last compared with the chart."""
    return f"{of_followed(kind) if is_scoped else kind}, ids"


def instant(text: str | None) -> datetime | None:
    """Read a FHIR instant; None when it is none or lacks a zone."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the first and the last year lie outside in some zones
        return None


def http_date(text: str | None) -> datetime | None:
    """Read the Date header of an answer; None when there is none that can be read."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def latest_update(source: bytes) -> datetime | None:
    """Find the latest lastUpdated in a resource's text, without reading the rest of it."""
    found = [instant(match.decode()) for match in _UPDATED.findall(source)]
    return max((moment for moment in found if moment), default=None)


def next_mark(*, served: str | None, date: str | None, newest: datetime | None, before: str | None) -> str | None:
    """Choose the mark that a complete pass may leave behind.

    `served` is the Bundle's own time when the pass began, `date` the Date header of that answer, `newest` the
    latest lastUpdated among what was read. A Bundle time ahead of the server's own clock is not believed, and
    nothing later than that clock is ever taken, so that one resource dated far ahead loses nothing.
    """
    clock = http_date(date)
    bundle = instant(served)
    is_credible = bundle is not None and clock is not None and bundle <= clock + _LEEWAY
    candidate = bundle if is_credible else newest
    if candidate is None:
        return before
    return _text(min(candidate, clock) if clock else candidate)


def since(mark: str, overlap: float) -> str:
    """Say from when to read: the mark less the overlap (seconds); the mark itself when it is no instant."""
    moment = instant(mark)
    return _text(moment - timedelta(seconds=overlap)) if moment else mark


def later(moments: Iterable[datetime | None]) -> datetime | None:
    """Take the latest of some instants, None when there is none."""
    return max((moment for moment in moments if moment), default=None)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""Whether what stands in the chart says what we wrote, however the server spells it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

_SERVERS_OWN = frozenset({"id", "meta", "text", "resourceType"})
_IDENTITY = (
    "identifier",
    "subject",
    "for",
    "target",
    "code",
    "bodySite",
    "status",
    "verificationStatus",
    "clinicalStatus",
    "evidence",
    "valueQuantity",
)
"""Elements without which what was read back is not what was written."""

_EXACT = frozenset({"evidence"})
"""Elements of which more is not as good: evidence that fell away must not stay."""

Tree = Mapping[str, Any]


def carries(wanted: Tree, found: Tree) -> bool:
    """Tell whether all that is wanted stands there; more may stand there, as a server or a person added it."""
    return not lacking(wanted, found)


def says_just_that(wanted: Tree, found: Tree) -> bool:
    """Tell whether the elements that we write stand there just as we write them; others may stand beside them."""
    return all(name in found and same(wanted[name], found[name]) for name in wanted if name not in _SERVERS_OWN)


def lacking(wanted: Tree, found: Tree) -> tuple[str, ...]:
    """Name the elements of a resource that are not there as wanted."""
    mine = (name for name in wanted if name not in _SERVERS_OWN)
    return tuple(name for name in mine if name not in found or not _stands(name, wanted[name], found[name]))


def _stands(name: str, wanted: Any, found: Any) -> bool:
    if name not in _EXACT or not isinstance(wanted, list) or not isinstance(found, list):
        return _holds(wanted, found)
    return all(any(same(item, other) for other in found) for item in wanted)


def lost_identity(wanted: Tree, found: Tree) -> tuple[str, ...]:
    """Name the elements that make it another resource when they are not there as wanted."""
    return tuple(name for name in lacking(wanted, found) if name in _IDENTITY)


def same(left: Any, right: Any) -> bool:
    """Tell whether two elements say the same, neither more than the other."""
    return _holds(left, right) and _holds(right, left)


def extra(wanted: Tree, found: Tree) -> tuple[str, ...]:
    """Name the elements that stand there and were not wanted."""
    return tuple(name for name in found if name not in wanted and name not in _SERVERS_OWN)


def rejoined(theirs: Tree, ours: Tree, now: Tree) -> dict[str, Any]:
    """Join two works of people that our write came between: what stood before it, and what was made of it since.

    An element that still stands as we wrote it becomes theirs again; one that was changed since stays as it is now,
    a list with what theirs had beyond ours.
    """
    joined: dict[str, Any] = {name: now[name] for name in now if name in _SERVERS_OWN}
    for name in (*now, *(name for name in theirs if name not in now)):
        if name in _SERVERS_OWN:
            continue
        is_as_we_wrote = (name in now) == (name in ours) and (name not in now or same(now[name], ours[name]))
        if not is_as_we_wrote:
            joined |= {name: _with_theirs(theirs.get(name), ours.get(name), now[name])} if name in now else {}
        elif name in theirs:
            joined[name] = theirs[name]
    return joined


def _with_theirs(theirs: Any, ours: Any, now: Any) -> Any:
    if not isinstance(theirs, list) or not isinstance(now, list):
        return now
    written = ours if isinstance(ours, list) else []
    others = (*written, *now)
    return now + [item for item in theirs if not any(same(item, other) for other in others)]


def _holds(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            name in found and _holds(value, found[name]) for name, value in wanted.items() if name != "display"
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and all(any(_holds(item, other) for other in found) for item in wanted)
    if isinstance(wanted, bool) or isinstance(found, bool) or wanted is None:
        return wanted is found
    if isinstance(wanted, int | float | Decimal) and isinstance(found, int | float | Decimal):
        return Decimal(str(wanted)) == Decimal(str(found))
    return isinstance(wanted, str) and isinstance(found, str) and _same_text(wanted, found)


def _same_text(wanted: str, found: str) -> bool:
    if wanted == found or _tail(wanted) == _tail(found) != "":
        return True
    moments = _moment(wanted), _moment(found)
    return moments[0] is not None and moments[0] == moments[1]


def _tail(text: str) -> str:
    """Take kind and id off a reference, which a server may make absolute or give a version."""
    parts = text.split("/_history/", maxsplit=1)[0].rsplit("/", 2)
    return "/".join(parts[-2:]) if len(parts) > 1 and parts[-2][:1].isupper() else ""


def _moment(text: str) -> datetime | None:
    if len(text) < len("2026-01-01T00:00Z") or not text[:4].isdigit():
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None

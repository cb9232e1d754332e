"""Which scopes we ask for, in the words that a server understands, and which of them it granted."""

import re
from collections.abc import Collection, Iterable, Sequence

READ = "rs"
WRITE = "crus"
"""What we do with a kind that we write: create, read, update, search; we never delete."""

_SCOPE = re.compile(r"system/(\*|[A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)")
_FIRST_VERSION = {"read": "rs", "write": "cud", "*": "cruds"}


def wanted_scopes(
    offered: Collection[str], capabilities: Collection[str], *, reads: Sequence[str], writes: Sequence[str]
) -> tuple[str, ...]:
    """Choose the fewest scopes that suffice, of version 2 (system/Observation.rs), or 1 where that is all there is.

    `offered` is the server's scopes_supported, `capabilities` what its smart-configuration lists. Where the server
    lists scopes of systems kind by kind, only kinds on its list are asked for: one that it does not know would be
    refused together with all others.
    """
    kinds = [kind for kind in dict.fromkeys((*reads, *writes)) if _is_on_list(kind, offered)]
    if not _is_first_version(offered, capabilities):
        return tuple(f"system/{kind}.{WRITE if kind in writes else READ}" for kind in kinds)
    reading = tuple(f"system/{kind}.read" for kind in kinds)
    return reading + tuple(f"system/{kind}.write" for kind in kinds if kind in writes)


def lacking_scopes(granted: str, *, reads: Iterable[str], writes: Iterable[str]) -> tuple[str, ...]:
    """Name what was not granted of what we need, as version 2 says it; a scope with a filter (?) grants not all."""
    rights = _rights(granted.split())
    needs = dict.fromkeys(reads, READ) | dict.fromkeys(writes, WRITE)
    missing = {
        kind: "".join(letter for letter in need if letter not in rights.get(kind, set()) | rights.get("*", set()))
        for kind, need in needs.items()
    }
    return tuple(f"system/{kind}.{letters}" for kind, letters in missing.items() if letters)


def _is_first_version(offered: Collection[str], capabilities: Collection[str]) -> bool:
    if "permission-v2" in capabilities:
        return False
    if "permission-v1" in capabilities:
        return True
    ends = {found[2] for scope in offered if (found := _SCOPE.fullmatch(scope))}
    return bool(ends) and ends <= set(_FIRST_VERSION)


def _is_on_list(kind: str, offered: Collection[str]) -> bool:
    listed = set(_rights(offered))
    return not listed or "*" in listed or kind in listed


def _rights(scopes: Iterable[str]) -> dict[str, set[str]]:
    rights: dict[str, set[str]] = {}
    for scope in scopes:
        if found := _SCOPE.fullmatch(scope):
            rights.setdefault(found[1], set()).update(_FIRST_VERSION.get(found[2], found[2]))
    return rights

"""What is in a value set, as far as it is known, and how value sets are put together: what is not known stays so."""

from collections.abc import Iterable, Mapping
from enum import Enum

Content = Mapping[str, frozenset[str] | None]
"""Code system -> its codes in a value set; None where nobody of ours lists them."""

ANY = "*"
"""Stands beside what is known for all that may be there too, because a list within is not at hand."""


class Membership(Enum):
    """Whether something is in a list."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


def holds(content: Content, system: str | None, code: str | None) -> Membership:
    """Say whether a value set holds a code; without its system it does when any system of the set has it."""
    if code is None:
        return Membership.OUT
    found = {_among(listed, code) for each, listed in content.items() if system in (None, each) or each == ANY}
    return next((each for each in (Membership.IN, Membership.UNKNOWN) if each in found), Membership.OUT)


def _among(listed: frozenset[str] | None, code: str) -> Membership:
    if listed is None:
        return Membership.UNKNOWN
    return Membership.IN if code in listed else Membership.OUT


def united(contents: Iterable[Content]) -> Content:
    """Put value sets together; what one of them does not know of a system is not known."""
    found: dict[str, frozenset[str] | None] = {}
    for content in contents:
        for system, listed in content.items():
            held = found.get(system, frozenset())
            found[system] = None if listed is None or held is None else held | listed
    return found


def overlap(one: Content, other: Content) -> Content:
    """Take what is in both."""
    found: dict[str, frozenset[str] | None] = {}
    for system in one.keys() | other.keys():
        pair = (_whole(one, system), _whole(other, system))
        if frozenset() not in pair:
            left, right = pair
            found[system] = None if left is None or right is None else left & right
    return found


def without(one: Content, other: Content) -> Content:
    """Take what is in the first, and not in the second."""
    found: dict[str, frozenset[str] | None] = {}
    for system, listed in one.items():
        taken = _whole(other, system)
        found[system] = None if listed is None or taken is None else listed - taken
    return found


def _whole(content: Content, system: str) -> frozenset[str] | None:
    """List all codes of a system in a value set; None where there may be others."""
    return None if ANY in content else content.get(system, frozenset())

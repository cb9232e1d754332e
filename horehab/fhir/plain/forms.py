"""A fact written down with blanks for what differs from entry to entry, and filled in for each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec

from horehab.domain.record import Fact

Filling = tuple[str, ...]
"""What goes into the blanks of a form, each as JSON text (an id without its quotes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One fact with blanks; `take` picks from a filling what goes into them, in order."""

    kind: str
    text: str
    take: Callable[[Filling], Any]


def json_text(value: object) -> str:
    """Write a value down as our memory writes facts down: JSON text of its fields in their order."""
    return msgspec.json.encode(value).decode()


def form_of(fact: Fact, blanks: Sequence[tuple[str, str]], *, sign: str, needed: frozenset[int]) -> Form | None:
    """Write a fact down with blanks; None where it cannot be told what is blank in it.

    `blanks` are texts in place of which something else is written ("%s" in it is filled), in the order of the
    filling. Those in `needed` have to be there, each of them once; no other text may hold the `sign` of a blank.
    """
    text = json_text(fact).replace("%", "%%")
    places = sorted((text.find(blank), number) for number, (blank, _) in enumerate(blanks) if blank in text)
    for blank, written in blanks:
        text = text.replace(blank, written, 1)
    if sign in text or not needed <= {number for _, number in places}:
        return None
    return Form(kind=type(fact).__name__, text=text, take=itemgetter(*(number for _, number in places)))

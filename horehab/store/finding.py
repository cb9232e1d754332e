"""How patients are found by what was typed: word by word in the order of the list, or by whichever way is shorter.

Each word of a name and of a record number is kept with the place of its patient in the list (`patient_word`). Those
whose name has the word are thus read in that order until the page is full, however many they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, func, select

from horehab.store import names, tables
from horehab.store.asking import exactly, has, is_one_of

_LAST_CHARACTER = "\U0010ffff"
_FEW = 200
"""So many are looked up one by one without a thought."""
_MOST_WORDS = 12
"""So many words that begin as typed are read side by side; the family names of a town that begin alike."""


def _counting() -> Select[Any]:
    """Count the words of whomever with a beginning, no further than asked for."""
    t = tables.patient_word
    some = select(t.c.patient).where(t.c.word >= bindparam("first"), t.c.word < bindparam("last"))
    most = bindparam("most", type_=Integer, literal_execute=True)
    return select(func.count()).select_from(some.limit(most).subquery())


def _hopping() -> Select[Any]:
    """List the words with a beginning, one more than are read, hopping in their index from one to the next."""
    here, later = tables.patient_word.c, tables.patient_word.alias().c
    one = select(func.min(here.word).label("word")).where(
        here.word >= bindparam("first"), here.word < bindparam("last")
    )
    hop = one.cte("hop", recursive=True)
    following = select(func.min(later.word)).where(later.word > hop.c.word, later.word < bindparam("last"))
    hop = hop.union_all(select(following.scalar_subquery()).where(hop.c.word.is_not(None)))
    return select(hop.c.word).where(hop.c.word.is_not(None)).limit(exactly(_MOST_WORDS + 1))


# Asked with every search, so they are put together once.
_HITS, _WORDS = _counting(), _hopping()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How to find them: conditions on a patient, and the words whose patients are read in order; none: of all."""

    conditions: Sequence[ColumnElement[bool]] = ()
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beginning:
    """The beginning of a word as it was typed, how many words of whomever have it, and which; none if too many."""

    typed: str
    hits: int
    words: Sequence[str]


def search(connection: Connection, text: str, *, among: int, wanted: int, is_narrow: bool = False) -> Search:
    """Choose how to find those of whom each word typed begins a word of the name or record number.

    Few are looked up. Where the list is a narrow one, of a ward, it is walked. Else the patients of the rarest word
    are read in order. What too many words begin with ("m", a year) is looked up or the whole list is walked: of
    `among` patients `wanted` are found after `wanted * among / hits` steps, and looking up takes as many as hits.
    """
    typed = names.wanted_words(text)
    if not typed:
        return Search()
    few = max(_FEW, isqrt(wanted * max(among, 1)))
    known = [_beginning(connection, each, few + 1) for each in dict.fromkeys(typed)]
    rarest = min(known, key=lambda each: each.hits)
    if rarest.hits <= _FEW:
        return _looked_up(connection, rarest, known)
    readable = [each for each in known if each.words]
    if readable and not is_narrow:
        read = min(readable, key=lambda each: (each.hits, len(each.words)))
        others = [_has_word(connection, each.typed) for each in known if each is not read]
        return Search(conditions=others, words=read.words)
    if rarest.hits <= few and not is_narrow:
        return _looked_up(connection, rarest, known)
    return Search(conditions=[_has_word(connection, each.typed) for each in known])


def _looked_up(connection: Connection, rarest: _Beginning, known: Sequence[_Beginning]) -> Search:
    t = tables.patient_word
    theirs = is_one_of(connection, tables.patient.c.reference, select(t.c.patient).where(_begins(rarest.typed)))
    others = [_has_word(connection, each.typed) for each in known if each is not rarest]
    return Search(conditions=[theirs, *others])


def _beginning(connection: Connection, typed: str, most: int) -> _Beginning:
    between = {"first": typed, "last": typed + _LAST_CHARACTER}
    hits = int(connection.execute(_HITS, {**between, "most": most}).scalar_one())
    found = connection.execute(_WORDS, between).scalars().all() if hits > _FEW else ()
    return _Beginning(typed=typed, hits=hits, words=found if len(found) <= _MOST_WORDS else ())


def _has_word(connection: Connection, typed: str) -> ColumnElement[bool]:
    """Say that a word of a patient begins so."""
    t = tables.patient_word.alias()
    return has(connection, t.c.patient, t.c.patient == tables.patient.c.reference, _begins(typed, t.c.word))


def _begins(beginning: str, word: ColumnElement[str] = tables.patient_word.c.word) -> ColumnElement[bool]:
    return (word >= beginning) & (word < beginning + _LAST_CHARACTER)

"""How patients are found by what was typed: a few are looked up, of many the list is walked until a page is full."""

from math import isqrt

from sqlalchemy import ColumnElement, Connection, exists, func, select

from horehab.store import names, tables

_LAST_CHARACTER = "\U0010ffff"


def matches(connection: Connection, text: str, *, among: int, wanted: int) -> list[ColumnElement[bool]]:
    """Say as conditions that each word typed begins a word of the name or record number.

    Walking the list, `wanted` hits are found after `wanted * among / hits` patients of `among`; looking all of them
    up takes as many steps as there are hits. The rarest word decides which is shorter, so that neither a name that
    half of the hospital bears nor one that nobody bears makes the page slow.
    """
    words = names.wanted_words(text)
    if not words:
        return []
    few = isqrt(wanted * max(among, 1))
    hits = {word: _hits(connection, word, few + 1) for word in words}
    rarest = min(words, key=hits.__getitem__)
    if hits[rarest] > few:
        return [_has_word(word) for word in words]
    t = tables.patient_word
    looked_up = tables.patient.c.reference.in_(select(t.c.patient).where(_begins(rarest)))
    return [looked_up, *(_has_word(word) for word in words if word != rarest)]


def _hits(connection: Connection, beginning: str, most: int) -> int:
    """Count words with this beginning, of whomever; no further than asked for."""
    some = select(tables.patient_word.c.patient).where(_begins(beginning)).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def _has_word(beginning: str) -> ColumnElement[bool]:
    t = tables.patient_word
    return exists().where(t.c.patient == tables.patient.c.reference, _begins(beginning))


def _begins(beginning: str) -> ColumnElement[bool]:
    t = tables.patient_word
    return (t.c.word >= beginning) & (t.c.word < beginning + _LAST_CHARACTER)

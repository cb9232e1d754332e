"""Sentences of the record, which stay English where they are kept, said to a reader in another language.

What is refused, why something was set aside and what a reminder asks for are sentences of the core with figures in
them; they are kept and written in English. A page finds the template of such a sentence in the reader's catalogue
and says it anew with the same figures. One that no template fits is shown as it stands, and marked as English.
"""

import re
from datetime import date
from functools import lru_cache

from markupsafe import Markup, escape

from horehab.errors import HorehabError
from horehab.web.language import RECORDED_IN, day, degrees, gettext, language, number, of_record, templates_of_record

_HOLE = re.compile(r"\\\{(\w+)\\\}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DAY_IN_WORDS = re.compile(rf"(?<![\w-]){_DAY.pattern}(?![\w-])")  # of an instant, or in a name, it stays as it is
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_ANGLE = re.compile(r"(-?\d+(?:\.\d+)?)°")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!]) +")
_QUOTED = re.compile("'.*'|\".*\"", re.DOTALL)
_DIGITS = 3
_FEWEST_WORDS = 3
"""A figure of as many words may be a sentence of the record itself."""


def error_words(error: HorehabError, *, has_remedy: bool = True) -> str:
    """Say what an error of the core says, and its remedy, in the reader's language."""
    return " ".join(map(as_told, filter(None, (error.message, error.remedy if has_remedy else ""))))


def as_told(words: str) -> str:
    """Say what of some words can be said in the reader's language, as a part of another sentence."""
    return " ".join(in_own_words(part) or part for part in _parts(words))


def recorded(words: str) -> str:
    """Say a sentence of the record in the reader's language, or several; what cannot be said is marked as English."""
    if not words or language().startswith(RECORDED_IN):
        return _DAY_IN_WORDS.sub(lambda found: _figure(found[0]), words)
    return Markup(" ").join(_one(sentence) for sentence in _parts(words))


def in_own_words(sentence: str) -> str | None:
    """Find the template of which a sentence was made, and say it anew; None where none fits it."""
    for pattern, template in _patterns(language()):
        found = pattern.fullmatch(sentence)
        if found:
            return of_record(template).format_map({name: _figure(value) for name, value in found.groupdict().items()})
    return None


def _parts(words: str) -> list[str]:
    """Leave words whole that a template fits, else take them sentence by sentence."""
    if language().startswith(RECORDED_IN) or in_own_words(words) is not None:
        return [words]
    return _BETWEEN_SENTENCES.split(words)


def _one(sentence: str) -> str:
    said = in_own_words(sentence)
    return escape(said) if said is not None else Markup('<span lang="en">{}</span>').format(sentence)


@lru_cache(maxsize=8)
def _patterns(spoken: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Make of each template what recognises its sentences, the most telling first; `spoken` is the language."""
    del spoken  # the catalogue is that of the reader; it only keys what is kept here
    templates = sorted(
        templates_of_record(), key=lambda template: (-len(_HOLE.sub("", re.escape(template))), template)
    )
    return tuple((_recogniser(template), template) for template in templates)


def _recogniser(template: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def hole(found: re.Match[str]) -> str:
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.+?)"

    return re.compile(_HOLE.sub(hole, re.escape(template)), re.DOTALL)


def _figure(value: str) -> str:
    """Write a figure of such a sentence as the reader does: days and numbers by locale, words in the language."""
    if _DAY.fullmatch(value):
        try:
            return day(date.fromisoformat(value))
        except ValueError:
            return value
    if _DECIMAL.fullmatch(value):
        return number(float(value), _DIGITS)
    if angle := _ANGLE.fullmatch(value):
        return degrees(float(angle[1]))
    if len(value.split()) >= _FEWEST_WORDS and (said := in_own_words(value)) is not None:
        return said
    spelled = (value, value.replace("-", " "))  # in a note of the audit a joint is written as in an address
    return next((said for words in spelled if (said := _words(words)) != words), value)


def _words(value: str) -> str:
    """Look up a word, or each of a list; what is a name or a number of its own stays, and what is quoted."""
    if _QUOTED.fullmatch(value):
        return value
    whole = gettext(value) if value.strip() else value
    return (
        whole if whole != value else ", ".join(gettext(part) if part.strip() else part for part in value.split(", "))
    )

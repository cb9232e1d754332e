"""The words of the ward in three languages: which of them a text holds, and which of its words nobody here knows."""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

_LONGEST_TEXT = 200
_ELISION = re.compile(r"\b[ld]['\u2019\u02bc]", re.IGNORECASE)
_BETWEEN = re.compile("[\\s\\-_.,;:()\\[\\]/'\"\u2019\u00b0\u2013\u2014\u2010\u2011]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ONE_OF_TWO = MappingProxyType(
    {
        ("rotation", "internal"): "internal rotation",
        ("rotation", "external"): "external rotation",
        ("deviation", "radial"): "radial deviation",
        ("deviation", "ulnar"): "ulnar deviation",
        ("flexion", "dorsal"): "dorsiflexion",
        ("flexion", "plantar"): "plantarflexion",
    }
)
_ANSWER = "answer"
_SHORT = 2
"""Letters up to which a word counts only among words of its own language."""
_PLAIN = 4
"""Letters from which a word in a code is no accident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a text says, by kind of word ("joint": "hip"); `unknown` are the words that were not understood."""

    kinds: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    unknown: tuple[str, ...] = ()

    def __or__(self, other: "Said") -> "Said":
        """Take what both say together."""
        both = {kind: self.of(kind) | other.of(kind) for kind in (*self.kinds, *other.kinds)}
        return Said(kinds=MappingProxyType(both), unknown=tuple(dict.fromkeys(self.unknown + other.unknown)))

    def of(self, kind: str) -> frozenset[str]:
        """Tell what was said of one kind; empty where nothing was."""
        return self.kinds.get(kind, frozenset())

    def only(self, *kinds: str) -> "Said":
        """Keep what was said of some kinds."""
        return Said(kinds=MappingProxyType({kind: self.kinds[kind] for kind in kinds if kind in self.kinds}))

    def beyond(self, *kinds: str) -> tuple[str, ...]:
        """List what makes the text doubtful where only these kinds of words are expected."""
        strange = [word for kind in self.kinds if kind not in kinds for word in sorted(self.kinds[kind])]
        return (*self.unknown, *strange)


NOTHING_SAID = Said()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    kind: str
    value: str
    languages: frozenset[str]


def said_in(text: str) -> Said:
    """Read a text word by word; order, capitals, accents and hyphens make no difference; never raises.

    A code may hold words too: "PROM-HIP-FLEX-L", "kneeFlexionLeft".
    """
    if len(text) > _LONGEST_TEXT:
        return Said(unknown=(f"{text[:20]}...",))
    return _said(text)


def plainly_in(code: str) -> Said:
    """Read the plain words in a code that holds other things too, for comparison; abbreviations may be accidents."""
    words = [word for word in _tokens(code) if len(word) >= _PLAIN or word == "hip"]
    return Said(kinds=_said(" ".join(words[:_LONGEST_TEXT])).kinds)


def position_in(text: str) -> str | None:
    """Name the one position of the body that a text means and says nothing besides; None for any other text."""
    said = said_in(text)
    if said.beyond("position", "neutral", "position-word") or len(said.of("position")) != 1:
        return None
    return next(iter(said.of("position")))


def answer_in(text: str) -> bool | None:
    """Read a yes or a no in one of the three languages; None for anything else."""
    return {"yes": True, "no": False}.get(_answers().get(" ".join(_tokens(text)), ""))


def bare(text: str) -> str:
    """Give the plain words of a text with one blank between them, to be compared: no accents, capitals or hyphens."""
    return " ".join(_tokens(text[:_LONGEST_TEXT]))


@lru_cache(maxsize=4096)
def _said(text: str) -> Said:
    found, letters, unknown = _matched(_tokens(text))
    spoken = frozenset(_languages())
    for entry in found:
        spoken &= entry.languages
    for letter, entry in letters:
        if found and spoken & entry.languages:
            found.append(entry)
        else:
            unknown.append(letter)
    kinds: dict[str, set[str]] = {}
    for entry in found:
        kinds.setdefault(entry.kind, set()).add(entry.value)
    unknown += _compose(kinds, Counter(entry.value for entry in found))
    frozen = {kind: frozenset(values) for kind, values in kinds.items() if values}
    return Said(kinds=MappingProxyType(frozen), unknown=tuple(dict.fromkeys(unknown)))


def _matched(tokens: list[str]) -> tuple[list[_Entry], list[tuple[str, _Entry]], list[str]]:
    """Find known words, the longest first; one or two letters apart: "re" is a rotation only in its own languages."""
    known, longest = _vocabulary(), _longest()
    found: list[_Entry] = []
    letters: list[tuple[str, _Entry]] = []
    unknown: list[str] = []
    at = 0
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            word = " ".join(tokens[at : at + length])
            entry = known.get(word)
            if entry is not None:
                break
        if entry is None:
            unknown.append(tokens[at])
        elif len(word) <= _SHORT and entry.kind in ("side", "motion", "mode"):
            letters.append((word, entry))
        else:
            found.append(entry)
        at += length
    return found, letters, unknown


def _compose(kinds: dict[str, set[str]], counts: Counter[str]) -> list[str]:
    """Put the halves of motions together ("rotation" and "external"); halves left over are returned: a doubt.

    A half that stands there twice ("flexion, dorsal flexion") is a motion of its own besides.
    """
    halves = kinds.pop("half", set())
    motions = kinds.setdefault("motion", set())
    if "ext" in halves:
        halves.remove("ext")
        if "rotation" in halves:
            halves.add("external")
        if "rotation" not in halves or counts["ext"] > 1:
            motions.add("extension")
    used: set[str] = set()
    for (turn, way), motion in _ONE_OF_TWO.items():
        if way in halves and turn in (motions if turn == "flexion" else halves):
            motions.add(motion)
            used |= {turn, way}
    motions -= used if counts["flexion"] == 1 else set()
    return sorted(halves - used)


def _tokens(text: str) -> list[str]:
    """Take a text apart into plain words: without accents, capitals, elided articles and what stands between."""
    bare = _ELISION.sub(" ", _CAMEL.sub(" ", text).replace("\u00ba", "\u00b0"))
    letters = unicodedata.normalize("NFKD", bare.casefold().replace("\u0153", "oe"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return [word for word in _BETWEEN.split(plain) if word]


@cache
def _file() -> Mapping[str, Mapping[str, Mapping[str, list[str]]]]:
    return tomllib.loads(files("horehab.fhir.resources").joinpath("words.toml").read_text(encoding="utf-8"))


@cache
def _languages() -> tuple[str, ...]:
    return tuple(_file())


@cache
def _vocabulary() -> Mapping[str, _Entry]:
    known: dict[str, _Entry] = {}
    for language, kinds in _file().items():
        for kind, values in kinds.items():
            for value, words in values.items() if kind != _ANSWER else ():
                for word in words:
                    spelled = " ".join(_tokens(word))
                    spoken = known[spelled].languages if spelled in known else frozenset()
                    known[spelled] = _Entry(kind=kind, value=value, languages=spoken | {language})
    return MappingProxyType(known)


@cache
def _longest() -> int:
    return max(word.count(" ") + 1 for word in _vocabulary())


@cache
def _answers() -> Mapping[str, str]:
    answers: dict[str, str] = {}
    for kinds in _file().values():
        answers |= {" ".join(_tokens(word)): yes for yes, words in kinds[_ANSWER].items() for word in words}
    return MappingProxyType(answers)

"""Which patients are read: everybody, or those whom the setting HOREHAB_SCOPE names in the chart's own words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from horehab.errors import ConfigurationError

_REMEDY = (
    "Write everything, or one or more of Group/<id>, List/<id>, Location/<id>, Patient/<id>,Patient/<id>, "
    "Patient?<search> and Encounter?<search>, with blanks between them."
)
_PLACE = re.compile(r"(Group|List|Location|Patient)/([A-Za-z0-9\-.]{1,64})")
_SEARCH = re.compile(r"(Patient|Encounter)\?(\S+)")
_NARROWING = frozenset({"_id", "_tag", "_security", "_profile", "_has", "_list"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Who is read, as it was written; `parts` are its sources ("Group/7", "Patient?organization=Organization/7").

    Without parts it is everybody. A patient counts whom any of the parts names.
    """

    text: str = "everything"
    parts: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether every patient is read whom the server lets us see."""
        return not self.parts

    @property
    def registers(self) -> tuple[str, ...]:
        """The kinds of resource that are read only to know who is in the scope: Group, List, both or none."""
        names = {part.partition("/")[0] for part in self.parts}
        return tuple(sorted(names & {"Group", "List"}))


EVERYTHING = Scope()


def read_scope(text: str) -> Scope:
    """Read HOREHAB_SCOPE; ConfigurationError names the setting, the part that cannot be used, and the remedy."""
    words = text.split()
    if not words or words == ["everything"]:
        return EVERYTHING
    return Scope(text=" ".join(words), parts=tuple(dict.fromkeys(part for word in words for part in _parts(word))))


def _parts(word: str) -> Iterator[str]:
    search = _SEARCH.fullmatch(word)
    if search:
        _check_search(word, search[2])
        yield word
        return
    if word.startswith(("system/", "user/", "openid")):
        raise _wrong(
            word, "What a token may do is the setting HOREHAB_SCOPES; this one says which patients are read."
        )
    for part in word.split(","):
        if not _PLACE.fullmatch(part):
            raise _wrong(word, _REMEDY)
        yield part


def _check_search(word: str, query: str) -> None:
    pairs = parse_qsl(query, keep_blank_values=True)
    if not pairs or not all(name and value for name, value in pairs) or "#" in query:
        raise _wrong(word, "Each parameter of a search needs a value, as in Patient?organization=Organization/7.")
    for name, _ in pairs:
        if name.startswith("_") and name.partition(":")[0] not in _NARROWING:
            raise _wrong(word, f"Leave out {name[:40]}: a search may only say which patients are meant.")


def _wrong(word: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(
        f"The setting HOREHAB_SCOPE holds {word[:120]!r}, which cannot be used.", remedy=remedy, code="HR-1322"
    )

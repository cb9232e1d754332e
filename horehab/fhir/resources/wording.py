"""All the words around a measurement: of its code, its body site and its method, each kept apart and quoted."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from fhir_profiles import CANONICAL
from horehab.fhir.basis.elements import Tree, child, children, word
from horehab.fhir.basis.site import Coding
from horehab.fhir.basis.terminology import LOINC, NOTHING, SNOMED, meaning
from horehab.fhir.resources.words import NOTHING_SAID, Said, plainly_in, said_in

_PLACE_WORDS = ("joint", "side", "range", "neutral", "place-word")
_METHOD_WORDS = ("mode", "position", "occasion", "range", "neutral")
_TELLING = ("joint", "side", "motion", "mode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the words around a measurement say.

    `code`, `place` and `method` are read apart; `quotes` are the texts as they stand; `local` is the local
    coding that the site's map could explain ("" as system for a text alone). A local code that consists of
    known words says what they say; of any other, the plain words in `inside_code` are only compared.
    """

    code: Said = NOTHING_SAID
    place: Said = NOTHING_SAID
    method: Said = NOTHING_SAID
    inside_code: Said = NOTHING_SAID
    quotes: tuple[str, ...] = ()
    local: Coding | None = None

    @property
    def doubts(self) -> tuple[str, ...]:
        """What body site and method say that is not understood; a method that tells nothing raises no doubt."""
        method = self.method.beyond(*_METHOD_WORDS)
        is_telling = any(self.method.of(kind) for kind in _TELLING)
        return (*self.place.beyond(*_PLACE_WORDS), *(method if is_telling else ()))

    def within(self, whole: "Wording") -> "Wording":
        """Add to a component what is said of the whole: place, mode and position; what it measures is its own."""
        around = Said(kinds=whole.code.only("joint", "side", "pain").kinds, unknown=whole.code.unknown)
        return Wording(
            code=self.code | around,
            place=self.place | whole.place,
            method=self.method | whole.method | whole.code.only("mode", "position"),
            inside_code=self.inside_code,
            quotes=tuple(dict.fromkeys(whole.quotes + self.quotes)),
            local=self.local or whole.local,
        )


def wording_of(node: Tree) -> Wording:
    """Read the words around an Observation or one of its components."""
    concepts = children(node, "code")
    texts = [text for concept in concepts for text in _texts(concept)]
    locals_ = _local_codes(concepts)
    inside = [said_in(code) for _, code in locals_]
    sure = [said for said in inside if not said.unknown] if texts else inside
    places = _around(children(node, "bodySite")) + _lateralities([node, *children(node, "bodySite")])
    methods = _around(children(node, "method"))
    bare = [] if texts else [code for _, code in locals_]
    return Wording(
        code=_together([*(said_in(text) for text in texts), *sure]),
        place=_together(said_in(text) for text in places),
        method=_together(said_in(text) for text in methods),
        inside_code=_together(plainly_in(code) for _, code in locals_) if texts else NOTHING_SAID,
        quotes=tuple(dict.fromkeys([*texts, *bare, *places, *methods])),
        local=next(iter(locals_), ("", texts[0]) if texts else None),
    )


def _texts(concept: Tree) -> list[str]:
    """List a concept's text and the displays of its local codings; an official display says what its code says."""
    displays = [word(coding, "display") for coding in children(concept, "coding") if is_local(coding)]
    return [text for text in dict.fromkeys([word(concept, "text"), *displays]) if text]


def _around(concepts: Iterable[Tree]) -> list[str]:
    """List the words of body sites or methods: texts, displays of unknown codes, local codes made of known words."""
    found: list[str] = []
    for concept in concepts:
        unknown = [coding for coding in children(concept, "coding") if meaning(_coding(coding)) == NOTHING]
        texts = [word(concept, "text"), *(word(coding, "display") for coding in unknown)]
        found += [text for text in dict.fromkeys(texts) if text]
        if not any(texts):
            codes = [code for _, code in _local_codes([concept])]
            found += [code for code in codes if not said_in(code).unknown]
    return found


def _lateralities(nodes: Iterable[Tree]) -> list[str]:
    """List the words of extensions that say the side in words; where they hold a code, the code says it."""
    found = [
        word(extension, "valueString") or word(concept, "text")
        for node in nodes
        for extension in children(node, "extension")
        if "laterality" in (word(extension, "url") or "").casefold()
        for concept in (child(extension, "valueCodeableConcept"),)
    ]
    return [text for text in found if text]


def _coding(coding: Tree) -> list[Coding]:
    return [(word(coding, "system") or "", word(coding, "code") or "")]


def _local_codes(concepts: Iterable[Tree]) -> list[Coding]:
    return [
        (word(coding, "system") or "", code)
        for concept in concepts
        for coding in children(concept, "coding")
        if is_local(coding) and (code := word(coding, "code"))
    ]


def is_local(coding: Tree) -> bool:
    """Say whether a coding is of a system that neither the world nor we publish."""
    system = word(coding, "system") or ""
    return system not in (LOINC, SNOMED) and not system.startswith(CANONICAL)


def _together(said: Iterable[Said]) -> Said:
    return reduce(or_, said, NOTHING_SAID)

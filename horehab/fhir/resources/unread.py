"""Local codes that stand for something of ours and were not read: found where words or a unit in degrees say so."""

from collections.abc import Iterator
from datetime import date

from horehab.domain.local_code import CodeMeaning, LocalCode, UnreadCode
from horehab.fhir.basis.elements import Tree, child, children, number, numbered, word
from horehab.fhir.basis.quarantine import Found
from horehab.fhir.basis.site import UNMATCHED, Site
from horehab.fhir.resources.angles import is_angle
from horehab.fhir.resources.local_codes import meaning_in
from horehab.fhir.resources.observation import parts_of
from horehab.fhir.resources.occasion import Part
from horehab.fhir.resources.text_reader import offered_by
from horehab.fhir.resources.wording import Wording, is_local, wording_of
from horehab.fhir.resources.words import said_in
from horehab.usecases.exchange import Unreadable

_MAPPING_HELPS = frozenset(
    {
        "code-not-mapped", "no-joint", "no-side", "no-motion", "no-such-motion", "words-in-doubt",
        "joints-disagree", "sides-disagree", "motions-disagree", "modes-disagree",
    }
)  # fmt: skip
_LEFT_ALONE = "left-alone"
_TELLING = ("joint", "motion")
_QUOTED = 120


def unread_in(resource: Tree, found: Found, site: Site) -> tuple[UnreadCode, ...]:
    """List the local codes of an Observation that were not read though they look like a measurement of ours.

    Empty where everything was read, where a mapping would not help, and for what is coded by others.
    """
    refused = {each.path.rpartition(".")[0]: each.code for each in found if isinstance(each, Unreadable)}
    if found and not any(code in _MAPPING_HELPS for code in refused.values()):
        return ()
    nodes = [("", resource), *((f"component[{place}]", node) for place, node in numbered(resource, "component"))]
    if not found and not any(_looks_measured(node) for _, node in nodes):
        return ()
    parts = {part.path: part for part in parts_of(resource, site)}
    whole = wording_of(resource)
    return tuple(
        each
        for path, node in nodes
        for each in _unread(resource, parts[path], whole if not path else wording_of(node).within(whole), refused)
    )


def _unread(resource: Tree, part: Part, wording: Wording, refused: dict[str, str]) -> Iterator[UnreadCode]:
    why = refused.get(part.path)
    if wording.local is None or UNMATCHED in part.codings:
        return
    if why not in _MAPPING_HELPS and (why is not None or not _looks_measured(part.node)):
        return
    says = meaning_in(part.codings) or offered_by(part, wording)
    yield UnreadCode(
        local=LocalCode(system=wording.local[0], code=wording.local[1]),
        text=(wording.quotes[0] if wording.quotes else "")[:_QUOTED],
        day=_day(resource),
        offered=str(says or CodeMeaning()),
        why=why or _LEFT_ALONE,
    )


def _looks_measured(node: Tree) -> bool:
    """Say whether an entry under a local code or under words is an angle, or a number of which they name a joint."""
    has_number = number(child(node, "valueQuantity"), "value") is not None or number(node, "valueInteger") is not None
    if not has_number:
        return False
    said = list(_local_words(node))
    if is_angle(node):
        return bool(said)
    return any(said_in(text).of(kind) for text in said for kind in _TELLING)


def _local_words(node: Tree) -> Iterator[str]:
    """List local codes and the words beside them, or the words that stand instead of a code."""
    for concept in children(node, "code"):
        codings = children(concept, "coding")
        own = [coding for coding in codings if is_local(coding)]
        for words in (*own, *([concept] if own or not codings else [])):
            yield from (text for name in ("code", "display", "text") if (text := word(words, name)))


def _day(resource: Tree) -> date | None:
    period = child(resource, "effectivePeriod")
    written = word(resource, "effectiveDateTime") or word(period, "start") or word(resource, "issued") or ""
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None

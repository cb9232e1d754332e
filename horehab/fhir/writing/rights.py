"""Whether what stands in the chart is ours to change, or a person's work, which is never overwritten."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from horehab.domain.entries import Outcome
from horehab.fhir.wire.client import Client
from horehab.fhir.writing.comparison import carries, extra, lacking, same
from horehab.fhir.writing.standing import Settled, Standing, read_version

_VOLATILE = frozenset({"evidence", "extension", "note"})
"""What changes from one version of our suspicion to the next."""

_STATES = frozenset({"verificationStatus", "clinicalStatus"})
_OUR_PLACE = MappingProxyType({"note": {"text"}, "evidence": {"detail"}})
"""How our item in a list of ours and theirs looks: these elements and no others."""

_NEVER_EDITED = frozenset({"id", "meta", "text", "resourceType"})

Resource = Mapping[str, Any]


def state_of(condition: Resource) -> str:
    """Read the verification status of a Condition; "" when it has none that can be read."""
    return _code(condition.get("verificationStatus"))


def is_active(condition: Resource) -> bool:
    """Tell whether a Condition stands as active."""
    return _code(condition.get("clinicalStatus")) == "active"


def is_the_same_thing(wanted: Resource, found: Resource) -> bool:
    """Tell whether two resources are about the same thing: they share an identifier, else the subject."""
    mine, theirs = wanted.get("identifier"), found.get("identifier")
    if not mine:
        return all(carries({name: wanted[name]}, found) for name in ("subject", "for", "target") if name in wanted)
    mine = mine if isinstance(mine, list) else [mine]
    theirs = theirs if isinstance(theirs, list) else [theirs]
    return any(isinstance(t, Mapping) and carries(dict(m), t) for m in mine for t in theirs)


def is_untouched(client: Client, found: Standing, wanted: Resource, own_versions: frozenset[str]) -> bool:
    """Tell whether a suspicion in the chart is as we left it: our version, our shape, or ours with additions.

    `wanted` is the open form of what we would write now. A version that is not in `own_versions` can still be
    ours, when the answer to its write was lost: then it has no element that we do not write, and differs in
    nothing but evidence and reasons.
    """
    if found.version in own_versions or _has_our_shape(wanted, found.resource):
        return True
    ours = [version for version in own_versions if version.isdigit()]
    last = read_version(client, found.reference, max(ours, key=int)) if ours else None
    return last is not None and carries(last.resource, found.resource)


def edited(found: Resource, wanted: Resource, *, keeps_state: bool = False) -> Resource:
    """Edit what stands there until it carries what is wanted; all else stays as it is, number for number."""
    changes = {
        name: _merged(name, wanted[name], found.get(name))
        for name in lacking(wanted, found)
        if name not in _NEVER_EDITED and not (keeps_state and name in _STATES)
    }
    kept = dict(found)
    if "clinicalStatus" not in wanted and "verificationStatus" in changes:
        kept.pop("clinicalStatus", None)
    return {**kept, **changes}


def _merged(name: str, wanted: Any, found: Any) -> Any:
    """Put our part of a list in the place of our earlier part; what others added to the list stays."""
    if not isinstance(wanted, list) or not isinstance(found, list):
        return wanted
    if name == "extension":
        urls = {item["url"] for item in wanted}
        return wanted + [item for item in found if not isinstance(item, Mapping) or item.get("url") not in urls]
    if name in _OUR_PLACE:
        others = list(found)
        mine = next((item for item in found if isinstance(item, Mapping) and set(item) == _OUR_PLACE[name]), None)
        if mine is not None:
            others.remove(mine)
        return wanted + others
    return found + [item for item in wanted if not any(same(item, other) for other in found)]


def refuse_other(wanted: Resource, found: Standing) -> None:
    """Stop when something else stands under our id: Settled(CONFLICT)."""
    if not is_the_same_thing(wanted, found.resource):
        raise Settled(Outcome.CONFLICT, "Something that is not ours stands under this id.", reference=found.reference)


def _has_our_shape(wanted: Resource, found: Resource) -> bool:
    if extra(wanted, found):
        return False
    names = [name for name in wanted if name not in _VOLATILE and name not in _NEVER_EDITED]
    if not all(name in found and same(wanted[name], found[name]) for name in names):
        return False
    return _notes(wanted) == _notes(found)


def _notes(resource: Resource) -> list[list[str]]:
    notes = resource.get("note")
    return [sorted(note) for note in notes if isinstance(note, Mapping)] if isinstance(notes, list) else []


def _code(concept: Any) -> str:
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    first = codings[0] if isinstance(codings, list) and codings else None
    return str(first.get("code", "")) if isinstance(first, Mapping) else ""

"""Where a reference points: what kind of thing, whether that is allowed, and whether it is there where it must be."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from horehab.fhir.validation.issues import Issue, Severity, shown
from horehab.fhir.validation.library import definition, is_resource

Tree = Mapping[str, Any]

_PLACE = re.compile(r"(?:.*/)?([A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?:/_history/[A-Za-z0-9.\-]{1,64})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """The Bundle around a resource: what stands in it under which full address, and the resource's own."""

    by_address: Mapping[str, Tree] = field(default_factory=dict)
    own_address: str = ""
    is_whole: bool = False

    def find(self, reference: str) -> Tree | None:
        """Find what a reference points to in the Bundle."""
        if reference in self.by_address:
            return self.by_address[reference]
        place = _PLACE.fullmatch(self.own_address)
        if place and not reference.startswith("urn:"):
            base = self.own_address[: place.start(1)]
            return self.by_address.get(f"{base}{reference}")
        return None


def bundled(bundle: Tree) -> Bundled:
    """Look over the entries of a Bundle."""
    found = {}
    for entry in _listed(bundle.get("entry")):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            found[address_of(entry)] = entry["resource"]
    is_whole = bundle.get("type") in ("document", "message", "transaction", "batch", "collection")
    return Bundled(by_address=found, is_whole=is_whole)


def entries_of_type(tree: Any, kind: str) -> dict[str, Tree]:
    """Find the resources of a type in a Bundle, by their place; none in anything else, and none for Bundles."""
    entries = tree.get("entry") if isinstance(tree, dict) and tree.get("resourceType") == "Bundle" != kind else None
    held = (each.get("resource") if isinstance(each, dict) else None for each in _listed(entries))
    return {
        f"Bundle.entry[{number}].resource": each
        for number, each in enumerate(held)
        if isinstance(each, dict) and each.get("resourceType") == kind
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def address_of(entry: Tree) -> str:
    """Give the full address of an entry; "" where it has none, or one that is no text."""
    address = entry.get("fullUrl")
    return address if isinstance(address, str) else ""


def check_reference(value: Tree, targets: tuple[str, ...], root: Tree, around: Bundled, path: str) -> Iterator[Issue]:
    """Check one Reference; `targets` are the types and profiles that are allowed, `root` holds what is contained."""
    reference = value.get("reference")
    if isinstance(reference, str):
        yield from _check_address(reference, targets, root, around, path)
    named = value.get("type")
    if isinstance(named, str):
        if not is_resource(named):
            yield _issue(f"{path}.type", "R4 has no resource of that name", "Name one.", named)
        elif not _may_be(named, targets):
            yield _issue(path, f"it may point to {_list(targets)} only", "Point to one of these.", named)


def _check_address(
    reference: str, targets: tuple[str, ...], root: Tree, around: Bundled, path: str
) -> Iterator[Issue]:
    kind: str | None = None
    if reference.startswith("#"):
        target = _contained(root, reference)
    else:
        target = around.find(reference)
        place = _PLACE.fullmatch(reference)
        kind = place[1] if place and is_resource(place[1]) else None
        if place and not kind and "://" not in reference:
            yield _issue(path, "R4 has no resource of that name", "Write Type/id, as in Patient/1.", reference)
            return
        if not place and not re.match(r"[A-Za-z][A-Za-z0-9+.\-]*:", reference):
            yield _issue(path, "it is no reference", "Write Type/id, as in Patient/1, or a whole address.", reference)
            return
        if target is None and around.is_whole and reference.startswith("urn:"):
            yield _issue(
                path, "nothing in the Bundle has this address", "Add the entry, or point elsewhere.", reference
            )
    kind = target.get("resourceType") if target else kind
    if isinstance(kind, str) and not _may_be(kind, targets):
        yield _issue(path, f"it may point to {_list(targets)} only", "Point to one of these.", f"{kind}: {reference}")


def _contained(root: Tree, reference: str) -> Tree | None:
    if reference == "#":
        return root
    found = [each for each in _listed(root.get("contained")) if isinstance(each, dict)]
    return next((each for each in found if each.get("id") == reference[1:]), None)


def _may_be(kind: str, targets: tuple[str, ...]) -> bool:
    return not targets or "Resource" in targets or kind in {_type_of(target) for target in targets}


def _type_of(target: str) -> str:
    if is_resource(target):
        return target
    found = definition(target)
    return found.type if found else target


def _list(targets: tuple[str, ...]) -> str:
    return ", ".join(targets)


def _issue(path: str, words: str, remedy: str, value: str) -> Issue:
    return Issue(severity=Severity.ERROR, path=path, rule="reference", words=words, remedy=remedy, value=shown(value))

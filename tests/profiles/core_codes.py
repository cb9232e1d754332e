"""Lists the codes of the value sets to which FHIR R4 binds its elements, as far as R4's own definitions give them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Tree = dict[str, Any]
_MOST = 400
"""A list longer than that is not carried: R4's own are shorter, and those of others change under it."""

_UNDER = ("is-a", "descendent-of", "descendant-of")


class CodeLists:
    """The value sets and code systems of a package of definitions."""

    def __init__(self, core: Path) -> None:
        self._sets = _by_address(core.glob("ValueSet-*.json"))
        self._systems = _by_address(core.glob("CodeSystem-*.json"))

    def needed(self, *, strict: Iterable[str], loose: Iterable[str]) -> dict[str, Tree]:
        """Give the value sets of strict bindings, and the code systems that are listed whole, loose ones' too.

        A set is code system -> codes: "all" of a system that is listed, None where nobody has its codes. One that
        holds nothing that we have is left out.
        """
        sets: Tree = {}
        whole: set[str] = set()
        for address in sorted(strict):
            content = self._content(address)
            if content is not None:
                sets[address] = {name: self._shortened(name, codes, whole) for name, codes in sorted(content.items())}
        for address in loose:
            for system, codes in (self._content(address) or {}).items():
                self._shortened(system, codes, whole)
        return {"systems": {system: sorted(self._all(system)) for system in sorted(whole)}, "sets": sets}

    def _shortened(self, system: str, codes: set[str] | None, whole: set[str]) -> Any:
        if codes is None:
            return None
        every = self._all(system)
        if every and len(every) <= _MOST:
            whole.add(system)
            return "all" if codes == every else sorted(codes)
        return sorted(codes) if len(codes) <= _MOST else None

    def _content(self, address: str) -> dict[str, set[str] | None] | None:
        tree = self._sets.get(address)
        if tree is None:
            return None
        found: dict[str, set[str] | None] = {}
        for include in tree.get("compose", {}).get("include", ()):
            for system, codes in self._included(include).items():
                held = found.get(system, set())
                found[system] = None if codes is None or held is None else held | codes
        for exclude in tree.get("compose", {}).get("exclude", ()):
            for system, codes in self._included(exclude).items():
                held = found.get(system)
                found[system] = None if codes is None or held is None else held - codes
        return found

    def _included(self, include: Tree) -> dict[str, set[str] | None]:
        if "system" not in include:
            merged: dict[str, set[str] | None] = {}
            for address in include.get("valueSet", ()):
                merged |= self._content(address.partition("|")[0]) or {address: None}
            return merged
        system = include["system"]
        if "concept" in include:
            return {system: {each["code"] for each in include["concept"]}}
        every: set[str] | None = self._all(system) or None
        for each in include.get("filter", ()):
            if each["property"] != "concept" or each["op"] not in _UNDER:
                return {system: None}
            below = self._below(system, each["value"]) - (set() if each["op"] == "is-a" else {each["value"]})
            every = every & below if every else None
        return {system: every}

    def _all(self, system: str) -> set[str]:
        tree = self._systems.get(system, {})
        return {code for code, _ in _concepts(tree)} if tree.get("content") == "complete" else set()

    def _below(self, system: str, top: str) -> set[str]:
        pairs = list(_concepts(self._systems.get(system, {})))
        found = {top}
        while True:
            more = {code for code, parents in pairs if parents & found} - found
            if not more:
                return found
            found |= more


def _concepts(tree: Tree, parents: frozenset[str] = frozenset()) -> Iterator[tuple[str, frozenset[str]]]:
    for concept in tree.get("concept", ()):
        named = {
            str(each.get("valueCode"))
            for each in concept.get("property", ())
            if each.get("code") in ("subsumedBy", "parent")
        }
        yield concept["code"], parents | named
        yield from _concepts(concept, frozenset({concept["code"]}))


def _by_address(paths: Iterable[Path]) -> dict[str, Tree]:
    trees = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return {tree["url"]: tree for tree in trees if "url" in tree}

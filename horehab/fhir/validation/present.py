"""What JSON holds for one element of a definition: its values in order, under whichever name its type gives it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from horehab.fhir.validation.issues import Issue, Severity, shown
from horehab.fhir.validation.library import is_type
from horehab.fhir.validation.schema import Element

Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value: where it is, the type that its name says (None where the name says none), and what stands beside it.

    `beside` is what JSON has under the name with an underscore: id and extensions of a simple value.
    """

    key: str
    index: int | None
    kind: str | None
    content: Any
    beside: Any

    @property
    def step(self) -> str:
        """The last step of its path: "coding[1]"."""
        return self.key if self.index is None else f"{self.key}[{self.index}]"


def keys_of(element: Element, tree: Tree) -> dict[str, str | None]:
    """Find the names under which an element stands in an object, each with the type that it says."""
    if not element.is_choice:
        name = element.name
        return {name: None} if name in tree or f"_{name}" in tree else {}
    stem = element.name.removesuffix("[x]")
    found: dict[str, str | None] = {}
    for key in tree:
        bare = key.removeprefix("_")
        kind = bare.startswith(stem) and _type_named(bare.removeprefix(stem))
        if kind:
            found[bare] = kind
    return found


def _type_named(ending: str) -> str | None:
    """Give the type that the end of a name says: "Quantity", or "string" for "String"."""
    if not ending[:1].isupper():
        return None
    return next((each for each in (ending, f"{ending[:1].lower()}{ending[1:]}") if is_type(each)), None)


def values_of(element: Element, tree: Tree) -> tuple[list[Value], list[str]]:
    """List the values of an element in an object, and in words what is wrong with how JSON has them."""
    found: list[Value] = []
    wrong: list[str] = []
    for key, kind in keys_of(element, tree).items():
        content, beside = tree.get(key), tree.get(f"_{key}")
        if element.is_list:
            wrong += _wrong_lists(key, tree)
            pairs = zip_longest(_as_list(content), _as_list(beside))
            found += [
                Value(key=key, index=number, kind=kind, content=one, beside=other)
                for number, (one, other) in enumerate(pairs)
            ]
        else:
            wrong += [f"{key} is a list, and must be a single value"] * (isinstance(content, list))
            content = content[0] if isinstance(content, list) and content else content
            found.append(Value(key=key, index=None, kind=kind, content=content, beside=beside))
    return found, wrong


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _wrong_lists(key: str, tree: Tree) -> Iterator[str]:
    for name in (key, f"_{key}"):
        if name in tree and not isinstance(tree[name], list):
            yield f"{name} must be a list, in square brackets"
        elif tree.get(name) == []:
            yield f"{name} is an empty list"


def unknown_names(elements: Mapping[str, Element], tree: Tree, *, is_resource: bool) -> Iterator[str]:
    """Give each name in an object that its definition does not have."""
    known = {key for element in elements.values() for key in keys_of(element, tree)}
    for key in tree:
        if key.removeprefix("_") not in known and not (is_resource and key == "resourceType"):
            yield key


def shape_issue(path: str, words: str, value: Any = None) -> Issue:
    """Say that JSON is not as FHIR writes it."""
    return Issue(
        severity=Severity.ERROR,
        path=path,
        rule="shape",
        words=words,
        remedy="Write it as FHIR's JSON does.",
        value="" if value is None else shown(value),
    )

"""Rules of FHIR that are sentences of logic, asked of each element on which they stand (by fhirpathpy)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from horehab.fhir.validation.issues import Issue, Severity

Rule = tuple[str, str, str, str, bool]
"""Key, severity, sentence, expression, whether it is best practice only."""

_NOT_HERE = frozenset({"txt-1", "txt-2"})
"""Rules about XHTML (htmlChecks), which FHIRPath leaves to the program; the shape of the division is checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Where a value stands: the resource that it is in, and the outermost one, which holds what is contained."""

    resource: Mapping[str, Any]
    root: Mapping[str, Any]


ByHand = Callable[[Any, Around], bool]
"""Asks a rule of a value without the engine."""


def check_invariants(value: Any, base: str, rules: Mapping[str, Rule], around: Around, path: str) -> Iterator[Issue]:
    """Ask each rule of a value; `base` is its path from the type down ("Observation.component")."""
    for key, (_, severity, sentence, expression, is_practice) in rules.items():
        if key in _NOT_HERE or not expression:
            continue
        holds = _ask(_BY_HAND.get(key, expression), base, value, around)
        if holds is None:
            yield _untold(path, key)
        elif not holds:
            grave = Severity.ERROR if severity == "error" and not is_practice else Severity.WARNING
            yield Issue(
                severity=grave, path=path, rule=key, words=sentence.rstrip("."), remedy="Make it so, or leave it out."
            )


def _untold(path: str, key: str) -> Issue:
    return Issue(
        severity=Severity.NOT_CHECKED,
        path=path,
        rule=key,
        words="this rule could not be asked of what stands here",
        remedy="Mend the other errors first; if none is left, ask another validator.",
    )


def _ask(asked: str | ByHand, base: str, value: Any, around: Around) -> bool | None:
    """Say whether an expression or a rule of ours holds; None where it cannot be told. Nothing counts as holding."""
    try:
        if not isinstance(asked, str):
            return asked(value, around)
        variables = {"resource": around.resource, "rootResource": around.root}
        ask, typed = _compiled(asked)
        found = ask(typed(value, base), variables)
    except Exception:  # noqa: BLE001  # values of a wrong type make a rule raise whatever its functions raise
        return None
    return not found or found[0] is not False


@cache
def _compiled(expression: str) -> tuple[Callable[[Any, Any], list[Any]], Callable[[Any, str], Any]]:
    """Give what asks an expression, and what tells the engine the type of a value."""
    from fhirpathpy import compile as parse
    from fhirpathpy.engine.nodes import ResourceNode
    from fhirpathpy.models import models

    options = {"traceFn": lambda *_: None, "userInvocationTable": {"hasValue": {"fn": _has_value}}}
    return parse(expression, models["r4"], options), ResourceNode.create_node


def _has_value(inputs: list[Any]) -> list[bool]:
    """Say whether there is one simple value; FHIR's own addition to FHIRPath, which the engine has not."""
    return [len(inputs) == 1 and inputs[0] is not None and not isinstance(inputs[0], dict)]


def _contained(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    held = value.get("contained")
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def references_in(tree: Any) -> Iterator[str]:
    """Give each text under which a tree points to something."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == "reference" and isinstance(value, str):
                yield value
            else:
                yield from references_in(value)
    elif isinstance(tree, list):
        for each in tree:
            yield from references_in(each)


def _is_pointed_to(value: Mapping[str, Any], _: Around) -> bool:
    cited = set(references_in(value)) | set(_canonicals(value))
    return all(f"#{each.get('id')}" in cited or "#" in set(references_in(each)) for each in _contained(value))


def _canonicals(tree: Any) -> Iterator[str]:
    """Give each text that begins with #, as a canonical address or URL of what is contained does."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _canonicals(value)
    elif isinstance(tree, list):
        for each in tree:
            yield from _canonicals(each)
    elif isinstance(tree, str) and tree.startswith("#"):
        yield tree


def _points_to_contained(value: Any, around: Around) -> bool:
    reference = value.get("reference") if isinstance(value, dict) else None
    if not isinstance(reference, str) or not reference.startswith("#") or reference == "#":
        return True
    return any(each.get("id") == reference[1:] for each in _contained(around.root))


def _metas(value: Any) -> Iterator[Mapping[str, Any]]:
    """Give what is said of each contained resource itself, where it is said as FHIR says it."""
    yield from (each["meta"] for each in _contained(value) if isinstance(each.get("meta"), dict))


_BY_HAND: Mapping[str, ByHand] = MappingProxyType(
    {
        "dom-2": lambda value, _: not any("contained" in each for each in _contained(value)),
        "dom-3": _is_pointed_to,
        "dom-4": lambda value, _: not any({"versionId", "lastUpdated"} & meta.keys() for meta in _metas(value)),
        "dom-5": lambda value, _: not any("security" in meta for meta in _metas(value)),
        "ref-1": _points_to_contained,
    }
)
"""Rules that stand on nearly everything, or that reach for what is around, asked without the engine."""

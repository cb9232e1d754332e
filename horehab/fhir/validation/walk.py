"""Goes through a resource element by element beside its definition, and says what breaks a rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from horehab.fhir.validation import extensions
from horehab.fhir.validation.bindings import check_binding, check_coding
from horehab.fhir.validation.counting import count_issues, part_issues
from horehab.fhir.validation.invariants import Around, Rule, check_invariants
from horehab.fhir.validation.issues import Issue, Severity, shown
from horehab.fhir.validation.library import ancestors, definition, is_resource
from horehab.fhir.validation.present import Value, shape_issue, unknown_names, values_of
from horehab.fhir.validation.primitives import wrong_about
from horehab.fhir.validation.profiles import definitions_for
from horehab.fhir.validation.references import Bundled, address_of, bundled, check_reference
from horehab.fhir.validation.schema import Definition, Element, TypeUse
from horehab.fhir.validation.slices import agrees, is_slice

Tree = Mapping[str, Any]

_DEEPEST = 64
_ID = TypeUse(code="id")
_PLAIN = TypeUse(code="Element")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where we are: the path in words, the definition whose elements are read, and what is around.

    `holder` are the names by which an extension may call the object that holds it.
    """

    path: str
    definition: Definition
    around: Around
    bundle: Bundled
    depth: int = 0
    holder: frozenset[str] = frozenset()

    def below(self, step: str) -> "Spot":
        """Go down one step."""
        return replace(self, path=f"{self.path}.{step}", depth=self.depth + 1)


def check_resource(
    tree: Any, *, path: str = "", profile: str | None = None, root: Tree | None = None, bundle: Bundled | None = None
) -> Iterator[Issue]:
    """Check a resource by the profile given, those that it names, and its base type.

    `root` is the resource in which it is contained, `bundle` the Bundle around it.
    """
    if not isinstance(tree, dict):
        yield shape_issue(path or "resource", "it is no resource", tree)
        return
    kind = tree.get("resourceType")
    if not isinstance(kind, str) or not is_resource(kind):
        words = "R4 has no such type of resource" if kind else "it does not say which resource it is (resourceType)"
        yield shape_issue(f"{path or 'resource'}.resourceType", words, kind)
        return
    path = path or kind
    found, problems = definitions_for(tree, kind, path, profile)
    yield from problems
    around = Around(resource=tree, root=root or tree)
    inside = bundled(tree) if kind == "Bundle" else bundle or Bundled()
    said: set[tuple[str, str, str]] = set()
    for each in found:
        spot = Spot(path=path, definition=each, around=around, bundle=inside)
        for issue in _object(tree, each.root, TypeUse(code=kind), spot):
            if (issue.path, issue.rule, issue.words) not in said:
                said.add((issue.path, issue.rule, issue.words))
                yield issue


def _object(tree: Any, element: Element, use: TypeUse, spot: Spot) -> Iterator[Issue]:
    """Check an object: its names, each of its elements, and the rules of logic about it."""
    if not isinstance(tree, dict) or not tree:
        yield shape_issue(spot.path, "must be an object with something in it", tree)
        return
    if spot.depth > _DEEPEST:
        yield shape_issue(spot.path, f"it is nested more than {_DEEPEST} levels deep")
        return
    elements, inner = _elements(element, use, spot)
    if spot.definition.type == "Bundle" and element.ident == "entry":
        inner = replace(inner, bundle=replace(spot.bundle, own_address=address_of(tree)))
    names = (use.code, f"{spot.definition.type}.{_bare(element.ident)}")
    inner = replace(inner, holder=ancestors(use.code) | set(names))
    is_whole = is_resource(use.code)
    for name in unknown_names(elements, tree, is_resource=is_whole):
        remedy = f"Remove it, or correct the name; there are {', '.join(sorted(elements))}."
        yield _issue(spot.below(name), "unknown", "there is no such element here", remedy)
    for child in elements.values():
        yield from _child(tree, child, inner)
    yield from check_invariants(tree, _base(element, use, spot), _rules(element, use), spot.around, spot.path)


def _elements(element: Element, use: TypeUse, spot: Spot) -> tuple[Mapping[str, Element], Spot]:
    """Find the elements of an object: those that a profile spells out, else those of its type."""
    if element.children:
        return element.by_name, spot
    if element.same_as:
        return spot.definition.elements[element.same_as].by_name, spot
    found = definition(use.profiles[0] if len(use.profiles) == 1 else use.code) or definition(use.code)
    assert found is not None
    return found.root.by_name, replace(spot, definition=found)


def _base(element: Element, use: TypeUse, spot: Spot) -> str:
    """Name the path by which the engine of FHIRPath knows the type of a value."""
    if use.code not in ("BackboneElement", "Element"):
        return use.code
    return f"{spot.definition.type}.{_bare(element.same_as or element.ident)}"


def _bare(ident: str) -> str:
    """Give the path of an element without the names of slices."""
    return ".".join(step.partition(":")[0] for step in ident.split("."))


def _rules(element: Element, use: TypeUse) -> dict[str, Rule]:
    of_type = definition(use.code)
    rules = (*element.invariants, *(of_type.root.invariants if of_type else ()))
    return {rule[0]: rule for rule in rules}


def _child(tree: Tree, child: Element, spot: Spot) -> Iterator[Issue]:
    """Check one element of an object: how often it is there, and each value."""
    values, wrong = values_of(child, tree)
    if not (values or wrong or child.least or child.slices):
        return
    for words in wrong:
        yield shape_issue(spot.below(child.name).path, words)
    if child.is_choice and len({value.key for value in values}) > 1:
        yield _issue(spot.below(child.name), "max", "it is there in more than one type", "Keep one of them.")
    else:
        yield from count_issues(len(values), child, spot.below(child.name).path, child.name)
    if child.most == 0:
        return
    parts = _parted(values, child, spot) if child.slices and child.slicing else [child] * len(values)
    for value, part in zip(values, parts, strict=True):
        yield from _value(value, part, spot.below(value.step))
    if child.slices and child.slicing:
        yield from part_issues(parts, child, spot.path)


def _parted(values: list[Value], child: Element, spot: Spot) -> list[Element]:
    """Tell for each value which named part of the list it is; the list itself where it is none."""
    tools = (definition, lambda value, profile: _is_valid(value, profile, spot))
    return [
        next((part for part in child.slices if is_slice(each.content, each.kind or "", part, child, tools)), child)
        for each in values
    ]


def _is_valid(value: Any, profile: str, spot: Spot) -> bool:
    found = definition(profile)
    if found is None:
        return False
    inner = replace(spot, definition=found)
    return not any(issue.is_error for issue in _object(value, found.root, TypeUse(code=found.type), inner))


def _value(value: Value, element: Element, spot: Spot) -> Iterator[Issue]:
    """Check one value by its type, by what its element fixes, and by the list that it is bound to."""
    if value.content is None and not isinstance(value.beside, dict):
        yield shape_issue(spot.path, "it is null")
        return
    use = _use(value, element, spot)
    if use is None:
        allowed = ", ".join(sorted({each.code for each in element.types}))
        yield _issue(spot, "type", f"it must be of type {allowed}, and is {value.kind}", f"Write it as {allowed}.")
        return
    if value.beside is not None:
        yield from _beside(value, element, use, spot)
    if value.content is None:
        return
    if use.code == "Resource" or is_resource(use.code):
        yield from _resource(value.content, use, spot)
        return
    yield from _by_type(value.content, element, use, spot)
    yield from _agreed(value.content, element, spot)
    if element.binding:
        yield from check_binding(value.content, use.code, element.binding, spot.path)


def _resource(content: Any, use: TypeUse, spot: Spot) -> Iterator[Issue]:
    """Check a resource within another: one that is contained, or the entry of a Bundle."""
    kind = content.get("resourceType") if isinstance(content, dict) else None
    if kind is not None and use.code not in ("Resource", kind):
        yield _issue(spot, "type", f"it must be a {use.code}", f"Put a {use.code} there.", kind)
    root = spot.around.root if spot.path.rpartition(".")[2].startswith("contained") else None
    profile = use.profiles[0] if use.profiles else None
    yield from check_resource(content, path=spot.path, profile=profile, root=root, bundle=spot.bundle)


def _use(value: Value, element: Element, spot: Spot) -> TypeUse | None:
    """Say which of the types that an element may have a value has; None when it is none of them."""
    if element.same_as:
        return TypeUse(code="BackboneElement")
    if element.ident == "id" and is_resource(spot.definition.type):
        return _ID
    if value.kind is not None:
        return next((use for use in element.types if use.code == value.kind), None)
    return element.types[0] if element.types else _PLAIN


def _beside(value: Value, element: Element, use: TypeUse, spot: Spot) -> Iterator[Issue]:
    """Check the id and the extensions of a simple value."""
    of_type = definition(use.code)
    if of_type is None or of_type.kind != "primitive-type":
        yield _issue(spot, "unknown", "only simple values have anything beside them", f"Remove _{value.key}.")
    else:
        yield from _object(value.beside, replace(element, invariants=(), children=()), _PLAIN, spot)


def _by_type(content: Any, element: Element, use: TypeUse, spot: Spot) -> Iterator[Issue]:
    of_type = definition(use.code)
    if of_type is not None and of_type.kind == "primitive-type":
        yield from _simple(content, element, use, spot)
    elif use.code == "Extension" and isinstance(content, dict):
        yield from _extension(content, element, spot)
    else:
        yield from _object(content, element, use, spot)
        if isinstance(content, dict) and use.code in ("Coding", "Quantity"):
            yield from check_coding(content, spot.path)
        if isinstance(content, dict) and use.code == "Reference":
            yield from check_reference(content, use.targets, spot.around.root, spot.bundle, spot.path)


def _simple(content: Any, element: Element, use: TypeUse, spot: Spot) -> Iterator[Issue]:
    wrong = wrong_about(content, use.code)
    if wrong:
        yield _issue(spot, "value", f"it {wrong}", f"Write a {use.code}.", content)
    elif element.invariants:
        yield from check_invariants(content, use.code, _rules(element, use), spot.around, spot.path)


def _extension(content: dict[str, Any], element: Element, spot: Spot) -> Iterator[Issue]:
    """Check an extension by the definition that its address names, or as a part of the extension that holds it."""
    use = TypeUse(code="Extension")
    yield from extensions.check_either(content, spot.path)
    known = extensions.known(content)
    if known is None:
        yield from extensions.say_unknown(content, is_part=bool(element.slice_name), path=spot.path)
        yield from _object(content, element, use, spot)
        return
    kind = str(spot.around.resource.get("resourceType"))
    yield from extensions.check_place(known.contexts, spot.holder, kind, spot.path)
    yield from _object(content, known.root, use, replace(spot, definition=known))
    if element.children:
        yield from _object(content, element, use, spot)
    elif element.invariants:
        yield from check_invariants(content, use.code, _rules(element, use), spot.around, spot.path)


def _agreed(content: Any, element: Element, spot: Spot) -> Iterator[Issue]:
    for fixed in element.fixed:
        if fixed != content or isinstance(fixed, bool) != isinstance(content, bool):
            yield _issue(spot, "fixed", f"it must be {shown(fixed)}", "Write just that.", content)
    for pattern in element.pattern:
        if not agrees(pattern, content):
            yield _issue(spot, "pattern", f"it must have {pattern!r}", "Add what is missing.", content)


def _issue(spot: Spot, rule: str, words: str, remedy: str, value: Any = None) -> Issue:
    return Issue(
        severity=Severity.ERROR,
        path=spot.path,
        rule=rule,
        words=words,
        remedy=remedy,
        value="" if value is None else shown(value),
    )

"""A definition of FHIR as a tree of elements: HL7's own from our small table, our profiles from their snapshots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

MANY = 1 << 30
"""How often at most, where no limit is set."""

Tree = Mapping[str, Any]
_CORE = "http://hl7.org/fhir/StructureDefinition/"
_SYSTEM = "http://hl7.org/fhirpath/System."


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeUse:
    """A type that an element may have: its name, the narrower profiles, and for references what may be pointed to."""

    code: str
    targets: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slicing:
    """How the values of a list are told apart: (kind, path) of each discriminator; closed, open or openAtEnd."""

    discriminators: tuple[tuple[str, str], ...]
    rules: str
    is_ordered: bool = False


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element of a definition. `name` ends with [x] where the type is chosen; `fixed` and `pattern` hold a pair.

    `invariants` are (key, severity, sentence, expression, is best practice); `is_list` says how JSON writes it.
    """

    ident: str
    name: str
    least: int
    most: int
    is_list: bool
    types: tuple[TypeUse, ...] = ()
    fixed: tuple[Any, ...] = ()
    pattern: tuple[Any, ...] = ()
    binding: tuple[str, str] | None = None
    invariants: tuple[tuple[str, str, str, str, bool], ...] = ()
    same_as: str = ""
    slicing: Slicing | None = None
    slice_name: str = ""
    children: "tuple[Element, ...]" = ()
    slices: "tuple[Element, ...]" = ()

    @cached_property
    def by_name(self) -> "dict[str, Element]":
        """The children by the names that JSON has for them; those whose type is chosen by their stem and [x]."""
        return {child.name: child for child in self.children}

    @property
    def is_choice(self) -> bool:
        """Whether JSON has the type in the name."""
        return self.name.endswith("[x]")


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A type, a profile or an extension as a tree; `kind` is resource, complex-type or primitive-type."""

    url: str
    type: str
    kind: str
    root: Element
    elements: Mapping[str, Element]
    contexts: tuple[str, ...] = ()


def from_snapshot(tree: Tree) -> Definition:
    """Read a StructureDefinition with its snapshot."""
    rows = [_plain(row) for row in tree["snapshot"]["element"]]
    root, elements = _grown(rows)
    return Definition(
        url=tree["url"],
        type=tree["type"],
        kind=tree["kind"],
        root=root,
        elements=elements,
        contexts=tuple(each["expression"] for each in tree.get("context", ())),
    )


def from_table(name: str, tree: Tree, rules: Tree) -> Definition:
    """Read a definition of our table of R4; `rules` gives each invariant by its key."""
    is_extension = "/" in name
    rows = [
        row | {"constraint": [(key.partition("#")[0], *_rule(rules[key])) for key in row.get("constraint", ())]}
        for row in tree.get("element") or ({"id": ""},)
    ]
    root, elements = _grown(rows)
    return Definition(
        url=name if is_extension else f"{_CORE}{name}",
        type="Extension" if is_extension else name,
        kind=tree["kind"],
        root=root,
        elements=elements,
        contexts=tuple(tree.get("context", ())),
    )


def _rule(row: list[str]) -> tuple[str, str, str, bool]:
    severity, human, expression, *practice = row
    return severity, human, expression, bool(practice)


def _plain(row: Tree) -> dict[str, Any]:
    """Turn an element of a snapshot into a row as our table has them."""
    found = {key: row[key] for key in ("min", "max", "contentReference", "sliceName") if key in row}
    found |= {key: value for key, value in row.items() if key.startswith(("fixed", "pattern"))}
    found |= {"id": row["id"].partition(".")[2], "most": row["base"]["max"]}
    found["type"] = [_type_row(each) for each in row.get("type", ())]
    binding = row.get("binding", {})
    if binding.get("strength") in ("required", "extensible") and "valueSet" in binding:
        found["binding"] = [binding["strength"], binding["valueSet"].partition("|")[0]]
    if "slicing" in row:
        pairs = [[each["type"], each["path"]] for each in row["slicing"].get("discriminator", ())]
        found["slicing"] = row["slicing"] | {"discriminator": pairs}
    found["constraint"] = [
        (each["key"], each["severity"], each["human"], each.get("expression", ""), _is_practice(each))
        for each in row.get("constraint", ())
        if each["key"] not in ("ele-1", "ext-1")
    ]
    return found


def _is_practice(rule: Tree) -> bool:
    return any(each["url"].endswith("/elementdefinition-bestpractice") for each in rule.get("extension", ()))


def _type_row(row: Tree) -> list[Any]:
    code = row["code"].removeprefix(_SYSTEM)
    code = code[:1].lower() + code[1:] if code != row["code"] else code
    return [code, [each.removeprefix(_CORE) for each in row.get("targetProfile", ())], list(row.get("profile", ()))]


def _grown(rows: Iterable[Tree]) -> tuple[Element, dict[str, Element]]:
    """Grow the tree from its rows, leaves first."""
    below: dict[str, list[Tree]] = {}
    beside: dict[str, list[Tree]] = {}
    top: Tree = {}
    for row in rows:
        ident = row["id"]
        if not ident:
            top = row
        elif "sliceName" in row and ":" in ident.rpartition(".")[2]:
            beside.setdefault(ident.rpartition(":")[0], []).append(row)
        else:
            below.setdefault(ident.rpartition(".")[0], []).append(row)
    elements: dict[str, Element] = {}

    def grow(row: Tree) -> Element:
        ident = row["id"]
        element = _element(
            row,
            children=tuple(grow(each) for each in below.get(ident, ())),
            slices=tuple(grow(each) for each in beside.get(ident, ())),
        )
        elements[ident] = element
        return element

    return grow(top), elements


def _element(row: Tree, *, children: tuple[Element, ...], slices: tuple[Element, ...]) -> Element:
    last = row["id"].rpartition(".")[2]
    most = str(row.get("max", "1"))
    slicing = row.get("slicing")
    return Element(
        ident=row["id"],
        name=last.partition(":")[0],
        least=int(row.get("min", 0)),
        most=MANY if most == "*" else int(most),
        is_list=str(row.get("most", most)) not in ("0", "1"),
        types=tuple(_type_use(each) for each in row.get("type", ())),
        fixed=tuple(value for key, value in row.items() if key.startswith("fixed")),
        pattern=tuple(value for key, value in row.items() if key.startswith("pattern")),
        binding=tuple(row["binding"]) if "binding" in row else None,
        invariants=tuple(row.get("constraint", ())),
        same_as=row.get("contentReference", "").rpartition("#")[2].partition(".")[2],
        slicing=slicing and _slicing(slicing),
        slice_name=row.get("sliceName", ""),
        children=children,
        slices=slices,
    )


def _slicing(row: Tree) -> Slicing:
    return Slicing(
        discriminators=tuple((kind, path) for kind, path in row["discriminator"]),
        rules=row.get("rules", "open"),
        is_ordered=bool(row.get("ordered")),
    )


def _type_use(row: Any) -> TypeUse:
    if isinstance(row, str):
        return TypeUse(code=row)
    code, targets, *profiles = row
    return TypeUse(code=code, targets=tuple(targets), profiles=tuple(profiles[0]) if profiles else ())

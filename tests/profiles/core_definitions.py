"""Makes fhir_profiles/r4: types, extensions and closed lists of codes of FHIR R4, as small as checking needs them.

From HL7's own hl7.fhir.r4.core 4.0.1 (CC0), as SUSHI has it. `make profiles` calls it; a test fails when a file is
not what the definitions give.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.profiles.core_codes import CodeLists
from tests.servers.sushi import definitions

R4 = Path(__file__).parents[2] / "fhir_profiles/r4"
SOURCE = "hl7.fhir.r4.core 4.0.1, HL7 International, CC0-1.0"
_STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
_CORE = ".fhir/packages/hl7.fhir.r4.core#4.0.1/package"
_EVERYWHERE = frozenset({"ele-1", "ext-1"})
"""Invariants that stand on nearly every element, and are checked with its shape."""

_QUANTITIES = frozenset({"SimpleQuantity", "MoneyQuantity"})
_BEST_PRACTICE = "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice"

Tree = dict[str, Any]


def files() -> dict[str, str]:
    """Give each file under fhir_profiles/r4 with what stands in it; CannotBeHad."""
    core = definitions() / _CORE
    trees = {name: tree for tree in _trees(core) if (name := _wanted_as(tree))}
    rules: Tree = {}
    types = {name: _type(tree, rules) for name, tree in sorted(trees.items())}
    codes = CodeLists(core).needed(strict=_bound(trees, "required", "extensible"), loose=_bound(trees, "preferred"))
    return {
        "types.json": _lines({"source": SOURCE, "constraints": rules, "types": types}),
        "codes.json": _lines({"source": SOURCE, **codes}),
    }


def write() -> None:
    """Write them."""
    R4.mkdir(exist_ok=True)
    for name, text in files().items():
        (R4 / name).write_text(text, encoding="utf-8")


def _lines(tree: Tree) -> str:
    """Write JSON with one definition a line, so that a change of one is a line in a comparison."""
    parts = []
    for name, value in tree.items():
        if isinstance(value, dict):
            rows = (f"{json.dumps(key)}:{_compact(each)}" for key, each in sorted(value.items()))
            parts.append(f"{json.dumps(name)}: {{\n" + ",\n".join(rows) + "\n}")
        else:
            parts.append(f"{json.dumps(name)}: {_compact(value)}")
    return "{" + ",\n".join(parts) + "}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _trees(core: Path) -> Iterator[Tree]:
    for path in sorted(core.glob("StructureDefinition-*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def _wanted_as(tree: Tree) -> str | None:
    """Name a definition as it is looked up: a type by its name, an extension by its address; None for the others."""
    if tree["kind"] == "logical":
        return None
    if tree.get("derivation") != "constraint" or tree["id"] in _QUANTITIES:
        return str(tree["id"])
    return str(tree["url"]) if tree["type"] == "Extension" else None


def _type(tree: Tree, rules: Tree) -> Tree:
    elements = tree["snapshot"]["element"]
    found: Tree = {"kind": tree["kind"]}
    if tree["type"] == "Extension" and tree["id"] != "Extension":
        found["context"] = [each["expression"] for each in tree.get("context", ())]
    if tree.get("abstract"):
        found["abstract"] = True
    if tree["kind"] == "primitive-type":
        return found
    found["element"] = [_element(each, rules) for each in elements]
    return found


def _element(row: Tree, rules: Tree) -> Tree:
    element: Tree = {"id": row["id"].partition(".")[2]}
    element |= {name: row[name] for name, usual in (("min", 0), ("max", "1")) if row[name] != usual}
    if row["base"]["max"] != row["max"]:
        element["most"] = row["base"]["max"]
    element |= {name: row[name] for name in ("contentReference", "sliceName") if name in row}
    element |= {name: value for name, value in row.items() if name.startswith(("fixed", "pattern"))}
    if "type" in row:
        element["type"] = [_type_of(each) for each in row["type"]]
    binding = row.get("binding", {})
    if binding.get("strength") in ("required", "extensible") and "valueSet" in binding:
        element["binding"] = [binding["strength"], binding["valueSet"].partition("|")[0]]
    if "slicing" in row:
        element["slicing"] = {
            "discriminator": [[each["type"], each["path"]] for each in row["slicing"].get("discriminator", ())],
            "rules": row["slicing"]["rules"],
        } | ({"ordered": True} if row["slicing"].get("ordered") else {})
    keys = [_noted(each, rules) for each in row.get("constraint", ()) if each["key"] not in _EVERYWHERE]
    return element | ({"constraint": keys} if keys else {})


def _noted(row: Tree, rules: Tree) -> str:
    """Note an invariant under its key; R4 has some keys (inv-1) for several, which get a number behind."""
    key, number = row["key"], 1
    while rules.setdefault(key, _rule(row)) != _rule(row):
        number += 1
        key = f"{row['key']}#{number}"
    return str(key)


def _type_of(row: Tree) -> Any:
    code = row["code"].removeprefix("http://hl7.org/fhirpath/System.")
    code = code[:1].lower() + code[1:] if code != row["code"] else code
    targets = [each.removeprefix(_STRUCTURE) for each in row.get("targetProfile", ())]
    narrower = row.get("profile", [])
    if narrower:
        return [code, targets, narrower]
    return [code, targets] if targets else code


def _rule(row: Tree) -> list[str]:
    is_practice = any(each["url"] == _BEST_PRACTICE for each in row.get("extension", ()))
    return [row["severity"], row["human"].strip(), row.get("expression", ""), *(["best practice"] * is_practice)]


def _bound(trees: dict[str, Tree], *strengths: str) -> set[str]:
    """List the value sets to which elements are bound that strongly."""
    rows = (row.get("binding", {}) for tree in trees.values() for row in tree["snapshot"]["element"])
    return {
        row["valueSet"].partition("|")[0] for row in rows if row.get("strength") in strengths and "valueSet" in row
    }


if __name__ == "__main__":
    write()

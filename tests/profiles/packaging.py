"""Builds fhir_profiles/package: what SUSHI makes of the FSH, and the examples, in the shape of an npm package."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from fhir_profiles import CANONICAL
from horehab import __version__
from tests.profiles import core_definitions, examples, vocabulary
from tests.profiles.questionnaire import questionnaire
from tests.profiles.sandbox_server import sandbox_server
from tests.servers.cannot_be_had import CannotBeHad
from tests.servers.sushi import Compiled, compile_fsh

PROFILES = Path(__file__).parents[2] / "fhir_profiles"
PACKAGE = PROFILES / "package"
_DEFINITIONS = frozenset(
    {"StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "CapabilityStatement", "Questionnaire"}
)
_INDEXED = ("id", "url", "version", "kind", "type")
_MANIFEST = {
    "name": "horehab.fhir",
    "version": __version__,
    "description": "What horehab reads and writes: joints that worsen after intensive care, over FHIR R4",
    "title": "horehab",
    "author": "horehab",
    "license": "Apache-2.0",
    "canonical": CANONICAL,
    "url": CANONICAL,
    "type": "Conformance",
    "fhirVersions": ["4.0.1"],
    "dependencies": {"hl7.fhir.r4.core": "4.0.1"},
    "directories": {"lib": "package", "example": "example"},
}

Resource = dict[str, Any]


class NotCompiled(Exception):
    """SUSHI found errors, or warnings that we do not let stand; the words are SUSHI's."""


def build(into: Path) -> Compiled:
    """Compile the FSH and lay out the whole package in an empty folder; NotCompiled with SUSHI's sentences."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = compile_fsh(PROFILES, Path(folder))
        if compiled.errors or compiled.warnings:
            raise NotCompiled("\n".join((*compiled.errors, *compiled.warnings)))
        found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(compiled.folder.glob("*.json"))]
    found += [questionnaire(), sandbox_server(), *examples.written(), *examples.published()]
    shelves: dict[str, list[Resource]] = {"": [], "example": []}
    for resource in found:
        shelves["" if is_definition(resource) else "example"].append(_signed(resource))
    for shelf, resources in shelves.items():
        _lay_out(into / shelf, resources)
    _write(into / "package.json", _MANIFEST)
    return compiled


def is_definition(resource: Resource) -> bool:
    """Say whether a resource is part of the specification, and no example of it."""
    return resource["resourceType"] in _DEFINITIONS and not resource.get("experimental")


def _signed(resource: Resource) -> Resource:
    if resource["resourceType"] not in _DEFINITIONS:
        return resource
    return resource | {"version": __version__, "publisher": "horehab"}


def _lay_out(folder: Path, resources: list[Resource]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for resource in sorted(resources, key=_name):
        _write(folder / _name(resource), resource)
        known = {name: resource[name] for name in _INDEXED if isinstance(resource.get(name), str)}
        files.append({"filename": _name(resource), "resourceType": resource["resourceType"]} | known)
    _write(folder / ".index.json", {"index-version": 2, "files": files})


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}-{resource['id']}.json"


def _write(path: Path, tree: Resource) -> None:
    """Write JSON; a Bundle with one entry a line, since nobody reads a chart of a thousand entries line by line."""
    if tree.get("resourceType") == "Bundle":
        head = json.dumps({key: value for key, value in tree.items() if key != "entry"}, ensure_ascii=False)
        lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in tree["entry"])
        text = f'{head[:-1]}, "entry": [\n{lines}\n]}}'
    else:
        text = json.dumps(tree, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def main() -> int:
    """Make the committed package anew."""
    vocabulary.write()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "package"
        try:
            core_definitions.write()
            build(fresh)
        except (NotCompiled, CannotBeHad) as error:
            click.echo(error, err=True)
            return 1
        shutil.rmtree(PACKAGE, ignore_errors=True)
        shutil.copytree(fresh, PACKAGE)
    count = len(list(PACKAGE.rglob("*.json")))
    size = sum(path.stat().st_size for path in PACKAGE.rglob("*.json"))
    click.echo(f"fhir_profiles/package: {count} files, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

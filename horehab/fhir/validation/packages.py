"""A FHIR package of somebody else (.tgz, as FHIR tools have them): its profiles, value sets and code systems."""

import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from horehab.errors import BadPackage
from horehab.fhir.validation.schema import Definition, from_snapshot

Tree = dict[str, Any]

_MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a package holds, each by its canonical address."""

    definitions: Mapping[str, Definition]
    sets: Mapping[str, Tree]
    systems: Mapping[str, frozenset[str]]


_IN_USE: ContextVar[Package | None] = ContextVar("_IN_USE", default=None)


def in_use() -> Package | None:
    """Give the package that is in use beside our own, if there is one."""
    return _IN_USE.get()


@contextmanager
def using(path: str | None) -> Iterator[None]:
    """Use a package while the block lasts; BadPackage when it cannot be used."""
    token = _IN_USE.set(read_package(Path(path)) if path else None)
    try:
        yield
    finally:
        _IN_USE.reset(token)


def read_package(path: Path) -> Package:
    """Read a package; BadPackage when it is none, or of another version of FHIR than R4."""
    try:
        with tarfile.open(path) as archive:
            trees = dict(_members(archive))
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "it is no .tgz"
        raise _bad(path, f"cannot be read: {reason}", "Give a package as FHIR tools make it.") from error
    except (ValueError, RecursionError) as error:
        raise _bad(path, "holds a file that is no JSON, or nested too deeply", "Have it made anew.") from error
    _check_version(path, trees.pop("package/package.json", None))
    return _sorted(path, trees.values())


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, Any]]:
    for member in archive:
        folder, _, name = member.name.rpartition("/")
        file = archive.extractfile(member) if folder == "package" and name.endswith(".json") else None
        if file is not None and not name.startswith(".") and member.size <= _MOST_BYTES:
            yield member.name, json.loads(file.read())


def _check_version(path: Path, manifest: Any) -> None:
    if not isinstance(manifest, dict):
        raise _bad(path, "has no package/package.json", "Give a package as FHIR tools make it.")
    versions = manifest.get("fhirVersions") or manifest.get("fhir-version-list") or []
    versions = versions if isinstance(versions, list) else [versions]
    if not any(str(each).startswith(("4.0", "4.3")) for each in versions):
        spoken = ", ".join(str(each)[:20] for each in versions) or "no version that it names"
        raise _bad(path, f"is for FHIR {spoken}, and we check R4 (4.0.1)", "Ask its publisher for the one for R4.")


def _sorted(path: Path, trees: Any) -> Package:
    definitions: dict[str, Definition] = {}
    sets: dict[str, Tree] = {}
    systems: dict[str, frozenset[str]] = {}
    for tree in trees:
        kind, url = (tree.get("resourceType"), tree.get("url")) if isinstance(tree, dict) else (None, None)
        if not isinstance(url, str):
            continue
        try:
            if kind == "StructureDefinition" and tree.get("snapshot"):
                definitions[url] = from_snapshot(tree)
            elif kind == "ValueSet" and "compose" in tree:
                sets[url] = tree
            elif kind == "CodeSystem" and tree.get("content") == "complete":
                systems[url] = frozenset(codes_in(tree.get("concept", ())))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise _bad(path, f"holds {url[:100]}, which cannot be read", "Have it made anew.") from error
    return Package(definitions=definitions, sets=sets, systems=systems)


def codes_in(concepts: Any) -> Iterator[str]:
    """Give the codes of concepts, and of those below them."""
    for concept in concepts:
        yield concept["code"]
        yield from codes_in(concept.get("concept", ()))


def _bad(path: Path, problem: str, remedy: str) -> BadPackage:
    return BadPackage(f"The package {str(path)!r} {problem}.", field="--package", value=str(path), remedy=remedy)

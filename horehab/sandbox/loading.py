"""Filling the sandbox from files: a Bundle, one resource, or NDJSON; decimals stay as written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from horehab.errors import InputError
from horehab.sandbox.refusals import Refusal
from horehab.sandbox.store import SandboxStore
from horehab.sandbox.wording import read_json


def _unreadable(path: Path, what: str) -> InputError:
    return InputError(
        f"The file {str(path)!r} {what}.",
        field="load",
        value=str(path),
        remedy="Give a FHIR R4 Bundle, one resource, or NDJSON, in UTF-8.",
    )


def _trees(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}") from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    try:
        yield "", read_json(text)
    except Refusal as whole:
        if not lines:
            raise _unreadable(path, "is empty") from whole
        if path.suffix.lower() not in (".ndjson", ".jsonl") and not _is_object(lines[0][1]):
            raise _unreadable(path, f"is no JSON: {whole}") from whole
        for number, line in lines:
            try:
                yield f"line {number}", read_json(line)
            except Refusal as error:
                raise _unreadable(path, f"is no JSON in line {number}: {error}") from error


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(read_json(line), dict)
    except Refusal:
        return False


def _resources(path: Path) -> Iterator[dict[str, Any]]:
    for where, tree in _trees(path):
        if not isinstance(tree, dict) or "resourceType" not in tree:
            raise _unreadable(path, f"holds no FHIR resource {where}".rstrip())
        if tree["resourceType"] != "Bundle":
            yield tree
            continue
        for number, entry in enumerate(tree.get("entry") or ()):
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if not isinstance(resource, dict):
                raise _unreadable(path, f"holds no resource in Bundle.entry[{number}]")
            yield resource


def load(store: SandboxStore, path: Path) -> int:
    """Put all resources of a file into the store and count them, or none: InputError names file and place."""
    with store.shelf.unit():
        return sum(1 for resource in _resources(path) if store.put(resource))

"""Filling the sandbox from files: a Bundle, one resource, or NDJSON; decimals stay as written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from horehab.errors import InputError
from horehab.sandbox.refusals import Refusal
from horehab.sandbox.store import SandboxStore
from horehab.sandbox.wording import read_json

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")  # https://hl7.org/fhir/R4/datatypes.html#id


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


def _resources(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, tree in _trees(path):
        if not isinstance(tree, dict) or not isinstance(tree.get("resourceType"), str):
            raise _unreadable(path, f"holds no FHIR resource {where}".rstrip())
        if tree["resourceType"] != "Bundle":
            yield where, tree
            continue
        entries = tree.get("entry", [])
        if not isinstance(entries, list):
            raise _unreadable(path, "holds a Bundle whose entry is no list")
        for number, entry in enumerate(entries):
            place = f"{where} Bundle.entry[{number}]".strip()
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if not isinstance(resource, dict):
                raise _unreadable(path, f"holds no resource in {place}")
            yield place, resource


def _put(store: SandboxStore, path: Path, *, where: str, resource: dict[str, Any]) -> None:
    """Put one resource into the store; InputError with file and place for what cannot be kept or found."""
    there = f" in {where}" if where else ""
    identity = resource.get("id")
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        what = f"the id {identity!r}, which is none" if "id" in resource else "no id"
        raise InputError(
            f"The file {str(path)!r} holds{there} a {resource.get('resourceType')!r} with {what}.",
            field="load",
            value=identity,
            remedy="Give it an id of 1 to 64 letters, digits, dots or dashes, so that loading it again changes it.",
        )
    if not isinstance(resource.get("meta", {}), dict):
        raise _unreadable(path, f"holds{there} a meta that is no object")
    try:
        store.put(resource)
    except InputError as error:
        message = f"The file {str(path)!r} cannot be loaded{there}: {error.message}"
        raise InputError(message, field="load", value=error.value, remedy=error.remedy) from error


def load(store: SandboxStore, path: Path) -> int:
    """Put all resources of a file into the store and count them, or none: InputError names file and place."""
    count = 0
    with store.shelf.unit():
        for where, resource in _resources(path):
            _put(store, path, where=where, resource=resource)
            count += 1
    return count

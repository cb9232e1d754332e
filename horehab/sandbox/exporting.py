"""Bulk $export of the sandbox: a picture of its resources, taken when it is ordered, and given out in files.

Source: HL7 FHIR Bulk Data Access 2.0 (https://hl7.org/fhir/uv/bulkdata/export.html), system and patient level.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from horehab.sandbox.definitions import TYPES, parameters
from horehab.sandbox.instants import span, written
from horehab.sandbox.interactions import known_type
from horehab.sandbox.refusals import Refusal
from horehab.sandbox.search import understand
from horehab.sandbox.store import SandboxStore
from horehab.sandbox.wording import write_json

STATUS, FILES = "$export-status", "$export-file"
LINES = 500
"""The most lines of one file."""

_FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file: the versions in it, by their sequence numbers; deletions are told in a Bundle."""

    kind: str
    numbers: tuple[int, ...]
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Export:
    """One export: when the picture was taken, what was asked, and the files."""

    taken: int
    request: str
    files: tuple[_File, ...]


class Exports:
    """The exports that were ordered and not given back; they are forgotten when the sandbox ends."""

    def __init__(self, store: SandboxStore) -> None:
        self._store = store
        self._exports: dict[str, _Export] = {}
        self._lock = threading.Lock()
        self._made = 0

    def order(self, asked: Mapping[str, str], *, request: str, of_patients: bool) -> str:
        """Take the picture and give the name of the export; Refusal 400 for what is not understood."""
        if asked.get("_outputFormat", "") not in _FORMATS:
            raise Refusal(400, "An export is given out as application/fhir+ndjson only.")
        since = asked.get("_since", "")
        kinds = [known_type(kind) for kind in asked.get("_type", "").split(",") if kind] or sorted(TYPES)
        if of_patients:
            kinds = [kind for kind in kinds if kind == "Patient" or "patient" in parameters(kind)]
        with self._store.shelf.unit():
            files = [file for kind in kinds for file in self._files(kind, since)]
            taken = self._store.shelf.last_updated()
        with self._lock:
            self._made += 1
            name = f"e{self._made:08x}"
            self._exports[name] = _Export(taken=taken, request=request, files=tuple(files))
        return name

    def manifest(self, name: str, *, base: str) -> dict[str, Any]:
        """Describe a finished export; Refusal 404 when it is not known."""
        export = self._export(name)
        output, deleted = [], []
        for number, file in enumerate(export.files):
            listed = {"type": file.kind, "url": f"{base}/{FILES}/{name}/{number}", "count": len(file.numbers)}
            if file.is_deleted:
                deleted.append(listed | {"type": "Bundle", "count": 1})
            else:
                output.append(listed)
        return {
            "transactionTime": written(export.taken),
            "request": export.request,
            "requiresAccessToken": True,
            "output": output,
            "deleted": deleted,
            "error": [],
        }

    def lines(self, name: str, number: str) -> Iterator[bytes]:
        """Give a file line by line; Refusal 404 when it is not known."""
        files = self._export(name).files
        if not number.isdecimal() or int(number) >= len(files):
            raise Refusal(404, f"File {number!r} of export {name!r} is not known.")
        file = files[int(number)]
        versions = self._store.shelf.by_sequence(file.numbers)
        if file.is_deleted:
            entries = [{"request": {"method": "DELETE", "url": version.reference}} for version in versions]
            return iter([write_json({"resourceType": "Bundle", "type": "transaction", "entry": entries}) + b"\n"])
        return ((version.body or b"") + b"\n" for version in versions)

    def forget(self, name: str) -> None:
        """Give an export back; Refusal 404 when it is not known."""
        with self._lock:
            if self._exports.pop(name, None) is None:
                raise Refusal(404, f"Export {name!r} is not known.")

    def _export(self, name: str) -> _Export:
        with self._lock:
            found = self._exports.get(name)
        if found is None:
            raise Refusal(404, f"Export {name!r} is not known.")
        return found

    def _files(self, kind: str, since: str) -> Iterator[_File]:
        """Part what there is of a kind into files; what was deleted is told only where `_since` was asked."""
        shelf = self._store.shelf
        query = understand(kind, [("_lastUpdated", f"ge{since}")] if since else [], is_strict=True)
        keys = shelf.keys(query.condition, query.values, query.order)
        for part in _parts(keys):
            yield _File(kind=kind, numbers=tuple(version.seq for version in shelf.by_keys(part)))
        for part in _parts(self._deleted(kind, since) if since else ()):
            yield _File(kind=kind, numbers=tuple(part), is_deleted=True)

    def _deleted(self, kind: str, since: str) -> list[int]:
        """List the deletions of a kind since then after which nothing came."""
        shelf = self._store.shelf
        changes = _parts(shelf.history(kind, None, span(since)[0]))
        deletions = (one for part in changes for one in shelf.by_sequence(part) if one.body is None)
        return [one.seq for one in deletions if shelf.newest(kind, one.id) == one]


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + LINES] for start in range(0, len(numbers), LINES))

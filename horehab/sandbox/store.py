"""What the sandbox holds, for those who fill and read it without HTTP: the demo, the tests, the operator's files."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from horehab.errors import InputError
from horehab.sandbox.definitions import TYPES
from horehab.sandbox.indexing import index_rows
from horehab.sandbox.instants import milliseconds, written
from horehab.sandbox.refusals import Refusal
from horehab.sandbox.search import understand
from horehab.sandbox.shelf import Shelf, Version
from horehab.sandbox.wording import read_json, write_json
from horehab.usecases.ports import Clock

_BEGINNING = milliseconds(datetime(2000, 1, 1, tzinfo=UTC))
_OWN_IDS = UUID("6d9a6a5e-6b0c-5c6e-9e53-2f7a0b1c8d4e")


def _unknown_type(kind: object) -> InputError:
    return InputError(
        f"The sandbox does not know the resource type {kind!r}.",
        field="resourceType",
        value=kind,
        remedy=f"It knows {', '.join(TYPES)}.",
    )


class SandboxStore:
    """All resources of one sandbox with all their versions, in memory or in an SQLite file; safe between threads.

    Without a clock (create_sandbox gives it one) a write is dated one millisecond after the one before.
    """

    def __init__(self, path: Path | None = None, *, clock: Clock | None = None) -> None:
        self.shelf = Shelf(path)
        self.clock = clock
        self._identities = 0

    def close(self) -> None:
        """Close the SQLite file."""
        self.shelf.close()

    def next_moment(self) -> int:
        """Give the moment of the next write: now, but always later than every write before."""
        now = milliseconds(self.clock.now()) if self.clock else _BEGINNING
        return max(now, self.shelf.last_updated() + 1)

    def new_identity(self, kind: str) -> str:
        """Make an id that was never used here: the same sequence of writes gets the same ids."""
        while True:
            self._identities += 1
            identity = str(uuid5(_OWN_IDS, f"{kind} {self.shelf.last_updated()} {self._identities}"))
            if not self.shelf.has_id(kind, identity):
                return identity

    def write(self, resource: dict[str, Any], *, method: str = "PUT", at: int | None = None) -> Version:
        """Keep a further version of a resource that bears its id; only meta's versionId and lastUpdated change."""
        kind, identity = resource["resourceType"], resource["id"]
        with self.shelf.unit():
            before = self.shelf.newest(kind, identity)
            number = before.number + 1 if before else 1
            moment = self.next_moment() if at is None else at
            meta = {**(resource.get("meta") or {}), "versionId": str(number), "lastUpdated": written(moment)}
            head = {"resourceType": kind, "id": identity, "meta": meta}
            body = {**head, **{name: value for name, value in resource.items() if name not in head}}
            version = Version(0, kind, identity, number, moment, method, write_json(body))
            self.shelf.add(version, index_rows(body))
        return version

    def remove(self, reference: str, *, at: datetime | None = None) -> Version:
        """Delete a resource: its history stays, reading it says "gone"; KeyError when there is none."""
        kind, _, identity = reference.partition("/")
        with self.shelf.unit():
            before = self.shelf.newest(kind, identity)
            if before is None or before.body is None:
                raise KeyError(reference)
            moment = self.next_moment() if at is None else milliseconds(at)
            version = Version(0, kind, identity, before.number + 1, moment, "DELETE", None)
            self.shelf.add(version, ())
        return version

    def put(self, resource: Mapping[str, Any], *, at: datetime | None = None) -> dict[str, Any]:
        """Put a resource here without HTTP and without checks, and give it back as stored.

        `at` becomes its lastUpdated exactly as given, even when it is earlier than others: so a test can play a
        transaction that was committed late. Without an id it gets one. InputError for a type that is not known here.
        """
        kind = resource.get("resourceType")
        if not isinstance(kind, str) or kind not in TYPES:
            raise _unknown_type(kind)
        with self.shelf.unit():
            named = {**resource, "id": resource.get("id") or self.new_identity(str(kind))}
            version = self.write(named, at=None if at is None else milliseconds(at))
        return self._as_dict(version)

    def read(self, reference: str) -> dict[str, Any] | None:
        """Give the newest version of "Type/id", or None when it is not there or deleted."""
        kind, _, identity = reference.partition("/")
        version = self.shelf.newest(kind, identity)
        return None if version is None or version.body is None else self._as_dict(version)

    def versions(self, reference: str) -> tuple[dict[str, Any], ...]:
        """Give all versions of "Type/id", oldest first; a deletion is left out."""
        kind, _, identity = reference.partition("/")
        numbers = self.shelf.history(kind, identity, 0)
        return tuple(self._as_dict(version) for version in reversed(self.shelf.by_sequence(numbers)) if version.body)

    def search(self, kind: str, query: Mapping[str, str] | None = None) -> tuple[dict[str, Any], ...]:
        """Give all resources of a type that meet a search, such as {"patient": "Patient/1"}, in order of arrival."""
        try:
            understood = understand(kind, (query or {}).items(), is_strict=True)
        except Refusal as refusal:
            raise InputError(refusal.diagnostics, field="query", value=query, remedy="Ask as over HTTP.") from refusal
        keys = self.shelf.keys(understood.condition, understood.values, understood.order)
        parts = (self.shelf.by_keys(keys[start : start + 500]) for start in range(0, len(keys), 500))
        return tuple(self._as_dict(version) for part in parts for version in part)

    @staticmethod
    def _as_dict(version: Version) -> dict[str, Any]:
        assert version.body is not None
        resource = read_json(version.body)
        assert isinstance(resource, dict)
        return resource

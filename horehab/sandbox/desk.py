"""One unit of work at the sandbox: everything written in it stands or falls together, references included."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from horehab.sandbox.indexing import local_reference, references
from horehab.sandbox.refusals import Refusal
from horehab.sandbox.store import SandboxStore


@dataclass(slots=True, kw_only=True)
class Desk:
    """The store, and what was written and deleted since this unit began."""

    store: SandboxStore
    written: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def open_desk(store: SandboxStore) -> Iterator[Desk]:
    """Do the block alone and as a whole; at its end Refusal 400 or 409 where a reference leads nowhere."""
    with store.shelf.unit():
        desk = Desk(store=store)
        yield desk
        for resource in desk.written:
            _refuse_lost_references(store, resource)
        for kind, identity in desk.deleted:
            _refuse_if_referred_to(store, kind, identity)


def _refuse_lost_references(store: SandboxStore, resource: dict[str, Any]) -> None:
    for text in references(resource):
        target = local_reference(text)
        if target is None:
            if text and not text.startswith("#"):
                raise Refusal(400, f"Reference {text!r} is not one to a resource of this server (Type/id).")
            continue
        found = store.shelf.newest(*target)
        if found is None or found.body is None:
            lost = "/".join(target)
            raise Refusal(400, f"Resource {lost} not found, specified in {resource['resourceType']}.")


def _refuse_if_referred_to(store: SandboxStore, kind: str, identity: str) -> None:
    newest = store.shelf.newest(kind, identity)
    is_gone = newest is not None and newest.body is None
    if is_gone and (others := store.shelf.referrers(kind, identity)):
        raise Refusal(409, f"{kind}/{identity} cannot be deleted: {', '.join(others)} refer to it.")

"""What a client may do with one resource: create, read, update, patch, delete, with and without conditions."""

import re
from dataclasses import dataclass
from typing import Any

from horehab.sandbox.definitions import TYPES
from horehab.sandbox.desk import Desk
from horehab.sandbox.json_patch import patched
from horehab.sandbox.refusals import Refusal
from horehab.sandbox.search import Pairs, understand
from horehab.sandbox.shape import check_shape
from horehab.sandbox.shelf import Version
from horehab.sandbox.store import SandboxStore
from horehab.sandbox.wording import read_json

Resource = dict[str, Any]

_VERSION_TAG = re.compile(r'(?:W/)?"(\d+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one interaction: HTTP status and the version it is about."""

    status: int
    version: Version


def known_type(kind: str) -> str:
    """Pass a resource type that the sandbox knows; Refusal 404 otherwise."""
    if kind not in TYPES:
        raise Refusal(404, f"Unknown resource type {kind!r}. Known here: {', '.join(TYPES)}.")
    return kind


def living(store: SandboxStore, kind: str, identity: str) -> Version:
    """Give the newest version; Refusal 404 when it never was, 410 when it was deleted."""
    found = store.shelf.newest(known_type(kind), identity)
    if found is None:
        raise Refusal(404, f"Resource {kind}/{identity} is not known.")
    if found.body is None:
        raise Refusal(410, f"Resource {kind}/{identity} was deleted.")
    return found


def one_version(store: SandboxStore, kind: str, identity: str, number: str) -> Version:
    """Give one version; Refusal 404 when it never was, 410 when it is a deletion."""
    found = store.shelf.version(known_type(kind), identity, int(number)) if number.isdecimal() else None
    if found is None:
        raise Refusal(404, f"Version {number!r} of resource {kind}/{identity} is not known.")
    if found.body is None:
        raise Refusal(410, f"Resource {kind}/{identity} was deleted.")
    return found


def tagged_version(text: str) -> int:
    """Read W/"3" or "3"; Refusal 400 for anything else."""
    found = _VERSION_TAG.fullmatch(text.strip())
    if found is None:
        raise Refusal(400, f'Invalid version tag {text!r}; expected is for example W/"3".')
    return int(found[1])


def _check_body(kind: str, resource: Resource) -> None:
    if resource.get("resourceType") != known_type(kind):
        raise Refusal(400, f"The body is a {resource.get('resourceType')!r}, but it was sent to {kind}.")
    check_shape(resource)


def matches(store: SandboxStore, kind: str, asked: Pairs) -> tuple[Version, ...]:
    """Find the resources that a condition means; Refusal 412 when they are more than one."""
    query = understand(known_type(kind), asked, is_strict=True)
    if not query.narrows:
        raise Refusal(400, f"The condition on {kind} names no search parameter.")
    keys = store.shelf.keys(query.condition, query.values, query.order)
    if len(keys) > 1:
        raise Refusal(412, f"The condition on {kind} matches {len(keys)} resources: expected is one at most.")
    return store.shelf.by_keys(keys)


def create(desk: Desk, kind: str, resource: Resource, *, unless: Pairs = (), identity: str = "") -> Answer:
    """Create under a new id; when `unless` (If-None-Exist) finds one already, that one is the answer."""
    _check_body(kind, resource)
    if conditions := list(unless):
        for found in matches(desk.store, kind, conditions):
            return Answer(status=200, version=found)
    named = {**resource, "id": identity or desk.store.new_identity(kind)}
    desk.written.append(named)
    return Answer(status=201, version=desk.store.write(named, method="POST"))


def _with_kept_labels(resource: Resource, before: Version | None) -> Resource:
    """Carry tags and security labels of the version before over, as HAPI does: only $meta-delete removes them."""
    old = read_json(before.body).get("meta", {}) if before and before.body else {}
    meta = dict(resource.get("meta") or {})
    for name in ("security", "tag"):
        labels = list(meta.get(name, ()))
        known = {(label.get("system"), label.get("code")) for label in labels}
        labels += [label for label in old.get(name, ()) if (label.get("system"), label.get("code")) not in known]
        if labels:
            meta[name] = labels
    return {**resource, "meta": meta}


def _is_unchanged(resource: Resource, before: Version | None) -> bool:
    if before is None or before.body is None:
        return False
    old = read_json(before.body)
    versions = {"versionId": None, "lastUpdated": None}
    return bool(
        {**old, "meta": {**old["meta"], **versions}} == {**resource, "meta": {**resource.get("meta", {}), **versions}}
    )


def _keep(desk: Desk, resource: Resource, before: Version | None, *, method: str) -> Answer:
    resource = _with_kept_labels(resource, before)
    if before is not None and _is_unchanged(resource, before):
        return Answer(status=200, version=before)
    desk.written.append(resource)
    made = desk.store.write(resource, method=method)
    return Answer(status=201 if before is None or before.body is None else 200, version=made)


def update(
    desk: Desk, resource: Resource, *, at: tuple[str, str], if_match: str = "", if_none_match: str = ""
) -> Answer:
    """Put a resource at (type, id), also under an id of the client's choice when it holds a letter.

    Refusal 412 when If-Match names another version, or If-None-Match is * and the resource is there.
    """
    kind, identity = at
    _check_body(kind, resource)
    if resource.get("id") != identity:
        raise Refusal(400, f"The id in the body, {resource.get('id')!r}, is not that of the address, {identity!r}.")
    before = desk.store.shelf.newest(kind, identity)
    if before is None and identity.isdecimal():
        raise Refusal(400, f"The id {identity!r} is purely numeric: clients may only choose ids with a letter.")
    _check_conditions(before, if_match=if_match, if_none_match=if_none_match)
    return _keep(desk, resource, before, method="PUT")


def _check_conditions(before: Version | None, *, if_match: str, if_none_match: str) -> None:
    if if_match and (before is None or tagged_version(if_match) != before.number):
        there = f"version {before.number}" if before else "nothing"
        raise Refusal(412, f"If-Match asks for {if_match}, but {there} is here.")
    if if_none_match.strip() == "*" and before is not None and before.body is not None:
        raise Refusal(412, f"If-None-Match: * and {before.reference} is already here.")


def update_where(desk: Desk, kind: str, resource: Resource, *, asked: Pairs, identity: str = "") -> Answer:
    """Update the one resource that a search finds, or create it when there is none."""
    found = matches(desk.store, kind, asked)
    own = resource.get("id")
    if found:
        if own not in (None, found[0].id):
            raise Refusal(400, f"The condition finds {found[0].reference}, but the body has the id {own!r}.")
        return update(desk, {**resource, "id": found[0].id}, at=(kind, found[0].id))
    if own is not None:
        return update(desk, resource, at=(kind, str(own)))
    return create(desk, kind, resource, identity=identity)


def patch(desk: Desk, operations: object, *, at: tuple[str, str], if_match: str = "") -> Answer:
    """Apply a JSON Patch (RFC 6902) to a resource; Refusal 400 or 422 when it does not fit or breaks the resource."""
    kind, identity = at
    before = living(desk.store, kind, identity)
    _check_conditions(before, if_match=if_match, if_none_match="")
    assert before.body is not None
    resource = patched(read_json(before.body), operations)
    if resource.get("id") != identity or resource.get("resourceType") != kind:
        raise Refusal(400, "A patch may not change resourceType or id.")
    check_shape(resource)
    return _keep(desk, resource, before, method="PATCH")


def delete(desk: Desk, kind: str, identity: str, *, if_match: str = "") -> Version | None:
    """Delete a resource; None when there was nothing to delete."""
    before = desk.store.shelf.newest(known_type(kind), identity)
    _check_conditions(before, if_match=if_match, if_none_match="")
    if before is None or before.body is None:
        return None
    desk.deleted.append((kind, identity))
    return desk.store.remove(f"{kind}/{identity}")

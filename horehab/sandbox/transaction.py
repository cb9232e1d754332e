"""Bundles that are carried out: a transaction all or nothing, a batch entry by entry."""

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from horehab.sandbox import interactions
from horehab.sandbox.desk import Desk, open_desk
from horehab.sandbox.instants import written
from horehab.sandbox.interactions import Answer, Resource
from horehab.sandbox.refusals import Refusal, outcome
from horehab.sandbox.store import SandboxStore
from horehab.sandbox.wording import read_json

Fetch = Callable[[str, list[tuple[str, str]]], object]
"""Answers a GET of an entry: path and query to a resource or Bundle."""

_ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET")
_WORDS = {200: "200 OK", 201: "201 Created", 204: "204 No Content"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry, taken apart: `identity` is the id that a new resource gets."""

    method: str
    path: str
    query: list[tuple[str, str]]
    request: Mapping[str, Any]
    entry: Mapping[str, Any]
    identity: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Type and id of the address; Refusal 400 when it has another form."""
        kind, _, identity = self.path.partition("/")
        if not identity or "/" in identity:
            raise Refusal(400, f"The address {self.path!r} of an entry is not Type/id.")
        return kind, identity

    @property
    def body(self) -> Resource:
        """The resource to write; Refusal 400 when there is none."""
        resource = self.entry.get("resource")
        if not isinstance(resource, dict):
            raise Refusal(400, f"The entry {self.method} {self.path} needs a resource.")
        return resource

    @property
    def condition(self) -> list[tuple[str, str]]:
        """The search of ifNoneExist, or of a conditional update."""
        return parse_qsl(str(self.request.get("ifNoneExist", ""))) if self.method == "POST" else self.query


def _step(store: SandboxStore, entry: object) -> Step:
    request = entry.get("request") if isinstance(entry, dict) else None
    method = request.get("method") if isinstance(request, dict) else None
    if not isinstance(entry, dict) or not isinstance(request, dict) or method not in _ORDER or not request.get("url"):
        raise Refusal(400, f"Every entry needs request.url and request.method, one of {', '.join(_ORDER)}.")
    url = urlsplit(str(request["url"]))
    path = url.path.strip("/")
    is_new = method == "POST" or (method == "PUT" and "/" not in path)
    identity = store.new_identity(path) if is_new else ""
    return Step(method=method, path=path, query=parse_qsl(url.query), request=request, entry=entry, identity=identity)


def _target(desk: Desk, step: Step) -> str:
    """Tell under which reference the resource of an entry will stand."""
    if step.identity and step.condition:
        for found in interactions.matches(desk.store, step.path, step.condition):
            return found.reference
    own = step.entry.get("resource", {}).get("id") if step.method == "PUT" else None
    return f"{step.path}/{own or step.identity}" if step.identity else step.path


def _resolved(value: Any, targets: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, targets) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {name: _resolved(item, targets) for name, item in value.items()}
    if isinstance(reference := value.get("reference"), str):
        changed["reference"] = targets.get(reference, reference)
    return changed


def _patch_operations(step: Step) -> object:
    try:
        return read_json(b64decode(step.body.get("data", ""), validate=True))
    except (binascii.Error, TypeError) as error:
        raise Refusal(400, "A PATCH entry needs a Binary with the JSON Patch in base64.") from error


def _write(desk: Desk, step: Step, targets: Mapping[str, str]) -> Answer | None:
    if step.method == "DELETE":
        interactions.delete(desk, *step.place)
        return None
    if_match = str(step.request.get("ifMatch", ""))
    if step.method == "PATCH":
        return interactions.patch(desk, _patch_operations(step), at=step.place, if_match=if_match)
    resource = _resolved(step.body, targets)
    if step.method == "POST":
        return interactions.create(desk, step.path, resource, unless=step.condition, identity=step.identity)
    if step.identity:
        return interactions.update_where(desk, step.path, resource, asked=step.condition, identity=step.identity)
    kind, identity = step.place
    return interactions.update(
        desk,
        {"id": identity, **resource},
        at=(kind, identity),
        if_match=if_match,
        if_none_match=str(step.request.get("ifNoneMatch", "")),
    )


def _response(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"response": {"status": _WORDS[204]}}
    version = answer.version
    response = {
        "status": _WORDS[answer.status],
        "location": f"{version.reference}/_history/{version.number}",
        "etag": f'W/"{version.number}"',
        "lastModified": written(version.updated),
    }
    return {"response": response}


def _do(desk: Desk, step: Step, targets: Mapping[str, str], fetch: Fetch) -> dict[str, Any]:
    if step.method == "GET":
        return {"resource": fetch(step.path, step.query), "response": {"status": _WORDS[200]}}
    return _response(_write(desk, step, targets))


def _transaction(store: SandboxStore, entries: list[object], fetch: Fetch) -> list[dict[str, Any]]:
    answers: dict[int, dict[str, Any]] = {}
    with open_desk(store) as desk:
        steps = [_step(store, entry) for entry in entries]
        targets = {
            str(step.entry["fullUrl"]): _target(desk, step)
            for step in steps
            if step.method in ("POST", "PUT") and step.entry.get("fullUrl")
        }
        for place, step in sorted(enumerate(steps), key=lambda numbered: _ORDER.index(numbered[1].method)):
            answers[place] = _do(desk, step, targets, fetch)
    return [answers[place] for place in range(len(steps))]


def _batch(store: SandboxStore, entries: list[object], fetch: Fetch) -> list[dict[str, Any]]:
    answers = []
    for entry in entries:
        try:
            with open_desk(store) as desk:
                answers.append(_do(desk, _step(store, entry), {}, fetch))
        except Refusal as refusal:
            said = outcome(refusal.status, refusal.diagnostics)
            status = f"{refusal.status} {HTTPStatus(refusal.status).phrase}"
            answers.append({"response": {"status": status, "outcome": said}})
    return answers


def carry_out(store: SandboxStore, bundle: Resource, *, fetch: Fetch) -> dict[str, Any]:
    """Carry out a transaction or batch Bundle; Refusal when it is neither, or when a transaction fails as a whole."""
    kind = bundle.get("type")
    if bundle.get("resourceType") != "Bundle" or kind not in ("transaction", "batch"):
        raise Refusal(400, "Expected is a Bundle of type transaction or batch.")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise Refusal(400, "Bundle.entry is not a list.")
    answers = _transaction(store, entries, fetch) if kind == "transaction" else _batch(store, entries, fetch)
    return {"resourceType": "Bundle", "type": f"{kind}-response", "entry": answers}

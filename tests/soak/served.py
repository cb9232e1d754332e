"""The same history of a chart, served in any order, repeated, on pages of any size."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from horehab.clock import SetClock
from horehab.sandbox import SandboxStore, create_sandbox
from tests.servers.in_process import BASE, Given, answering

Resource = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class ServedHistory:
    """A server that lists these versions in this order, `size` to a page; the capability is the sandbox's."""

    versions: Sequence[Resource]
    size: int
    clock: SetClock
    _by_kind: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Sort the versions by kind, each kind in the order in which they came."""
        for each in self.versions:
            self._by_kind[each["resourceType"]].append(each)

    def answer(self, request: requests.PreparedRequest) -> Given:
        """Answer the capability, a search, or one of its further pages; nothing else is here."""
        parts = urlsplit(str(request.url))
        kind = parts.path.removeprefix("/fhir/")
        if kind == "metadata":
            return _capability(self.clock)
        if "/" in kind:
            return Given(status=404, body=b'{"resourceType": "OperationOutcome", "issue": []}')
        start = int(parse_qs(parts.query).get("from", ["0"])[0])
        listed = self._by_kind[kind]
        links = [{"relation": "self", "url": str(request.url)}]
        if start + self.size < len(listed):
            links.append({"relation": "next", "url": f"{BASE}/{kind}?_lastUpdated=x&from={start + self.size}"})
        bundle = {
            "resourceType": "Bundle",
            "type": "searchset",
            "link": links,
            "entry": [{"resource": each} for each in listed[start : start + self.size]],
        }
        return Given(headers={"Content-Type": "application/fhir+json"}, body=json.dumps(bundle).encode())


_CAPABILITY: dict[str, Given] = {}


def _capability(clock: SetClock) -> Given:
    if not _CAPABILITY:
        store = SandboxStore(clock=clock)
        asked = requests.Request("GET", f"{BASE}/metadata").prepare()
        _CAPABILITY["sandbox"] = answering(create_sandbox(store, clock=clock))(asked)
        store.close()
    return _CAPABILITY["sandbox"]

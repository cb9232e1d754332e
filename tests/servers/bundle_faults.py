"""Faults in what a FHIR server says rather than in how it says it: wrong totals, hidden hits, writes that it forgets.

Values for the proxy of faults.py, one for each further line of fhir.md section 3.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, answers

Bundle = dict[str, Any]
Edit = Callable[[Bundle, Seen], None]


def edited(change: Edit, *, path: str = "") -> Fault:
    """Each Bundle that answers a GET is changed on its way."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        if reply.status != 200 or b'"Bundle"' not in reply.body[:200]:  # success
            return reply
        bundle: Bundle = json.loads(reply.body)
        change(bundle, seen)
        return replace(reply, body=json.dumps(bundle).encode())

    return Fault(strike=strike, methods=("GET",), path=path)


def wrong_total(by: int) -> Fault:
    """The server counts more (or fewer) hits than it sends."""

    def change(bundle: Bundle, _: Seen) -> None:
        bundle["total"] = max(0, int(bundle.get("total", 0)) + by)

    return edited(change)


def no_total() -> Fault:
    """The server does not say how many hits there are, which FHIR allows."""
    return edited(lambda bundle, _: bundle.pop("total", None) and None)


def _name(entry: Any) -> str:
    resource = entry.get("resource") or {}
    if resource:
        return f"{resource.get('resourceType')}/{resource.get('id')}"
    return "/".join(str(entry.get("request", {}).get("url", "")).split("/")[:2])


def hidden_from_search(*references: str) -> Fault:
    """Searches do not find these, though they are there and can be read: a lagging index, a filter, a proxy."""

    def change(bundle: Bundle, _: Seen) -> None:
        bundle["entry"] = [entry for entry in bundle.get("entry", []) if _name(entry) not in references]
        bundle.pop("total", None)

    return edited(change, path="?")


def deletions_untold() -> Fault:
    """The history lists no deletions."""

    def change(bundle: Bundle, _: Seen) -> None:
        told = [entry for entry in bundle.get("entry", []) if entry.get("request", {}).get("method") != "DELETE"]
        bundle["entry"] = told
        if "total" in bundle:
            bundle["total"] = len(told)

    return edited(change, path="/_history")


def no_history() -> Fault:
    """The server offers no history of a kind, though it says that it does."""
    return answers(405).only("GET", path="/_history")


def endless_pages() -> Fault:
    """There is always another page, each with the same hits under another link."""
    count = iter(range(1_000_000))

    def change(bundle: Bundle, seen: Seen) -> None:
        links = [link for link in bundle.get("link", []) if link["relation"] != "next"]
        own = next((str(link["url"]) for link in links if link["relation"] == "self"), seen.path)
        mark = "&" if "?" in own else "?"
        base = own.split("&_again=")[0]
        bundle["link"] = [*links, {"relation": "next", "url": f"{base}{mark}_again={next(count)}"}]

    def strike(seen: Seen, forward: Forward, proxy: FaultyProxy) -> Reply:
        path = seen.path.split("&_again=")[0].split("?_again=")[0]
        return edited(change).strike(replace(seen, path=path), forward, proxy)

    return Fault(strike=strike, methods=("GET",), path="?")


def outcome_entry(severity: str = "error", code: str = "incomplete") -> Fault:
    """Among the hits lies an OperationOutcome that says that some are missing; the last hit is."""

    def change(bundle: Bundle, _: Seen) -> None:
        issue = {"severity": severity, "code": code, "diagnostics": "the record may be incomplete"}
        outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
        bundle["entry"] = [*bundle.get("entry", [])[:-1], {"resource": outcome, "search": {"mode": "outcome"}}]

    return edited(change, path="?")


def wrong_kind(kind: str = "Basic") -> Fault:
    """The hits are of another kind than was asked for."""

    def change(bundle: Bundle, _: Seen) -> None:
        for entry in bundle.get("entry", []):
            entry.get("resource", {})["resourceType"] = kind

    return edited(change, path="?")


def no_server_time() -> Fault:
    """Neither Date nor lastUpdated: the server says nowhere what time it is."""

    def strike(seen: Seen, forward: Forward, proxy: FaultyProxy) -> Reply:
        reply = edited(_undated).strike(seen, forward, proxy)
        return replace(reply, headers={name: text for name, text in reply.headers.items() if name.lower() != "date"})

    return Fault(strike=strike, methods=("GET",), path="?")


def _undated(bundle: Bundle, _: Seen) -> None:
    for entry in bundle.get("entry", []):
        entry.get("resource", {}).get("meta", {}).pop("lastUpdated", None)


def forgotten_write(status: int = 201) -> Fault:
    """The server says that it wrote, with a version and the body, and keeps nothing of it."""

    def strike(seen: Seen, _: Forward, proxy: FaultyProxy) -> Reply:
        kind, name = seen.path.rsplit("/", 2)[-2:]
        address = f"{proxy.url}/{kind}/{name}/_history/1"
        headers = {"Content-Type": "application/fhir+json", "ETag": 'W/"1"', "Location": address}
        return Reply(status=status, headers=headers, body=seen.body)

    return Fault(strike=strike, methods=("PUT",))


def halved_write(*elements: str) -> Fault:
    """The server takes what is written and silently drops these elements of it."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        body = json.loads(seen.body)
        kept = {name: value for name, value in body.items() if name not in elements}
        return forward(replace(seen, body=json.dumps(kept).encode()))

    return Fault(strike=strike, methods=("PUT", "POST"))

"""Subscriptions that let the EHR ring our hook: one for each kind that is read and not mostly our own writing."""

from collections.abc import Iterator, Mapping
from typing import Any

from horehab.errors import ConfigurationError, EhrRefused
from horehab.fhir import verbatim
from horehab.fhir.client import Client
from horehab.fhir.connection import Connection
from horehab.fhir.elements import child
from horehab.fhir.kinds import KINDS
from horehab.fhir.pages import SearchRefused, walk
from horehab.usecases.ports import Clock

KINDS_THAT_RING = tuple(kind for kind in KINDS if kind not in ("Task", "Provenance"))
"""What we write ourselves would only ring back at us."""

_STANDING = ("active", "requested")


def subscription(kind: str, address: str, secret: str) -> dict[str, Any]:
    """Write one R4 Subscription: a rest-hook without payload, so that nothing of a patient leaves the EHR for us."""
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "horehab looks at the chart soon after a change",
        "criteria": f"{kind}?",
        "channel": {"type": "rest-hook", "endpoint": address, "header": [f"X-Horehab-Secret: {secret}"]},
    }


def to_be_posted(address: str, secret: str) -> dict[str, Any]:
    """Write all of them as one transaction, to be looked at, or posted by somebody else."""
    entries = [
        {"resource": subscription(kind, address, secret), "request": {"method": "POST", "url": "Subscription"}}
        for kind in KINDS_THAT_RING
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def subscribe(connection: Connection, clock: Clock, address: str, secret: str) -> Iterator[tuple[str, bool, str]]:
    """Create each that does not stand already; gives the kind, whether it stands now, and in words what was done.

    EhrUnavailable, EhrRefused, and ConfigurationError where the server does not show what stands. A kind that the
    server refuses hinders no other.
    """
    client = Client(connection, clock)
    try:
        yield from _made(client, address, secret)
    finally:
        client.close()


def _made(client: Client, address: str, secret: str) -> Iterator[tuple[str, bool, str]]:
    standing = _standing(client, address)
    for kind in KINDS_THAT_RING:
        wanted = subscription(kind, address, secret)
        if standing.get(wanted["criteria"]) in _STANDING:
            yield kind, True, "stands already"
            continue
        try:
            answer = client.send("POST", "Subscription", wanted)
        except EhrRefused as refusal:
            yield kind, False, refusal.message
            continue
        words = f"made, as Subscription/{answer.new_id}" if answer.is_success else f"refused ({answer.reason()})"
        yield kind, answer.is_success, words


def _standing(client: Client, address: str) -> Mapping[str, str]:
    """Tell the state of each Subscription that rings at our address, by what it listens for; ConfigurationError."""
    found: dict[str, str] = {}
    try:
        for page in walk(client, "Subscription", {"url": address, "_count": "200"}):
            for resource in (verbatim.read(entry.source) for entry in page.entries if entry.source):
                if child(resource, "channel").get("endpoint") == address:
                    found[str(resource.get("criteria"))] = str(resource.get("status"))
    except SearchRefused as refusal:
        raise ConfigurationError(
            f"The server does not show which Subscriptions stand ({refusal}), so none was made.",
            remedy="Give its owner what horehab subscribe prints without --write.",
            code="HR-1331",
        ) from refusal
    return found

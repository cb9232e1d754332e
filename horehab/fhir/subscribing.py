"""Subscriptions that let the EHR ring our hook: one for each kind that is read and not mostly our own writing."""

from collections.abc import Iterator, Sequence
from typing import Any

from horehab.errors import ConfigurationError, EhrRefused
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.elements import child
from horehab.fhir.basis.kinds import KINDS
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.connection import Connection
from horehab.fhir.wire.pages import SearchRefused, walk
from horehab.usecases.ports import Clock

KINDS_THAT_RING = tuple(kind for kind in KINDS if kind not in ("Task", "Provenance"))
"""What we write ourselves would only ring back at us."""

_STANDING = ("active", "requested")
_NAME = "X-Horehab-Secret"
_SECRETS = (_NAME.lower(), "authorization")
_OTHER = "stands with another secret"

Resource = dict[str, Any]


def subscription(kind: str, address: str, secret: str) -> dict[str, Any]:
    """Write one R4 Subscription: a rest-hook without payload, so that nothing of a patient leaves the EHR for us."""
    return {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "horehab looks at the chart soon after a change",
        "criteria": f"{kind}?",
        "channel": {"type": "rest-hook", "endpoint": address, "header": [f"{_NAME}: {secret}"]},
    }


def to_be_posted(address: str, secret: str) -> dict[str, Any]:
    """Write all of them as one transaction, to be looked at, or posted by somebody else."""
    entries = [
        {"resource": subscription(kind, address, secret), "request": {"method": "POST", "url": "Subscription"}}
        for kind in KINDS_THAT_RING
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def subscribe(connection: Connection, clock: Clock, address: str, secret: str) -> Iterator[tuple[str, bool, str]]:
    """Create each that does not stand already, and give our secret to one that stands with another.

    Gives the kind, whether it rings now, and in words what was done. EhrUnavailable, EhrRefused, and
    ConfigurationError where the server does not show what stands. A kind that is refused hinders no other.
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
        mine = [each for each in standing if each.get("criteria") == wanted["criteria"]]
        try:
            rings, words = _settled(client, wanted, mine, secret)
        except EhrRefused as refusal:
            rings, words = False, f"{_OTHER}: {refusal.message}" if mine else refusal.message
        yield kind, rings, words


def _settled(client: Client, wanted: dict[str, Any], mine: Sequence[Resource], secret: str) -> tuple[bool, str]:
    """See to it that one rings: those that stand are left, or given our secret; else one is made. EhrRefused."""
    if any(_bears(each, secret) for each in mine):
        return True, "stands already"
    if mine:
        answer = client.send("PUT", f"Subscription/{mine[0].get('id')}", _with_secret(mine[0], wanted))
        if answer.is_success:
            return True, "stood with another secret, and has ours now"
        return False, f"{_OTHER} ({answer.reason()})"
    answer = client.send("POST", "Subscription", wanted)
    words = f"made, as Subscription/{answer.new_id}" if answer.is_success else f"refused ({answer.reason()})"
    return answer.is_success, words


def _bears(standing: Resource, secret: str) -> bool:
    return any(each in (f"{_NAME}: {secret}", f"Authorization: Bearer {secret}") for each in _headers(standing))


def _with_secret(standing: Resource, wanted: Resource) -> dict[str, Any]:
    """Give one that stands our secret; what else it bears stays."""
    others = [each for each in _headers(standing) if each.partition(":")[0].lower() not in _SECRETS]
    channel = {**child(standing, "channel"), "header": [*wanted["channel"]["header"], *others]}
    return {**standing, "status": wanted["status"], "channel": channel}


def _headers(standing: Resource) -> list[str]:
    found = child(standing, "channel").get("header")
    return [str(each) for each in found] if isinstance(found, list) else []


def _standing(client: Client, address: str) -> list[Resource]:
    """List the Subscriptions that ring at our address, none of those that ended; ConfigurationError."""
    pages = walk(client, "Subscription", {"url": address, "_count": "200"})
    try:
        shown = list(pages)
    except SearchRefused as refusal:
        raise _not_shown(str(refusal)) from refusal
    problems = [problem for page in shown for problem in page.problems]
    if problems:
        raise _not_shown(problems[0])
    resources = [verbatim.read(entry.source) for page in shown for entry in page.entries if entry.source]
    return [each for each in resources if _rings_at(each, address)]


def _not_shown(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The server does not show which Subscriptions stand ({why}), so none was made.",
        remedy="Give its owner what horehab subscribe prints without --write.",
        code="HR-1331",
    )


def _rings_at(resource: Resource, address: str) -> bool:
    return child(resource, "channel").get("endpoint") == address and resource.get("status") in _STANDING

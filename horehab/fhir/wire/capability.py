"""What a server says that it can do: its CapabilityStatement, read tolerantly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from horehab.errors import NotAFhirServer
from horehab.fhir.wire.client import Client

_VERSION = re.compile(r"fhirVersion=\"?(\d+\.\d+)", re.IGNORECASE)
"""The version that an answer is in, where the server has several (the content type's parameter fhirVersion)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a server offers for one kind of resource: interactions, search parameters, and how it takes ids.

    `takes_our_ids` is None when the server does not say (HAPI 8.8 does not, and takes them). `versioning` is
    no-version, versioned, versioned-update, or "" when it does not say; `operations` as in "export".
    """

    interactions: frozenset[str] = frozenset()
    searches: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    takes_our_ids: bool | None = None
    versioning: str = ""
    creates_by_condition: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """A server's own words: FHIR version, software, and an Offer for each kind of resource.

    `interactions` and `operations` are those of the server as a whole, as in "transaction" and "export".
    """

    fhir_version: str
    software: str
    publisher: str = ""
    description: str = ""
    interactions: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    security: tuple[str, ...] = ()
    offers: Mapping[str, Offer] = field(default_factory=dict)

    def offers_reading(self, kind: str) -> bool:
        """Whether that kind can be searched at all; a server that lists no kinds is asked for each."""
        return not self.offers or (kind in self.offers and _may(self.offers[kind], "search-type"))

    def offers_history(self, kind: str) -> bool:
        """Whether deletions of that kind can be seen."""
        return kind in self.offers and "history-type" in self.offers[kind].interactions

    def may_write(self, kind: str) -> bool:
        """Whether something of that kind can be created, under our id or the server's."""
        return not self.offers or "create" in self._offer(kind).interactions or self.promises_our_ids(kind)

    def takes_our_ids(self, kind: str) -> bool:
        """Whether it is worth trying to put that kind under an id of our making."""
        return self._offer(kind).takes_our_ids is not False and self.may_change(kind)

    def promises_our_ids(self, kind: str) -> bool:
        """Whether the server says outright that it takes ids of our making."""
        return self._offer(kind).takes_our_ids is True and self.may_change(kind)

    def may_change(self, kind: str) -> bool:
        """Whether something of that kind can be changed once it stands there."""
        return not self.offers or "update" in self._offer(kind).interactions

    def offers_export(self) -> bool:
        """Whether it says that it gives whole copies ($export), of all, of patients or of a group."""
        named = set(self.operations).union(*(offer.operations for offer in self.offers.values()))
        return bool(named & {"export", "patient-export", "group-export", "system-export"})

    def of(self, kind: str) -> Offer:
        """Tell what it says of one kind of resource; an empty offer for one that it does not name."""
        return self.offers.get(kind, Offer())

    def _offer(self, kind: str) -> Offer:
        return self.of(kind)


def read_capability(client: Client) -> Capability:
    """Ask the server what it can do; NotAFhirServer when the answer is no CapabilityStatement."""
    answer = client.get("metadata")
    if not answer.is_success:
        raise NotAFhirServer(
            f"The server answers the question for its CapabilityStatement with status {answer.status}.",
            remedy="Check HOREHAB_FHIR_URL: it must be the base of a FHIR R4 server.",
        )
    statement = answer.resource()
    if statement["resourceType"] != "CapabilityStatement":
        raise NotAFhirServer(
            f"The server answers /metadata with a {statement['resourceType'][:40]}, not a CapabilityStatement.",
            remedy="Check HOREHAB_FHIR_URL: it must be the base of a FHIR R4 server.",
        )
    named = _VERSION.search(answer.headers.get("content-type", ""))
    return _capability({**({"fhirVersion": named[1]} if named else {}), **statement})


def _capability(statement: Mapping[str, Any]) -> Capability:
    software = _dict(statement.get("software"))
    rest = [part for part in _dicts(statement.get("rest")) if part.get("mode", "server") == "server"]
    security = [service for part in rest for service in _dicts(_dict(part.get("security")).get("service"))]
    resources = [resource for part in rest for resource in _dicts(part.get("resource"))]
    return Capability(
        fhir_version=str(statement.get("fhirVersion", "unknown")),
        software=f"{software.get('name', 'unnamed')} {software.get('version', '')}".strip(),
        publisher=_word(statement.get("publisher")),
        description=_word(_dict(statement.get("implementation")).get("description")),
        interactions=frozenset(_word(each.get("code")) for part in rest for each in _dicts(part.get("interaction"))),
        operations=frozenset(name for part in rest for name in _operations(part)),
        security=tuple(str(c.get("code", "")) for s in security for c in _dicts(s.get("coding"))),
        offers={str(resource.get("type")): _offer(resource) for resource in resources},
    )


def _offer(resource: Mapping[str, Any]) -> Offer:
    return Offer(
        interactions=frozenset(str(i.get("code")) for i in _dicts(resource.get("interaction"))),
        searches=frozenset(str(p.get("name")) for p in _dicts(resource.get("searchParam"))),
        operations=frozenset(_operations(resource)),
        takes_our_ids=resource.get("updateCreate") if isinstance(resource.get("updateCreate"), bool) else None,
        versioning=_word(resource.get("versioning")),
        creates_by_condition=resource.get("conditionalCreate") is True,
    )


def _operations(part: Mapping[str, Any]) -> list[str]:
    """List the operations by name, without the $ that some servers write."""
    return [_word(each.get("name")).removeprefix("$") for each in _dicts(part.get("operation"))]


def _word(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def _may(offer: Offer, interaction: str) -> bool:
    return not offer.interactions or interaction in offer.interactions


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

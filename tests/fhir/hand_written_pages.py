"""A server at ehr.example whose answers are written by hand, and what is read of its pages."""

from typing import Any

import responses

from horehab.fhir.basis.site import Site
from horehab.fhir.reading import understand
from horehab.fhir.sync.changes import changes_of
from horehab.fhir.wire.client import Client
from horehab.usecases.exchange import ChartItem, ChartPage
from tests.fhir.ward import MADRID, observation

BASE = "https://ehr.example/fhir"
PATIENT = {"resourceType": "Patient", "id": "1"}
SEARCH = f"{BASE}/Observation"
NOON = "2026-01-01T12:00:00.000Z"
DATE = {"Date": "Thu, 01 Jan 2026 12:00:01 GMT"}
SITE = Site(zone=MADRID, base=BASE)


def options_sent(wire: responses.RequestsMock) -> dict[str, Any]:
    """Give what the first request was sent with, such as proxies, beside the request itself."""
    sent: dict[str, Any] = vars(wire.calls[0].request)["req_kwargs"]
    return sent


def understood(resource: dict[str, Any], source: bytes) -> ChartItem:
    """Understand a resource as the chart would."""
    return understand(resource, source, SITE)


def named(name: str, **more: Any) -> dict[str, Any]:
    """Something observed, in its first version, of noon."""
    return observation(name, meta={"versionId": "1", "lastUpdated": NOON}, **more)


def bundle(*names: str, next_url: str = "", self_url: str = SEARCH, **more: Any) -> dict[str, Any]:
    """A page of what was observed, under these names; `next_url` is where the next page lies."""
    links = [{"relation": "self", "url": self_url}]
    links += [{"relation": "next", "url": next_url}] if next_url else []
    entries = [{"fullUrl": f"{SEARCH}/{n}", "resource": named(n), "search": {"mode": "match"}} for n in names]
    frame = {"resourceType": "Bundle", "type": "searchset", "meta": {"lastUpdated": NOON}, "link": links}
    return {**frame, "entry": entries, **more}


def read(client: Client, mark: str | None = None) -> list[ChartPage]:
    """Read what changed since a mark."""
    return list(changes_of(client, "Observation", mark, understood))


def problem(pages: list[ChartPage]) -> str:
    """Name the one problem, for which no mark may move."""
    (found,) = [problem for page in pages for problem in page.problems]
    assert pages[-1].is_last
    assert pages[-1].mark is None
    return found


def names(pages: list[ChartPage]) -> list[str]:
    """Name what came."""
    return [item.reference for page in pages for item in page.items]

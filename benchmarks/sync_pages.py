"""The pages of the sync benchmark: the chart of a synthetic rehabilitation ward as searchset Bundles, in bytes."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import Any

from horehab.demo.body import Body
from horehab.demo.coding import Coding
from horehab.demo.resources import Pen
from horehab.demo.visits import Pain, Plan, visit
from horehab.domain.joints import WATCHED_PLACES, Joint

KINDS = ("Patient", "Procedure", "Condition", "Observation")
"""The kinds that the pages hold, in the order in which every contender reads them."""

ENTRIES_PER_PAGE = 100

Resource = dict[str, Any]
Pages = Mapping[str, tuple[bytes, ...]]
"""Kind of resource -> its pages, in order; "BASE" in them stands for the address of the server."""

_CODINGS = (Coding.LOINC_SIDED, Coding.LOINC_SITE, Coding.OWN_PROFILE)
_PANEL_EVERY = 25
_VISITS = tuple(range(20, 100, 7))
_ADMITTED = date(2026, 1, 5)
_STARTED = datetime(2026, 6, 1, tzinfo=UTC)
_COVID = {"id": "covid", "code": "840539006", "text": "COVID-19", "day": 0}
_VENTILATION = {"id": "ventilation", "code": "1258985005", "text": "Invasive mechanical ventilation"}
_ODD_EVERY = 97


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What the pages hold: all entries, and how many of them are Observations of a motion in the plain shape."""

    entries: int
    plain: int


def pages(wanted: int) -> tuple[Pages, Mix]:
    """Write about so many pages of 100 entries (one more for the rest of each kind); always the same bytes."""
    shelves: dict[str, list[Resource]] = defaultdict(list)
    for number, resource in enumerate(islice(_ward(), wanted * ENTRIES_PER_PAGE)):
        kind = resource["resourceType"]
        updated = _STARTED + timedelta(milliseconds=731 * number)
        stamp = updated.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        meta = {"versionId": "1", "lastUpdated": stamp, "source": f"#{number:016x}"}
        shelves[kind].append(resource | {"meta": resource["meta"] | meta})
    plain = sum(_is_plain(resource) for resource in shelves["Observation"])
    mix = Mix(entries=sum(map(len, shelves.values())), plain=plain)
    return {kind: tuple(_bundles(kind, shelves[kind])) for kind in KINDS}, mix


def _ward() -> Iterator[Resource]:
    for number in count(1):
        yield from _chart(number)


def _chart(number: int) -> Iterator[Resource]:
    """Write one patient's chart; every 25th ward keeps panels, every 97th Observation is an odd one."""
    pen = Pen(key=f"bench-{number:05}", admitted=_ADMITTED + timedelta(days=number % 90))
    yield pen.person(
        {"name": f"Name{number}", "label": "bench", "record_number": f"B-{number:06}", "age": 50, "sex": "male"}
    )
    yield pen.condition(_COVID)
    yield pen.procedure(_VENTILATION | {"start": 0, "end": 18}, today=18)
    body = Body(seed=f"bench-{number}", first_day=_VISITS[0], losses=())
    coding = Coding.PANEL_BY_JOINT if number % _PANEL_EVERY == 0 else _CODINGS[number % len(_CODINGS)]
    places = (WATCHED_PLACES[number % 8], WATCHED_PLACES[(number + 3) % 8])
    pains = tuple(Pain(place=place, knots=((0.0, 3.0),)) for place in places)
    plan = Plan(days=_VISITS, coding=coding, pains=pains, active=frozenset((Joint.HIP,)))
    for day in _VISITS:
        yield pen.laboratory({"day": day, "value": 60 + (number * day) % 150, "low": 34, "high": 126})
        for place, resource in enumerate(visit(pen, body, plan, day)):
            yield _odd(resource, number + day) if (number + day + place) % _ODD_EVERY == 0 else resource


def _odd(resource: Resource, turn: int) -> Resource:
    """Spoil an Observation in one of the ways that charts do; each is valid FHIR, and none is a value."""
    if resource["resourceType"] != "Observation":
        return resource
    rest = {name: part for name, part in resource.items() if not name.startswith("value") and name != "component"}
    absent = {"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}
    ways: tuple[Resource, ...] = (
        resource | {"status": "entered-in-error"},
        resource | {"status": "preliminary"},
        rest | absent,
        rest | {"code": {"text": "Gait speed"}, "valueQuantity": {"value": 1.1, "unit": "m/s"}},
        rest | {"code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}, "valueInteger": 71},
    )
    return ways[turn % len(ways)]


def _is_plain(resource: Resource) -> bool:
    return bool(resource["status"] == "final" and resource.get("valueQuantity", {}).get("code") == "deg")


def _bundles(kind: str, resources: list[Resource]) -> Iterator[bytes]:
    starts = range(0, len(resources), ENTRIES_PER_PAGE) or range(1)
    for page, start in enumerate(starts):
        link = [{"relation": "self", "url": f"BASE/{kind}?page={page}"}]
        if start + ENTRIES_PER_PAGE < len(resources):
            link.append({"relation": "next", "url": f"BASE/{kind}?page={page + 1}"})
        entry = [
            {"fullUrl": f"BASE/{kind}/{each['id']}", "resource": each, "search": {"mode": "match"}}
            for each in resources[start : start + ENTRIES_PER_PAGE]
        ]
        bundle = {
            "resourceType": "Bundle",
            "type": "searchset",
            "meta": {"lastUpdated": "2026-07-01T00:00:00.000Z"},
            "total": len(resources),
            "link": link,
            "entry": entry,
        }
        yield json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode()

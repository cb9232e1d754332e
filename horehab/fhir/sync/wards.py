"""Which places of the server are intensive care wards: an Encounter often names its place by reference alone."""

from collections.abc import Iterator
from typing import Any

from horehab.errors import EhrRefused, NotAFhirServer
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.site import Site
from horehab.fhir.resources.encounter import ICU_TYPES, icu_locations
from horehab.fhir.resources.r5 import as_r4
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.pages import PageExpired, SearchRefused, walk


def icu_wards(client: Client, site: Site) -> frozenset[str]:
    """List the Locations that are intensive care by their type; none where the server does not let us look.

    Asks for those types alone, since a hospital has thousands of places; a server that cannot search by type is
    asked for all. EhrUnavailable is raised.
    """
    types = ",".join(f"{system}|{code}" for system, code in ICU_TYPES)
    for params in ({"type": types}, {}):
        try:
            return icu_locations(_places(client, params), site)
        except SearchRefused:
            continue
        except (EhrRefused, NotAFhirServer, PageExpired):
            break
    return frozenset()


def _places(client: Client, params: dict[str, str]) -> Iterator[dict[str, Any]]:
    for page in walk(client, "Location", {**params, "_count": str(client.connection.page_size)}):
        for entry in page.entries:
            place = _read(entry.source)
            if isinstance(place, dict) and place.get("resourceType") == "Location":
                yield as_r4(place)


def _read(source: bytes) -> Any:
    try:
        return verbatim.read(source)
    except verbatim.NotJson:
        return None

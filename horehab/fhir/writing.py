"""The front door of all that is written: an entry of the outbox in, the FHIR resource that says it out."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from horehab.domain.entries import ChartEntry, SuspicionEntry
from horehab.fhir.site import Site
from horehab.fhir.suspicion import suspicion_to_condition

_NONE: Mapping[str, str] = MappingProxyType({})


def resource_of(entry: ChartEntry, site: Site, *, cited: Mapping[str, str] = _NONE) -> dict[str, Any]:
    """Write an entry as the resource that the chart shall hold, with our id and our identifier.

    `cited` gives, for keys of entries ("session:<id>"), the references under which they stand in the chart;
    what it does not give is cited by our identifier.
    """
    match entry:
        case SuspicionEntry():
            return suspicion_to_condition(entry, site, cited)
    raise ValueError(f"A {type(entry).__name__} is not written as a resource of its own.")

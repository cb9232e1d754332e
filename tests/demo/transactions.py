"""What goes to a FHIR server in one piece: all of it is taken, or nothing."""

from collections.abc import Mapping

from horehab.demo.story import Resource


def taken_whole(resources: Mapping[str, Resource], *, base: str) -> Resource:
    """Make a transaction that puts each resource where its name ("Observation/7") says."""
    entries = [
        {"fullUrl": f"{base}/{name}", "resource": resource, "request": {"method": "PUT", "url": name}}
        for name, resource in resources.items()
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}

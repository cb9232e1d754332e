"""The CapabilityStatement: what this sandbox can do, made from the same table that search uses."""

from typing import Any

from horehab.sandbox.definitions import TYPES, parameters

_INTERACTIONS = (
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
)

_EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"


def _codes(*codes: str) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]


def capability(base: str, *, at: str, version: str) -> dict[str, Any]:
    """Describe the server at `base`."""
    resources = [
        {
            "type": kind,
            "interaction": _codes(*_INTERACTIONS),
            "versioning": "versioned-update",
            "readHistory": True,
            "updateCreate": True,
            "conditionalCreate": True,
            "conditionalRead": "not-match",
            "conditionalUpdate": True,
            "searchParam": [
                {"name": "_id", "type": "token"},
                {"name": "_lastUpdated", "type": "date"},
                *({"name": name, "type": one.kind.value} for name, one in sorted(parameters(kind).items())),
            ],
        }
        for kind in sorted(TYPES)
    ]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": at,
        "kind": "instance",
        "software": {"name": "horehab sandbox", "version": version},
        "implementation": {"description": "Synthetic data for the demo and the tests; no patient's", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [
            {
                "mode": "server",
                "resource": resources,
                "interaction": _codes("transaction", "batch"),
                "operation": [{"name": "export", "definition": _EXPORT}],
            }
        ],
    }

"""The CapabilityStatement of the embedded sandbox, as a published one: what a server of its kind can do."""

from typing import Any

from fhir_profiles import CANONICAL
from horehab import __version__
from horehab.sandbox.capability import capability

_NAME = "horehab-sandbox"


def sandbox_server() -> dict[str, Any]:
    """Take what a running sandbox says of itself, without its address and clock."""
    said = capability("", at="2026-11-21", version=__version__)
    del said["implementation"]
    named = {
        "id": _NAME,
        "url": f"{CANONICAL}/CapabilityStatement/{_NAME}",
        "version": __version__,
        "name": "HorehabSandbox",
        "title": "What the sandbox can do",
        "description": "The FHIR server that horehab brings along for the demo and for tests: synthetic data only.",
    }
    return {"resourceType": said.pop("resourceType")} | named | said | {"kind": "capability", "experimental": False}

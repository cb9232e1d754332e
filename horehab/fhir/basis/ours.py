"""The names of our own profiles and extensions."""

from types import MappingProxyType
from typing import Any

from fhir_profiles import CANONICAL
from horehab.fhir.basis.site import Site

_STRUCTURE = f"{CANONICAL}/StructureDefinition/"
MODE = f"{_STRUCTURE}rom-mode"
LATERALITY = f"{_STRUCTURE}laterality"
PAIN_OCCASION = f"{_STRUCTURE}pain-occasion"
EPISODE = f"{_STRUCTURE}suspicion-episode"
STRENGTH = f"{_STRUCTURE}suspicion-strength"
RULE_VERSION = f"{_STRUCTURE}rule-version"
INPUTS_DIGEST = f"{_STRUCTURE}inputs-digest"
OWN_IDENTIFIER = f"{_STRUCTURE}own-identifier"
KNOWN_ON = f"{_STRUCTURE}known-on"
MINUTES = f"{_STRUCTURE}session-minutes"
MOBILITY_LEVEL = f"{_STRUCTURE}session-mobility-level"
REPETITIONS = f"{_STRUCTURE}session-repetitions"
INTENSITY = f"{_STRUCTURE}session-intensity"
EXERTION = f"{_STRUCTURE}session-exertion"
SEDATION = f"{_STRUCTURE}session-sedation"

PROFILES = MappingProxyType(
    {
        name: f"{_STRUCTURE}horehab-{name}"
        for name in ("rom", "pain", "sign", "session", "ho-suspicion", "reasons", "task", "reminder")
    }
)
"""Short name -> canonical address of the profile that it stands for."""


def header(kind: str, name: str, profile: str, site: Site) -> dict[str, Any]:
    """Begin a resource of ours: its type, its id, and its profile where the server knows our profiles.

    A validating HAPI 8.8 refuses a resource that names a profile which it does not have (422, measured).
    """
    begun: dict[str, Any] = {"resourceType": kind} | ({"id": name} if name else {})
    return begun | ({"meta": {"profile": [PROFILES[profile]]}} if site.has_profiles else {})

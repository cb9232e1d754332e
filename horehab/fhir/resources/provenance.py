"""Why a suspicion stands as it does: a Provenance with its inputs, this software and the version of the rule."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from horehab.domain.entries import ReasonsEntry
from horehab.fhir.basis import ours
from horehab.fhir.basis.moments import instant_of
from horehab.fhir.basis.places import coded
from horehab.fhir.basis.references import IDENTIFIERS, pointing_to
from horehab.fhir.basis.site import Site

_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_OPERATIONS = MappingProxyType({"raise": "CREATE", "update": "UPDATE", "move": "UPDATE", "withdraw": "NULLIFY"})


def double_to_provenance(double: str, kept: str, now: datetime, site: Site) -> dict[str, Any]:
    """Write why a resource of ours was entered in error: it stood beside another that says the same."""
    return ours.header("Provenance", "", "reasons", site) | {
        "target": [{"reference": double}],
        "recorded": now.isoformat(),
        "activity": {"coding": [coded((_OPERATION, "NULLIFY"))], "text": "end a double"},
        "agent": [software(f"horehab {site.version}")],
        "entity": [{"role": "source", "what": {"reference": kept}}],
    }


def reasons_to_provenance(entry: ReasonsEntry, site: Site, cited: Mapping[str, str]) -> dict[str, Any]:
    """Write the reasons: what they are about, when (noon of that ward day), by which version, from which inputs."""
    target = cited.get(f"suspicion:{entry.condition_id}", f"Condition/{entry.condition_id}")
    named = f"horehab {site.version}, rules {entry.rule_version}"
    operation = _OPERATIONS.get(entry.activity.lower())
    provenance = ours.header("Provenance", entry.provenance_id, "reasons", site)
    provenance["extension"] = [
        {"url": ours.RULE_VERSION, "valueString": entry.rule_version},
        {
            "url": ours.OWN_IDENTIFIER,
            "valueIdentifier": {"system": f"{IDENTIFIERS}reasons", "value": entry.provenance_id},
        },
    ]
    if entry.inputs_digest:
        provenance["extension"].append({"url": ours.INPUTS_DIGEST, "valueString": entry.inputs_digest})
    provenance |= {
        "target": [{"reference": target}],
        "recorded": instant_of(entry.recorded, site),
        "activity": {"text": entry.activity} | ({"coding": [coded((_OPERATION, operation))]} if operation else {}),
        "agent": [software(named)],
    }
    if entry.sentence:
        provenance["reason"] = [{"text": entry.sentence}]
    sources = [{"role": "source", "what": pointing_to(each, cited)} for each in entry.evidence]
    distinct = [each for place, each in enumerate(sources) if each not in sources[:place]]
    return provenance | ({"entity": distinct} if distinct else {})


def software(name: str) -> dict[str, Any]:
    """Write this software as what put something together."""
    return {
        "type": {"coding": [coded((_PARTICIPANT, "assembler"))]},
        "who": {
            "type": "Device",
            "identifier": {"system": f"{IDENTIFIERS}software", "value": name},
            "display": name,
        },
    }

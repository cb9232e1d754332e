"""The official examples of FHIR R4, fetched with npm once and kept under .cache; never part of this repository."""

import json
import tarfile
from functools import cache
from typing import Any

from horehab.fhir.basis.kinds import KINDS
from tests.servers.npm_package import npm_package

_NAME, _VERSION = "hl7.fhir.r4.examples", "4.0.1"

READ_KINDS = frozenset((*KINDS, "Location"))


@cache
def official_examples() -> tuple[dict[str, Any], ...]:
    """Give every example of the kinds that we read; CannotBeHad when they are not here and cannot be fetched."""
    found = []
    with tarfile.open(npm_package(_NAME, _VERSION)) as package:
        for member in package:
            name = member.name.rpartition("/")[2]
            if name.partition("-")[0] in READ_KINDS and name.endswith(".json"):
                file = package.extractfile(member)
                assert file is not None
                found.append(json.loads(file.read()))
    return tuple(sorted(found, key=lambda each: (each["resourceType"], each.get("id", ""))))

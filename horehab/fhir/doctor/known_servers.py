"""What is published about the software of a server, each fact with its source: known_servers.toml."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from horehab.fhir.basis.findings import Part, worth_knowing
from horehab.fhir.wire.capability import Capability
from horehab.usecases.exchange import Choice


def known_of(capability: Capability) -> Iterator[Choice]:
    """Tell what is published about this server's software; nothing for one that is not on our list."""
    told = f"{capability.software} {capability.publisher} {capability.description}".lower()
    for server in _servers():
        if any(name in told for name in server["names"]):
            for fact in server["fact"]:
                source = f"{fact['source']} ({fact['seen'].isoformat()})"
                yield worth_knowing(Part.SERVER, "known of it", f"{fact['says']}; {fact['does']}", source)


@cache
def _servers() -> tuple[dict[str, Any], ...]:
    text = (files("horehab.fhir.doctor") / "known_servers.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["server"])

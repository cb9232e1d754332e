"""The ground on which the house stands: our canonical base, our profiles, and every code with its source."""

import json
from collections.abc import Iterator
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

CANONICAL = "https://horehab.org/fhir"
"""The base of our profiles, extensions, code systems and identifier systems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of a public code system: what it stands for here, where it was found, and how sure that is.

    `confidence` begins with high, medium, inferred, probably, unverified or "no code"; only high is written.
    """

    concept: str
    system: str
    code: str
    display: str
    source: str
    confidence: str

    @property
    def is_sure(self) -> bool:
        """Whether the code may be written: its confidence is high and it is not deprecated."""
        return self.confidence.startswith("high") and "DEPRECATED" not in self.confidence


@cache
def codes() -> tuple[Code, ...]:
    """List every code of codes.csv and further_codes.csv that has a code at all, in their order there."""
    rows: list[Code] = []
    for name in ("codes.csv", "further_codes.csv"):
        lines = files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines()
        rows += [Code(**row) for row in DictReader(lines) if row["code"]]
    return tuple(rows)


@cache
def uses(use: str) -> tuple[tuple[str, tuple[str, str]], ...]:
    """Give which codes stand for what in one use ("body site"): pairs of a meaning and (system, code), in order.

    LookupError for a use that uses.csv does not have. What a code is and where it was found stands in `codes`.
    """
    lines = files(__name__).joinpath("uses.csv").read_text(encoding="utf-8").splitlines()
    found = tuple((row["meaning"], (row["system"], row["code"])) for row in DictReader(lines) if row["use"] == use)
    if not found:
        raise LookupError(f"uses.csv says of no code that it is used as {use!r}.")
    return found


def version() -> str:
    """Say which version of our profiles this is; it is that of the whole distribution."""
    return str(json.loads(files(__name__).joinpath("package/package.json").read_text(encoding="utf-8"))["version"])


def load(name: str, kind: str = "StructureDefinition") -> dict[str, Any]:
    """Load an artefact of ours by its id ("horehab-rom") or canonical address, as a tree of its own for each caller.

    LookupError, with the names that there are, when we have none of that name and kind.
    """
    ident = name.split("|", maxsplit=1)[0].rpartition("/")[2]
    file = files(__name__).joinpath(f"package/{kind}-{ident}.json")
    if ("/" in name and not name.startswith(f"{CANONICAL}/{kind}/")) or ident not in names(kind):
        raise LookupError(f"horehab has no {kind} called {name!r}; it has {', '.join(names(kind)) or 'none at all'}.")
    artefact: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return artefact


def names(kind: str = "StructureDefinition") -> tuple[str, ...]:
    """List the ids of our artefacts of a kind, sorted."""
    return tuple(sorted(ident for each, ident in _listed("") if each == kind))


def artefacts() -> Iterator[dict[str, Any]]:
    """Give every artefact of our specification, what others cite before what cites it."""
    order = {kind: place for place, kind in enumerate(_INSTALLED)}
    for kind, ident in sorted(_listed(""), key=lambda each: (order[each[0]], each[1])):
        yield load(ident, kind)


def examples() -> Iterator[dict[str, Any]]:
    """Give every example, the six published patients as Bundles among them."""
    for kind, ident in _listed("example/"):
        yield json.loads(files(__name__).joinpath(f"package/example/{kind}-{ident}.json").read_text(encoding="utf-8"))


@cache
def r4_types() -> dict[str, Any]:
    """Give R4's own types and extensions, as small as checking needs them: {"types": ..., "constraints": ...}.

    From HL7's hl7.fhir.r4.core 4.0.1 (CC0), by `make profiles`. For reading only: everybody gets the same tree.
    """
    return _table("types")


@cache
def r4_codes() -> dict[str, Any]:
    """Give R4's closed lists of codes: {"systems": {address: codes}, "sets": {address: {system: codes}}}.

    In a set, "all" is every code of the system, and null stands where nobody lists the codes. As `r4_types`.
    """
    return _table("codes")


def _table(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(files(__name__).joinpath(f"r4/{name}.json").read_text(encoding="utf-8"))
    return tree


_INSTALLED = ("CodeSystem", "ValueSet", "StructureDefinition", "ConceptMap", "Questionnaire", "CapabilityStatement")
"""The kinds of our artefacts, in the order in which a server needs them."""


@cache
def _listed(folder: str) -> tuple[tuple[str, str], ...]:
    index = json.loads(files(__name__).joinpath(f"package/{folder}.index.json").read_text(encoding="utf-8"))
    return tuple((row["resourceType"], row["id"]) for row in index["files"])

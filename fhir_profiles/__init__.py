"""The ground on which the house stands: our canonical base, and every code that we read or write, with its source."""

from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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

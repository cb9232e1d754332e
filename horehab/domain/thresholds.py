"""Every clinical number of a rule, as values with their sources; rules.toml holds them, horehab.rules reads them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of one rule version (being filled in)."""

    version: str

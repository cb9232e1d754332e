"""A verdict as canonical text: the same verdict is the same bytes on every machine, and nothing of it is left out."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from math import isfinite

from horehab.domain.suspicion import Reason, Verdict

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
"""What JSON can hold."""


def verdict_text(verdict: Verdict) -> str:
    """Write a verdict as one line of JSON with sorted names: what a replay is compared by, byte for byte."""
    return canonical(verdict_facts(verdict))


def verdict_facts(verdict: Verdict) -> dict[str, Plain]:
    """Give all that a verdict says as plain values by name; days as 2026-03-31, a place as joint and side."""
    return _fields(verdict)


def fact_text(fact: object) -> str:
    """Write a value of the ward, such as a reading, as one line of JSON: equal values are the same bytes."""
    return canonical({"kind": type(fact).__name__, **_fields(fact)})


def reason_facts(reason: Reason) -> dict[str, Plain]:
    """Give a reason as plain values: its code, its figures by name, and the references that it rests on."""
    figures = {name: _plain(value) for name, value in reason.figures}
    return {"code": reason.code, "figures": figures, "references": list(reason.references)}


def canonical(facts: Mapping[str, Plain]) -> str:
    """Write plain values as JSON in one fixed way: names sorted, no spaces, no letter escaped."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _fields(value: object) -> dict[str, Plain]:
    assert is_dataclass(value), "only values of the ward are written down"
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> Plain:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, str | int | float):
        return value if not isinstance(value, float) or isfinite(value) else str(value)  # JSON has no word for it
    return reason_facts(value) if isinstance(value, Reason) else _fields(value)

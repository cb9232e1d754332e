"""Simple values: text, numbers, dates. What each type may look like, by the datatypes page of FHIR R4."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

_YEAR = r"(?!0000)\d{4}"
_DAY = rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))"
_FULL_DAY = rf"{_YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "base64Binary": (r"[A-Za-z0-9+/=\s]*", "base64"),
        "canonical": (r"\S+", "an address without spaces"),
        "code": (r"[^\s]+( [^\s]+)*", "a code without spaces around it"),
        "date": (_DAY, "a date such as 2026-03-20, 2026-03 or 2026"),
        "dateTime": (
            rf"{_DAY}|{_FULL_DAY}T{_CLOCK}{_ZONE}",
            "a date, or a moment with seconds and zone such as 2026-03-20T10:00:00+01:00",
        ),
        "id": (r"[A-Za-z0-9.\-]{1,64}", "at most 64 letters, digits, hyphens and dots"),
        "instant": (rf"{_FULL_DAY}T{_CLOCK}{_ZONE}", "a moment with seconds and zone"),
        "markdown": (r"[\s\S]*\S[\s\S]*", "text"),
        "oid": (r"urn:oid:[0-2](\.(0|[1-9]\d*))+", "urn:oid: and an OID"),
        "string": (r"[\s\S]*\S[\s\S]*", "text that is more than blanks"),
        "time": (_CLOCK, "a time of day with seconds such as 10:00:00"),
        "uri": (r"\S+", "an address without spaces"),
        "url": (r"\S+", "an address without spaces"),
        "uuid": (r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "urn:uuid: and a UUID in small letters"),
        "xhtml": (r"\s*<div[\s\S]*</div>\s*", "an XHTML division"),
    }
)
_LEAST: Mapping[str, int] = MappingProxyType(
    {"integer": -(2**31), "unsignedInt": 0, "positiveInt": 1},
)
_MOST_INTEGER = 2**31 - 1
_MOST_TEXT = 1_048_576
_COMPILED = {name: re.compile(form) for name, (form, _) in _TEXTS.items()}
_DATES = frozenset({"date", "dateTime", "instant"})
_WHOLE_DATE = 10


def wrong_about(value: Any, kind: str) -> str:
    """Say what a simple value should be and is not; "" when it is as its type wants it."""
    if kind == "boolean":
        return "" if isinstance(value, bool) else "must be true or false"
    if kind == "decimal":
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return "" if is_number else "must be a number"
    if kind in _LEAST:
        return _wrong_whole(value, kind)
    return _wrong_text(value, kind)


def _wrong_whole(value: Any, kind: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return "must be a whole number"
    least = _LEAST[kind]
    return "" if least <= value <= _MOST_INTEGER else f"must be a whole number from {least} to {_MOST_INTEGER}"


def _wrong_text(value: Any, kind: str) -> str:
    form, words = _TEXTS.get(kind, _TEXTS["string"])
    if not isinstance(value, str):
        return f"must be {words}, as text in quotes"
    if len(value) > _MOST_TEXT:
        return "must not be longer than 1 MB"
    if not _COMPILED.get(kind, _COMPILED["string"]).fullmatch(value) or not form:
        return f"must be {words}"
    if kind in _DATES and len(value) >= _WHOLE_DATE and not _is_day(value[:_WHOLE_DATE]):
        return "must be a day of the calendar"
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

"""Angles as charts write them, in degrees: UCUM angles that convert exactly, and nothing assumed."""

import math
from types import MappingProxyType

from horehab.domain.range_of_motion import Bound
from horehab.fhir.basis.elements import Tree, child, number, word
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.terminology import UCUM

_DEGREES_PER = MappingProxyType(
    {"deg": 1.0, "rad": 180 / math.pi, "mrad": 0.18 / math.pi, "gon": 0.9, "'": 1 / 60, "''": 1 / 3600, "circ": 360.0}
)
_SPELLINGS = MappingProxyType(
    {
        **dict.fromkeys(("°", "º", "degree", "degrees", "degs", "degré", "degrés", "grado", "grados"), "deg"),
        **dict.fromkeys(("radian", "radians", "radianes", "radián"), "rad"),
    }
)


def is_angle(node: Tree) -> bool:
    """Say whether a value is given in a unit of angle, by code or in words."""
    quantity = child(node, "valueQuantity")
    return _unit(quantity, "code") in _DEGREES_PER or _unit(quantity, "unit") in _DEGREES_PER


def degrees_in(node: Tree, path: str) -> tuple[float, str]:
    """Read an angle in degrees, and the unit in which it was given; CannotRead without a number or a sure unit."""
    quantity = child(node, "valueQuantity")
    value = number(quantity, "value")
    if value is None:
        raise CannotRead("not-a-number", f"{path}.value", f"Found {str(quantity.get('value'))[:40]!r}.")
    code, unit = _unit(quantity, "code"), _unit(quantity, "unit")
    if not code and not unit:
        raise CannotRead("no-unit", path)
    given = code or unit
    system = word(quantity, "system")
    both_known = code in _DEGREES_PER and unit in _DEGREES_PER
    if given not in _DEGREES_PER or (both_known and code != unit) or (code and system not in (UCUM, None)):
        raise CannotRead("unit", path, f"Found code {code or 'none'!r} and unit {unit or 'none'!r}.")
    return value * _DEGREES_PER[given], given


def bound_in(node: Tree, path: str) -> Bound | None:
    """Read the comparator of a value; None when the value is exact; CannotRead for one that is none of four."""
    comparator = child(node, "valueQuantity").get("comparator")
    if comparator is None:
        return None
    try:
        return Bound(comparator)
    except ValueError as error:
        raise CannotRead("comparator", f"{path}.comparator", f"Found {str(comparator)[:20]!r}.") from error


def _unit(quantity: Tree, name: str) -> str:
    text = word(quantity, name) or ""
    return _SPELLINGS.get(text.lower(), text)

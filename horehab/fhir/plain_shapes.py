"""What the codes, words and units of a plain Observation mean: found by the tolerant translators, once for each."""

from dataclasses import dataclass
from typing import Any

from horehab.fhir import verbatim
from horehab.fhir.angles import degrees_in
from horehab.fhir.elements import own_reference
from horehab.fhir.observation import Reader, parts_of, reader_of
from horehab.fhir.occasion import Part, position_of
from horehab.fhir.plain import Component, PlainObservation, Quantity
from horehab.fhir.range_of_motion import Measured, is_in_our_code, measured_by, position_said, read_reading
from horehab.fhir.reading import understand
from horehab.fhir.references import own_key
from horehab.fhir.site import Site

Key = tuple[object, ...]
_SHAPING = ("code", "bodySite", "method", "extension", "referenceRange")


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """A range of motion, all but its number; `factor` is how many degrees its unit has."""

    measured: Measured
    factor: float
    unit: str
    position: str | None
    assumptions: tuple[str, ...]
    has_our_sign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How all Observations with the same codes, words and units are read.

    `reader` is None for what is none of our business. `part` holds what is the same in all of them. `angle` is
    set for a reading of range of motion.
    """

    reader: Reader | None = None
    part: Part | None = None
    position: str | None = None
    angle: Angle | None = None


def key_of(plain: PlainObservation) -> Key:
    """Name the shape of an Observation: all that decides how it is understood, but its circumstances and number."""
    return (
        bytes(plain.code),
        bytes(plain.body_site),
        bytes(plain.method),
        bytes(plain.extension),
        bytes(plain.reference_range),
        _value(plain),
        tuple([(bytes(each.code), _value(each)) for each in plain.component]) if plain.component else (),
    )


def _value(node: PlainObservation | Component) -> tuple[object, ...]:
    """Name the form of a value: its unit, and which kind of value it is."""
    quantity = node.value_quantity
    if quantity is not None:
        return _unit(quantity)
    return ("number",) if node.value_integer is not None else ()


def _unit(quantity: Quantity) -> tuple[str | None, ...]:
    return quantity.code, quantity.unit, quantity.system, quantity.comparator


def shape_of(source: bytes, site: Site) -> Shape | None:
    """Find out how an Observation and all of its shape are read; None when each has to be read by itself.

    NotJson or CannotRead where the tolerant translators could not read this one either.
    """
    tree = verbatim.read(source)
    parts = [(part, reader_of(part)) for part in parts_of(tree, site)]
    if all(reader is None for _, reader in parts):
        return Shape() if _is_nothing(tree, source, site) else None
    part, reader = parts[0]
    if len(parts) > 1 or reader is None or part.refusal or own_key({"extension": tree.get("extension")}):
        return None
    part.refuse_other_side()
    position = position_of(tree)
    if reader is not read_reading:
        return Shape(reader=reader, part=part, position=position)
    return Shape(reader=reader, part=part, position=position, angle=_angle(tree, part, position))


def _is_nothing(tree: dict[str, Any], source: bytes, site: Site) -> bool:
    """Say whether an Observation tells us nothing at all, not even a code that somebody should map."""
    item = understand({**tree, "subject": {"reference": "Patient/1"}}, source, site)
    return item.reference == own_reference(tree) and not (
        item.facts or item.unreadable or item.unread or item.own_key
    )


def _angle(tree: dict[str, Any], part: Part, position: str | None) -> Angle | None:
    if not isinstance(tree.get("valueQuantity"), dict) or tree["valueQuantity"].get("comparator") is not None:
        return None
    one = {"valueQuantity": {**tree["valueQuantity"], "value": 1.0}}
    factor, unit = degrees_in(one, "valueQuantity")
    return Angle(
        measured=measured_by(part),
        factor=factor,
        unit=unit,
        position=position_said(part, position),
        assumptions=part.assumptions,
        has_our_sign=is_in_our_code(part),
    )


def node_of(part: Part, plain: PlainObservation) -> dict[str, Any]:
    """Write an Observation of a known shape as the translators take it: the shape's words with its own value."""
    node = {name: part.node[name] for name in _SHAPING if name in part.node}
    quantity = plain.value_quantity
    if quantity is not None:
        words = zip(("code", "unit", "system", "comparator"), _unit(quantity), strict=True)
        node["valueQuantity"] = {"value": quantity.value, **{name: word for name, word in words if word is not None}}
    others = {
        "valueInteger": plain.value_integer,
        "valueBoolean": plain.value_boolean,
        "valueString": plain.value_string,
        "valueCodeableConcept": plain.value_codeable_concept,
    }
    return node | {name: value for name, value in others.items() if value is not None}

"""How the imagined hospitals of the demo code a range of motion: in several ways, each known to the reader."""

from enum import Enum
from functools import cache

from horehab.demo.body import read_toml
from horehab.demo.story import Resource
from horehab.domain.joints import JointSide, Motion
from horehab.domain.range_of_motion import Mode

CANONICAL = "https://horehab.org/fhir"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"

Value = tuple[JointSide, Motion, Mode, int]
"""One measured value: place, motion, mode, whole degrees."""


class Coding(Enum):
    """A hospital's habit: LOINC with the side, LOINC with a body site, panels, or horehab's own profile."""

    LOINC_SIDED = "loinc sided"
    LOINC_SITE = "loinc and body site"
    PANEL_BY_JOINT = "panel by joint"
    PANEL = "one panel"
    OWN_PROFILE = "own profile"


def body_site(place: JointSide) -> Resource:
    """Code a joint and side."""
    return {"coding": [coding_of(str(place))], "text": str(place)}


def coding_of(name: str) -> Resource:
    """Give what codes.toml calls so, as a coding; KeyError."""
    return dict(_codings()[name])


@cache
def _codings() -> dict[str, Resource]:
    table = read_toml("codes.toml")
    systems = {"snomed": SNOMED, "loinc": LOINC}
    return {name: {"system": systems[k]} | code for k in systems for name, code in table[k].items()}


def degrees_of(value: int) -> Resource:
    """Write an angle with its unit."""
    return {"value": value, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}


@cache
def _loinc() -> dict[str, str]:
    motions: dict[str, str] = read_toml("codes.toml")["motion"]
    return motions


def _loinc_concept(value: Value, *, with_side: bool) -> Resource:
    place, motion, mode, _ = value
    side = place.side.value if with_side else "no"
    code = _loinc()[f"{side} {place.joint.value} {motion.value} {mode.value}"]
    text = f"{place if with_side else place.joint.value} {motion.value}, {mode.value}"
    return {"coding": [{"system": LOINC, "code": code}], "text": text}


def _slug(*words: str) -> str:
    return "-".join("-".join(words).split())


def observations(coding: Coding, values: list[Value]) -> list[tuple[str, Resource]]:
    """Code what was measured at one visit; each with the tail of its id, the rest is added by the caller."""
    match coding:
        case Coding.LOINC_SIDED:
            return [(_tail(v), {"code": _loinc_concept(v, with_side=True)} | _value(v)) for v in values]
        case Coding.LOINC_SITE:
            return [
                (_tail(v), {"code": _loinc_concept(v, with_side=False), "bodySite": body_site(v[0])} | _value(v))
                for v in values
            ]
        case Coding.OWN_PROFILE:
            return [(_tail(v), _own(v)) for v in values]
        case Coding.PANEL_BY_JOINT:
            return _panels_by_joint(values)
        case Coding.PANEL:
            return _panels(values)


def _tail(value: Value) -> str:
    place, motion, mode, _ = value
    return _slug(str(place), motion.value, mode.value)


def _value(value: Value) -> Resource:
    return {"valueQuantity": degrees_of(value[3])}


def _own(value: Value) -> Resource:
    place, motion, mode, _ = value
    own = {"system": f"{CANONICAL}/CodeSystem/horehab-joint-motion", "code": _slug(place.joint.value, motion.value)}
    concept = {"coding": [coding_of("range of motion"), own], "text": f"{place} {motion.value}"}
    extension = {"url": f"{CANONICAL}/StructureDefinition/rom-mode", "valueCode": mode.value}
    return {"extension": [extension], "code": concept, "bodySite": body_site(place)} | _value(value)


def _panels_by_joint(values: list[Value]) -> list[tuple[str, Resource]]:
    """One Observation for each joint and mode, its motions as components without side."""
    rows: dict[tuple[JointSide, Mode], list[Value]] = {}
    for value in values:
        rows.setdefault((value[0], value[2]), []).append(value)
    return [
        (
            _slug(str(place), mode.value),
            {
                "code": {
                    "coding": [coding_of("range of motion, a joint's panel")],
                    "text": f"{mode.value} range of motion, {place}",
                },
                "bodySite": body_site(place),
                "component": [{"code": _loinc_concept(v, with_side=False)} | _value(v) for v in row],
            },
        )
        for (place, mode), row in rows.items()
    ]


def _panels(values: list[Value]) -> list[tuple[str, Resource]]:
    """One Observation for all that was measured in one mode, each component with its side."""
    found = []
    for mode in (Mode.ACTIVE, Mode.PASSIVE):
        row = [v for v in values if v[2] is mode]
        if row:
            concept = {
                "coding": [coding_of(f"{mode.value} panel")],
                "text": f"{mode.value} range of motion panel",
            }
            components = [{"code": _loinc_concept(v, with_side=True)} | _value(v) for v in row]
            found.append((f"panel-{mode.value}", {"code": concept, "component": components}))
    return found

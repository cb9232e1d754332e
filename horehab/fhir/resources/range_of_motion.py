"""One range-of-motion reading: how charts code it, and how we write it."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from horehab.domain.joints import MOTIONS, Joint, Motion, Side
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.fhir.basis.elements import Tree, children, value_given
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import JOINT_MOTION, LOINC, SNOMED
from horehab.fhir.resources.angles import bound_in, degrees_in, is_angle
from horehab.fhir.resources.occasion import Occasion, Part

_OPPOSITE = MappingProxyType(
    {
        None: None,
        Bound.LESS_THAN: Bound.MORE_THAN,
        Bound.AT_MOST: Bound.AT_LEAST,
        Bound.AT_LEAST: Bound.AT_MOST,
        Bound.MORE_THAN: Bound.LESS_THAN,
    }
)
_MOST_RADIANS = 3.2
_SMALL_MOTIONS = frozenset({(Joint.KNEE, Motion.EXTENSION), (Joint.ELBOW, Motion.EXTENSION)})
"""Motions in which a few degrees are usual, so that a small number is no sign of radians (clinical.md section 3)."""
_NO_JOINT_TURNS_FURTHER = 200.0

Word = TypeVar("Word", Joint, Motion, Mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a reading measures: which motion of which joint, and who moved it."""

    joint: Joint
    side: Side
    motion: Motion
    mode: Mode


def is_reading(part: Part) -> bool:
    """Say whether a part is a reading of range of motion, by its codes alone."""
    return part.says.is_range or bool(part.says.motions and part.says.joints)


def is_unmapped_angle(part: Part) -> bool:
    """Say whether a part is an angle under nothing but local codes that the site's map does not explain."""
    if not is_angle(part.node):
        return False
    return bool(part.says.joints) or not any(system in (LOINC, SNOMED) for system, _ in part.codings)


def unmapped(part: Part) -> CannotRead:
    """Set an angle under an unknown code aside, so that somebody can map the code."""
    found = ", ".join("|".join(coding) for coding in part.codings) or "words only"
    return CannotRead("code-not-mapped", part.at("code"), f"Found {found[:120]}.")


def read_reading(part: Part, occasion: Occasion, site: Site) -> tuple[Reading, ...]:
    """Read one reading; nothing when the chart says that there is no value; CannotRead when it cannot be sure."""
    if part.node.get("dataAbsentReason"):
        return ()
    if not isinstance(part.node.get("valueQuantity"), dict):
        return _without_value(part)
    measured = measured_by(part)
    degrees, bound, unit = _value(part, occasion, site, measured)
    reading = Reading(
        source=part.of(occasion),
        joint=measured.joint,
        side=measured.side,
        motion=measured.motion,
        mode=measured.mode,
        degrees=degrees,
        bound=bound,
        when=occasion.when,
        known_on=occasion.known_on,
        rater=occasion.rater,
        device=occasion.device,
        position=position_said(part, occasion.position),
        session=occasion.session,
        assumptions=(*occasion.assumptions, *part.assumptions),
        unit=unit,
    )
    return (reading,)


def measured_by(part: Part) -> Measured:
    """Say which motion of which joint was measured how, by codes and words; CannotRead where that is not sure."""
    joint, motion = _motion(part)
    if len(part.says.sides) != 1:
        raise CannotRead("sides-disagree" if part.says.sides else "no-side", part.at("bodySite"))
    mode = _one(part.says.modes, part, "modes-disagree") or Mode.UNKNOWN
    return Measured(joint=joint, side=next(iter(part.says.sides)), motion=motion, mode=mode)


def position_said(part: Part, coded: str | None) -> str | None:
    """Name the position of the body by what was coded and what was said in words; CannotRead where they differ."""
    if part.position and coded and part.position != coded:
        raise CannotRead("positions-disagree", part.at("code"), f"Found {coded[:40]} and {part.position}.")
    return part.position or coded


def _without_value(part: Part) -> tuple[Reading, ...]:
    if any(part.node.get(name) for name in ("component", "hasMember")):
        return ()
    given = value_given(part.node)
    if given:
        raise CannotRead("not-a-number", part.at(given))
    raise CannotRead("no-value", part.at("value[x]"))


def _motion(part: Part) -> tuple[Joint, Motion]:
    joint = _one(part.says.joints, part, "joints-disagree")
    motion = _one(part.says.motions, part, "motions-disagree")
    if joint is None:
        raise CannotRead("no-joint", part.at("bodySite"))
    if motion is None:
        raise CannotRead("no-motion", part.at("code"))
    if motion not in MOTIONS[joint]:
        raise CannotRead("no-such-motion", part.at("code"), f"Found {joint.value} {motion.value}.")
    return joint, motion


def _one(said: Collection[Word], part: Part, disagreement: str) -> Word | None:
    if len(said) > 1:
        names = ", ".join(sorted(each.value for each in said))
        raise CannotRead(disagreement, part.at("code"), f"Found {names}.")
    return next(iter(said), None)


def _value(part: Part, occasion: Occasion, site: Site, measured: Measured) -> tuple[float, Bound | None, str]:
    # An exact conversion and the sign that the site has set are no assumptions.
    path = part.at("valueQuantity")
    degrees, unit = degrees_in(part.node, path)
    bound = bound_in(part.node, path)
    has_our_sign = occasion.is_ours or has_our_code(part.node)
    degrees, is_turned = settled((degrees, unit), measured, has_our_sign=has_our_sign, site=site, path=path)
    return degrees, _OPPOSITE[bound] if is_turned else bound, unit


def settled(
    given: tuple[float, str], measured: Measured, *, has_our_sign: bool, site: Site, path: str
) -> tuple[float, bool]:
    """Give an angle in our sign, and whether it was turned round for that; CannotRead where it cannot be one.

    `given` is in degrees, with the unit in which the chart gives it.
    """
    degrees, unit = given
    motion = (measured.joint, measured.motion)
    _refuse_radians(degrees, unit, motion, path)
    is_turned = False
    if motion in _SMALL_MOTIONS and degrees > 0 and not has_our_sign:
        if site.extension_sign == "ask":
            raise CannotRead("extension-sign", path, f"Found {degrees:g}.")
        is_turned = site.extension_sign == "deficit"
    degrees = -degrees if is_turned else degrees
    least, most = site.limits.get(motion, (-_NO_JOINT_TURNS_FURTHER, _NO_JOINT_TURNS_FURTHER))
    if not least <= degrees <= most:
        raise CannotRead("limits", path, f"Found {degrees:g} degrees; possible are {least:g} to {most:g}.")
    return degrees, is_turned


def has_our_code(node: Tree) -> bool:
    """Say whether a part bears our own code, whose convention is that a deficit is negative."""
    concepts = children(node, "code")
    return any(coding.get("system") == JOINT_MOTION for concept in concepts for coding in children(concept, "coding"))


def _refuse_radians(degrees: float, unit: str, measured: tuple[Joint, Motion], path: str) -> None:
    is_small = abs(degrees) <= _MOST_RADIANS and not math.isclose(degrees, round(degrees), abs_tol=1e-9)
    if unit == "deg" and is_small and measured not in _SMALL_MOTIONS:
        raise CannotRead("radians", path, f"Found {degrees:g} degrees.")

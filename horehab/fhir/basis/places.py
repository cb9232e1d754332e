"""Joints with their sides, as charts code them: read from body sites, written as body sites."""

from collections.abc import Iterable
from typing import Any

from fhir_profiles import uses
from horehab.domain.joints import Joint, JointSide, Side
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import Tree, children
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import Meaning, codings, meaning

_BY_WORDS = dict(uses("body site"))
_SIDED: dict[JointSide, Coding] = {
    JointSide(joint=joint, side=side): _BY_WORDS[f"{joint.value} {side.value}"]
    for joint in Joint
    for side in Side
    if f"{joint.value} {side.value}" in _BY_WORDS
}
_UNSIDED: dict[Joint, Coding] = {Joint(word): coding for word, coding in uses("joint")}
_SIDES: dict[Side, Coding] = {Side(word): coding for word, coding in uses("side")}


def written_place(place: JointSide, site: Site) -> dict[str, Any]:
    """Write a joint and side as one body site: a code that holds the side, else a code and the side beside it."""
    coding = site.body_sites.get(place) or _SIDED.get(place)
    if coding:
        return {"coding": [coded(coding)], "text": str(place)}
    side = {"url": ours.LATERALITY, "valueCodeableConcept": {"coding": [coded(_SIDES[place.side])]}}
    return {"extension": [side], "coding": [coded(_UNSIDED[place.joint])], "text": str(place)}


def coded(coding: Coding) -> dict[str, str]:
    """Write a coding; a display is left to the server, since ours could be out of date."""
    return {"system": coding[0], "code": coding[1]}


def said_of(concept: Tree, site: Site) -> Meaning:
    """Put together what one body site says of joint and side, its laterality in an extension included."""
    beside = [
        value for extension in children(concept, "extension") for value in children(extension, "valueCodeableConcept")
    ]
    return meaning(codings([concept, *beside], site))


def place_of(says: Meaning) -> JointSide | None:
    """Name the one joint and the one side that codes name; None when either is missing or not one."""
    if len(says.joints) != 1 or len(says.sides) != 1:
        return None
    return JointSide(joint=next(iter(says.joints)), side=next(iter(says.sides)))


def places_of(concepts: Iterable[Tree], site: Site) -> tuple[JointSide, ...]:
    """List the places that several body sites name, both sides where they say both, each place once."""
    found: dict[JointSide, None] = {}
    for concept in concepts:
        says = said_of(concept, site)
        for joint in says.joints:
            for side in Side:
                if side in says.sides:
                    found[JointSide(joint=joint, side=side)] = None
    return tuple(found)

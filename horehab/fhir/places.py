"""Joints with their sides, as charts code them: read from body sites, written as body sites."""

from collections.abc import Iterable
from typing import Any

from horehab.domain.joints import Joint, JointSide, Side
from horehab.fhir import ours
from horehab.fhir.elements import Tree, children
from horehab.fhir.site import Coding, Site
from horehab.fhir.terminology import SNOMED, Meaning, codings, meaning

_SIDED: dict[JointSide, Coding] = {
    JointSide(joint=joint, side=side): (SNOMED, code)
    for joint, side, code in (
        (Joint.HIP, Side.LEFT, "287679003"),
        (Joint.HIP, Side.RIGHT, "287579007"),
        (Joint.KNEE, Side.LEFT, "82169009"),
        (Joint.KNEE, Side.RIGHT, "6757004"),
        (Joint.SHOULDER, Side.LEFT, "91775009"),
        (Joint.SHOULDER, Side.RIGHT, "91774008"),
        (Joint.ELBOW, Side.LEFT, "368148009"),
        (Joint.ELBOW, Side.RIGHT, "368149001"),
    )
}
_UNSIDED: dict[Joint, Coding] = {Joint.WRIST: (SNOMED, "8205005"), Joint.ANKLE: (SNOMED, "344001")}
_SIDES: dict[Side, Coding] = {Side.LEFT: (SNOMED, "7771000"), Side.RIGHT: (SNOMED, "24028007")}


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

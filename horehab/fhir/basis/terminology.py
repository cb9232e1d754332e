"""What codes mean here: each coding that we understand, as joint, side, motion and mode; and our code systems."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from fhir_profiles import CANONICAL, Code, codes, uses
from horehab.domain.joints import MOTIONS, Joint, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.fhir.basis.elements import Tree, children, word
from horehab.fhir.basis.site import Coding, Site

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SIGN = f"{CANONICAL}/CodeSystem/horehab-sign"
JOINT_MOTION = f"{CANONICAL}/CodeSystem/horehab-joint-motion"
SESSION_TYPE = f"{CANONICAL}/CodeSystem/horehab-session-type"
TASK = f"{CANONICAL}/CodeSystem/horehab-task"
EXPOSURE = f"{CANONICAL}/CodeSystem/horehab-exposure"
ROM_MODE = f"{CANONICAL}/CodeSystem/rom-mode"
RANGE_OF_MOTION: Coding = uses("range of motion")[0][1]

_JOINT_WORDS = {
    "hip": Joint.HIP, "knee": Joint.KNEE, "knees": Joint.KNEE, "shoulder": Joint.SHOULDER,
    "glenohumeral": Joint.SHOULDER, "elbow": Joint.ELBOW, "wrist": Joint.WRIST, "ankle": Joint.ANKLE,
}  # fmt: skip
_SIDE_WORDS = {
    "left": frozenset({Side.LEFT}), "right": frozenset({Side.RIGHT}),
    "both": frozenset(Side), "bilateral": frozenset(Side),
}  # fmt: skip
_SIDES_IN_WORDS = {
    Side.LEFT: re.compile(r"\b(left|izquierd[oa]|gauche|links)\b", re.IGNORECASE),
    Side.RIGHT: re.compile(r"\b(right|derech[oa]|droite?|rechts)\b", re.IGNORECASE),
}
_ROM_ROW = re.compile(r"ROM (\w+)(?: - (left|right))? (.+) (Active|Passive)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What codes say of a movement; two in one field disagree. `is_range`: a range of motion was measured."""

    joints: frozenset[Joint] = frozenset()
    sides: frozenset[Side] = frozenset()
    motions: frozenset[Motion] = frozenset()
    modes: frozenset[Mode] = frozenset()
    is_range: bool = False

    def __or__(self, other: "Meaning") -> "Meaning":
        """Take what both say together."""
        return Meaning(
            joints=self.joints | other.joints,
            sides=self.sides | other.sides,
            motions=self.motions | other.motions,
            modes=self.modes | other.modes,
            is_range=self.is_range or other.is_range,
        )


NOTHING = Meaning()


def codings(concepts: Iterable[Tree], site: Site) -> tuple[Coding, ...]:
    """List the codings of some coded concepts, each followed by what the site's map says that it means.

    A text that the map explains (as a code without system) counts as if its explanation stood there.
    """
    found: list[Coding] = []
    for concept in concepts:
        for coding in children(concept, "coding"):
            code = word(coding, "code")
            if code:
                own = (word(coding, "system") or "", code)
                found += [own, *site.concept_map.get(own, ())]
        found += site.concept_map.get(("", word(concept, "text") or ""), ())
    return tuple(found)


def meaning(found: Iterable[Coding]) -> Meaning:
    """Put together what some codings say of a movement; codings that say nothing of it add nothing."""
    table = meanings()
    together = NOTHING
    for coding in found:
        together |= table.get(coding, NOTHING)
    return together


@cache
def meanings() -> Mapping[Coding, Meaning]:
    """List every coding that says something of joint, side, motion or mode, and what it says."""
    table = {(row.system, row.code): _of_row(row) for row in codes()}
    table[RANGE_OF_MOTION] = Meaning(is_range=True)
    for joint, motions in MOTIONS.items():
        for motion in motions:
            coding = joint_motion(joint, motion)
            table[coding] = Meaning(joints=frozenset({joint}), motions=frozenset({motion}), is_range=True)
    for mode in Mode:
        if mode is not Mode.UNKNOWN:
            table[ROM_MODE, mode.value] = Meaning(modes=frozenset({mode}))
    return MappingProxyType({coding: says for coding, says in table.items() if says != NOTHING})


def joint_motion(joint: Joint, motion: Motion) -> Coding:
    """Name a motion of a joint in our own code system: "hip-internal-rotation"."""
    return JOINT_MOTION, f"{joint.value}-{motion.value.replace(' ', '-')}"


@cache
def coded(concept: str) -> Mapping[Coding, Code]:
    """List the codes of one concept of codes.csv, by coding."""
    return MappingProxyType({(row.system, row.code): row for row in codes() if row.concept == concept})


@cache
def loinc_to_write() -> Mapping[tuple[Joint, Side | None, Motion, Mode], Code]:
    """List the LOINC codes of range of motion that are sure enough to be written."""
    table: dict[tuple[Joint, Side | None, Motion, Mode], Code] = {}
    for row in codes():
        says = _of_row(row)
        if row.is_sure and says.is_range and says.motions and row.system == LOINC:
            side = next(iter(says.sides), None)
            table[next(iter(says.joints)), side, next(iter(says.motions)), next(iter(says.modes))] = row
    return MappingProxyType(table)


def places_named(words: str) -> tuple[frozenset[Joint], frozenset[Side]]:
    """Find the joints and sides that an official display names: "Structure of left knee region"."""
    named = re.findall(r"[a-z]+", words.lower())
    joints = frozenset(_JOINT_WORDS[name] for name in named if name in _JOINT_WORDS)
    sides: frozenset[Side] = frozenset().union(*(_SIDE_WORDS[name] for name in named if name in _SIDE_WORDS))
    return joints, sides


def sides_worded(concepts: Iterable[Tree]) -> frozenset[Side]:
    """Find the sides that the words of some coded concepts name, in English, Spanish, French or German."""
    words = [
        text
        for concept in concepts
        for text in (word(concept, "text"), *(word(coding, "display") for coding in children(concept, "coding")))
        if text
    ]
    return frozenset(side for side, named in _SIDES_IN_WORDS.items() if any(named.search(text) for text in words))


def _of_row(row: Code) -> Meaning:
    if row.concept in ("body site", "body site with side", "laterality"):
        joints, sides = places_named(row.display)
        return Meaning(joints=joints, sides=sides)
    if row.concept == "movement direction":
        return Meaning(motions=frozenset({Motion(row.display.lower())}))
    if row.concept.endswith("ROM panel"):
        return Meaning(modes=frozenset({Mode(row.concept.split()[0])}), is_range=True)
    if row.concept == "passive movement (method)":
        return Meaning(modes=frozenset({Mode.PASSIVE}))
    match = _ROM_ROW.fullmatch(row.concept)
    return _of_match(match) if match else NOTHING


def _of_match(match: re.Match[str]) -> Meaning:
    joint, side, motion, mode = (part.lower() if part else "" for part in match.groups())
    if motion not in {known.value for known in Motion}:
        return NOTHING
    return Meaning(
        joints=frozenset({Joint(joint)}),
        sides=frozenset({Side(side)} if side else ()),
        motions=frozenset({Motion(motion)}),
        modes=frozenset({Mode(mode)}),
        is_range=True,
    )

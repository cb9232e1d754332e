"""How a simulated ward codes what it measured of a joint: LOINC in four habits, local codes with words, or words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from benchmarks.detection.emit_words import LANGUAGES, orders, worded_motion
from benchmarks.detection.story import Measurement
from fhir_profiles import codes
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
LOCAL = "https://hospital.example/codes"
CODINGS = ("loinc", "local", "text")

Resource = dict[str, Any]

_SIDED, _SITED, _BY_JOINT, _PANEL = range(4)
_RANGE = {"system": SNOMED, "code": "364564000", "display": "Range of joint movement"}
_PANELS = {Mode.ACTIVE: "41359-1", Mode.PASSIVE: "41360-9"}
_SHORT_MODES = {Mode.PASSIVE: "PROM", Mode.ACTIVE: "AROM", Mode.ACTIVE_ASSISTED: "AAROM"}
_SHORT_MOTIONS = {
    Motion.FLEXION: "FLEX", Motion.EXTENSION: "EXT", Motion.ABDUCTION: "ABD", Motion.ADDUCTION: "ADD",
    Motion.INTERNAL_ROTATION: "IR", Motion.EXTERNAL_ROTATION: "ER",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How the ward of one patient writes: its coding, which of the four LOINC habits, language, and word order.

    `has_site` says whether local codes and words come with a coded body site beside them.
    """

    coding: str
    style: int
    language: str
    order: int
    has_site: bool


def habit_of(key: str, coding: str) -> Habit:
    """Give the habit of the ward that a patient lies on; the same patient and coding always give the same."""
    if coding not in CODINGS:
        message = f"The coding {coding!r} is none of {', '.join(CODINGS)}."
        raise ValueError(message)
    dice = sha256(f"{key}/{coding}".encode()).digest()
    language = LANGUAGES[dice[1] % len(LANGUAGES)]
    return Habit(
        coding=coding,
        style=dice[0] % 4,
        language=language,
        order=dice[2] % orders(language),
        has_site=coding == "local" and dice[3] % 2 == 0,
    )


def motions(habit: Habit, measured: Sequence[Measurement]) -> list[tuple[str, Resource]]:
    """Code what was measured on one occasion by one rater; each with an id, the circumstances are added by `emit`."""
    if habit.coding != "loinc":
        return [(each.id, _worded(habit, each)) for each in measured]
    plain = [each for each in measured if not _has_loinc(each)]
    coded = [each for each in measured if _has_loinc(each)]
    found = [(each.id, _without_loinc(habit, each)) for each in plain]
    if habit.style == _SIDED:
        return found + [(each.id, _concept(each, with_side=True) | angle(each)) for each in coded]
    if habit.style == _SITED:
        return found + [(each.id, _concept(each, with_side=False) | site(each.place) | angle(each)) for each in coded]
    by_joint = habit.style == _BY_JOINT
    return found + [_panel(row, by_joint=by_joint) for row in _rows(coded, by_joint=by_joint)]


def angle(measured: Measurement) -> Resource:
    """Write an angle in the unit in which it was entered."""
    unit = measured.unit
    return {"valueQuantity": {"value": measured.value, "unit": unit, "system": UCUM, "code": unit}}


def site(place: JointSide) -> Resource:
    """Code a joint and side as a body site that holds the side."""
    code, display = _sites()[place]
    return {"bodySite": {"coding": [{"system": SNOMED, "code": code, "display": display}]}}


def _has_loinc(measured: Measurement) -> bool:
    return measured.mode is not None and (measured.place.joint, None, measured.motion, measured.mode) in _loinc()


def _concept(measured: Measurement, *, with_side: bool) -> Resource:
    side = measured.place.side if with_side else None
    assert measured.mode is not None, "only readings with a mode have a LOINC code"
    code = _loinc()[measured.place.joint, side, measured.motion, measured.mode]
    return {"code": {"coding": [{"system": LOINC, "code": code[0], "display": code[1]}]}}


def _without_loinc(habit: Habit, measured: Measurement) -> Resource:
    """A motion that LOINC has no code for, or one without a mode: the direction by SNOMED CT and the ward's words."""
    if measured.mode is not None and measured.mode is not Mode.UNKNOWN:
        return _worded(habit, measured)
    words = worded_motion(habit.language, habit.order, measured.place, measured.motion, None)
    code = {"coding": [_RANGE, {"system": SNOMED, "code": _directions()[measured.motion]}], "text": words}
    return {"code": code} | site(measured.place) | angle(measured)


def _worded(habit: Habit, measured: Measurement) -> Resource:
    words = worded_motion(habit.language, habit.order, measured.place, measured.motion, measured.mode)
    code: Resource = {"text": words}
    if habit.coding != "text":
        code["coding"] = [{"system": LOCAL, "code": _local(measured)}]
    around = site(measured.place) if habit.has_site else {}
    return {"code": code} | around | angle(measured)


def _local(measured: Measurement) -> str:
    mode = _SHORT_MODES.get(measured.mode, "ROM") if measured.mode else "ROM"
    motion = _SHORT_MOTIONS.get(measured.motion, measured.motion.value.upper().replace(" ", "-"))
    return f"{mode}-{measured.place.joint.value.upper()}-{motion}-{measured.place.side.value[0].upper()}"


def _rows(measured: Iterable[Measurement], *, by_joint: bool) -> list[list[Measurement]]:
    """Gather what stands in one panel; what is entered twice stands in a second one."""
    rows: dict[tuple[object, ...], list[Measurement]] = {}
    for each in measured:
        copy = 0
        while True:
            row = rows.setdefault((each.mode, each.place if by_joint else None, copy), [])
            if all((other.place, other.motion) != (each.place, each.motion) for other in row):
                row.append(each)
                break
            copy += 1
    return list(rows.values())


def _panel(row: Sequence[Measurement], *, by_joint: bool) -> tuple[str, Resource]:
    first = row[0]
    assert first.mode is not None, "only readings with a mode stand in panels"
    components = [_concept(each, with_side=not by_joint) | angle(each) for each in row]
    if by_joint:
        text = f"{first.mode.value} range of motion, {first.place}"
        return first.id, {"code": {"coding": [_RANGE], "text": text}, "component": components} | site(first.place)
    panel = {"coding": [{"system": LOINC, "code": _PANELS[first.mode]}]} if first.mode in _PANELS else {}
    return first.id, {"code": panel | {"text": f"{first.mode.value} range of motion panel"}, "component": components}


@cache
def _loinc() -> dict[tuple[Joint, Side | None, Motion, Mode], tuple[str, str]]:
    """Take the codes by their own English displays: "ROM Hip - left Flexion Passive"."""
    table: dict[tuple[Joint, Side | None, Motion, Mode], tuple[str, str]] = {}
    rows = {row.concept: (row.code, row.display) for row in codes() if row.system == LOINC}
    for joint in Joint:
        for motion in Motion:
            for mode in Mode:
                for side in (None, *Side):
                    beside = f" - {side.value}" if side else ""
                    name = f"ROM {joint.value.title()}{beside} {motion.value.capitalize()} {mode.value.capitalize()}"
                    if name in rows:
                        table[joint, side, motion, mode] = rows[name]
    return table


@cache
def _directions() -> dict[Motion, str]:
    rows = {row.display.lower(): row.code for row in codes() if row.concept == "movement direction"}
    return {motion: rows[motion.value] for motion in Motion if motion.value in rows}


@cache
def _sites() -> dict[JointSide, tuple[str, str]]:
    rows = [row for row in codes() if row.concept == "body site with side"]
    return {
        JointSide(joint=joint, side=side): (row.code, row.display)
        for row in rows
        for joint in Joint
        for side in Side
        if {joint.value, side.value} <= set(row.display.lower().split())
    }

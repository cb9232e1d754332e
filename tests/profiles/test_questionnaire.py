"""The Questionnaire of a session has a row for every motion, left beside right; each answer knows its place."""

from collections.abc import Iterator
from typing import Any

from fhir_profiles import CANONICAL, load
from horehab.domain.joints import MOTIONS, Side
from horehab.fhir.basis.terminology import JOINT_MOTION, joint_motion

Item = dict[str, Any]
FORM = load("horehab-rom-session", "Questionnaire")


def _items(items: list[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _items(item.get("item", []))


def _fixed(item: Item, path: str) -> Any:
    for extension in item["extension"]:
        parts = {part["url"]: part for part in extension.get("extension", ())}
        if parts.get("definition", {}).get("valueUri", "").endswith(path) and "fixed-value" in parts:
            return next(value for name, value in parts["fixed-value"].items() if name.startswith("value"))
    raise AssertionError(path)


def test_each_motion_has_a_row_with_left_beside_right() -> None:
    rows = [item for item in _items(FORM["item"]) if item.get("code") and item["type"] == "group"]
    wanted = [joint_motion(joint, motion) for joint, ways in MOTIONS.items() for motion in ways]
    assert [(row["code"][0]["system"], row["code"][0]["code"]) for row in rows] == wanted * 2
    for row in rows:
        assert [cell["text"].lower() for cell in row["item"]] == [side.value for side in Side]


def test_every_link_is_named_once() -> None:
    links = [item["linkId"] for item in _items(FORM["item"])]
    assert len(links) == len(set(links))


def test_every_answer_goes_to_an_element_of_a_profile_that_there_is() -> None:
    for item in _items(FORM["item"]):
        if item["type"] == "group":
            continue
        url, _, path = item["definition"].partition("#")
        kind, *rest = path.split(".")
        assert load(url)["type"] == kind
        assert rest


def test_an_angle_says_joint_side_motion_and_mode() -> None:
    cells = {item["linkId"]: item for item in _items(FORM["item"])}
    cell = cells["passive.hip.internal-rotation.left"]
    concept = _fixed(cell, "#Observation.code")
    assert {"system": JOINT_MOTION, "code": "hip-internal-rotation"} in concept["coding"]
    assert _fixed(cell, "#Observation.bodySite")["text"] == "left hip"
    assert _fixed(cell, "rom-mode#Extension.value[x]") == "passive"
    assert cell["definition"] == f"{CANONICAL}/StructureDefinition/horehab-rom#Observation.valueQuantity"

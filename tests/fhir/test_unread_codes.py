"""Which local codes are offered for mapping, with what, and that each meaning survives being written as codes."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.joints import MOTIONS, Joint, Motion, Side
from horehab.domain.laboratory import Analyte
from horehab.domain.local_code import MODES, CodeMeaning, LocalCode, UnreadCode, joint_with, meaning_of
from horehab.domain.signs import SignKind
from horehab.fhir.reading import understand
from horehab.fhir.resources.code_map_file import from_concept_map, to_concept_map
from horehab.fhir.resources.local_codes import codings_of, meaning_in, spoken
from tests.fhir.charts import SITE

SYSTEM = "urn:ward"
DEGREES = {"value": 88, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}


def unread(code: dict[str, Any], **content: Any) -> tuple[UnreadCode, ...]:
    resource = {
        "resourceType": "Observation",
        "id": "1",
        "status": "final",
        "code": code,
        "subject": {"reference": "Patient/ana"},
        "effectiveDateTime": "2026-01-05",
        "valueQuantity": DEGREES,
    } | content
    return understand({name: value for name, value in resource.items() if value is not None}, b"{}", SITE).unread


def local(code: str = "X1", display: str = "") -> dict[str, Any]:
    coding = {"system": SYSTEM, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]}


@pytest.mark.parametrize(
    ("code", "offered", "why"),
    [
        (local(), "", "code-not-mapped"),
        (local("X1", "hip flexion passive"), "hip-flexion-passive", "no-side"),
        (local("X1", "goal left knee extension"), "knee-extension-left", "words-in-doubt"),
        ({"text": "left hip"}, "hip-left", "no-motion"),
        (local("X1", "knee internal rotation left"), "knee-left", "no-such-motion"),
    ],
)
def test_an_angle_that_is_not_read_is_listed_with_what_its_words_say(
    code: dict[str, Any], offered: str, why: str
) -> None:
    (found,) = unread(code)
    named = code["coding"][0] if "coding" in code else {"code": code["text"]}
    assert found.local == LocalCode(system=named.get("system", ""), code=named["code"])
    assert (found.offered, found.why, found.day) == (offered, why, date(2026, 1, 5))


def test_a_number_whose_words_name_a_motion_is_listed_though_it_is_left_alone() -> None:
    (found,) = unread(local("FX", "flexion"), valueQuantity={"value": 88})
    assert (found.offered, found.why) == ("flexion", "left-alone")
    (found,) = unread(local("FX", "knee circumference"), valueQuantity=None, valueInteger=44, effectiveDateTime="?")
    assert (found.offered, found.why, found.day) == ("knee", "left-alone", None)


@pytest.mark.parametrize(
    ("code", "content"),
    [
        (local("NA", "Sodium"), {"valueQuantity": {"value": 140, "unit": "mmol/L"}}),
        (local("X1", "passive left hip flexion"), {}),
        (local("X1", "left knee"), {"valueQuantity": None, "valueString": "swollen"}),
        ({"coding": [{"system": "http://loinc.org", "code": "8632-8"}]}, {}),
        (local("X1", "left hip flexion"), {"valueQuantity": {"value": 88}}),
        (local("X1", "hip flexion"), {"subject": None}),
        (local("X1", "hip flexion"), {"status": "entered-in-error"}),
        ({}, {}),
    ],
)
def test_what_is_read_or_not_ours_or_not_helped_by_a_mapping_is_not_listed(
    code: dict[str, Any], content: dict[str, Any]
) -> None:
    assert unread(code, **content) == ()


def test_each_part_of_a_panel_is_listed_by_itself() -> None:
    parts = [{"code": local("A"), "valueQuantity": DEGREES}, {"code": local("B"), "valueQuantity": DEGREES}]
    found = unread(local("PANEL"), valueQuantity=None, component=parts)
    assert [(each.local.code, each.day) for each in found] == [("A", date(2026, 1, 5)), ("B", date(2026, 1, 5))]


@st.composite
def meanings(draw: st.DrawFn) -> CodeMeaning:
    joint = draw(st.none() | st.sampled_from(Joint))
    side = draw(st.none() | st.sampled_from(Side))
    kind = draw(st.sampled_from(("range", "pain", "sign", "blood", "nothing")))
    if kind == "range":
        motion = draw(st.none() | st.sampled_from(MOTIONS[joint] if joint else _SPOKEN_ALONE))
        says = CodeMeaning(joint=joint, side=side, motion=motion, mode=draw(st.none() | st.sampled_from(MODES)))
        return says if str(says) else CodeMeaning(joint=Joint.HIP)
    if kind == "pain":
        return CodeMeaning(is_pain=True, joint=joint, side=side)
    if kind == "sign":
        return CodeMeaning(sign=draw(st.sampled_from(SignKind)), joint=joint, side=side)
    return CodeMeaning(analyte=draw(st.sampled_from(Analyte))) if kind == "blood" else CodeMeaning(is_nothing=True)


_SPOKEN_ALONE = [motion for motion in Motion if joint_with(motion) is None]


@given(says=meanings())
def test_a_meaning_survives_words_codes_and_the_file(says: CodeMeaning) -> None:
    assert meaning_of(str(says)) == says
    assert meaning_in(codings_of(says)) == says
    assert spoken(codings_of(says)) == str(says)
    tree = to_concept_map({(SYSTEM, "X"): codings_of(says)}, "1")
    assert from_concept_map(tree) == ({LocalCode(system=SYSTEM, code="X"): says}, ())


@given(one=meanings(), other=meanings())
def test_what_two_meanings_share_is_said_by_both(one: CodeMeaning, other: CodeMeaning) -> None:
    assert one.shared(one) == one
    shared = one.shared(other)
    if shared is not None:
        assert shared.shared(one) == shared.shared(other) == shared
    assert shared == other.shared(one)


@pytest.mark.parametrize("motion", [m for m in Motion if m not in _SPOKEN_ALONE])
def test_a_motion_that_only_one_joint_has_is_said_with_its_joint(motion: Motion) -> None:
    says = CodeMeaning(joint=joint_with(motion), motion=motion)
    assert meaning_of(str(CodeMeaning(motion=motion))) == says
    assert meaning_in(codings_of(says)) == says
    assert codings_of(CodeMeaning(motion=motion)) == codings_of(says)


@pytest.mark.parametrize(
    "codings",
    [(), (("urn:x", "y"),), codings_of(meaning_of("hip")) + codings_of(meaning_of("knee"))],
)
def test_codes_that_say_nothing_or_two_things_have_no_words(codings: tuple[tuple[str, str], ...]) -> None:
    assert meaning_in(codings) is None
    assert spoken(codings)


def test_what_the_page_on_local_codes_says_is_so() -> None:
    page = (Path(__file__).parents[2] / "docs" / "local-codes.md").read_text("utf-8")
    own = page.partition("## Your own codes")[2].partition("\n## ")[0]
    told = [
        words
        for row in re.findall(r"^\| [^|]+ \| (`.+`) \|$", own, re.MULTILINE)
        for words in re.findall("`([^`]+)`", row)
    ]
    assert len(told) > 12
    for words in told[1:]:
        assert meaning_of(words), words
    found, strange = from_concept_map(json.loads(own.partition("```json")[2].partition("```")[0]))
    assert strange == ()
    assert {str(local): str(says) for local, says in found.items()} == {
        "urn:ward|KF": "knee-flexion-passive-left",
        "urn:ward|QRS-AXIS": "nothing",
    }

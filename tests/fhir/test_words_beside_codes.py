"""Words beside codes: where they add what the codes leave open, where they contradict, and which code wins."""

from typing import Any

import pytest

from horehab.domain.local_code import meaning_of
from horehab.domain.range_of_motion import Reading
from horehab.fhir.basis.site import concept_map_of
from horehab.fhir.resources.local_codes import codings_of
from tests.fhir.charts import LOINC, OURS, SITE, SNOMED, concept, degrees, observation, reading, understood, why_not


@pytest.mark.parametrize(
    "where",
    [
        {"bodySite": concept(("urn:ward", "HIP-LEFT"))},
        {"bodySite": {"coding": [{"system": SNOMED, "code": "1", "display": "Structure of left hip region"}]}},
        {"bodySite": {"text": "hip", "extension": [{"url": "urn:laterality", "valueString": "left"}]}},
        {
            "bodySite": {"text": "hip"},
            "extension": [{"url": "urn:Laterality", "valueCodeableConcept": {"text": "G"}}],
        },
    ],
)
def test_the_place_may_stand_in_words_beside_the_code(where: dict[str, Any]) -> None:
    resource = reading(
        code={"text": "flexion"}, method={"coding": [{"system": "urn:m", "display": "passive"}]}, **where
    )
    if "extension" in where:
        assert why_not(resource) == ["words-in-doubt"]
        where["extension"][0]["valueCodeableConcept"]["text"] = "gauche"
    (fact,) = understood(resource).facts
    assert isinstance(fact, Reading)
    assert (str(fact.place), fact.motion.value, fact.mode.value) == ("left hip", "flexion", "passive")


def test_components_take_joint_and_side_from_the_words_of_the_whole() -> None:
    resource = observation(
        code={"text": "Passive range of motion"},
        bodySite={"text": "left hip"},
        component=[
            {"code": {"text": "flexion"}, "valueQuantity": degrees(88)},
            {"code": {"text": "external rotation"}, "valueQuantity": degrees(20)},
            {"code": {"text": "goal flexion"}, "valueQuantity": degrees(100)},
            {"code": {"text": "pain"}, "valueInteger": 4},
        ],
    )
    item = understood(resource)
    seen = [(str(f.place), f.motion.value, f.mode.value) for f in item.facts if isinstance(f, Reading)]
    assert seen == [("left hip", "flexion", "passive"), ("left hip", "external rotation", "passive")]
    assert [each.path for each in item.unreadable] == ["component[2].code"]


def test_doubt_about_the_whole_is_doubt_about_its_components() -> None:
    component = [{"code": {"text": "left hip flexion"}, "valueQuantity": degrees(88)}]
    assert why_not(observation(code={"text": "Goals at discharge"}, component=component)) == ["words-in-doubt"]


@pytest.mark.parametrize(
    ("changes", "position"),
    [
        ({"code": {"text": "left hip flexion sitting"}}, "sitting"),
        ({"code": {"text": "left hip flexion"}, "method": {"text": "goniometer, supine"}}, "supine"),
        ({"extension": [{"valueCodeableConcept": {"text": "Décubitus dorsal"}}]}, "supine"),
        ({"extension": [{"valueCodeableConcept": concept((SNOMED, "33586001"))}]}, "sitting"),
        (
            {"extension": [{"valueCodeableConcept": {"coding": [{"display": "Prone body position (finding)"}]}}]},
            "prone",
        ),
        ({"extension": [{"valueCodeableConcept": {"text": "hook lying"}}]}, "hook lying"),
        ({"extension": [{"valueCodeableConcept": concept((SNOMED, "1"))}]}, "1"),
        ({"extension": [{"valueString": "de pie"}]}, "standing"),
    ],
)
def test_the_position_of_the_body_is_kept_by_one_name_in_every_language(
    changes: dict[str, Any], position: str
) -> None:
    for extension in changes.get("extension", []):
        extension["url"] = "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition"
    (fact,) = understood(reading(**changes)).facts
    assert isinstance(fact, Reading)
    assert (fact.position, fact.degrees) == (position, 88.0)


def test_two_positions_that_differ_are_set_aside() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition"
    supine = [{"url": url, "valueCodeableConcept": {"text": "supine"}}]
    assert why_not(reading(code={"text": "left hip flexion, sitting"}, extension=supine)) == ["positions-disagree"]


def test_words_add_to_codes_what_they_leave_open_and_are_marked() -> None:
    flexion = concept((SNOMED, "364564000"), (SNOMED, "9964006"), text="Passive flexion")
    (fact,) = understood(reading(code=flexion, bodySite={"text": "genou gauche"})).facts
    assert isinstance(fact, Reading)
    assert (str(fact.place), fact.motion.value, fact.mode.value) == ("left knee", "flexion", "passive")
    assert fact.assumptions == ("read from text: 'Passive flexion; genou gauche'",)


def test_words_that_only_repeat_the_codes_are_no_assumption() -> None:
    (fact,) = understood(reading(code=concept((LOINC, "41320-3"), text="Passive flexion of the left hip"))).facts
    assert isinstance(fact, Reading)
    assert fact.assumptions == ()


def test_words_that_contradict_a_complete_code_are_set_aside() -> None:
    for text, code in (
        ("Active flexion of the left hip", "modes-disagree"),
        ("left hip extension", "motions-disagree"),
        ("left knee flexion", "joints-disagree"),
    ):
        assert why_not(reading(code=concept((LOINC, "41320-3"), text=text))) == [code]


def test_an_official_code_that_we_do_not_know_is_not_overruled_by_words() -> None:
    unknown = concept((LOINC, "99999-9"), text="left hip flexion passive")
    assert why_not(reading(code=unknown)) == ["code-not-mapped"]
    assert why_not(observation(code=concept((LOINC, "99999-9"), text="pain left hip"), valueInteger=3)) == []


def test_the_command_that_would_explain_a_code_is_offered_and_works() -> None:
    resource = reading(code=concept(("urn:ward", "KF"), text="left hip flexion passive, bed 4"))
    (why,) = understood(resource).unreadable
    assert why.detail.endswith("horehab map KF --system urn:ward --as hip-flexion-passive-left).")
    said = codings_of(meaning_of("hip-flexion-passive-left"))
    (fact,) = understood(resource, type(SITE)(zone=SITE.zone, concept_map={("urn:ward", "KF"): said})).facts
    assert isinstance(fact, Reading)
    assert (str(fact.place), fact.motion.value, fact.mode.value) == ("left hip", "flexion", "passive")


def test_a_line_of_the_file_that_a_site_keeps_explains_a_code_or_a_text() -> None:
    resource = reading(code=concept(("urn:ward", "KF"), text="left hip flexion passive, bed 4"))
    wanted = ((OURS + "horehab-joint-motion", "hip-flexion"), (OURS + "rom-mode", "passive"), (SNOMED, "7771000"))
    for source, code in (("urn:ward", "KF"), ("", "left hip flexion passive, bed 4")):
        groups = [
            {"source": source, "target": system, "element": [{"code": code, "target": [{"code": target}]}]}
            for system, target in wanted
        ]
        explained = concept_map_of({"resourceType": "ConceptMap", "group": groups})
        site = type(SITE)(zone=SITE.zone, concept_map=explained)
        (fact,) = understood(resource, site).facts
        assert isinstance(fact, Reading)
        assert (str(fact.place), fact.motion.value, fact.mode.value) == ("left hip", "flexion", "passive")
        assert fact.assumptions == ()


def test_angles_in_words_for_degrees_are_degrees_and_nothing_else_is() -> None:
    for unit in ("deg", "degree", "Degrees", "degré", "degrés", "grado", "Grados", "°", "º"):
        (fact,) = understood(reading(valueQuantity={"value": 88, "unit": unit})).facts
        assert isinstance(fact, Reading)
        assert fact.degrees == 88.0
    for unit in ("%", "cm", "turn", "grad"):
        assert why_not(reading(valueQuantity={"value": 88, "unit": unit})) == ["unit"]

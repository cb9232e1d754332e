"""The codes that we read and write, with their sources, and the local codes that a hospital explains to us."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fhir_profiles import CANONICAL, codes
from horehab.domain.exposure import BackgroundKind
from horehab.domain.joints import MOTIONS, WATCHED_PLACES, Joint, Motion, Side
from horehab.domain.laboratory import LabResult
from horehab.domain.range_of_motion import Mode
from horehab.errors import ConfigurationError
from horehab.fhir.basis.places import place_of, said_of, written_place
from horehab.fhir.basis.quarantine import CODES
from horehab.fhir.basis.site import UNMATCHED, concept_map_of, read_concept_map
from horehab.fhir.basis.terminology import LOINC, SNOMED, joint_motion, loinc_to_write, meanings
from horehab.fhir.resources.diagnoses import OSSIFICATION, subject_of
from tests.fhir.charts import SITE, concept, observation, understood


def test_every_code_names_its_source_and_how_sure_it_is() -> None:
    assert len(codes()) > 300
    assert all(row.system and row.source and row.confidence for row in codes())
    assert len({(row.system, row.code, row.concept) for row in codes()}) == len(codes())


def test_only_sure_codes_that_are_not_deprecated_are_written() -> None:
    written = {row.code: row for row in loinc_to_write().values()}
    assert all(row.confidence.startswith("high") for row in written.values())
    assert not {"41301-3", "41302-1", "41313-8", "41314-6", "41320-3", "41352-6"} & set(written)
    assert loinc_to_write()[Joint.SHOULDER, Side.LEFT, Motion.FLEXION, Mode.ACTIVE].code == "41295-7"


def test_every_loinc_code_of_a_motion_that_we_know_is_read() -> None:
    rows = [row for row in codes() if row.concept.startswith("ROM ") and "orizontal" not in row.concept]
    known = [row for row in rows if (row.system, row.code) in meanings() and row.code[:3] != "928"]
    assert len(known) == 96
    assert {row.code for row in rows} - {row.code for row in known} == {"92850-7", "92851-5"}


def test_every_motion_of_every_joint_has_a_code_of_ours() -> None:
    ours = [joint_motion(joint, motion) for joint, motions in MOTIONS.items() for motion in motions]
    assert len(set(ours)) == len(ours)
    assert all(coding in meanings() for coding in ours)
    assert joint_motion(Joint.HIP, Motion.INTERNAL_ROTATION)[1] == "hip-internal-rotation"


@pytest.mark.parametrize("place", WATCHED_PLACES)
def test_each_watched_place_is_written_so_that_it_is_read_back(place: Any) -> None:
    assert place_of(said_of(written_place(place, SITE), SITE)) == place


def test_the_gravest_meaning_of_several_codes_counts() -> None:
    pain, bone = ("http://hl7.org/fhir/sid/icd-10", "M25.5"), (SNOMED, "128491006")
    assert subject_of([pain, bone]) == OSSIFICATION
    assert subject_of([pain]) is BackgroundKind.JOINT_PAIN
    assert subject_of([("urn:local", "1")]) is None


def test_each_reason_for_quarantine_is_a_sentence() -> None:
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in CODES.values())


def _map(code: str, target: str, system: str, **how: str) -> dict[str, Any]:
    element = {"code": code, "target": [{"code": target} | how]}
    return {
        "resourceType": "ConceptMap",
        "group": [{"source": "urn:lab|2", "target": system, "element": [element]}],
    }


@pytest.mark.parametrize(
    "how",
    [{"equivalence": "equivalent"}, {"equivalence": "wider"}, {"relationship": "source-is-narrower-than-target"}, {}],
)
def test_a_local_code_may_be_explained_in_the_words_of_r4_or_r5(how: dict[str, str]) -> None:
    site = replace(SITE, concept_map=concept_map_of(_map("AP", "6768-6", LOINC, **how)))
    local = observation(code=concept(("urn:lab", "AP")), valueQuantity={"value": 200, "code": "U/L"})
    assert [type(fact) for fact in understood(local, site).facts] == [LabResult]


@pytest.mark.parametrize("equivalence", ["narrower", "unmatched", "disjoint", "inexact"])
def test_an_explanation_that_says_less_than_the_code_is_not_taken(equivalence: str) -> None:
    assert concept_map_of(_map("AP", "6768-6", LOINC, equivalence=equivalence)) == {("urn:lab", "AP"): ()}


def test_a_code_is_nothing_only_where_it_matches_nothing_anywhere() -> None:
    nothing = {"source": "urn:lab", "element": [{"code": "AP", "target": [{"equivalence": "unmatched"}]}]}
    newer = {"source": "urn:lab", "element": [{"code": "AP", "noMap": True}]}
    elsewhere = nothing | {"target": "http://hl7.org/fhir/sid/icd-10"}
    known = _map("AP", "6768-6", LOINC)["group"][0]
    for groups, means in (
        ([nothing], (UNMATCHED,)),
        ([newer], (UNMATCHED,)),
        ([elsewhere], ()),
        ([nothing, known], ((LOINC, "6768-6"),)),
        ([elsewhere, known], ((LOINC, "6768-6"),)),
    ):
        assert concept_map_of({"resourceType": "ConceptMap", "group": groups})["urn:lab", "AP"] == means


def test_a_concept_map_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    file.write_text(json.dumps(_map("AP", "6768-6", LOINC)), encoding="utf-8")
    assert read_concept_map(str(file)) == {("urn:lab", "AP"): ((LOINC, "6768-6"),)}
    assert read_concept_map("") == {}


@pytest.mark.parametrize("content", ["{", "[]", '{"resourceType": "CodeSystem"}'])
def test_a_file_that_is_no_concept_map_is_refused_in_one_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "map.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"HOREHAB_CONCEPT_MAP.*ConceptMap in JSON"):
        read_concept_map(str(file))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_concept_map(str(tmp_path / "none.json"))


def test_our_names_lie_under_one_address() -> None:
    assert CANONICAL == "https://horehab.org/fhir"

"""`horehab map`: a code of the hospital's own becomes readings, back to the first one ever seen."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.conceptmap import ConceptMap

from horehab.domain.local_code import LocalCode, meaning_of
from horehab.fhir.resources.code_map_file import read_code_map
from tests.cli.conftest import Desk, says_one_sentence
from tests.cli.local_ward import WARD, angle, fill
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def hospital(desk: Desk, sandbox: RunningSandbox) -> Desk:
    """A command line that has read a hospital with codes of its own."""
    fill(sandbox)
    there = Desk(desk.settings | {"HOREHAB_FHIR_URL": sandbox.url})
    assert there.run("sync").exit_code == 0
    return there


def listed(desk: Desk, *words: str, **settings: str) -> list[dict[str, Any]]:
    result = desk.run("map", *words, "--json", **settings)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def degrees(desk: Desk, patient: str) -> list[float]:
    result = desk.run("chart", patient, "--json")
    return sorted(json.loads(line)["degrees"] for line in result.stdout.splitlines())


def test_codes_that_are_not_read_are_listed_with_how_many_patients_they_concern(
    hospital: Desk, sandbox: RunningSandbox
) -> None:
    loinc = {"coding": [{"system": "http://loinc.org", "code": "41349-2"}]}
    sandbox.store.put(angle("known", "Patient/p0", 90, "-", code=loinc))
    assert hospital.run("sync").exit_code == 0
    rows = {row["code"]: row for row in listed(hospital)}
    assert rows["KFPL"] == {
        "system": WARD, "code": "KFPL", "text": "Flex P G1", "why": rows["KFPL"]["why"], "resources": 35,
        "patients": 5, "patients_without_other_reading": 5 - len(degrees(hospital, "Patient/p0")),
        "first": "2026-01-05", "last": "2026-01-11", "offered": rows["KFPL"]["offered"],
    }  # fmt: skip
    table = hospital.run("map").stdout
    assert "KFPL" in table
    assert "35" in table
    assert [row["code"] for row in listed(hospital, "QRSAX")] == ["QRSAX"]


def test_a_mapped_code_is_read_at_once_back_to_the_first_entry(hospital: Desk) -> None:
    done = hospital.run("map", "KFPL", "--as", "knee-flexion-passive-left")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        f"Mapped {WARD}|KFPL as knee-flexion-passive-left. 35 readings of 5 patients became readable.\n"
    )
    assert degrees(hospital, "Patient/p3") == [94, 95, 96, 97, 98, 99, 100]
    assert [row["code"] for row in listed(hospital)] == ["QRSAX"]
    (said,) = listed(hospital, "--mapped")
    assert (said["code"], said["meaning"], said["file_says"]) == ("KFPL", "knee-flexion-passive-left", None)
    assert said["who"].startswith("command line")
    assert said["at"]


def test_forgetting_takes_the_readings_back_as_if_they_had_never_been_mapped(hospital: Desk) -> None:
    before = listed(hospital)
    assert hospital.run("map", "KFPL", "--as", "left knee flexion passive").exit_code == 0
    done = hospital.run("map", "KFPL", "--forget")
    assert done.exit_code == 0, done.output
    assert "35 readings of 5 patients are no longer read." in done.stdout
    assert degrees(hospital, "Patient/p3") == []
    assert listed(hospital) == before
    says_one_sentence(hospital.run("map", "KFPL", "--forget"), 2, "Nobody mapped", "KFPL", "HR-1221")


def test_another_meaning_replaces_the_first(hospital: Desk) -> None:
    assert hospital.run("map", "KFPL", "--as", "knee-flexion-passive-left").exit_code == 0
    done = hospital.run("map", "KFPL", "--as", "knee-flexion-active-right")
    assert "Read now: 35 readings of 5 patients, in place of 35 readings." in done.stdout
    again = hospital.run("map", "KFPL", "--as", "knee-flexion-active-right")
    assert "No stored entry is read otherwise by that." in again.stdout


def test_an_angle_that_is_none_of_our_business_leaves_the_quarantine(hospital: Desk) -> None:
    done = hospital.run("map", "QRSAX", "--as", "nothing")
    assert done.exit_code == 0, done.output
    assert "5 entries are no longer set aside." in done.stdout
    assert [row["code"] for row in listed(hospital)] == ["KFPL"]
    rows = [json.loads(line) for line in hospital.run("quarantine", "--json").stdout.splitlines()]
    assert {row["reference"].split("-")[0] for row in rows} == {"Observation/k"}


def test_words_without_a_code_are_mapped_as_they_stand(hospital: Desk, sandbox: RunningSandbox) -> None:
    text = {"text": "Flexión de «rodilla» izq. (1/2)"}
    sandbox.store.put(angle("words", "Patient/p0", 77, "-", code=text))
    assert hospital.run("sync").exit_code == 0
    (row,) = [row for row in listed(hospital) if row["system"] == ""]
    assert row["code"] == text["text"]
    done = hospital.run("map", text["text"], "--as", "knee-flexion-left")
    assert done.exit_code == 0, done.output
    assert degrees(hospital, "Patient/p0") == [77]


def test_the_side_may_come_from_the_body_site_and_the_body_site_may_be_mapped_too(
    hospital: Desk, sandbox: RunningSandbox
) -> None:
    site = {"coding": [{"system": "urn:sites", "code": "RI"}]}
    sandbox.store.put(angle("sided", "Patient/p1", 66, "FLEX", bodySite=site))
    assert hospital.run("sync").exit_code == 0
    done = hospital.run("map", "FLEX", "--as", "flexion-passive")
    assert "No stored entry is read otherwise" in done.stdout
    done = hospital.run("map", "RI", "--system", "urn:sites", "--as", "knee-left")
    assert "1 reading of 1 patient became readable." in done.stdout
    assert degrees(hospital, "Patient/p1") == [66]


def test_pain_signs_and_blood_values_that_were_left_alone_are_read_once_mapped(
    hospital: Desk, sandbox: RunningSandbox
) -> None:
    local = [{"system": WARD, "code": code} for code in ("DLR9", "FA", "GON")]
    values: tuple[dict[str, Any], ...] = (
        {"valueQuantity": {"value": 6}},
        {"valueQuantity": {"value": 252, "unit": "U/L"}},
        {"valueBoolean": True},
    )
    for name, coding, value in zip("abc", local, values, strict=True):
        entry = angle(name, "Patient/p2", 0, "-", code={"coding": [coding]})
        del entry["valueQuantity"]
        sandbox.store.put(entry | value)
    assert hospital.run("sync").exit_code == 0
    assert {"DLR9", "FA", "GON"}.isdisjoint(row["code"] for row in listed(hospital))
    says_one_sentence(hospital.run("map", "FA", "--as", "alkaline-phosphatase"), 2, "FA", "--system")
    for code, meaning, said in (
        ("DLR9", "pain-hip-left", "1 pain rating of 1 patient"),
        ("FA", "alkaline-phosphatase", "1 blood value of 1 patient"),
        ("GON", "swelling-knee", "1 sign of 1 patient"),
    ):
        done = hospital.run("map", code, "--system", WARD, "--as", meaning)
        assert f"{said} became readable." in done.stdout, done.output


@pytest.mark.parametrize(
    ("meaning", "words"),
    [
        ("knee-flexon", ("flexon", "flexion", "Joints: hip, knee")),
        ("knee-internal-rotation", ("internal-rotation", "it has flexion, extension")),
        ("knee-hip", ("both knee and hip",)),
        ("pain-flexion", ("pain does not have",)),
        ("bilirubin-hip", ("do not belong together",)),
        ("", ("is empty",)),
        ("\x00\ud800", ("not known",)),
    ],
)
def test_a_meaning_that_is_none_is_refused_with_the_words_that_are_known(
    hospital: Desk, meaning: str, words: tuple[str, ...]
) -> None:
    says_one_sentence(hospital.run("map", "KFPL", "--as", meaning), 2, "--as", *words, "hip-flexion-passive-left")
    assert listed(hospital, "--mapped") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "hip"), ("No CODE was given", "horehab map")),
        (("--forget",), ("No CODE was given",)),
        (("XYZ", "--as", "hip"), ("XYZ", "--system", "HR-1221")),
        (("KFPL", "--as", "hip", "--forget"), ("--as and --forget",)),
        (("KFPL", "--mapped"), ("takes no CODE",)),
        (("", "--system", "", "--as", "hip"), ("is no code",)),
        (("--import", "/nowhere/map.json"), ("--import", "/nowhere/map.json", "HR-1222")),
        (("--export", "/nowhere/map.json"), ("--export", "/nowhere/map.json")),
    ],
)
def test_a_wrong_command_is_answered_in_one_sentence(
    hospital: Desk, words: tuple[str, ...], said: tuple[str, ...]
) -> None:
    says_one_sentence(hospital.run("map", *words), 2, *said)


def test_a_code_of_two_systems_is_asked_for_with_its_system(hospital: Desk, sandbox: RunningSandbox) -> None:
    other = {"coding": [{"system": "urn:other", "code": "KFPL"}]}
    sandbox.store.put(angle("twin", "Patient/p0", 50, "-", code=other))
    assert hospital.run("sync").exit_code == 0
    says_one_sentence(
        hospital.run("map", "KFPL", "--as", "knee-flexion-left"), 2, "2 code systems", "urn:other", WARD
    )
    done = hospital.run("map", "KFPL", "--system", "urn:other", "--as", "knee-flexion-left")
    assert "1 reading of 1 patient became readable." in done.stdout


def test_what_was_mapped_goes_out_as_a_valid_concept_map_and_comes_in_elsewhere(
    hospital: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "codes.json"
    assert hospital.run("map", "KFPL", "--as", "knee-flexion-passive-left").exit_code == 0
    assert hospital.run("map", "QRSAX", "--as", "nothing").exit_code == 0
    done = hospital.run("map", "--export", str(file))
    assert done.exit_code == 0, done.output
    assert "2 codes" in done.stdout
    written = json.loads(file.read_text("utf-8"))
    assert ConceptMap.model_validate(written).model_dump(mode="json", exclude_none=True)["status"] == "active"
    assert read_code_map(file) == (
        {
            LocalCode(system=WARD, code="KFPL"): meaning_of("knee-flexion-passive-left"),
            LocalCode(system=WARD, code="QRSAX"): meaning_of("nothing"),
        },
        (),
    )
    for code in ("KFPL", "QRSAX"):
        assert hospital.run("map", code, "--forget").exit_code == 0
    done = hospital.run("map", "--import", str(file))
    assert done.exit_code == 0, done.output
    assert f"Mapped 2 codes of {file}. 35 readings of 5 patients became readable." in done.stdout
    assert {row["code"]: row["meaning"] for row in listed(hospital, "--mapped")} == {
        "KFPL": "knee-flexion-passive-left",
        "QRSAX": "nothing",
    }


def test_the_command_wins_over_the_file_and_the_contradiction_is_said(hospital: Desk, tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    for code, meaning in (("KFPL", "knee-flexion-passive-right"), ("ONLY", "hip-flexion")):
        assert hospital.run("map", code, "--system", WARD, "--as", meaning).exit_code == 0
    assert hospital.run("map", "--export", str(file)).exit_code == 0
    assert hospital.run("map", "ONLY", "--forget").exit_code == 0
    done = hospital.run("map", "KFPL", "--as", "knee-flexion-passive-left", concept_map=str(file))
    assert "the file of HOREHAB_CONCEPT_MAP says knee-flexion-passive-right" in done.stderr
    rows = {row["code"]: row for row in listed(hospital, "--mapped", concept_map=str(file))}
    assert rows["KFPL"]["meaning"] == "knee-flexion-passive-left"
    assert rows["KFPL"]["file_says"] == "knee-flexion-passive-right"
    assert (rows["ONLY"]["meaning"], rows["ONLY"]["who"]) == ("hip-flexion", "HOREHAB_CONCEPT_MAP")
    assert "knee-flexion-passive-right" in hospital.run("map", "--mapped", concept_map=str(file)).stdout
    done = hospital.run("map", "KFPL", "--forget", concept_map=str(file))
    assert "Read now: 35 readings of 5 patients, in place of 35 readings." in done.stdout


@pytest.mark.parametrize("content", ["{", "[]", '{"resourceType": "Patient"}', '{"resourceType": "ConceptMap"}'])
def test_a_file_that_maps_nothing_is_refused(hospital: Desk, tmp_path: Path, content: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content, "utf-8")
    says_one_sentence(hospital.run("map", "--import", str(file)), 2, "--import", "bad.json", "HR-1222")


def test_a_code_of_a_file_without_meaning_here_is_left_out_and_said(hospital: Desk, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    group = {
        "source": WARD,
        "target": "http://snomed.info/sct",
        "element": [
            {"code": "FOOT", "target": [{"code": "56459004", "equivalence": "equivalent"}]},
            {"code": "KF", "target": [{"code": "9964006", "equivalence": "wider"}]},
        ],
    }
    file.write_text(json.dumps({"resourceType": "ConceptMap", "status": "active", "group": [group]}), "utf-8")
    done = hospital.run("map", "--import", str(file))
    assert done.exit_code == 0, done.output
    assert f"Left out {WARD}|FOOT" in done.stderr
    assert [(row["code"], row["meaning"]) for row in listed(hospital, "--mapped")] == [("KF", "flexion")]


def test_who_mapped_what_stands_in_the_audit(hospital: Desk) -> None:
    assert hospital.run("map", "KFPL", "--as", "knee-flexion-left").exit_code == 0
    assert hospital.run("map", "KFPL", "--forget").exit_code == 0
    with closing(sqlite3.connect(hospital.database)) as connection:
        rows = connection.execute("SELECT who, what FROM horehab_audit ORDER BY row").fetchall()
    said = [what for who, what in rows if who.startswith("command line")]
    assert f"mapped the code {WARD}|KFPL as knee-flexion-left" in said
    assert f"forgot what the code {WARD}|KFPL means" in said

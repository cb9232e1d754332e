"""`horehab validate`: each resource is checked, what breaks a rule is said in a sentence, and bad input too."""

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from fhir_profiles import CANONICAL, examples
from fhir_profiles.packing import packed
from tests.cli.conftest import Desk

ROM = next(each for each in examples() if each["id"] == "example-rom-hip-flexion")
PROFILE = f"{CANONICAL}/StructureDefinition/horehab-rom"


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ROM.items() if key != name}


def _file(folder: Path, *resources: object) -> str:
    file = folder / "resources"
    file.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in resources), "utf-8")
    return str(file)


def test_a_resource_that_keeps_the_rules_ends_well(desk: Desk, tmp_path: Path) -> None:
    result = desk.run("validate", _file(tmp_path, json.dumps(ROM, indent=1)), "--errors")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "1 resource checked: 0 errors, 1 warning, 0 not checked.\n"


def test_what_breaks_a_rule_is_said_with_its_place_its_rule_and_what_to_do(desk: Desk) -> None:
    result = desk.run("validate", "-", typed=json.dumps(_without("bodySite")))
    assert result.exit_code == 1
    assert "error: Observation.bodySite: it is required [min]. Add bodySite.\n" in result.stdout


def test_each_line_of_ndjson_is_checked_and_an_odd_one_hinders_no_other(desk: Desk, tmp_path: Path) -> None:
    odd = {"resourceType": "Patient", "contained": [{"resourceType": "Nope"}]}
    file = _file(tmp_path, odd, '{"resourceType": "Observation", ', "", _without("status"), "7", ROM)
    result = desk.run("validate", file, "--json", "--errors")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [row["place"] for row in rows] == ["line 1", "line 2", "line 4", "line 5", "line 6"]
    rules = [{issue["rule"] for issue in row["issues"]} for row in rows]
    assert rules == [{"shape", "dom-3"}, {"shape"}, {"min"}, {"shape"}, set()]
    assert rows[-1]["resource"] == "Observation/example-rom-hip-flexion"


def test_each_entry_of_a_bundle_is_checked(desk: Desk, tmp_path: Path) -> None:
    entries = [{"resource": each} for each in (ROM, _without("performer"))]
    result = desk.run("validate", _file(tmp_path, {"resourceType": "Bundle", "type": "collection", "entry": entries}))
    assert "error: Bundle.entry[1].resource.performer: it is required [min]. Add performer." in result.stdout
    assert "entry[0].resource.performer" not in result.stdout


def test_a_profile_can_be_asked_for_that_the_resource_does_not_name(desk: Desk, tmp_path: Path) -> None:
    file = _file(tmp_path, {key: value for key, value in ROM.items() if key not in ("meta", "bodySite")})
    assert desk.run("validate", file).exit_code == 0
    assert desk.run("validate", file, "--profile", PROFILE).exit_code == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty. Give a file with a FHIR resource in JSON."),
        ("  \n\n", "is empty."),
        ('{"resourceType": "Observation"', "is cut off. Give a FHIR resource in JSON"),
        ("<Observation/>", "is no valid JSON."),
        ("[1, 2]", "holds JSON, and no resource. Give an object with a resourceType"),
        ('{"a":' * 70 + "1" + "}" * 70, "is nested deeper than 64 levels."),
    ],
)
def test_a_file_that_holds_no_resource_is_said_in_a_sentence(
    desk: Desk, tmp_path: Path, content: str, words: str
) -> None:
    result = desk.run("validate", _file(tmp_path, content))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "(HR-1602)" in result.stderr
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_said_in_a_sentence(desk: Desk) -> None:
    result = desk.run("validate", "/no/such/file")
    assert result.exit_code == 2
    assert result.stderr.startswith("The file '/no/such/file' cannot be read (No such file or directory).")


def test_a_profile_that_we_do_not_have_is_said_with_those_that_we_have(desk: Desk, tmp_path: Path) -> None:
    result = desk.run("validate", _file(tmp_path, ROM), "--profile", "http://example.org/StructureDefinition/x")
    assert result.exit_code == 2
    assert "There is no profile 'http://example.org/StructureDefinition/x' here." in result.stderr
    assert "horehab-rom," in result.stderr


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ({"resourceType": "Angle"}, "R4 has no such type of resource (it is 'Angle') [shape]"),
        ({"resourceType": 5}, "R4 has no such type of resource (it is 5) [shape]"),
        ({"id": "x"}, "it does not say which resource it is (resourceType) [shape]"),
        (ROM | {"meta": {"profile": [f"{CANONICAL}/StructureDefinition/x"]}}, "there is no such profile"),
        (ROM | {"meta": {"profile": [f"{PROFILE}-set".replace("rom-set", "task")]}}, "this profile is for Task"),
    ],
)
def test_a_resource_of_a_wrong_kind_or_profile_is_an_error(
    desk: Desk, tmp_path: Path, resource: dict[str, Any], words: str
) -> None:
    result = desk.run("validate", _file(tmp_path, resource))
    assert result.exit_code == 1
    assert words in result.stdout


def test_a_profile_of_somebody_else_is_said_not_to_be_checked(desk: Desk, tmp_path: Path) -> None:
    other = {"resourceType": "Patient", "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/x"]}}
    result = desk.run("validate", _file(tmp_path, other))
    assert result.exit_code == 0
    assert "not checked: Patient.meta.profile: we do not have this profile" in result.stdout


def _package(folder: Path, *, manifest: object) -> str:
    file = folder / "package.tgz"
    with tarfile.open(file, "w:gz") as archive:
        content = json.dumps(manifest).encode()
        member = tarfile.TarInfo("package/package.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return str(file)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ({"fhirVersions": ["5.0.0"]}, "is for FHIR 5.0.0, and we check R4 (4.0.1). Ask its publisher"),
        ({"name": "x"}, "is for FHIR no version that it names"),
        ([], "has no package/package.json."),
    ],
)
def test_a_package_of_another_version_is_refused(desk: Desk, tmp_path: Path, manifest: object, words: str) -> None:
    result = desk.run("validate", _file(tmp_path, ROM), "--package", _package(tmp_path, manifest=manifest))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "(HR-1603)" in result.stderr


def test_what_is_no_package_is_refused(desk: Desk, tmp_path: Path) -> None:
    result = desk.run("validate", _file(tmp_path, ROM), "--package", _file(tmp_path, "no archive"))
    assert result.exit_code == 2
    assert "it is no .tgz" in result.stderr


def test_our_own_package_can_be_used_as_any_other(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "ours.tgz").write_bytes(packed())
    result = desk.run("validate", _file(tmp_path, _without("bodySite")), "--package", str(tmp_path / "ours.tgz"))
    assert result.exit_code == 1
    assert "Observation.bodySite: it is required" in result.stdout


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("horehab.cli", ["fhirpathpy", "antlr4"]),
        ("horehab.plugin, horehab.wiring", ["fhirpathpy", "antlr4", "fhir.resources", "pydantic"]),
    ],
)
def test_nothing_of_checking_is_loaded_before_it_is_asked_for(modules: str, absent: list[str]) -> None:
    """No page and no pass of the sync waits for it."""
    words = f"import sys, {modules}; print([each for each in {absent} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"

"""An integrator's own project, which derives from our profile, compiles against the package that we hand out."""

import json
from pathlib import Path

import pytest

from fhir_profiles import CANONICAL, examples, version
from fhir_profiles.packing import packed
from horehab.fhir.validation import validate
from horehab.fhir.validation.packages import using
from tests.profiles.handmade import Row
from tests.profiles.handmade import package as handmade
from tests.servers.sushi import compile_fsh, unpack

CONFIG = f"""
canonical: https://hospital.example/fhir
version: 1.0.0
fhirVersion: 4.0.1
status: draft
FSHOnly: true
dependencies:
  horehab.fhir: {version()}
"""
FSH = """
Profile: HospitalRom
Parent: HorehabRom
Id: hospital-rom
Title: "Our goniometer readings"
Description: "As horehab's, always with the device."
* device 1..1
"""


@pytest.mark.needs("sushi")
@pytest.mark.usefixtures("sushi")
def test_a_profile_that_derives_from_ours_compiles_against_our_package(tmp_path: Path) -> None:
    package = tmp_path / f"horehab.fhir#{version()}"
    unpack(packed(), package)
    project, out = tmp_path / "project", tmp_path / "out"
    (project / "input/fsh").mkdir(parents=True)
    (project / "sushi-config.yaml").write_text(CONFIG, encoding="utf-8")
    (project / "input/fsh/rom.fsh").write_text(FSH, encoding="utf-8")
    out.mkdir()
    compiled = compile_fsh(project, out, packages=(package,))
    assert compiled.errors == ()
    assert compiled.warnings == ()
    derived = json.loads((compiled.folder / "StructureDefinition-hospital-rom.json").read_text(encoding="utf-8"))
    assert derived["baseDefinition"] == f"{CANONICAL}/StructureDefinition/horehab-rom"
    inherited = {element["id"] for element in derived["snapshot"]["element"]}
    assert {"Observation.extension:mode", "Observation.code.coding:motion"} <= inherited
    assert _errors(tmp_path, derived, "example-rom-shoulder-flexion") == []
    assert _errors(tmp_path, derived, "example-rom-hip-flexion") == [("Observation.device", "min")]


def _errors(folder: Path, derived: Row, name: str) -> list[tuple[str, str]]:
    """Check an example of ours by the profile that derives from ours, from a package of its own."""
    example = next(each for each in examples() if each["id"] == name)
    with using(str(handmade(folder, derived))):
        issues = validate(example, profile=derived["url"])
    return [(issue.path, issue.rule) for issue in issues if issue.is_error]

"""The committed package is what the FSH and the data give, of this version, and what horehab writes stands in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fhir_profiles
from fhir_profiles import CANONICAL, artefacts, codes, examples, load, names
from horehab import __version__
from horehab.domain.exposure import ExposureKind
from horehab.domain.joints import MOTIONS
from horehab.domain.range_of_motion import Mode
from horehab.domain.session import SessionKind
from horehab.domain.signs import PainOccasion, SignKind
from horehab.fhir.basis import kinds, ours
from horehab.fhir.basis.quarantine import CODES
from horehab.fhir.basis.terminology import LOINC, SNOMED, joint_motion
from horehab.fhir.writing.checking import check
from tests.profiles import vocabulary
from tests.profiles.conftest import Fresh
from tests.profiles.every_form import BY_CONFIGURATION, TASKS
from tests.profiles.examples import SITE, written
from tests.profiles.packaging import PACKAGE, PROFILES

KINDS = ("CodeSystem", "ValueSet", "StructureDefinition", "ConceptMap", "Questionnaire", "CapabilityStatement")


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.json")}


@pytest.mark.needs("sushi")
def test_the_committed_package_is_what_the_fsh_gives(fresh: Fresh) -> None:
    built, committed = _files(fresh.folder), _files(PACKAGE)
    assert built.keys() == committed.keys(), "run make profiles"
    assert [name for name in built if built[name] != committed[name]] == [], "run make profiles"


@pytest.mark.needs("sushi")
def test_sushi_finds_no_error_and_no_warning(fresh: Fresh) -> None:
    assert fresh.compiled.errors == ()
    assert fresh.compiled.warnings == ()
    assert re.search(r"\b0 Errors", fresh.compiled.said)


@pytest.mark.parametrize("name", sorted(vocabulary.files()))
def test_fsh_that_follows_from_data_is_what_the_data_give(name: str) -> None:
    assert (vocabulary.FSH / name).read_text(encoding="utf-8") == vocabulary.files()[name], "run make profiles"


def test_one_file_of_fsh_holds_one_artefact() -> None:
    for path in (PROFILES / "input/fsh").rglob("*.fsh"):
        begun = re.findall(
            r"^(?:Profile|Extension|ValueSet|CodeSystem|Instance): *(\S+)", path.read_text("utf-8"), re.MULTILINE
        )
        if path.parent.name not in ("fsh", "rulesets", "invariants"):
            assert len(begun) == 1, path


def test_everything_bears_the_version_of_the_distribution() -> None:
    assert fhir_profiles.version() == __version__
    assert f"\nversion: {__version__}\n" in (PROFILES / "sushi-config.yaml").read_text(encoding="utf-8")
    assert {artefact["version"] for artefact in artefacts()} == {__version__}


def test_an_artefact_is_loaded_by_its_id_or_its_address() -> None:
    rom = load("horehab-rom")
    assert rom["url"] == f"{CANONICAL}/StructureDefinition/horehab-rom"
    assert load(rom["url"]) == load(f"{rom['url']}|{__version__}") == rom
    assert load("horehab-sign", "CodeSystem")["content"] == "complete"
    rom["title"] = "spoilt"
    assert load("horehab-rom")["title"] != "spoilt"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("horehab-room", "StructureDefinition"),
        ("https://example.org/StructureDefinition/horehab-rom", "StructureDefinition"),
        ("x", "Patient"),
        ("../../codes", "CodeSystem"),
    ],
)
def test_what_we_do_not_have_is_said(name: str, kind: str) -> None:
    with pytest.raises(LookupError, match=rf"horehab has no {kind} called '{re.escape(name)}'; it has "):
        load(name, kind)


def test_every_artefact_is_listed_once_and_named_by_its_address() -> None:
    found = list(artefacts())
    assert len(found) == sum(len(names(kind)) for kind in KINDS) > 50
    for artefact in found:
        assert artefact["url"] == f"{CANONICAL}/{artefact['resourceType']}/{artefact['id']}"
        assert artefact["status"] == "active"
    listed = json.loads((PACKAGE / ".index.json").read_text(encoding="utf-8"))["files"]
    assert {row["filename"] for row in listed} == {path.name for path in PACKAGE.glob("[!.p]*.json")}


def test_every_profile_and_extension_that_we_name_is_there_with_its_snapshot() -> None:
    named = [value for value in vars(ours).values() if isinstance(value, str) and value.startswith(f"{CANONICAL}/")]
    for url in (*ours.PROFILES.values(), *(each for each in named if not each.endswith("/"))):
        assert load(url)["snapshot"]["element"]


def test_every_invariant_says_in_a_sentence_what_holds() -> None:
    own = [
        constraint
        for name in names()
        for element in load(name)["differential"]["element"]
        for constraint in element.get("constraint", ())
    ]
    assert len({constraint["key"] for constraint in own}) >= 18
    for constraint in own:
        assert re.fullmatch(r"[A-Z].{20,}\.", constraint["human"])
        assert constraint["expression"]


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        ("horehab-quarantine-reason", list(CODES)),
        ("horehab-joint-motion", [joint_motion(joint, way)[1] for joint, ways in MOTIONS.items() for way in ways]),
        ("horehab-sign", [kind.value for kind in SignKind]),
        ("horehab-session-type", [kind.value for kind in SessionKind]),
        ("horehab-task", [rule.value for rule in TASKS]),
        ("rom-mode", [mode.value for mode in Mode if mode is not Mode.UNKNOWN]),
        ("horehab-pain-occasion", ["rest", "movement", "end-range"]),
        ("horehab-exposure", [ExposureKind.SEDATION.value, ExposureKind.IMMOBILISATION.value]),
    ],
)
def test_a_code_system_holds_what_the_house_knows_and_no_more(system: str, wanted: list[str]) -> None:
    assert [concept["code"] for concept in load(system, "CodeSystem")["concept"]] == wanted


def test_pain_has_the_occasions_of_the_ward() -> None:
    occasions = {occasion.value.replace(" ", "-") for occasion in PainOccasion} - {"unspecified"}
    assert {each["code"] for each in load("horehab-pain-occasion", "CodeSystem")["concept"]} == occasions


def test_a_reason_of_quarantine_says_what_the_quarantine_says() -> None:
    said = {each["code"]: each["definition"] for each in load("horehab-quarantine-reason", "CodeSystem")["concept"]}
    assert said == dict(CODES)


def _codings(tree: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        if isinstance(tree.get("system"), str) and isinstance(tree.get("code"), str):
            yield tree["system"], tree["code"]
        for each in tree.get("concept", ()) if isinstance(tree.get("concept"), list) else ():
            yield str(tree.get("system", "")), each["code"]
        for value in tree.values():
            yield from _codings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _codings(value)


def test_every_public_code_is_sure_or_replaced_by_a_setting() -> None:
    rows = {(row.system, row.code): row for row in codes()}
    public = {
        (coding, artefact["id"])
        for artefact in artefacts()
        for coding in _codings(artefact)
        if coding[0] in (LOINC, SNOMED)
    }
    assert len(public) > 50
    unsure = {code for (system, code), _ in public if not rows[system, code].is_sure}
    assert unsure <= BY_CONFIGURATION


def test_each_code_that_a_concept_map_gives_says_how_sure_it_is() -> None:
    rows = {(row.system, row.code): row for row in codes()}
    for name in ("horehab-motion-to-loinc", "horehab-motion-to-snomed"):
        (group,) = load(name, "ConceptMap")["group"]
        for element in group["element"]:
            for target in element["target"]:
                row = rows[group["target"], target["code"]]
                assert target["comment"].endswith(f"confidence: {row.confidence}")


def test_the_client_says_what_is_read_and_what_is_written() -> None:
    (rest,) = load("horehab-client", "CapabilityStatement")["rest"]
    asked = {each["type"]: {one["code"] for one in each["interaction"]} for each in rest["resource"]}
    assert list(asked) == [*kinds.KINDS, *kinds.PLACES]
    assert {kind for kind, codes_ in asked.items() if "update" in codes_} == set(kinds.WRITTEN)
    assert not any("delete" in codes_ for codes_ in asked.values())


def test_the_examples_are_what_the_writer_writes() -> None:
    committed = {(each["resourceType"], each["id"]): each for each in examples()}
    for resource in written():
        assert committed[resource["resourceType"], resource["id"]] == resource


def test_there_is_an_example_of_every_profile() -> None:
    claimed = {url for each in examples() for url in each.get("meta", {}).get("profile", ())}
    profiles = {load(name)["url"] for name in names() if load(name)["type"] != "Extension"}
    assert claimed == profiles


def test_the_six_published_patients_are_among_the_examples() -> None:
    bundles = [each for each in examples() if each["resourceType"] == "Bundle"]
    assert [each["id"] for each in bundles] == [f"published-{number}" for number in range(1, 7)]
    for bundle in bundles:
        urls = [entry["fullUrl"] for entry in bundle["entry"]]
        assert len(urls) == len(set(urls))
        assert any(entry["resource"]["resourceType"] == "Patient" for entry in bundle["entry"])


@pytest.mark.parametrize("example", list(examples()), ids=lambda each: f"{each['resourceType']}-{each['id']}")
def test_every_example_is_valid_by_the_base_definitions(example: dict[str, Any]) -> None:
    check(example)


@pytest.mark.parametrize("artefact", list(artefacts()), ids=lambda each: f"{each['resourceType']}-{each['id']}")
def test_every_artefact_is_valid_by_the_base_definitions(artefact: dict[str, Any]) -> None:
    check({name: value for name, value in artefact.items() if name not in ("snapshot", "differential")})


def test_the_site_of_the_examples_names_our_profiles() -> None:
    assert SITE.has_profiles


def test_the_page_for_integrators_names_every_profile() -> None:
    page = (PROFILES.parent / "docs/integration.md").read_text(encoding="utf-8")
    listed = [name for name in names() if load(name)["type"] != "Extension"]
    assert [name for name in listed if f"`{name}`" not in page] == []
    assert len(names()) - len(listed) == 15, "the page says fifteen extensions"

"""Profiles that are not ours are checked too: slices of every kind, closed and ordered lists, lists of codes."""

import io
import tarfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from horehab.errors import BadPackage
from horehab.fhir.validation import validate
from horehab.fhir.validation.codes import content_of
from horehab.fhir.validation.contents import ANY, Membership, holds
from horehab.fhir.validation.packages import read_package, using
from tests.profiles.handmade import BASE, package, profile, row, sliced

A, B, C = ({"system": "http://a.example", "code": code} for code in "abc")
_CODING = (row("Basic.code", "CodeableConcept", 1),)


def _codings(slicing: dict[str, Any], *codings: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Give a profile whose codings are A at least once and B, and a resource with some codings."""
    parts = [
        row(f"Basic.code.coding:{code}", "Coding", low, "1", patternCoding={"code": code}, most="*")
        for code, low in (("a", 1), ("b", 0))
    ]
    tree = profile("x", "Basic", *_CODING, sliced("Basic.code.coding", "pattern", "$this", slicing=slicing), *parts)
    return tree, {"resourceType": "Basic", "code": {"coding": list(codings)}}


def _rules(folder: Path, tree: Any, resource: dict[str, Any], *more: Any) -> list[tuple[str, str]]:
    with using(str(package(folder, tree, *more))):
        found = [issue for issue in validate(resource, profile=tree["url"]) if issue.is_error]
    return [(issue.path, issue.rule) for issue in found]


@pytest.mark.parametrize(
    ("slicing", "codings", "wanted"),
    [
        ({}, (A,), []),
        ({}, (B, C), [("Basic.code.coding:a", "min")]),
        ({}, (A, A), [("Basic.code.coding:a", "max")]),
        ({"rules": "closed"}, (A, B), []),
        ({"rules": "closed"}, (A, C), [("Basic.code.coding[1]", "slice")]),
        ({"rules": "openAtEnd"}, (A, B, C), []),
        ({"rules": "openAtEnd"}, (C, A), [("Basic.code.coding", "order")]),
        ({"ordered": True}, (A, B), []),
        ({"ordered": True}, (B, A), [("Basic.code.coding", "order")]),
    ],
)
def test_a_list_is_open_closed_or_ordered(tmp_path: Path, slicing: Any, codings: Any, wanted: Any) -> None:
    tree, resource = _codings(slicing, *codings)
    assert _rules(tmp_path, tree, resource) == wanted


@pytest.mark.parametrize(
    ("codings", "wanted"),
    [([{"code": "a", "display": "A"}], []), ([{"code": "a"}], [("Basic.code.coding:worded", "min")])],
)
def test_what_is_there_tells_slices_apart(tmp_path: Path, codings: Any, wanted: Any) -> None:
    tree = profile(
        "x", "Basic", *_CODING, sliced("Basic.code.coding", "exists", "display"),
        row("Basic.code.coding:worded", "Coding", 1, "*"),
        row("Basic.code.coding:worded.display", "string", 1),
        row("Basic.code.coding:worded.code", "code"),
        row("Basic.code.coding:wordless", "Coding", 0, "*"),
        row("Basic.code.coding:wordless.display", "string", 0, "0", most="1"),
        row("Basic.code.coding:wordless.code", "code"),
    )  # fmt: skip
    assert _rules(tmp_path, tree, {"resourceType": "Basic", "code": {"coding": codings}}) == wanted


@pytest.mark.parametrize(("key", "wanted"), [("valueString", []), ("valueInteger", [("B", "min")])])
def test_the_type_of_an_element_tells_slices_apart(tmp_path: Path, key: str, wanted: Any) -> None:
    tree = profile(
        "x", "Observation", row("Observation.status", "code", 1), row("Observation.code", "CodeableConcept", 1),
        sliced("Observation.component", "type", "value", kind="BackboneElement"),
        row("Observation.component.code", "CodeableConcept", 1),
        row("Observation.component.value[x]", type=[{"code": "string"}, {"code": "integer"}]),
        row("Observation.component:said", "BackboneElement", 1, "*"),
        row("Observation.component:said.code", "CodeableConcept", 1),
        row("Observation.component:said.value[x]", "string", 1),
    )  # fmt: skip
    part = {"code": {"text": "x"}, key: "yes" if key == "valueString" else 5}
    found = _rules(
        tmp_path, tree, {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "component": [part]}
    )
    assert found == [("Observation.component:said", rule) for _, rule in wanted]


@pytest.mark.parametrize(("gender", "wanted"), [("female", []), ("x", [("Bundle.entry:woman", "min")])])
def test_the_profile_of_a_resource_tells_slices_apart(tmp_path: Path, gender: str, wanted: Any) -> None:
    woman = profile("woman", "Patient", row("Patient.gender", "code", 1, fixedCode="female"))
    tree = profile(
        "x", "Bundle", row("Bundle.type", "code", 1),
        sliced("Bundle.entry", "profile", "resource", kind="BackboneElement"),
        row("Bundle.entry.resource", "Resource"),
        row("Bundle.entry:woman", "BackboneElement", 1, "*"),
        row("Bundle.entry:woman.resource", type=[{"code": "Patient", "profile": [woman["url"]]}]),
    )  # fmt: skip
    entry = {"resource": {"resourceType": "Patient", "gender": gender}}
    found = _rules(tmp_path, tree, {"resourceType": "Bundle", "type": "collection", "entry": [entry]}, woman)
    assert [each for each in found if "gender" not in each[0]] == wanted


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        (["Patient", "Basic"], []),
        (["Basic"], [("Bundle.entry:patient", "min")]),
        (["Patient", "Patient"], [("Bundle.entry:patient", "max")]),
    ],
)
def test_the_kind_of_a_resource_tells_slices_apart(tmp_path: Path, kinds: list[str], wanted: Any) -> None:
    tree = profile(
        "x", "Bundle", row("Bundle.type", "code", 1),
        sliced("Bundle.entry", "type", "resource", kind="BackboneElement"),
        row("Bundle.entry.resource", "Resource"),
        row("Bundle.entry:patient", "BackboneElement", 1, "1", most="*"),
        row("Bundle.entry:patient.resource", "Patient", 1),
    )  # fmt: skip
    more: dict[str, Any] = {"Basic": {"code": {"text": "x"}}, "Patient": {"active": True}}
    entries = [{"resource": {"resourceType": kind, **more[kind]}} for kind in kinds]
    assert _rules(tmp_path, tree, {"resourceType": "Bundle", "type": "collection", "entry": entries}) == wanted


def test_a_resource_of_another_kind_than_the_profile_wants_is_an_error(tmp_path: Path) -> None:
    tree = profile(
        "x", "Bundle", row("Bundle.type", "code", 1), row("Bundle.entry", "BackboneElement", 1, "*"),
        row("Bundle.entry.resource", "Patient", 1),
    )  # fmt: skip
    entry = {"resource": {"resourceType": "Basic", "code": {"text": "x"}}}
    found = _rules(tmp_path, tree, {"resourceType": "Bundle", "type": "collection", "entry": [entry]})
    assert found == [("Bundle.entry[0].resource", "type")]


@pytest.mark.parametrize(("code", "wanted"), [("a", []), ("z", [("Observation.component:a", "min")])])
def test_what_stands_deep_within_tells_slices_apart(tmp_path: Path, code: str, wanted: Any) -> None:
    tree = profile(
        "x", "Observation", row("Observation.status", "code", 1), row("Observation.code", "CodeableConcept", 1),
        sliced("Observation.component", "value", "code", kind="BackboneElement"),
        row("Observation.component.code", "CodeableConcept", 1),
        row("Observation.component:a", "BackboneElement", 1, "*"),
        row("Observation.component:a.code", "CodeableConcept", 1),
        row("Observation.component:a.code.coding", "Coding", 1, "*", patternCoding={"code": "a"}),
    )  # fmt: skip
    part = {"code": {"coding": [{"system": "http://a.example", "code": code}]}}
    resource = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "component": [part]}
    assert _rules(tmp_path, tree, resource) == wanted


@pytest.mark.parametrize(
    ("code", "wanted"), [("a", []), ("c", ["binding"]), ("d", ["binding"]), ("z", ["code", "binding"])]
)
def test_codes_are_looked_up_in_the_lists_of_the_package(tmp_path: Path, code: str, wanted: list[str]) -> None:
    system = {
        "resourceType": "CodeSystem", "url": "http://a.example", "content": "complete",
        "concept": [{"code": "a", "concept": [{"code": "b"}]}, {"code": "c"}, {"code": "d"}],
    }  # fmt: skip
    letters = {
        "resourceType": "ValueSet", "url": f"{BASE}/ValueSet/letters",
        "compose": {"include": [{"system": "http://a.example", "concept": [{"code": "a"}, {"code": "b"}]}]},
    }  # fmt: skip
    binding = {"strength": "required", "valueSet": f"{letters['url']}|1.0.0"}
    tree = profile("x", "Basic", row("Basic.code", "CodeableConcept", 1, binding=binding))
    resource = {"resourceType": "Basic", "code": {"coding": [{"system": "http://a.example", "code": code}]}}
    assert [rule for _, rule in _rules(tmp_path, tree, resource, system, letters)] == wanted


def _letters(codes: str, *more: str, **rest: Any) -> dict[str, Any]:
    """Name some letters of one system, where they are in further value sets."""
    found = {"system": "http://a.example", "concept": [{"code": code} for code in codes]} if codes else {}
    return found | ({"valueSet": [f"{BASE}/ValueSet/{name}" for name in more]} if more else {}) | rest


_FILTERED = {"system": "http://a.example", "filter": [{"property": "x", "op": "=", "value": "y"}]}


@pytest.mark.parametrize(
    ("compose", "held", "unsure"),
    [
        ({"include": [_letters("abc")], "exclude": [_letters("b")]}, "ac", ""),
        ({"include": [_letters("abc")], "exclude": [_letters("", "ab")]}, "c", ""),
        ({"include": [_letters("abc")], "exclude": [_letters("", "absent")]}, "", "abcd"),
        ({"include": [_letters("abc")], "exclude": [_FILTERED]}, "", "abcd"),
        ({"include": [_letters("", "ab"), _letters("", "c")]}, "abc", ""),
        ({"include": [_letters("", "ab"), _letters("c")]}, "abc", ""),
        ({"include": [_letters("", "ab"), _letters("", "absent")]}, "ab", "cd"),
        ({"include": [_letters("", "ab"), _FILTERED]}, "", "abcd"),
        ({"include": [_letters("bc", "ab")]}, "b", ""),
        ({"include": [_letters("", "ab", "c")]}, "", ""),
        ({"include": [_letters("bc", "absent")]}, "", "abcd"),
        ({"include": [_letters("a"), _letters("", "x")]}, "a", "bcd"),
        ({"include": [_letters("a"), _letters("", "round")]}, "ad", "bc"),
        ({"include": [_letters("", "none")]}, "", ""),
        ({"include": [_letters("", valueSet=5)]}, "", "abcd"),
    ],
)
def test_a_value_set_of_a_package_is_put_together_from_its_parts(
    tmp_path: Path, compose: Any, held: str, unsure: str
) -> None:
    """What it includes comes together, what it excludes is taken out; what nobody can tell is not checked."""
    parts = {
        "x": compose, "ab": {"include": [_letters("ab")]}, "c": {"include": [_letters("c")]},
        "round": {"include": [_letters("d"), _letters("", "x")]}, "none": {"include": []},
    }  # fmt: skip
    sets = [
        {"resourceType": "ValueSet", "url": f"{BASE}/ValueSet/{key}", "compose": each} for key, each in parts.items()
    ]
    told = {Membership.IN: "", Membership.UNKNOWN: "", Membership.OUT: ""}
    with using(str(package(tmp_path, *sets))):
        content = content_of(f"{BASE}/ValueSet/x")
        for code in "abcd":
            told[holds({ANY: None} if content is None else content, "http://a.example", code)] += code
    assert (told[Membership.IN], told[Membership.UNKNOWN]) == (held, unsure)


def test_a_package_is_in_use_only_while_it_is_asked_for(tmp_path: Path) -> None:
    tree, resource = _codings({}, B)
    named = resource | {"meta": {"profile": [tree["url"]]}}
    with using(str(package(tmp_path, tree))):
        assert "min" in {issue.rule for issue in validate(named)}
    assert {issue.rule for issue in validate(named)} == {"profile", "code", "dom-6"}


def test_a_package_with_a_broken_definition_is_refused_by_its_name(tmp_path: Path) -> None:
    tree = deepcopy(_codings({})[0])
    tree["snapshot"]["element"][1].pop("base")
    with pytest.raises(BadPackage, match=r"holds https://hospital\.example/fhir/StructureDefinition/x, which cannot"):
        read_package(package(tmp_path, tree))


def test_in_a_bundle_a_profile_is_for_the_entries_of_its_type(tmp_path: Path) -> None:
    tree, wrong = _codings({}, B)
    entries = [{"resource": {"resourceType": "Patient"}}, {"resource": wrong}, {"resource": _codings({}, A)[1]}, 5]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries[:3]}
    assert _rules(tmp_path, tree, bundle) == [("Bundle.entry[1].resource.code.coding:a", "min")]
    assert ("Bundle.meta.profile", "profile") in _rules(tmp_path, tree, bundle | {"entry": entries[:1]})
    assert ("Bundle.entry[3]", "shape") in _rules(tmp_path, tree, bundle | {"entry": entries})


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"package.json": '{"fhirVersions": 5}'}, "is for FHIR 5"),
        ({"package.json": "[" * 100_000}, "nested too deeply"),
    ],
)
def test_a_package_of_nonsense_is_refused_in_a_sentence(tmp_path: Path, files: dict[str, str], words: str) -> None:
    path = tmp_path / "nonsense.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    with pytest.raises(BadPackage, match=words):
        read_package(path)

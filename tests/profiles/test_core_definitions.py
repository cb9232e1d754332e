"""The small table of R4 by which we check is what HL7's definitions give, and has all that our profiles use."""

import pytest

from fhir_profiles import load, names, r4_codes, r4_types
from tests.profiles import core_definitions
from tests.servers.sushi import definitions


@pytest.fixture(scope="module")
def fresh() -> dict[str, str]:
    """The files as the definitions give them now."""
    definitions()
    return core_definitions.files()


@pytest.mark.needs("sushi")
def test_the_committed_table_is_what_the_definitions_give(fresh: dict[str, str]) -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in core_definitions.R4.iterdir()}
    assert fresh.keys() == committed.keys(), "run make profiles"
    assert [name for name in fresh if fresh[name] != committed[name]] == [], "run make profiles"


def test_the_table_names_its_source() -> None:
    assert r4_types()["source"] == r4_codes()["source"] == "hl7.fhir.r4.core 4.0.1, HL7 International, CC0-1.0"


def test_every_resource_and_every_data_type_of_r4_is_there() -> None:
    types = r4_types()["types"]
    assert sum(tree["kind"] == "resource" for tree in types.values()) == 148
    for name in (
        "Coding",
        "Quantity",
        "Identifier",
        "Reference",
        "Extension",
        "Questionnaire",
        "QuestionnaireResponse",
    ):
        assert types[name]["element"]


def test_every_type_and_list_that_our_profiles_use_is_there() -> None:
    sets, types = r4_codes()["sets"], r4_types()["types"]
    unknown = set()
    for name in names():
        for element in load(name)["snapshot"]["element"]:
            codes = (each["code"] for each in element.get("type", ()))
            unknown |= {code for code in codes if "/" not in code and code not in types}
            binding = element.get("binding", {})
            address = binding.get("valueSet", "").partition("|")[0]
            if binding.get("strength") == "required" and "horehab.org" not in address and address not in sets:
                unknown.add(address)
    assert unknown == set()


def test_an_invariant_that_r4_names_twice_is_kept_apart() -> None:
    rules = r4_types()["constraints"]
    assert rules["inv-1"][1] != rules["inv-1#2"][1]

"""HOREHAB_SCOPE as people write it: every form that is meant, and a sentence for every one that is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.errors import ConfigurationError
from horehab.fhir.basis.scope import read_scope


@pytest.mark.parametrize("text", ["everything", "", "  ", " everything "])
def test_without_a_scope_every_patient_is_read(text: str) -> None:
    assert read_scope(text).is_everything


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Group/7", ("Group/7",)),
        ("List/ward-3", ("List/ward-3",)),
        ("Location/icu.1", ("Location/icu.1",)),
        ("Patient/1", ("Patient/1",)),
        ("Patient/1,Patient/2,Patient/1", ("Patient/1", "Patient/2")),
        ("Patient?organization=Organization/7", ("Patient?organization=Organization/7",)),
        ("Patient?_has:Encounter:patient:status=in-progress", ("Patient?_has:Encounter:patient:status=in-progress",)),
        ("Encounter?location=Location/7&status=in-progress", ("Encounter?location=Location/7&status=in-progress",)),
        (" Group/7  Location/3 ", ("Group/7", "Location/3")),
    ],
)
def test_a_scope_names_a_group_a_list_a_place_a_search_or_patients(text: str, parts: tuple[str, ...]) -> None:
    assert read_scope(text).parts == parts


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("Groups/7", "Group/<id>"),
        ("Group/", "Group/<id>"),
        ("7", "Group/<id>"),
        ("Group/7,everything", "Group/<id>"),
        ("Group/7 everything", "Group/<id>"),
        ("https://ehr.example/fhir/Group/7", "Group/<id>"),
        ("Observation?code=7", "Group/<id>"),
        ("Patient?", "Group/<id>"),
        ("Patient?organization", "needs a value"),
        ("Patient?organization=", "needs a value"),
        ("Patient?organization=7#x", "needs a value"),
        ("Patient?organization=7&_count=3", "_count"),
        ("Patient?_elements=id", "_elements"),
        ("system/*.rs", "HOREHAB_SCOPES"),
    ],
)
def test_a_scope_that_cannot_be_used_is_named_with_its_remedy(text: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError, match="HOREHAB_SCOPE holds") as caught:
        read_scope(text)
    assert remedy in caught.value.remedy
    assert any(word[:20] in caught.value.message for word in text.split())


@given(st.text())
def test_no_text_is_taken_for_everybody_by_mistake(text: str) -> None:
    try:
        scope = read_scope(text)
    except ConfigurationError:
        return
    assert scope.is_everything is (not text.split() or text.split() == ["everything"])

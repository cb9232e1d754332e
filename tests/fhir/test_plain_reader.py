"""What is read quickly is kept in the rows that the tolerant translators give, whatever the Observation holds."""

import gc
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sync_pages import pages
from horehab.demo.resources import Pen
from horehab.fhir.basis.site import Site
from horehab.fhir.plain.reader import PlainReader
from horehab.fhir.reading import understand
from horehab.fhir.wire.envelope import Readers, item_of
from horehab.fhir.wire.pages import Entry
from horehab.store import tables
from horehab.store.keeping_rows import SAME, facts_of, plain_rows, row_of, understanding
from horehab.store.versions import stamp_of
from horehab.usecases.exchange import ChartItem, Item
from tests.fhir.plain_observations import CODES, LOINC, SITES, UCUM, concept, families


def carefully(source: bytes, site: Site) -> Item:
    """Read as the tolerant translators do."""
    return item_of("Observation", Entry(path="x", source=source), lambda tree, text: understand(tree, text, site))


def rows(item: Item) -> tuple[object, ...]:
    """Write down all that our memory keeps of an item."""
    aside = (item.identity, item.unreadable, item.unread)
    return row_kept(item), stamp_of(item), understanding(item), list(facts_of(item)), aside


def row_kept(item: Item) -> dict[str, object]:
    """Name what stands in the row of a resource, but for hashes that are not always worth the time."""
    names = [column.name for column in tables.resource.columns]
    if not isinstance(item, ChartItem):
        ((*row,),) = plain_rows([item])
        whole = dict(zip([name for name in names if name not in SAME], row, strict=True)) | SAME
    else:
        whole = dict(zip(names, row_of(item, None), strict=True))
    return {name: value for name, value in whole.items() if name not in ("content", "understood")}


@given(families(), st.sampled_from(SITES))
@settings(max_examples=300, deadline=None)
def test_what_is_read_quickly_is_read_as_the_careful_readers_do(texts: list[bytes], site: Site) -> None:
    reader = PlainReader(site)
    for source in (*texts, *texts):
        found = reader.read(source)
        assert found is None or rows(found) == rows(carefully(source, site))


def test_nearly_all_of_an_ordinary_chart_is_read_quickly_and_all_of_it_alike() -> None:
    site = SITES[0]
    reader, quick, all_of_them = PlainReader(site), 0, 0
    for page in pages(30)[0]["Observation"]:
        for entry in json.loads(page)["entry"]:
            source = json.dumps(entry["resource"]).encode()
            found = reader.read(source)
            all_of_them += 1
            quick += found is not None
            assert found is None or rows(found) == rows(carefully(source, site))
    assert quick / all_of_them > 0.95


@pytest.mark.parametrize("value", [{"valueQuantity": {"value": 71, "unit": "/min"}}, {"valueString": "regular"}])
def test_what_is_none_of_our_business_is_passed_quickly(value: dict[str, Any]) -> None:
    pulse = Pen(key="p", admitted=date(2026, 1, 1)).new("Observation", "1", {"status": "final"} | value)
    source = json.dumps(pulse | {"code": concept(LOINC, "8867-4", "Heart rate")}).encode()
    found = PlainReader(SITES[0]).read(source)
    assert found is not None
    assert (found.reference, found.patient, found.written) == ("Observation/p-1", "Patient/p", ())
    assert rows(found) == rows(carefully(source, SITES[0]))
    assert not gc.is_tracked(found), "thousands of them are nothing for the collector to look through"


def test_a_searched_observation_comes_from_the_quick_reader_where_there_is_one() -> None:
    site = SITES[0]
    source = json.dumps(
        {"resourceType": "Observation", "id": "1", "status": "final", "code": CODES[-3]["code"]}
    ).encode()
    asked: list[bytes] = []
    readers = Readers(tolerant=lambda tree, text: understand(tree, text, site), quick={"Observation": asked.append})
    expected = carefully(source, site)
    assert item_of("Observation", Entry(path="x", source=source), readers) == expected
    assert item_of("Patient", Entry(path="x", source=source), readers).unreadable[0].code == "wrong-kind"
    assert asked == [source]


@pytest.mark.parametrize("name", ["performer", "partOf", "device", "encounter", "code"])
def test_what_is_no_text_anywhere_is_left_to_the_careful_readers(name: str) -> None:
    reader, site = PlainReader(SITES[0]), SITES[0]
    code = concept(LOINC, "8867-4", "Pulse of Anna")
    pulse: dict[str, Any] = {"resourceType": "Observation", "id": "1", "status": "final", "code": code}
    clean = json.dumps({name: {"display": "Anna"}} | pulse)
    for source in (clean.encode(), clean.replace("Anna", "\u00ff").encode("latin-1")):
        found = reader.read(source)
        assert found is None or rows(found) == rows(carefully(source, site))


@pytest.mark.parametrize(
    "beside", [{"valueString": "high"}, {"valueCodeableConcept": {"text": "high"}}, {"valueBoolean": True}]
)
@pytest.mark.parametrize("is_within", [False, True])
def test_a_value_beside_those_of_the_components_is_set_aside_though_the_shape_is_known(
    beside: dict[str, Any], *, is_within: bool
) -> None:
    """The second is like the first but for what nobody can read as a number."""
    reader, site = PlainReader(SITES[0]), SITES[0]
    bilirubin = {"code": concept(LOINC, "1975-2", "Bilirubin")}
    part = bilirubin | {"valueQuantity": {"value": 1.5, "unit": "mg/dL", "system": UCUM, "code": "mg/dL"}}
    whole = {"resourceType": "Observation", "id": "1", "status": "final", "subject": {"reference": "Patient/1"}}
    whole |= bilirubin | {"effectiveDateTime": "2026-03-02T10:15:00+01:00"}
    odd = {"component": [part | beside]} if is_within else {"component": [part]} | beside
    for each in ({"component": [part]}, odd):
        source = json.dumps(whole | each).encode()
        found, expected = reader.read(source), carefully(source, site)
        assert found is None or rows(found) == rows(expected)
    assert is_within or [each.code for each in expected.unreadable] == ["not-a-number"]

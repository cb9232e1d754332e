"""What is read quickly of Procedures is kept in the rows that the tolerant translators give, whatever they hold."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sync_pages import pages
from horehab.fhir.basis.site import Site
from horehab.fhir.plain.procedures import PlainProcedures
from horehab.fhir.reading import understand
from horehab.fhir.wire.envelope import item_of
from horehab.fhir.wire.pages import Entry
from horehab.usecases.exchange import Item
from tests.fhir.plain_observations import CANONICAL, METAS, SITES, SNOMED, SUBJECTS, bitten, concept, spoilt
from tests.fhir.test_plain_reader import rows

CODES = [
    concept(SNOMED, "183311000", "Passive exercise"),
    concept(SNOMED, "229065009"),
    concept(SNOMED, "1258985005", "Invasive mechanical ventilation"),
    concept(SNOMED, "52734007", "Total hip replacement"),
    concept(f"{CANONICAL}/CodeSystem/horehab-session-type", "walking"),
    concept(SNOMED, "80146002", "Appendectomy 100 %"),
    {"text": "Passive exercise"},
]
TIMES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"performedPeriod": {"start": "2026-02-09T10:00:00+01:00", "end": "2026-02-09T10:30:00+01:00"}},
        {"performedPeriod": {"start": "2026-02-09T10:00:00+01:00", "end": "2026-02-11T10:30:00+01:00"}},
        {"performedPeriod": {"start": "2026-02-09T10:00:00+01:00", "end": "2026-02-09T09:30:00+01:00"}},
        {"performedPeriod": {"start": "2026-02-09", "end": "2026-02-10"}},
        {"performedPeriod": {"start": "2026-02-09T10:00", "end": " 2026-02-09T10:20:30 "}},
        {"performedPeriod": {"start": "yesterday", "end": "2026-02-09T10:30:00+01:00"}},
        {"performedPeriod": {"start": "2026-02-09T10:00:00+01:00"}},
        {"performedDateTime": "2026-02-09T10:00:00+01:00"},
        {},
    ]
)
OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from([concept(SNOMED, "229065009"), concept(SNOMED, "387713003", "Surgery")]),
        "bodySite": st.sampled_from([[concept(SNOMED, "6757004")], [concept(SNOMED, "287679003"), {"text": "knee"}]]),
        "performer": st.sampled_from(
            [[{"actor": {"reference": "Practitioner/3"}}], [{"actor": {"display": 'Anna "A" %s'}}], {}, []]
        ),
        "statusReason": st.just({"text": "fever"}),
        "complication": st.just([{"text": "pain"}]),
        "identifier": st.sampled_from(
            [[{"system": "urn:x", "value": "7"}], [{"system": f"{CANONICAL}/id/session", "value": "4f2e"}]]
        ),
        "encounter": st.just({"reference": "Encounter/9"}),
        "text": st.just({"status": "generated", "div": "Ñ"}),
        "note": st.just([{"text": "tired"}]),
        "recorded": st.just("2026-02-12"),
        "modifierExtension": st.just([{"url": "urn:x", "valueBoolean": True}]),
    },
)


@st.composite
def procedures(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a Procedure, mostly one that a server could send."""
    made: dict[str, Any] = {"resourceType": "Procedure", "id": draw(st.sampled_from(["5", "5", " 5 ", ""]))}
    made |= {"status": draw(st.sampled_from(["completed", "completed", "stopped", "not-done", "in-progress", "odd"]))}
    made |= {"code": draw(st.sampled_from(CODES)), "subject": draw(SUBJECTS), "meta": draw(METAS)} | draw(TIMES)
    extra = draw(OTHERS)
    return made | {name: extra[name] for name in sorted(extra) if draw(st.integers(0, 2)) == 0}


@st.composite
def families(draw: st.DrawFn) -> list[bytes]:
    """Draw some that have much in common, so that what is remembered of one meets another."""
    first = draw(procedures())
    alike = [first | draw(TIMES) for _ in range(draw(st.integers(0, 2)))]
    changed = [draw(spoilt(first)) for _ in range(draw(st.integers(0, 3)))]
    texts = [json.dumps(each, ensure_ascii=draw(st.booleans())) for each in (first, *alike, *changed)]
    return [draw(bitten(text.encode("utf-8", "surrogatepass"))) for text in texts]


def carefully(source: bytes, site: Site) -> Item:
    """Read as the tolerant translators do."""
    return item_of("Procedure", Entry(path="x", source=source), lambda tree, text: understand(tree, text, site))


@given(families(), st.sampled_from(SITES))
@settings(max_examples=300, deadline=None)
def test_a_procedure_that_is_read_quickly_is_read_as_the_careful_readers_do(texts: list[bytes], site: Site) -> None:
    reader = PlainProcedures(site)
    for source in (*texts, *texts):
        found = reader.read(source)
        assert found is None or rows(found) == rows(carefully(source, site))


def test_the_sessions_of_an_ordinary_chart_are_all_read_quickly() -> None:
    reader = PlainProcedures(SITES[0])
    for page in pages(30)[0]["Procedure"]:
        for entry in json.loads(page)["entry"]:
            source = json.dumps(entry["resource"]).encode()
            found = reader.read(source)
            assert found is not None
            assert found.written
            assert rows(found) == rows(carefully(source, SITES[0]))

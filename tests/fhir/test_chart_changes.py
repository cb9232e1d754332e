"""What changed in the chart: read whole, marked by the server's own time, and with every doubt said aloud."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from horehab.errors import EhrRefused, EhrUnavailable, NotAFhirServer
from horehab.fhir.chart import FhirChart
from horehab.usecases.exchange import ChartPage
from tests.fhir.ward import NOW, PATIENT, chart_at, observation
from tests.servers.meddler import MeddledServer, start_meddled


@pytest.fixture
def server() -> Iterator[MeddledServer]:
    with start_meddled() as running:
        running.store.put(PATIENT)
        yield running


@pytest.fixture
def chart(server: MeddledServer) -> Iterator[FhirChart]:
    with chart_at(server.url, page_size=10) as opened:
        yield opened


def pull(chart: FhirChart, marks: dict[str, str]) -> list[ChartPage]:
    """Pull as the use case does, and move the marks of complete kinds."""
    pages = list(chart.changes(dict(marks)))
    troubled = {page.kind for page in pages if page.problems}
    marks |= {p.kind: p.mark for p in pages if p.is_last and p.mark and p.kind not in troubled}
    return pages


def references(pages: list[ChartPage], kind: str = "Observation") -> list[str]:
    return [item.reference for page in pages if page.kind == kind for item in page.items]


def problems(pages: list[ChartPage]) -> list[str]:
    return [problem for page in pages for problem in page.problems]


def takes_away(kind: str, *, interaction: str = "") -> Any:
    def edit(statement: dict[str, Any]) -> None:
        rest = statement["rest"][0]
        if not interaction:
            rest["resource"] = [each for each in rest["resource"] if each["type"] != kind]
        for each in rest["resource"]:
            if each["type"] == kind:
                each["interaction"] = [code for code in each["interaction"] if code["code"] != interaction]

    return edit


def test_a_first_pull_reads_every_page_and_leaves_marks(server: MeddledServer, chart: FhirChart) -> None:
    for number in range(25):
        server.store.put(observation(f"o{number}"))
    marks: dict[str, str] = {}
    pages = pull(chart, marks)
    observations = [page for page in pages if page.kind == "Observation"]
    assert [len(page.items) for page in observations] == [10, 10, 5]
    assert [page.is_last for page in observations] == [False, False, True]
    assert set(references(pages)) == {f"Observation/o{number}" for number in range(25)}
    assert {"Patient", "Observation"} <= set(marks)
    assert problems(pages) == []


def test_each_resource_is_kept_as_the_server_sent_it(server: MeddledServer, chart: FhirChart) -> None:
    server.store.put(observation("o1", valueQuantity={"value": Decimal("85.10"), "unit": "deg"}))
    pages = pull(chart, {})
    (item,) = [item for page in pages for item in page.items if item.reference == "Observation/o1"]
    assert b"85.10" in item.source
    assert item.version == "1"


def test_the_second_pull_reads_the_overlap_and_what_is_new(server: MeddledServer, chart: FhirChart) -> None:
    server.store.put(observation("old"), at=NOW - timedelta(hours=1))
    server.store.put(observation("edge"), at=NOW - timedelta(seconds=200))
    marks: dict[str, str] = {}
    pull(chart, marks)
    server.store.put(observation("new"), at=NOW + timedelta(hours=2))
    assert references(pull(chart, marks)) == ["Observation/edge", "Observation/new"]


def test_a_transaction_that_commits_two_minutes_late_is_not_missed(server: MeddledServer) -> None:
    """Even when somebody sets the overlap to nothing."""
    with chart_at(server.url, overlap=0) as chart:
        server.store.put(observation("old"), at=NOW - timedelta(hours=1))
        server.store.put(observation("first"), at=NOW)
        marks: dict[str, str] = {}
        pull(chart, marks)
        server.store.put(observation("late"), at=NOW - timedelta(seconds=120))
        assert references(pull(chart, marks)) == ["Observation/late", "Observation/first"]


def test_a_resource_dated_far_ahead_does_not_carry_the_mark_away(server: MeddledServer, chart: FhirChart) -> None:
    server.store.put(observation("ahead"), at=NOW + timedelta(days=3650))
    marks: dict[str, str] = {}
    pull(chart, marks)
    server.store.put(observation("new"), at=NOW + timedelta(days=3000))  # later than the server's clock, still
    assert "Observation/new" in references(pull(chart, marks))


def test_what_was_deleted_is_gone_after_a_direct_read_says_so(server: MeddledServer, chart: FhirChart) -> None:
    server.store.put(observation("o1"))
    server.store.put(observation("o2"))
    marks: dict[str, str] = {}
    pull(chart, marks)
    server.store.remove("Observation/o1")
    server.store.remove("Observation/o2")
    server.store.put(observation("o2"))
    pages = pull(chart, marks)
    gone = [item for page in pages for item in page.items if item.is_gone]
    assert [(item.reference, item.version) for item in gone] == [("Observation/o1", "2")]
    assert any(line.endswith("/Observation/o2") for line in server.asked), "a deletion is checked by a direct read"


def test_without_a_history_nothing_is_taken_for_deleted(server: MeddledServer, chart: FhirChart) -> None:
    server.edit_metadata = takes_away("Observation", interaction="history-type")
    server.store.put(observation("o1"))
    marks: dict[str, str] = {}
    pull(chart, marks)
    server.store.remove("Observation/o1")
    pages = pull(chart, marks)
    assert not [item for page in pages for item in page.items if item.is_gone]
    assert not any("Observation/_history" in line for line in server.asked)


def test_a_kind_that_the_server_lacks_is_passed_over(server: MeddledServer, chart: FhirChart) -> None:
    server.edit_metadata = takes_away("Appointment")
    pages = pull(chart, {})
    assert not [page for page in pages if page.kind == "Appointment"]
    assert problems(pages) == []


def test_an_essential_kind_that_the_server_lacks_is_a_problem(server: MeddledServer, chart: FhirChart) -> None:
    server.edit_metadata = takes_away("Observation")
    assert problems(pull(chart, {})) == ["Observation: the server does not offer it"]


def test_a_server_that_refuses_us_stops_the_pull(server: MeddledServer, chart: FhirChart) -> None:
    server.refuse = {"GET": 403}
    with pytest.raises(EhrRefused):
        pull(chart, {})


def test_a_server_that_is_away_stops_the_pull(server: MeddledServer, chart: FhirChart) -> None:
    server.refuse = {"GET": 503}
    with pytest.raises(EhrUnavailable):
        pull(chart, {})


def test_an_address_that_is_no_fhir_server_stops_the_pull(server: MeddledServer) -> None:
    with chart_at(server.url.removesuffix("/fhir")) as chart, pytest.raises(NotAFhirServer, match="HOREHAB_FHIR_URL"):
        pull(chart, {})


def test_a_stored_resource_is_understood_anew_without_the_network(server: MeddledServer, chart: FhirChart) -> None:
    server.refuse = {"GET": 503}
    item = chart.read_again("Observation/o1", b'{"resourceType":"Observation","id":"o1","meta":{"versionId":"4"}}')
    assert (item.reference, item.version) == ("Observation/o1", "4")


def test_a_stored_text_that_is_cut_off_stays_set_aside_under_its_name(chart: FhirChart) -> None:
    first = chart.read_again("Observation/unreadable-1", b'{"resourceType":"Obs')
    again = chart.read_again(first.reference, first.source)
    assert first == again
    assert [found.code for found in first.unreadable] == ["not-json"]
    assert first.source == b'{"resourceType":"Obs'


def test_the_address_of_the_chart_is_the_servers_base(server: MeddledServer) -> None:
    with chart_at(server.url + "/") as chart:
        assert chart.address == server.url

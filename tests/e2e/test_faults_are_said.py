"""Whatever a server does wrong is said in a sentence, in the log, on /health and by doctor; then all is well again.

A table: the fault, and the words by which an integrator knows it. A pass is taken under the fault while a patient's
hip has just stiffened; after it, all is well within one pass and nothing is lost or doubled.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.said import House, open_house
from tests.servers import bundle_faults, faults
from tests.servers.faults import Fault, answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, and what must be heard of it; `doctor` "" when its own look cannot meet the fault."""

    fault: Fault
    says: str
    doctor: str = ""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all faults of reading: each leaves it well."""
    with open_house(tmp_path_factory.mktemp("said")) as opened:
        yield opened


_BUSY = "The FHIR server answers with status"
_READING = {
    "busy, without saying how long": Case(fault=answers(503), says=f"{_BUSY} 503", doctor=f"{_BUSY} 503"),
    "busy for so many seconds": Case(fault=answers(429, retry_after="2"), says=f"{_BUSY} 429"),
    "busy until a time of day": Case(
        fault=answers(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), says=f"{_BUSY} 503"
    ),
    "busy until a number of milliseconds since 1970": Case(
        fault=answers(503, retry_after="1792567680000"), says="it is left alone until"
    ),
    "busy for nonsense": Case(fault=answers(429, retry_after="soon"), says=f"{_BUSY} 429"),
    "broken inside": Case(fault=answers(500), says=f"{_BUSY} 500", doctor=f"{_BUSY} 500"),
    "silent": Case(fault=faults.slow(4).only("GET", path="/Observation"), says="did not answer within 1.5 s"),
    "cut off in mid answer": Case(fault=faults.cut_mid_body(), says="broke off", doctor="broke off"),
    "answers that get lost": Case(fault=faults.lost_answer(), says="broke off", doctor="broke off"),
    "status 200 with an error inside": Case(
        fault=faults.outcome_as_body().only("GET", path="?"), says="answered a OperationOutcome (error processing"
    ),
    "a sign-in page instead of a page of hits": Case(
        fault=faults.html().only("GET", path="/Observation?"), says="The server answered a web page"
    ),
    "hits cut in the middle": Case(fault=faults.truncated_json().only("GET", path="/Observation?"), says="cut off"),
    "a page too large": Case(
        fault=faults.oversize(3_000_000).only("GET", path="/Observation"), says="is larger than 2000000 bytes"
    ),
    "the next page on another server": Case(
        fault=faults.next_link_elsewhere(),
        says="leads to another server and was not followed",
        doctor="another server",
    ),
    "pages that go round": Case(fault=faults.next_link_loop(), says="the links to the next page go in circles"),
    "always one more page": Case(fault=bundle_faults.endless_pages(), says="pages go in circles"),
    "pages that expire": Case(fault=faults.expired_page(), says="forgot its own pages"),
    "fewer hits than it counts": Case(
        fault=bundle_faults.wrong_total(2).only("GET", path="?"), says="that the server counts"
    ),
    "a parameter ignored": Case(
        fault=faults.ignored_parameter("_lastUpdated"),
        says="the server ignored _lastUpdated; its answer was discarded",
        doctor="ignores _lastUpdated",
    ),
    "an outcome among the hits": Case(
        fault=bundle_faults.outcome_entry(), says="the record may be incomplete", doctor="incomplete"
    ),
    "no history though it promises one": Case(
        fault=bundle_faults.no_history(), says="history: the server refused it (status 405"
    ),
    "a redirect to another server in mid pass": Case(
        fault=faults.redirect_elsewhere().only("GET", path="/Observation?"),
        says="sends us on to another server",
    ),
}


@pytest.mark.parametrize("name", _READING)
def test_a_server_that_reads_badly_is_said_everywhere_and_costs_nothing(house: House, name: str) -> None:
    case = _READING[name]
    patient = house.chart_a_fall()
    house.rest()
    fault = case.fault if case.fault.methods else case.fault.only("GET")
    heard = house.tick(fault, asks_doctor=bool(case.doctor))
    assert not heard.is_done
    assert heard.health["status"] == "degraded"
    assert case.says in heard.on_health
    assert case.says in heard.log or case.says.startswith("it is left alone")
    assert case.doctor in heard.by_doctor
    assert house.proxy.requests(origin="elsewhere") == []
    _is_well_again(house, patient)


_QUIET = {
    "no total": bundle_faults.no_total(),
    "no time of its own": bundle_faults.no_server_time(),
    "equal searches out of a cache": faults.stale_search(),
    "headers ignored": faults.ignored_header("If-None-Match"),
    "each write delivered twice": faults.twice(),
}


@pytest.mark.parametrize("name", _QUIET)
def test_what_a_server_may_do_costs_nothing_and_alarms_nobody(house: House, name: str) -> None:
    patient = house.chart_a_fall()
    house.rest()
    heard = house.tick(_QUIET[name])
    assert heard.is_done, heard.log
    assert heard.health["status"] == "ok"
    _is_well_again(house, patient)


def test_hits_of_another_kind_are_set_aside_and_read_when_they_come_right(house: House) -> None:
    patient = house.chart_a_fall()
    house.rest()
    before = house.tick().health["set_aside"]
    house.chart_a_fall()
    heard = house.tick(bundle_faults.wrong_kind().only("GET", path="/Observation?"))
    assert heard.health["set_aside"] > before
    _is_well_again(house, patient)


def test_a_deletion_that_no_history_tells_is_not_believed_of_a_missing_hit(house: House) -> None:
    patient = house.chart_a_fall()
    house.rest()
    house.tick()
    hidden = [f"Observation/{patient}-rom-{visit}" for visit in range(6)]
    assert house.tick(bundle_faults.hidden_from_search(*hidden)).is_done
    assert house.held(patient) == 12


def test_a_transaction_that_becomes_visible_two_minutes_late_is_read(house: House) -> None:
    house.rest()
    patient = house.chart_a_fall()
    late = [f"Observation/{patient}-rom-{visit}" for visit in range(6)]
    house.clock.advance(timedelta(seconds=119))
    house.chart_a_fall()
    house.tick(bundle_faults.hidden_from_search(*late))
    assert house.held(patient) == 6
    house.tick()
    assert house.held(patient) == 12


def _is_well_again(house: House, patient: str) -> None:
    house.rest()
    heard = house.tick()
    assert heard.is_done, heard.log
    assert heard.health["status"] == "ok", heard.health
    assert house.held(patient) == 12
    (suspicion,) = house.suspicions(patient)
    assert f"Condition/{suspicion['id']}" in house.reasons()


_REFUSING = {
    "it does not know us": Case(fault=answers(401), says="does not know us (401)", doctor="does not know us (401)"),
    "it forbids": Case(
        fault=answers(403).only("GET", path="/Observation"), says="does not let us do this (403)", doctor="(403)"
    ),
    "a sign-in page for everything": Case(fault=faults.html(), says="a web page", doctor="a web page"),
    "an outcome for everything": Case(
        fault=faults.outcome_as_body(), says="not a CapabilityStatement", doctor="not a CapabilityStatement"
    ),
    "everything cut": Case(fault=faults.truncated_json(), says="cut off", doctor="cut off"),
    "a redirect to another server": Case(
        fault=faults.redirect_elsewhere(), says="sends us on to another server", doctor="another server"
    ),
}


@pytest.mark.parametrize("name", _REFUSING)
def test_a_server_that_is_none_or_refuses_us_is_said_everywhere_and_costs_nothing(house: House, name: str) -> None:
    case = _REFUSING[name]
    patient = house.chart_a_fall()
    house.rest()
    fault = case.fault if case.fault.methods else case.fault.only("GET")
    heard = house.tick(fault, asks_doctor=True)
    assert not heard.is_done
    assert case.says in heard.log
    assert case.doctor in heard.by_doctor
    assert heard.health["status"] == "degraded"
    assert case.says in heard.on_health
    assert house.proxy.requests(origin="elsewhere") == []
    _is_well_again(house, patient)


_WRITING = {
    "busy": Case(fault=answers(503), says="The FHIR server answers with status 503"),
    "it does not know us for a while": Case(fault=answers(401), says="does not know us (401)"),
    "a sign-in page with status 200": Case(fault=faults.html(), says="a web page"),
    "status 200 with an error inside": Case(fault=faults.outcome_as_body(), says="both that it took it"),
    "the answer lost": Case(fault=faults.lost_answer(), says="broke off"),
    "the answer cut": Case(fault=faults.cut_mid_body(), says="broke off"),
    "said to be written and kept nowhere": Case(
        fault=bundle_faults.forgotten_write(), says="took it, and does not show it yet"
    ),
    "a redirect to another server": Case(
        fault=faults.redirect_elsewhere(), says="sends a write on to another address"
    ),
}


@pytest.mark.parametrize("name", _WRITING)
def test_a_write_that_did_not_come_to_pass_waits_with_its_reason_and_is_done_once(tmp_path: Path, name: str) -> None:
    case = _WRITING[name]
    with open_house(tmp_path) as house:
        patient = house.chart_a_fall()
        heard = house.tick(case.fault.only("PUT", "POST"))
        assert heard.health["waiting"] > 0
        assert heard.health["conflicts"] == 0
        assert case.says in " ".join(row.detail for row in house.tower.ports.logbook.outbox())
        assert house.proxy.requests(origin="elsewhere") == []
        _is_well_again(house, patient)


_FOR_A_PERSON = {
    "forbidden": Case(fault=answers(403).only("PUT", "POST"), says="does not let us do this (403)"),
    "refused for what it is": Case(fault=answers(422).only("PUT", "POST"), says="does not take it"),
    "kept without what names it": Case(
        fault=bundle_faults.halved_write("identifier").only("PUT"), says="without, or with other, identifier"
    ),
}


@pytest.mark.parametrize("name", _FOR_A_PERSON)
def test_what_a_server_will_not_take_is_counted_and_shown_to_a_person(tmp_path: Path, name: str) -> None:
    case = _FOR_A_PERSON[name]
    with open_house(tmp_path) as house:
        house.chart_a_fall()
        heard = house.tick(case.fault)
        assert heard.health["conflicts"] > 0
        assert case.says in " ".join(row.detail for row in house.tower.ports.logbook.outbox())


def test_patients_who_replace_each_other_in_a_circle_are_shown_and_told(tmp_path: Path) -> None:
    with open_house(tmp_path) as house:
        for name, other in (("one", "two"), ("two", "one")):
            link = [{"type": "replaced-by", "other": {"reference": f"Patient/{other}"}}]
            house.sandbox.store.put({"resourceType": "Patient", "id": name, "link": link}, at=house.clock.now())
        patient = house.chart_a_fall()
        heard = house.tick()
        assert heard.is_done
        assert "2 patients are replaced in a circle" in heard.on_health
        assert house.held(patient) == 12

"""Steps before an EHR that keeps no history, that says its record may not be whole, or of which only some is read."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from horehab.domain.entries import SuspicionEntry
from horehab.usecases.exchange import CaseloadQuery
from horehab.usecases.keep_step import keep_step
from tests.fhir.in_scope import BLIND, edited
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion, pain


def test_evidence_deleted_without_a_trace_withdraws_the_suspicion_by_the_next_night(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        proxy.set(BLIND)
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        last = falling(ward)
        keep_step(ward.ports)
        assert len(ward.conditions()) == 1
        for visit in (3, 4, 5):
            for name in (f"Observation/rom-{visit}", f"Observation/pain-{visit}"):
                sandbox.store.remove(name, at=ward.clock.now())
        ward.on(last + timedelta(days=1))
        report = keep_step(ward.ports)
        assert report.pulled.problems == ()
        assert report.pulled.kept.gone == 6
        entries = [entry for review in report.reviews for entry in review.entries]
        assert [entry.is_withdrawn for entry in entries if isinstance(entry, SuspicionEntry)] == [True]


def test_in_a_scope_nobody_else_is_stored_and_who_leaves_stays_as_last_seen(
    open_ward: Callable[..., Ward],
) -> None:
    ben = PATIENT | {"id": "ben"}
    of_ben = [
        r | {"subject": {"reference": "Patient/ben"}} for r in (flexion("b1", DAY_ONE, 90), pain("b2", DAY_ONE, 3))
    ]
    first = open_ward(scope="Patient/ana")
    first.chart(PATIENT, ben, *of_ben)
    falling(first)
    keep_step(first.ports)
    assert first.ports.logbook.patients() == ("Patient/ana",)
    second = open_ward(scope="Patient/ben")
    second.on(first.clock.today())
    report = keep_step(second.ports)
    assert report.pulled.kept.gone == 0
    assert set(second.ports.logbook.patients()) == {"Patient/ana", "Patient/ben"}
    assert len(second.ports.logbook.record("Patient/ana").readings) == 6
    assert len(second.ports.logbook.record("Patient/ben").readings) == 1
    assert len(second.ports.logbook.caseload(CaseloadQuery()).rows) == 2


def test_a_record_that_may_not_be_whole_is_said_and_hinders_nothing(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    """Some servers say so beside every answer: the marks move on, and /health shows the sentence."""
    display = "It may not contain the entire record available in the system."
    issue = {"severity": "warning", "code": "processing", "details": {"coding": [{"display": display}]}}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}

    def say(bundle: dict[str, list[object]]) -> None:
        bundle["entry"] = [*bundle.get("entry", []), {"resource": outcome, "search": {"mode": "outcome"}}]

    with faulty_proxy(sandbox.url) as proxy:
        proxy.set(edited("/Observation?", say))
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT, flexion("r1", DAY_ONE, 90))
        report = keep_step(ward.ports)
        assert report.pulled.problems == ()
        (note,) = report.pulled.notes
        assert note.startswith("Observation: the server says that the record may be incomplete (warning processing")
        assert "Observation" in ward.ports.logbook.marks()
        health = ward.ports.logbook.health(now=ward.clock.now())
        assert health.problems == ()
        assert health.details["notes"] == note


def test_while_the_server_is_asked_others_may_write_to_our_memory(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    """An open write transaction of SQLite locks everyone else out: none is open while we wait for a page."""
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url, page_size=1)
        ward.chart(PATIENT, *(flexion(f"r{number}", DAY_ONE, 90) for number in range(4)))
        other = open_ward(fhir_url=proxy.url).ports
        waited: list[float] = []

        def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
            begun = monotonic()
            other.logbook.audit(who="somebody else", what="a note", patient=None, now=ward.clock.now())
            waited.append(monotonic() - begun)
            return forward(seen)

        proxy.set(Fault(strike=strike, methods=("GET",)))
        assert keep_step(ward.ports).pulled.problems == ()
        assert len(waited) > 10
        assert max(waited) < 2.0

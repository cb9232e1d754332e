"""A step before an EHR that falls silent or answers half: nothing is lost, nothing decided twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from horehab.domain.entries import SuspicionEntry
from horehab.usecases.keep_step import StepOrder, keep_step
from tests.servers.faults import answers, outcome_as_body
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion, mistaken, pain


def test_a_kind_that_was_not_read_to_its_end_is_read_again_from_its_old_mark(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        proxy.set(outcome_as_body().only("GET", path="/Observation"))
        broken = keep_step(ward.ports)
        assert not broken.is_complete
        assert "Observation" not in ward.ports.logbook.marks()
        assert "Patient" in ward.ports.logbook.marks()
        proxy.set()
        assert keep_step(ward.ports).is_complete
        assert len(ward.conditions()) == 1


def test_a_server_that_falls_silent_is_left_alone_after_three_entries(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url, timeout=1.0)
        for number in range(6):
            name = f"p{number}"
            ward.chart(PATIENT | {"id": name})
            ward.chart(*(r | {"subject": {"reference": f"Patient/{name}"}} for r in _fall(name)))
        ward.on(DAY_ONE + timedelta(days=20))
        proxy.set(answers(503).only("PUT"), answers(503).only("POST"))
        report = keep_step(ward.ports)
        assert report.delivered.later >= 3
        assert len({r.headers.get("x-request-id", r.path) for r in proxy.requests(method="PUT")}) <= 4
        proxy.set()
        ward.clock.advance(timedelta(minutes=20))
        assert keep_step(ward.ports).is_complete
        assert len(ward.conditions()) == 6


def _fall(name: str) -> list[dict[str, Any]]:
    readings = []
    for visit, degrees in enumerate((110, 112, 111, 96, 84, 80)):
        day = DAY_ONE + timedelta(days=4 * visit)
        readings += [flexion(f"{name}-r{visit}", day, degrees), pain(f"{name}-p{visit}", day, 2 if visit < 3 else 6)]
    return readings


def test_what_waited_and_is_written_before_the_chart_is_read_stands_in_the_report(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        proxy.set(answers(503).only("PUT"))
        waiting = keep_step(ward.ports).waiting
        assert waiting > 0
        proxy.set()
        ward.clock.advance(timedelta(minutes=20))
        report = keep_step(ward.ports)
        assert (report.waiting, report.delivered.done) == (0, waiting)


def test_a_silent_server_makes_the_pass_incomplete_and_loses_nothing(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(fhir_url="http://127.0.0.1:9/fhir", timeout=1.0)
    report = keep_step(ward.ports)
    assert not report.is_complete
    assert report.pulled.problems


def test_a_withdrawal_that_waits_is_not_decided_again_and_arrives_later(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        keep_step(ward.ports)
        mistaken(ward)
        proxy.set(answers(503).only("PUT"))
        for _ in range(2):
            keep_step(ward.ports, StepOrder(patient="Patient/ana"))
        waiting = [row for row in ward.ports.logbook.outbox() if isinstance(row.entry, SuspicionEntry)]
        assert [row.entry.is_withdrawn for row in waiting if isinstance(row.entry, SuspicionEntry)] == [True]
        proxy.set()
        ward.clock.advance(timedelta(minutes=20))
        keep_step(ward.ports)
        (condition,) = ward.conditions()
        assert condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"

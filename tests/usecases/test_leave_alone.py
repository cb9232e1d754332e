"""An EHR that does not answer is left alone for a growing time, tried by one, and asked at once by a person."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.errors import EhrRefused, EhrUnavailable
from horehab.settings import Settings
from horehab.store import open_logbook
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.leave_alone import (
    LONGEST,
    ask_leave,
    ehr_standing,
    is_faltering,
    note_answer,
    note_silence,
    rest_after,
)
from horehab.usecases.pull_chart import pull_chart
from horehab.usecases.signals import Breaker
from tests.servers.faults import FaultyProxy, answers
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling

BY_ITSELF = StepOrder(is_unattended=True)
DOWN = EhrUnavailable("Nobody listens at ehr:443.")


def _standing(ward: Ward) -> str:
    return ehr_standing(ward.ports.logbook.signals.breaker(), ward.clock.now()).status


def test_one_pass_without_an_answer_is_a_hiccup(ward: Ward) -> None:
    note_silence(ward.ports, DOWN)
    assert ask_leave(ward.ports) == ""
    assert _standing(ward) == "faltering"
    assert is_faltering(ward.ports)


def test_two_passes_without_an_answer_and_the_server_is_left_alone_longer_each_time(ward: Ward) -> None:
    rests = []
    for _ in range(10):
        note_silence(ward.ports, DOWN)
        until = ward.ports.logbook.signals.breaker().open_until
        rests.append(until - ward.clock.now() if until else timedelta())
        ward.clock.advance(rests[-1])
    assert rests[0] == timedelta()
    assert timedelta(seconds=22) <= rests[1] <= timedelta(seconds=30)
    assert all(later > earlier for earlier, later in pairwise(rests[:7]))
    assert timedelta(minutes=11) <= rests[-1] <= LONGEST


def test_a_server_that_says_when_to_come_again_is_left_alone_from_the_first_time(ward: Ward) -> None:
    note_silence(ward.ports, EhrUnavailable("The FHIR server answers with status 503.", retry_after=120))
    words = ask_leave(ward.ports)
    assert "left alone until 2026-03-02 11:0" in words
    assert "status 503" in words
    ward.clock.advance(timedelta(seconds=119))
    assert ask_leave(ward.ports)
    ward.clock.advance(timedelta(seconds=14))
    assert ask_leave(ward.ports) == ""


def _rested(ward: Ward) -> None:
    """Let the EHR fail twice and its time of rest go by."""
    note_silence(ward.ports, DOWN)
    note_silence(ward.ports, DOWN)
    ward.clock.advance(timedelta(seconds=31))


def test_after_its_rest_one_process_tries_and_the_others_wait_for_it(ward: Ward) -> None:
    _rested(ward)
    assert _standing(ward) == "to be tried"
    assert ask_leave(ward.ports) == ""
    assert ask_leave(ward.ports) == "Another process is just trying whether the FHIR server answers again."
    ward.clock.advance(timedelta(minutes=3))
    assert ask_leave(ward.ports) == "", "who tried has died"


def test_of_two_who_read_the_board_together_one_tries(
    open_ward: Callable[..., Ward], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward = open_ward()
    _rested(ward)
    seen = ward.ports.logbook.signals.breaker()
    with closing(open_logbook(f"sqlite:///{tmp_path}/horehab.sqlite3", zone=ward.clock.zone)) as other:
        assert ask_leave(replace(ward.ports, logbook=other)) == ""
        monkeypatch.setattr(ward.ports.logbook.signals, "breaker", lambda: seen)  # it was read before the other wrote
        assert ask_leave(ward.ports).startswith("Another process")


def test_an_answer_ends_it_and_an_answer_among_answers_writes_nothing(ward: Ward) -> None:
    _rested(ward)
    note_answer(ward.ports)
    note_answer(ward.ports)
    assert ward.ports.logbook.signals.breaker() == Breaker()
    assert not is_faltering(ward.ports)


def test_a_clock_that_was_set_back_leaves_nobody_alone_for_days(ward: Ward) -> None:
    ward.on(DAY_ONE + timedelta(days=2))
    _rested(ward)
    assert ask_leave(ward.ports) == ""
    note_silence(ward.ports, DOWN)
    ward.on(DAY_ONE)
    assert ask_leave(ward.ports) == ""


@given(
    failures=st.integers(min_value=1, max_value=1000),
    asked=st.none() | st.floats(min_value=-10, max_value=900),
    who=st.text(max_size=20),
)
def test_nobody_is_left_alone_longer_than_a_quarter_of_an_hour_nor_shorter_than_asked(
    failures: int, asked: float | None, who: str
) -> None:
    rest = rest_after(failures, asked_seconds=asked, who=who)
    assert timedelta() <= rest <= LONGEST
    assert rest >= timedelta(seconds=min(max(asked or 0.0, 0.0), 900))


def test_two_processes_do_not_come_back_together() -> None:
    rests = {rest_after(5, asked_seconds=None, who=f"ward-{number}") for number in range(20)}
    assert len(rests) == 20


@pytest.fixture
def proxied(open_ward: Callable[..., Ward], sandbox: RunningSandbox) -> object:
    """A ward behind a proxy whose faults can be set, with a suspicion to be written."""
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        yield ward, proxy


Proxied = tuple[Ward, FaultyProxy]


def test_a_step_by_itself_leaves_the_server_alone_and_says_so_in_one_sentence(proxied: Proxied) -> None:
    ward, proxy = proxied
    proxy.set(answers(503, retry_after="300"))
    assert not keep_step(ward.ports, BY_ITSELF).is_complete
    asked = len(proxy.requests())
    for _ in range(5):
        report = keep_step(ward.ports, BY_ITSELF)
        assert not report.is_complete
        assert "left alone until" in report.why_dry
        assert report.pulled.problems == (report.why_dry,)
        ward.clock.advance(timedelta(seconds=50))
    assert len(proxy.requests()) == asked
    assert "ana" not in report.why_dry.lower()


def test_the_try_after_the_rest_is_a_reading_and_then_all_that_waited_is_written(proxied: Proxied) -> None:
    ward, proxy = proxied
    proxy.set(answers(503).only("PUT"))
    keep_step(ward.ports)
    waiting = len(ward.ports.logbook.outbox())
    assert waiting > 0
    ward.clock.advance(timedelta(minutes=20))
    proxy.set(answers(502, retry_after="700"))
    keep_step(ward.ports, StepOrder(patient="Patient/ana"))
    ward.clock.advance(timedelta(minutes=20))
    before = len(proxy.requests())
    keep_step(ward.ports, BY_ITSELF)
    assert {r.path for r in proxy.requests()[before:]} == {"/fhir/metadata"}, "one probe, and no entry tried"
    ward.clock.advance(timedelta(minutes=20))
    proxy.set()
    assert keep_step(ward.ports, BY_ITSELF).is_complete
    assert len(ward.conditions()) == 1
    assert _standing(ward) == "answers"


def test_a_person_may_try_at_once_and_an_answer_lets_all_others_go_on(proxied: Proxied) -> None:
    ward, proxy = proxied
    proxy.set(answers(503, retry_after="900"))
    keep_step(ward.ports, BY_ITSELF)
    assert ask_leave(ward.ports)
    proxy.set()
    assert pull_chart(ward.ports).problems == ()
    assert ask_leave(ward.ports) == ""


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_at_one_kind_still_answers_and_all_others_are_read(proxied: Proxied, status: int) -> None:
    ward, proxy = proxied
    _rested(ward)
    assert ask_leave(ward.ports) == ""
    proxy.set(answers(status).only("GET", path="/Encounter"))
    report = keep_step(ward.ports)
    assert any(f"Encounter: The FHIR server answers with status {status}" in each for each in report.pulled.problems)
    assert not report.pulled.is_silent
    assert _standing(ward) == "answers"
    assert len(ward.ports.logbook.record("Patient/ana").readings) == 6
    assert {"Patient", "Observation"} <= set(ward.ports.logbook.marks())
    assert "Encounter" not in ward.ports.logbook.marks()
    assert len(ward.conditions()) == 1


def test_a_server_that_falls_silent_in_the_middle_of_a_pass_ends_it_at_once(proxied: Proxied) -> None:
    ward, proxy = proxied
    report = pull_chart(ward.ports, on_page=lambda _: proxy.set(answers(503)))
    assert report.problems
    assert not any("Procedure: " in each for each in report.problems)
    assert _standing(ward) == "faltering"


def test_a_server_that_refuses_us_answers_all_the_same(proxied: Proxied) -> None:
    ward, proxy = proxied
    _rested(ward)
    proxy.set(answers(401).only("GET", path="/Patient"))
    with pytest.raises(EhrRefused):
        pull_chart(ward.ports)
    assert _standing(ward) == "answers"


def test_nothing_but_the_time_and_the_server_stands_in_the_words(ward: Ward) -> None:
    settings = Settings()
    assert ehr_standing(Breaker(), ward.clock.now()).is_well
    note_silence(ward.ports, DOWN)
    once = ehr_standing(ward.ports.logbook.signals.breaker(), ward.clock.now())
    assert once.words.startswith("The FHIR server did not answer a pass since 2026-03-02 11:00:00 UTC; it is asked")
    note_silence(ward.ports, DOWN)
    twice = ehr_standing(ward.ports.logbook.signals.breaker(), ward.clock.now())
    assert "2 passes in a row" in twice.words
    assert twice.why == DOWN.message
    assert twice.until is not None
    assert settings.fhir_url not in twice.words

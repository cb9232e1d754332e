"""Each fault of a server that a pass meets is a sentence on /health, plain, and without anything of a patient."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from horehab.clock import new_id
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.web.language import speak
from horehab.web.options import WebOptions
from horehab.web.pages import make_blueprint
from tests.servers.faults import (
    Fault,
    FaultyProxy,
    answers,
    cut_mid_body,
    expired_page,
    html,
    ignored_parameter,
    next_link_elsewhere,
    next_link_loop,
    outcome_as_body,
    redirect_elsewhere,
    truncated_json,
)
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion, open_ward

__all__ = ["open_ward"]

CANARY = "Zubizarreta"
FAULTS: dict[str, tuple[Fault, str]] = {
    "away": (answers(503, retry_after="300"), "The FHIR server answers with status 503."),
    "asked too often": (answers(429, retry_after="900"), "The FHIR server answers with status 429."),
    "Retry-After that is nonsense": (answers(503, retry_after="1795603200000"), "status 503"),
    "broken inside": (answers(500).only("GET", path="/Observation"), "answers with status 500"),
    "cut off": (cut_mid_body().only("GET", path="/Observation"), "broke off"),
    "a page for people": (html().only("GET", path="/Observation"), "a web page"),
    "an outcome for a bundle": (outcome_as_body().only("GET", path="/Observation"), "Observation: "),
    "JSON that ends early": (truncated_json().only("GET", path="/Observation"), "Observation: "),
    "pages elsewhere": (next_link_elsewhere().only("GET", path="/Observation"), "another server"),
    "pages in circles": (next_link_loop().only("GET", path="/Observation"), "circle"),
    "pages that expire": (expired_page(), "forgot its own pages"),
    "a search that is ignored": (ignored_parameter("_lastUpdated").only("GET", path="/Observation"), "ignored"),
    "a move elsewhere": (redirect_elsewhere().only("GET", path="/Observation"), "another server"),
}


@pytest.fixture
def watched(open_ward: Callable[..., Ward], sandbox: RunningSandbox) -> Iterator[tuple[Ward, FaultyProxy, Flask]]:
    """A ward behind a proxy, read once, with our pages beside it."""
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url, page_size=2)
        ward.chart(PATIENT | {"name": [{"text": CANARY}]})
        ward.chart(*(flexion(f"rom-{n}", DAY_ONE, 100 - n, note=[{"text": CANARY}]) for n in range(5)))
        assert keep_step(ward.ports).is_complete
        app = Flask("health", static_folder=None)
        app.config.update(SECRET_KEY="only for tests", PROPAGATE_EXCEPTIONS=True)
        speak(app)
        app.register_blueprint(make_blueprint(lambda: ward.ports, WebOptions(new_id=new_id)))
        yield ward, proxy, app


def _health(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/horehab/health")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize(("fault", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_a_plain_sentence_and_goes_when_the_fault_goes(
    watched: tuple[Ward, FaultyProxy, Flask], fault: Fault, words: str
) -> None:
    ward, proxy, app = watched
    assert _health(app)["problems"] == []
    ward.chart(*(flexion(f"new-{n}", DAY_ONE, 90 - n) for n in range(5)))
    proxy.set(fault)
    assert not keep_step(ward.ports).is_complete
    found = _health(app)
    assert found["status"] == "degraded"
    said = " ".join(found["problems"])
    assert words in said, said
    assert len(said) < 600
    told = str(found)
    assert CANARY not in told
    assert not re.search(r"Patient/ana|rom-\d|new-\d|Traceback|\w+Error\b", told), told
    proxy.set()
    assert keep_step(ward.ports).is_complete
    assert _health(app)["problems"] == []


def test_a_server_that_is_left_alone_is_told_with_since_until_and_why(
    watched: tuple[Ward, FaultyProxy, Flask],
) -> None:
    ward, proxy, app = watched
    assert _health(app)["ehr"]["status"] == "answers"
    proxy.set(answers(503, retry_after="300"))
    keep_step(ward.ports, StepOrder(is_unattended=True))
    ehr = _health(app)["ehr"]
    assert ehr["status"] == "left alone"
    assert ehr["since"] < ehr["until"]
    assert ehr["why"] == "The FHIR server answers with status 503."
    assert "horehab sync" in ehr["words"]


def test_an_id_that_a_problem_names_is_left_out(watched: tuple[Ward, FaultyProxy, Flask]) -> None:
    ward, _, app = watched
    words = ("HOREHAB_SCOPE: Patient/ana-7 cannot be read", "page 2 of https://ehr.example/fhir is missing")
    ward.ports.logbook.finish_pass(marks={}, reviews=(), now=ward.clock.now(), problems=words)
    assert _health(app)["problems"] == ["HOREHAB_SCOPE: Patient/… cannot be read", words[1]]
    assert ward.ports.logbook.health(now=ward.clock.now()).problems == words

"""The six published patients through a real HAPI FHIR server, day by day, with its validation on."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from horehab.clock import SetClock
from horehab.demo.play import play
from horehab.demo.published import patients
from horehab.demo.resources import ZONE
from horehab.demo.run import delivered_suspicions
from horehab.demo.score import Score, Suspicion, score
from horehab.demo.story import Resource, Story
from horehab.settings import Settings
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from tests.demo.transactions import taken_whole
from tests.servers.hapi import start_hapi


@pytest.fixture(scope="module")
def hapi_url() -> Iterator[str]:
    """A server of their own: what other tests leave on the shared one would be read and judged at each step."""
    with start_hapi() as url:
        yield url


@pytest.fixture(scope="module")
def ports(hapi_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    folder = tmp_path_factory.mktemp("hapi")
    settings = Settings(
        fhir_url=hapi_url,
        database_url=f"sqlite:///{folder}/horehab.sqlite3",
        time_zone=ZONE.key,
        timeout=60.0,
        overlap=122,
    )
    with opened_ports(settings, clock=SetClock(zone=ZoneInfo(ZONE.key))) as opened:
        yield opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What the server was told, and what came to stand in it."""

    stories: tuple[Story, ...]
    suspicions: tuple[Suspicion, ...]
    score: Score
    last_day: date


@pytest.fixture(scope="module")
def played(ports: Ports, hapi_url: str) -> Played:
    """Play the six patients: HAPI takes each of their days; being slow, it is asked where that shows something."""
    stories = patients()
    last_day = max(story.last_day for story in stories)
    showing = {last_day} | {day for story in stories for day in _telling_days(story)}
    session = requests.Session()
    session.trust_env = False
    clock = ports.clock
    assert isinstance(clock, SetClock)
    stepped: list[date] = []
    waiting: dict[str, Resource] = {}

    def put(resource: Resource, day: date) -> None:
        name = f"{resource['resourceType']}/{resource['id']}"
        if name in waiting:  # a second version on one day
            send(day)
        waiting[name] = resource

    def send(day: date) -> None:
        bundle = taken_whole(waiting, base=hapi_url)
        waiting.clear()
        answer = session.post(hapi_url, json=bundle, timeout=300)
        assert answer.status_code == 200, (day, answer.text[:2000])

    def step(day: date) -> None:
        clock.set_day(day)
        if waiting:
            send(day)
        if any((stepped[-1] if stepped else date.min) < told <= day for told in showing):
            keep_step(ports, StepOrder(as_of=day))
            stepped.append(day)

    with session:
        play(stories, put=put, step=step)
    suspicions = delivered_suspicions(ports)
    return Played(stories=stories, suspicions=suspicions, score=score(stories, suspicions), last_day=last_day)


def _telling_days(story: Story) -> set[date]:
    """Before each window nothing is to be suspected; two days before its end something is."""
    windows = [*story.expected, *story.relapse]
    return {w.first - timedelta(days=1) for w in windows} | {w.last - timedelta(days=2) for w in windows}


def _conditions(hapi_url: str, played: Played) -> list[dict[str, Any]]:
    found = []
    for story in played.stories:
        params = {"patient": story.patient, "_count": "200"}
        bundle = requests.get(f"{hapi_url}/Condition", params=params, timeout=60).json()
        found += [entry["resource"] for entry in bundle.get("entry", [])]
    return [condition for condition in found if condition["id"].startswith("hr-")]


def test_thirteen_of_thirteen_joints_inside_their_windows_and_none_elsewhere(played: Played) -> None:
    outside = [
        (row.story.patient, str(row.expected.place), row.suspicion) for row in played.score.rows if not row.is_inside
    ]
    assert len(played.score.rows) == 13
    assert outside == []
    assert (played.score.forbidden, played.score.elsewhere) == ((), ())


def test_hapi_holds_exactly_one_condition_per_joint_and_side(played: Played, hapi_url: str) -> None:
    conditions = _conditions(hapi_url, played)
    places = Counter(
        (condition["subject"]["reference"], condition["bodySite"][0]["coding"][0]["code"]) for condition in conditions
    )
    assert len(places) == len(played.suspicions) == 13
    assert set(places.values()) == {1}


def test_each_condition_is_valid_cites_its_evidence_and_has_its_reasons(played: Played, hapi_url: str) -> None:
    for condition in _conditions(hapi_url, played):
        answer = requests.post(f"{hapi_url}/Condition/$validate", json=condition, timeout=60)
        errors = [i for i in answer.json().get("issue", []) if i["severity"] in ("error", "fatal")]
        assert not errors
        assert condition["evidence"][0]["detail"]
        params = {"target": f"Condition/{condition['id']}"}
        reasons = requests.get(f"{hapi_url}/Provenance", params=params, timeout=60).json()
        assert reasons["total"] >= 1


def test_a_second_review_writes_nothing(played: Played, ports: Ports) -> None:
    assert keep_step(ports, StepOrder(as_of=played.last_day)).delivered.done == 0

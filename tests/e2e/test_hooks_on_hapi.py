"""A real HAPI rings our hook when an Observation changes, and the look that follows reads it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import requests
from waitress.server import create_server

from horehab.app import create_app
from horehab.cli.serving import listening
from horehab.clock import new_id
from horehab.settings import Settings
from horehab.usecases.ports import Ports
from horehab.wiring import make_hooks, opened_ports
from scheduler.postbox import postbox_of
from scheduler.ticks import TICKS, Tower, run_tick
from tests.usecases.conftest import DAY_ONE, PATIENT, flexion
from tests.web.ward import close

_, STEP, HINTS, _ = TICKS
SECRET = "only-for-this-test-0123456789"
_PATIENCE = 40  # seconds; HAPI activates a Subscription and delivers in threads of its own


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    """Serve our pages as `horehab serve` does, on a free port of this machine."""
    app = create_app(settings)
    with listening("127.0.0.1", 0) as door:
        server = create_server(app, sockets=[door], threads=2)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.close()
            thread.join(10)
            close(app.extensions["horehab"].ports())


def _put(hapi_url: str, resource: dict[str, Any]) -> dict[str, Any]:
    answer = requests.put(f"{hapi_url}/{resource['resourceType']}/{resource['id']}", json=resource, timeout=60)
    assert answer.status_code in (200, 201), answer.text
    stored: dict[str, Any] = answer.json()
    return stored


def _admitted(hapi_url: str, folder: Path) -> tuple[str, Settings]:
    """Let the EHR have a new patient; gives their id, and our settings before that EHR."""
    settings = Settings(
        fhir_url=hapi_url,
        database_url=f"sqlite:///{folder}/horehab.sqlite3",
        time_zone="Europe/Madrid",
        hook_secret=SECRET,
        secret_key="x" * 32,
    )
    name = f"hook-{new_id()[:8]}"
    _put(hapi_url, PATIENT | {"id": name})
    return name, settings


def _subscribed(hapi_url: str, endpoint: str, *, payload: bool, secret: str) -> str:
    channel = {"type": "rest-hook", "endpoint": endpoint, "header": [f"X-Horehab-Secret: {secret}"]}
    if payload:
        channel["payload"] = "application/fhir+json"
    resource = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "test of a hint",
        "criteria": "Observation?status=final,amended",
        "channel": channel,
    }
    made = requests.post(f"{hapi_url}/Subscription", json=resource, timeout=60)
    assert made.status_code == 201, made.text
    place = f"{hapi_url}/Subscription/{made.json()['id']}"
    _wait_until_active(place)
    return place


def _wait_until_active(place: str) -> None:
    end = time.monotonic() + _PATIENCE
    while requests.get(place, timeout=60, headers={"Cache-Control": "no-cache"}).json()["status"] != "active":
        assert time.monotonic() < end, "HAPI did not activate the Subscription"
        time.sleep(0.2)


def _rings(ports: Ports, *, within: float = _PATIENCE) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if ports.logbook.signals.is_hinted():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("payload", [False, True], ids=["an empty body", "the resource in the body"])
def test_a_changed_observation_rings_and_the_next_look_reads_it(hapi_url: str, tmp_path: Path, payload: bool) -> None:
    name, settings = _admitted(hapi_url, tmp_path)
    measured = flexion(f"{name}-1", DAY_ONE, 110, subject={"reference": f"Patient/{name}"})
    _put(hapi_url, measured)
    with _served(settings) as pages, opened_ports(settings) as ports:
        postbox = postbox_of(settings, ports)
        tower = Tower(ports=ports, postbox=postbox, stop=Event())
        run_tick(tower, STEP)
        assert [r.degrees for r in ports.logbook.record(f"Patient/{name}").readings] == [110.0]
        place = _subscribed(hapi_url, f"{pages}/hooks/fhir", payload=payload, secret=SECRET)
        try:
            time.sleep(1)  # a new Subscription reaches HAPI's matcher after it is active
            ports.logbook.signals.take_hint()
            quantity = measured["valueQuantity"] | {"value": 95}
            _put(hapi_url, measured | {"status": "amended", "valueQuantity": quantity})
            assert _rings(ports)
            run_tick(tower, HINTS)
            assert [r.degrees for r in ports.logbook.record(f"Patient/{name}").readings] == [95.0]
            run_tick(tower, HINTS)
        finally:
            requests.delete(place, timeout=60)


def test_a_subscription_with_another_secret_rings_nothing(hapi_url: str, tmp_path: Path) -> None:
    name, settings = _admitted(hapi_url, tmp_path)
    with _served(settings) as pages, opened_ports(settings) as ports:
        place = _subscribed(hapi_url, f"{pages}/hooks/fhir", payload=False, secret="forged-forged-forged")
        try:
            time.sleep(1)
            _put(hapi_url, flexion(f"{name}-1", DAY_ONE, 110, subject={"reference": f"Patient/{name}"}))
            assert not _rings(ports, within=5)
        finally:
            requests.delete(place, timeout=60)


def test_what_horehab_subscribe_makes_rings_and_is_made_once(hapi_url: str, tmp_path: Path) -> None:
    name, settings = _admitted(hapi_url, tmp_path)
    with _served(settings) as pages, opened_ports(settings) as ports:
        made = list(make_hooks(settings, f"{pages}/hooks/fhir"))
        places = [words.rpartition(" ")[2] for _, _, words in made]
        try:
            assert all(rings for _, rings, _ in made), made
            for place in places:
                _wait_until_active(f"{hapi_url}/{place}")
            again = list(make_hooks(settings, f"{pages}/hooks/fhir"))
            assert {words for _, _, words in again} == {"stands already"}
            time.sleep(1)
            ports.logbook.signals.take_hint()
            _put(hapi_url, flexion(f"{name}-1", DAY_ONE, 110, subject={"reference": f"Patient/{name}"}))
            assert _rings(ports)
        finally:
            for place in places:
                requests.delete(f"{hapi_url}/{place}", timeout=60)

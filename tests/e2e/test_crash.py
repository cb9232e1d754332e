"""`horehab review` is killed between decision and write, or between write and answer: exactly one Condition."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from horehab.demo.published import patients
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, slow
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

STORY = patients()[2]
"""One left hip, day 41."""


def _never_forwarded() -> Fault:
    """The request hangs before the server sees it."""

    def strike(_: Seen, __: Forward, proxy: FaultyProxy) -> Reply:
        proxy.closing.wait(60)
        return Reply(status=503)

    return Fault(strike=strike)


MOMENTS = {
    "before anything was asked of the server": _never_forwarded().only("GET", path="/Condition/hr-", times=1),
    "before the server saw the write": _never_forwarded().only("PUT", path="/Condition", times=1),
    "after the server wrote, before its answer": slow(60).only("PUT", path="/Condition", times=1),
    "after the suspicion, before its reasons": _never_forwarded().only("PUT", path="/Provenance", times=1),
}


def _review(url: str, folder: Path) -> "subprocess.Popen[str]":
    settings = {
        "HOREHAB_FHIR_URL": url,
        "HOREHAB_DATABASE_URL": f"sqlite:///{folder}/horehab.sqlite3",
        "HOREHAB_TIME_ZONE": "Europe/Madrid",
    }
    command = [sys.executable, "-m", "horehab", "review", "--as-of", STORY.last_day.isoformat()]
    return subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _standing(url: str, kind: str) -> list[dict[str, Any]]:
    bundle = requests.get(f"{url}/{kind}", params={"_count": 500}, timeout=10).json()
    return [entry["resource"] for entry in bundle.get("entry", [])]


@pytest.mark.parametrize("fault", MOMENTS.values(), ids=MOMENTS.keys())
def test_killed_in_the_middle_and_started_again_leaves_exactly_one_suspicion(
    fault: Fault, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    for resource in STORY.chart_on(STORY.last_day):
        sandbox.store.put(resource, at=datetime(2026, 6, 1, tzinfo=UTC))
    with faulty_proxy(sandbox.url) as proxy:
        proxy.set(fault)
        struck = len(proxy.requests(method=fault.methods[0], path=fault.path))
        first = _review(proxy.url, tmp_path)
        deadline = time.monotonic() + 60
        while len(proxy.requests(method=fault.methods[0], path=fault.path)) == struck:
            assert time.monotonic() < deadline, first.communicate()[0]
            assert first.poll() is None, first.communicate()[0]
            time.sleep(0.02)
        time.sleep(0.1)
        first.kill()
        first.communicate()
        second = _review(proxy.url, tmp_path)
        told, _ = second.communicate(timeout=60)
        assert second.returncode == 0, told
    ours = [c for c in _standing(sandbox.url, "Condition") if str(c["id"]).startswith("hr-")]
    assert len(ours) == len(STORY.expected)
    reasons = [p["target"][0]["reference"] for p in _standing(sandbox.url, "Provenance")]
    assert sorted(reasons) == sorted(f"Condition/{c['id']}" for c in ours)

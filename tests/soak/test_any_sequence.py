"""Created, amended, withdrawn, deleted, merged, committed late, killed, polled, in any order: what is held is right.

The sandbox answers in this process. A kill is an exception that nothing catches, at any request, before or after the
server has carried it out; what was open is then left as it is and opened anew. `make soak` tries ten thousand.
"""

import json
import os
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from horehab.clock import SetClock
from horehab.domain.record import base_references
from horehab.sandbox import SandboxStore, create_sandbox
from horehab.settings import Settings
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from tests.servers.in_process import BASE, AnswerTo, Given, answering, connect
from tests.usecases.conftest import DAY_ONE, flexion, pain

EXAMPLES = int(os.environ.get("SOAK_EXAMPLES", "12"))
STEPS = 14

_VISITS = ((110, 2), (112, 2), (111, 2), (96, 6), (84, 6), (80, 6))
_PEOPLE = ("ana", "bea")
_KINDS = frozenset({"Patient", "Observation", "Procedure", "Condition", "Task", "Provenance"})
_LATE = timedelta(seconds=119)
_LONG = timedelta(seconds=1300)

Resource = dict[str, Any]


class Killed(BaseException):
    """The process dies here: nothing of ours catches it."""


class Ward(RuleBasedStateMachine):
    """A ward beside a model of it: the living readings, by name, with the number that each must have."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.house_stack = self.stack.enter_context(ExitStack())
        self.clock = SetClock(zone=Settings(time_zone="Europe/Madrid").zone)
        self.clock.set_day(DAY_ONE + timedelta(days=25))
        self.store = SandboxStore(clock=self.clock)
        self.stack.callback(self.store.close)
        self.server: AnswerTo = offering_only(_KINDS, answering(create_sandbox(self.store, clock=self.clock)))
        self.settings = Settings(
            fhir_url=BASE, database_url=f"sqlite:///{folder}/x.sqlite3", time_zone="Europe/Madrid"
        )
        self.open_house()
        self.living: dict[str, Resource] = {}
        self.visits = dict.fromkeys(_PEOPLE, 0)
        self.is_spoilt = dict.fromkeys(_PEOPLE, False)
        self.serial = 0
        self.is_merged = False

    @initialize()
    def admit(self) -> None:
        for name in _PEOPLE:
            self.store.put({"resourceType": "Patient", "id": name, "name": [{"text": name}]})

    @rule(name=st.sampled_from(_PEOPLE), late=st.booleans())
    def another_visit(self, name: str, *, late: bool) -> None:
        """The hip of one of them is measured; it falls from visit to visit."""
        number = self.visits[name]
        self.visits[name] += 1
        degrees, score = _VISITS[min(number, 5)]
        day: date = DAY_ONE + timedelta(days=4 * min(number, 5))
        self.serial += 1
        of = {"subject": {"reference": f"Patient/{name}"}}
        self.chart(flexion(f"{name}-rom-{number}", day, degrees + self.serial / 1000) | of, late=late)
        self.chart(pain(f"{name}-pain-{number}", day, score) | of, late=late)

    @rule(name=st.sampled_from(_PEOPLE))
    def all_visits(self, name: str) -> None:
        """All six visits of one of them are charted."""
        while self.visits[name] < len(_VISITS):
            self.another_visit(name, late=False)

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def amend(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.living)))
        old = self.living[name]
        if "rom" in name:
            self.serial += 1
            value = {**old["valueQuantity"], "value": int(old["valueQuantity"]["value"]) + self.serial / 1000}
            old = {**old, "valueQuantity": value}
        self.chart({**old, "status": "amended"})

    @precondition(lambda self: self.living)
    @rule(data=st.data(), how=st.sampled_from(("withdraw", "delete")))
    def lose(self, data: st.DataObject, how: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.living)))
        self.is_spoilt[name.partition("-")[0]] = True
        if how == "delete":
            self.store.remove(f"Observation/{name}")
        else:
            self.chart({**self.living[name], "status": "entered-in-error"})
        del self.living[name]

    @precondition(lambda self: not self.is_merged)
    @rule()
    def merge(self) -> None:
        """Bea turns out to be Ana."""
        link = [{"type": "replaced-by", "other": {"reference": "Patient/ana"}}]
        self.store.put({"resourceType": "Patient", "id": "bea", "active": False, "link": link})
        self.is_merged = True

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(number=st.integers(1, 60), is_done=st.booleans())
    def is_killed_in_a_pass(self, number: int, *, is_done: bool) -> None:
        """It dies at a request: before the server sees it, or after it was carried out."""
        left = [number]

        def deadly(request: requests.PreparedRequest) -> Given:
            left[0] -= 1
            if left[0] == 0 and not is_done:
                raise Killed
            answer = self.server(request)
            if left[0] == 0:
                raise Killed
            return answer

        try:
            self.take_a_step(deadly)
        except Killed:
            self.open_house()

    @rule()
    def poll(self) -> None:
        """Leases and rests run out, then two whole passes: what is held must be what is there."""
        self.clock.advance(_LONG)
        for _ in range(2):
            self.take_a_step(self.server)
        assert _held(self.ports) == {name: _number(each) for name, each in self.living.items()}
        assert [row for row in self.ports.logbook.outbox() if row.state == "waiting"] == []
        for name in _PEOPLE:
            self.check_suspicions(name)

    @invariant()
    def nothing_is_doubled(self) -> None:
        """At no moment, read or not, do two suspicions of one joint stand, or two under one name."""
        conditions = self.store.search("Condition")
        names = [each["identifier"][0]["value"] for each in conditions]
        assert len(names) == len(set(names))

    def check_suspicions(self, name: str) -> None:
        conditions = self.store.search("Condition", {"patient": f"Patient/{name}"})
        upright = [each for each in conditions if "clinicalStatus" in each]
        assert len(upright) <= 1, upright
        is_told = self.visits[name] >= len(_VISITS) and not self.is_spoilt[name] and not self.is_merged
        assert len(upright) == 1 or not is_told, f"{name} must stand under suspicion"
        reasons = {p["target"][0]["reference"] for p in self.store.search("Provenance")}
        assert {f"Condition/{each['id']}" for each in conditions} <= reasons

    def take_a_step(self, answer: AnswerTo) -> None:
        connect(self.ports.chart, answer)
        keep_step(self.ports)

    def open_house(self) -> None:
        """Open our memory as a process that has just begun, in the place of one that died."""
        self.house_stack.close()
        self.ports = self.house_stack.enter_context(opened_ports(self.settings, clock=self.clock))

    def chart(self, resource: Resource, *, late: bool = False) -> None:
        name = resource["id"]
        self.clock.advance(timedelta(milliseconds=10))
        moment = self.clock.now() - (_LATE if late else timedelta())
        newest = self.store.shelf.newest("Observation", name)
        if newest is not None:
            moment = max(moment, datetime.fromtimestamp(newest.updated / 1000 + 0.002, UTC))
        self.store.put(resource, at=moment)
        self.living[name] = resource

    def teardown(self) -> None:
        """Whatever happened, a last poll finds everything right."""
        try:
            self.poll()
        finally:
            self.stack.close()


def offering_only(kinds: frozenset[str], answer: AnswerTo) -> AnswerTo:
    """Let a server say that it offers these kinds alone, so that a pass asks for little."""

    def changed(request: requests.PreparedRequest) -> Given:
        given = answer(request)
        if not str(request.url).endswith("/metadata"):
            return given
        statement = json.loads(given.body)
        for rest in statement["rest"]:
            rest["resource"] = [each for each in rest["resource"] if each["type"] in kinds]
        return replace(given, body=json.dumps(statement).encode())

    return changed


def _number(resource: Resource) -> float:
    return float(resource["valueQuantity"]["value"])


def _held(ports: Ports) -> dict[str, float]:
    found: dict[str, float] = {}
    for patient in ports.logbook.patients():
        record = ports.logbook.record(patient)
        measured = [(r.source, r.degrees) for r in record.readings] + [(p.source, p.score) for p in record.pains]
        for source, number in measured:
            (reference,) = base_references([source])
            assert reference not in found, reference
            found[reference.partition("/")[2]] = float(number)
    return found


def test_any_sequence_of_events_leaves_us_in_step() -> None:
    run_state_machine_as_test(
        Ward,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Created, amended, withdrawn, deleted, merged, committed late, killed, polled, in any order: what is held is right.

The sandbox answers over HTTP. Horehab runs in a process of its own that is killed (`kill -9`) at any request, before
or after the server has carried it out, or at any statement to its database, and begins anew. `make soak` tries ten
thousand sequences.
"""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.soak.lives import Kill, Table, laid
from tests.usecases.conftest import DAY_ONE, flexion, pain

EXAMPLES = int(os.environ.get("SOAK_EXAMPLES", "15"))
AT_ONCE = 250
PIECES = -(-EXAMPLES // AT_ONCE)
"""So that several processes share them evenly, and one sees how far they are."""

STEPS = 14

_VISITS = ((110, 2), (112, 2), (111, 2), (96, 6), (84, 6), (80, 6))
_PEOPLE = ("ana", "bea")
_TODAY = DAY_ONE + timedelta(days=25)
_LATE = timedelta(seconds=119)
_LONG = timedelta(seconds=1300)

Resource = dict[str, Any]


class Ward(RuleBasedStateMachine):
    """A ward beside a model of it: the living readings, by name, with the number that each must have."""

    table: ClassVar[Table]

    def __init__(self) -> None:
        super().__init__()
        self.table.anew(_TODAY)
        self.clock = self.table.clock
        self.living: dict[str, Resource] = {}
        self.visits = dict.fromkeys(_PEOPLE, 0)
        self.is_spoilt = dict.fromkeys(_PEOPLE, False)
        self.serial = 0
        self.is_merged = False

    @initialize(told=st.sets(st.sampled_from(_PEOPLE)), is_read=st.booleans())
    def admit(self, told: set[str], *, is_read: bool) -> None:
        """Both are patients; the whole story of some of them is charted already, and may have been read."""
        for name in _PEOPLE:
            self.table.store.put({"resourceType": "Patient", "id": name, "name": [{"text": name}]})
        for name in sorted(told):
            self.all_visits(name)
        if is_read:
            self.table.step()

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
            self.table.store.remove(f"Observation/{name}")
        else:
            self.chart({**self.living[name], "status": "entered-in-error"})
        del self.living[name]

    @precondition(lambda self: not self.is_merged)
    @rule()
    def merge(self) -> None:
        """Bea turns out to be Ana."""
        link = [{"type": "replaced-by", "other": {"reference": "Patient/ana"}}]
        self.table.store.put({"resourceType": "Patient", "id": "bea", "active": False, "link": link})
        self.is_merged = True

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(number=st.integers(1, 12), is_done=st.booleans())
    def is_killed_at_a_request(self, number: int, *, is_done: bool) -> None:
        """It dies before the server sees the request, or after it was carried out; if the pass comes so far."""
        self.table.step(Kill(at="request", number=number, is_done=is_done))

    @rule(number=st.integers(1, 4), is_done=st.booleans())
    def is_killed_at_a_write(self, number: int, *, is_done: bool) -> None:
        self.table.step(Kill(at="write", number=number, is_done=is_done))

    @rule(number=st.integers(1, 100))
    def is_killed_at_a_statement(self, number: int) -> None:
        """It dies between two words to its database, in the middle of a transaction or between two."""
        self.table.step(Kill(at="statement", number=number))

    @rule()
    def takes_a_step(self) -> None:
        """One whole pass, whatever lease is held and whatever rests."""
        self.table.step()

    @rule()
    def poll(self) -> None:
        """Leases and rests run out, then one whole pass: what is held must be what is there, and nothing waits."""
        self.clock.advance(_LONG)
        held = self.table.step()
        assert held is not None
        assert held.numbers == {name: _number(each) for name, each in self.living.items()}
        assert held.waiting == []
        for name in _PEOPLE:
            self.check_suspicions(name)

    @invariant()
    def nothing_is_doubled(self) -> None:
        """At no moment, read or not, do two suspicions of one joint stand, or two under one name."""
        conditions = self.table.store.search("Condition")
        names = [each["identifier"][0]["value"] for each in conditions]
        assert len(names) == len(set(names))

    def check_suspicions(self, name: str) -> None:
        conditions = self.table.store.search("Condition", {"patient": f"Patient/{name}"})
        upright = [each for each in conditions if "clinicalStatus" in each]
        assert len(upright) <= 1, upright
        is_told = self.visits[name] >= len(_VISITS) and not self.is_spoilt[name] and not self.is_merged
        assert len(upright) == 1 or not is_told, f"{name} must stand under suspicion"
        reasons = {p["target"][0]["reference"] for p in self.table.store.search("Provenance")}
        assert {f"Condition/{each['id']}" for each in conditions} <= reasons

    def chart(self, resource: Resource, *, late: bool = False) -> None:
        name = resource["id"]
        self.clock.advance(timedelta(milliseconds=10))
        moment = self.clock.now() - (_LATE if late else timedelta())
        newest = self.table.store.shelf.newest("Observation", name)
        if newest is not None:
            moment = max(moment, datetime.fromtimestamp(newest.updated / 1000 + 0.002, UTC))
        self.table.store.put(resource, at=moment)
        self.living[name] = resource

    def teardown(self) -> None:
        """Whatever happened, a last poll finds everything right."""
        self.poll()


def _number(resource: Resource) -> float:
    return float(resource["valueQuantity"]["value"])


def _told() -> list[Resource]:
    """The whole story of Ana, to warm up on."""
    found: list[Resource] = [{"resourceType": "Patient", "id": name} for name in _PEOPLE]
    for number, (degrees, score) in enumerate(_VISITS):
        day = DAY_ONE + timedelta(days=4 * number)
        found += [flexion(f"rom-{number}", day, degrees), pain(f"pain-{number}", day, score)]
    return found


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    with laid(_told(), _TODAY) as found:
        yield found


_SETTINGS = settings(stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("_", range(PIECES))
def test_any_sequence_of_events_leaves_us_in_step(table: Table, _: int) -> None:
    Ward.table = table
    run_state_machine_as_test(Ward, settings=settings(_SETTINGS, max_examples=min(EXAMPLES, AT_ONCE)))
    assert table.kills > 5, "it was killed, too"


@pytest.mark.parametrize("idea", ["overlap", "settled-first"])
def test_without_the_idea_behind_it_one_of_a_hundred_sequences_goes_wrong(idea: str) -> None:
    found = settings(_SETTINGS, max_examples=100, phases=[Phase.generate], database=None, derandomize=True)
    with laid(_told(), _TODAY, ablation=idea) as Ward.table, pytest.raises(AssertionError):
        run_state_machine_as_test(Ward, settings=settings(found, report_multiple_bugs=False))

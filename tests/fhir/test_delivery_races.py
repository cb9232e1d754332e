"""People at work on the same Conditions as we: whatever the server hears, no decision of theirs is lost."""

from dataclasses import dataclass, replace
from random import Random

import pytest

from horehab.domain.entries import Outcome
from tests.fhir.ward import PATIENT, SUSPICION, Desk, chart_at, observation
from tests.servers.meddler import MeddledServer, start_meddled

ROUNDS = 60
DECIDED = ("confirmed", "refuted", "provisional", "entered-in-error")


@dataclass(kw_only=True)
class Person:
    """Somebody who decides once, ahead of the n-th request that we make about a Condition.

    The EHR that they use knows nothing of versions: it puts what stands there, with another state.
    """

    server: MeddledServer
    reference: str
    state: str
    waits: int
    has_decided: bool = False

    def __call__(self, _method: str, path: str) -> None:
        if self.reference not in path or self.has_decided:
            return
        self.waits -= 1
        theirs = self.server.store.read(self.reference)
        if self.waits >= 0 or theirs is None:
            return
        self.has_decided = True
        theirs["verificationStatus"]["coding"][0]["code"] = self.state
        if self.state == "entered-in-error":
            theirs.pop("clinicalStatus", None)
        self.server.store.put(theirs)


@pytest.mark.parametrize(
    "deaf_to",
    [set(), {"If-None-Match"}, {"If-Match"}, {"If-Match", "If-None-Match"}],
    ids=["hears all", "deaf to If-None-Match", "deaf to If-Match", "deaf to both"],
)
def test_no_decision_is_overwritten_whenever_it_comes(deaf_to: set[str]) -> None:
    dice = Random(11)  # which request, which decision
    decided = 0
    with start_meddled() as server, chart_at(server.url) as chart:
        server.deaf_to = deaf_to
        for resource in (PATIENT, *(observation(name) for name in ("o1", "o2", "o3"))):
            server.store.put(resource)
        for number in range(ROUNDS):
            entry = replace(SUSPICION, condition_id=f"hr-{number:032x}")
            newer = replace(entry, evidence=("Observation/o3",), strength=4)
            reference = f"Condition/{entry.condition_id}"
            person = Person(server=server, reference=reference, state=dice.choice(DECIDED), waits=dice.randrange(10))
            server.before = person
            desk = Desk(chart=chart)
            outcomes = [desk.deliver(each).outcome for each in (entry, newer, replace(newer, is_withdrawn=True))]
            stands = server.store.read(reference)
            assert stands is not None
            assert set(outcomes) <= {Outcome.DONE, Outcome.CONFLICT}
            if person.has_decided:
                decided += 1
                assert stands["verificationStatus"]["coding"][0]["code"] == person.state, (number, outcomes)
    assert decided > ROUNDS / 2

"""What the team decided about a suspicion, on its way into the chart: noted once, over nobody else's decision."""

from horehab.domain.entries import Outcome
from tests.fhir.team_entries import ACCEPT, CONFIRM, fresh
from tests.fhir.ward import NAME, SUSPICION, WITH_MORE, WITHDRAWN, Desk
from tests.servers.meddler import MeddledServer


def test_an_accepted_suspicion_is_provisional_and_still_takes_new_evidence(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    decided = desk.chart.deliver(ACCEPT, own_versions=frozenset(), target=None)
    assert (decided.outcome, decided.reference, decided.version) == (Outcome.DONE, NAME, "2")
    desk.own.add("2")
    assert desk.deliver(WITH_MORE).outcome is Outcome.DONE
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["verificationStatus"]["coding"][0]["code"] == "provisional"
    assert len(stored["evidence"][0]["detail"]) == 3
    assert len(stored["note"]) == 2


def test_an_accepted_suspicion_is_not_withdrawn_without_a_person(desk: Desk) -> None:
    desk.deliver(SUSPICION)
    desk.chart.deliver(ACCEPT, own_versions=frozenset(), target=None)
    desk.own.add("2")
    assert desk.deliver(WITHDRAWN).outcome is Outcome.CONFLICT


def test_a_decision_delivered_twice_is_noted_once(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    server.lose_answers = 1
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.LATER
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.DONE
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["meta"]["versionId"] == "2"
    assert stored["verificationStatus"]["coding"][0]["code"] == "confirmed"


def test_a_decision_does_not_undo_what_somebody_else_decided_in_the_chart(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = server.store.read(NAME)
    assert theirs is not None
    theirs["verificationStatus"]["coding"][0]["code"] = "refuted"
    server.store.put(theirs)
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.CONFLICT
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["verificationStatus"]["coding"][0]["code"] == "refuted"


def test_a_decision_keeps_what_others_added(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = server.store.read(NAME)
    assert theirs is not None
    theirs["severity"] = {"text": "moderate"}
    server.store.put(theirs)
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.DONE
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["severity"] == {"text": "moderate"}


def test_a_decision_about_a_suspicion_that_is_not_there_is_for_a_person(desk: Desk) -> None:
    assert desk.deliver(CONFIRM).outcome is Outcome.CONFLICT

"""A suspicion on its way into the chart: once, over nobody's work, and believed only when read back."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from horehab.domain.entries import Outcome
from tests.fhir.ward import NAME, SUSPICION, WITH_MORE, WITHDRAWN, Desk, chart_at
from tests.servers.meddler import MeddledServer


def stands(server: MeddledServer) -> dict[str, Any]:
    found = server.store.read(NAME)
    assert found is not None
    return found


def version(server: MeddledServer) -> str:
    return str(stands(server)["meta"]["versionId"])


def state(server: MeddledServer) -> str:
    return str(stands(server)["verificationStatus"]["coding"][0]["code"])


def set_by_a_person(server: MeddledServer, verification: str, **more: Any) -> dict[str, Any]:
    theirs = stands(server)
    theirs["verificationStatus"]["coding"][0]["code"] = verification
    if verification == "entered-in-error":
        theirs.pop("clinicalStatus", None)
    theirs.update(more)
    return server.store.put(theirs)


def test_a_new_suspicion_stands_in_the_chart_once_and_is_read_back(server: MeddledServer, desk: Desk) -> None:
    delivery = desk.deliver(SUSPICION)
    assert (delivery.outcome, delivery.reference, delivery.version) == (Outcome.DONE, NAME, "1")
    assert state(server) == "unconfirmed"
    assert [line.split(" ")[0] for line in server.asked if "Condition" in line] == ["GET", "PUT", "GET"]


def test_delivering_it_again_writes_nothing(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    desk.own.clear()
    assert desk.deliver(SUSPICION).outcome is Outcome.DONE
    assert version(server) == "1"


def test_a_lost_answer_and_a_second_try_leave_exactly_one_condition(server: MeddledServer, desk: Desk) -> None:
    server.lose_answers = 1
    first = desk.deliver(SUSPICION)
    assert first.outcome is Outcome.LATER
    assert desk.deliver(SUSPICION).outcome is Outcome.DONE
    assert len(server.store.search("Condition")) == 1
    assert version(server) == "1"


def test_new_evidence_is_written_over_our_own_version(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    delivery = desk.deliver(WITH_MORE)
    assert (delivery.outcome, delivery.version) == (Outcome.DONE, "2")
    assert len(stands(server)["evidence"][0]["detail"]) == 3


def test_evidence_that_fell_away_does_not_stay(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(WITH_MORE)
    desk.deliver(SUSPICION)
    assert len(stands(server)["evidence"][0]["detail"]) == 2


def test_a_withdrawn_suspicion_is_entered_in_error_without_clinical_status(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    assert desk.deliver(WITHDRAWN).outcome is Outcome.DONE
    assert state(server) == "entered-in-error"
    assert "clinicalStatus" not in stands(server)


def test_a_suspicion_that_we_withdrew_can_be_raised_again(server: MeddledServer, desk: Desk) -> None:
    for entry in (SUSPICION, WITHDRAWN, WITH_MORE):
        assert desk.deliver(entry).outcome is Outcome.DONE
    assert state(server) == "unconfirmed"
    assert stands(server)["clinicalStatus"]["coding"][0]["code"] == "active"


def test_an_update_whose_answer_was_lost_is_known_as_ours_when_the_next_one_comes(
    server: MeddledServer, desk: Desk
) -> None:
    desk.deliver(SUSPICION)
    server.lose_answers = 1
    assert desk.deliver(WITH_MORE).outcome is Outcome.LATER
    newer = replace(WITH_MORE, evidence=("Observation/o3",), sentence="Another sentence.")
    assert desk.deliver(newer).outcome is Outcome.DONE
    assert stands(server)["evidence"][0]["detail"] == [{"reference": "Observation/o3"}]
    assert [note["text"] for note in stands(server)["note"]] == ["Another sentence."]


@pytest.mark.parametrize("decided", ["confirmed", "refuted", "entered-in-error", "provisional", "differential"])
@pytest.mark.parametrize("entry", [WITH_MORE, WITHDRAWN], ids=["update", "withdrawal"])
def test_a_state_that_a_person_set_is_never_touched(
    server: MeddledServer, desk: Desk, decided: str, entry: Any
) -> None:
    desk.deliver(SUSPICION)
    theirs = set_by_a_person(server, decided)
    delivery = desk.deliver(entry)
    is_what_they_said = decided == "entered-in-error" and entry is WITHDRAWN
    assert delivery.outcome is (Outcome.DONE if is_what_they_said else Outcome.CONFLICT)
    assert stands(server) == theirs


def test_a_suspicion_that_a_person_made_inactive_stays_so(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = stands(server)
    theirs["clinicalStatus"]["coding"][0]["code"] = "inactive"
    server.store.put(theirs)
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert version(server) == "2"


def test_a_persons_note_survives_our_updates(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = stands(server)
    theirs["note"].append({"authorString": "Dr. Test", "text": "CT asked for."})
    server.store.put(theirs)
    for entry in (WITH_MORE, replace(WITH_MORE, strength=5, sentence="Third."), WITHDRAWN):
        assert desk.deliver(entry).outcome is Outcome.DONE
    notes = [note["text"] for note in stands(server)["note"]]
    assert notes == [WITHDRAWN.sentence, "CT asked for."]


def test_what_a_person_changed_in_our_words_is_for_a_person_to_settle(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = stands(server)
    theirs["code"]["text"] = "Haematoma, not ossification"
    server.store.put(theirs)
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert stands(server)["code"]["text"] == "Haematoma, not ossification"


def test_numbers_that_others_wrote_keep_their_digits(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = stands(server)
    theirs["extension"].append({"url": "https://elsewhere.example/size", "valueDecimal": Decimal("85.10")})
    server.store.put(theirs)
    desk.deliver(WITH_MORE)
    kept = [e for e in stands(server)["extension"] if "elsewhere" in e["url"]]
    assert str(kept[0]["valueDecimal"]) == "85.10"


def test_a_condition_deleted_in_the_chart_is_not_raised_from_the_dead(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    server.store.remove(NAME)
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert server.store.read(NAME) is None


def test_somebody_elses_condition_under_our_id_is_left_alone(server: MeddledServer, desk: Desk) -> None:
    other = {
        "resourceType": "Condition",
        "id": SUSPICION.condition_id,
        "subject": {"reference": "Patient/p1"},
        "code": {"text": "Gout"},
    }
    server.store.put(other)
    assert desk.deliver(SUSPICION).outcome is Outcome.CONFLICT
    assert stands(server)["code"] == {"text": "Gout"}


def test_a_decision_made_between_our_look_and_our_first_put_wins(server: MeddledServer, desk: Desk) -> None:
    """A twin of ours writes it and a person confirms it, both after we looked, on a server deaf to our header."""
    server.deaf_to = {"If-None-Match"}

    def meddle(method: str, path: str) -> None:
        if method == "PUT" and path.endswith(SUSPICION.condition_id):
            server.before = lambda _m, _p: None
            with chart_at(server.url) as twin:
                Desk(chart=twin).deliver(SUSPICION)
            set_by_a_person(server, "confirmed")

    server.before = meddle
    assert desk.deliver(SUSPICION).outcome is Outcome.CONFLICT
    assert state(server) == "confirmed"


def test_a_server_deaf_to_if_none_match_gets_the_foreign_body_back(server: MeddledServer, desk: Desk) -> None:
    server.deaf_to = {"If-None-Match"}
    foreign: dict[str, Any] = {
        "resourceType": "Condition",
        "id": SUSPICION.condition_id,
        "subject": {"reference": "Patient/p1"},
        "code": {"text": "Gout"},
    }

    def meddle(method: str, path: str) -> None:
        if method == "PUT" and path.endswith(SUSPICION.condition_id):
            server.before = lambda _m, _p: None
            server.store.put(foreign)

    server.before = meddle
    delivery = desk.deliver(SUSPICION)
    assert delivery.outcome is Outcome.CONFLICT
    assert "put back" in delivery.detail
    assert stands(server)["code"] == {"text": "Gout"}
    assert version(server) == "3"


def test_a_server_deaf_to_if_none_match_and_a_twin_of_ours_leave_one_condition(
    server: MeddledServer, desk: Desk
) -> None:
    server.deaf_to = {"If-None-Match"}

    def meddle(method: str, path: str) -> None:
        if method == "PUT" and path.endswith(SUSPICION.condition_id):
            server.before = lambda _m, _p: None
            with chart_at(server.url) as twin:
                assert Desk(chart=twin).deliver(SUSPICION).outcome is Outcome.DONE

    server.before = meddle
    assert desk.deliver(SUSPICION).outcome is Outcome.DONE
    assert len(server.store.search("Condition")) == 1


@pytest.mark.parametrize("deaf_to", [set(), {"If-Match"}], ids=["hears If-Match", "deaf to If-Match"])
def test_a_person_who_confirms_while_we_update_is_not_overwritten(
    server: MeddledServer, desk: Desk, deaf_to: set[str]
) -> None:
    desk.deliver(SUSPICION)
    server.deaf_to = deaf_to

    def meddle(method: str, _path: str) -> None:
        if method == "PUT":
            server.before = lambda _m, _p: None
            set_by_a_person(server, "confirmed")

    server.before = meddle
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert state(server) == "confirmed"
    assert len(stands(server)["evidence"][0]["detail"]) == 2


def test_a_condition_that_changes_each_time_we_look_goes_to_a_person_after_three_rounds(
    server: MeddledServer, desk: Desk
) -> None:
    desk.deliver(SUSPICION)
    puts: list[str] = []

    def meddle(method: str, path: str) -> None:
        if method == "PUT":
            puts.append(path)
            theirs = stands(server)
            theirs["note"].append({"authorString": "Dr. Test", "text": f"Note {len(puts)}"})
            server.store.put(theirs)

    server.before = meddle
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert len(puts) == 3


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Outcome.REFUSED),
        (422, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (401, Outcome.LATER),
        (429, Outcome.LATER),
        (500, Outcome.LATER),
        (503, Outcome.LATER),
    ],
)
def test_a_refused_write_is_told_from_one_worth_another_try(
    server: MeddledServer, desk: Desk, status: int, outcome: Outcome
) -> None:
    server.refuse = {"PUT": status}
    delivery = desk.deliver(SUSPICION)
    assert delivery.outcome is outcome
    assert delivery.detail
    assert server.store.search("Condition") == ()


def test_a_server_that_is_away_means_later(server: MeddledServer, desk: Desk) -> None:
    server.refuse = {"GET": 503}
    assert desk.deliver(SUSPICION).outcome is Outcome.LATER

"""Our resources bear our ids where the server takes them and else its own, and stand once either way."""

from typing import Any

import pytest

from horehab.domain.entries import Outcome
from tests.fhir.team_entries import MEASUREMENT, SESSION, about_what, fresh, gives_its_own_ids
from tests.fhir.ward import NAME, SUSPICION, WITH_MORE, WITHDRAWN, Desk, chart_at
from tests.servers.meddler import MeddledServer


def says_nothing_of_ids(statement: dict[str, Any]) -> None:
    for resource in statement["rest"][0]["resource"]:
        del resource["updateCreate"]


def of_one_suspicion(server: MeddledServer) -> list[dict[str, Any]]:
    found = server.store.search("Condition")
    return [c for c in found if c["verificationStatus"]["coding"][0]["code"] != "entered-in-error"]


def test_a_server_that_says_nothing_of_ids_is_given_ours(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = says_nothing_of_ids
    assert desk.deliver(SUSPICION).reference == NAME
    assert about_what(server, fresh(desk)) == [{"reference": NAME}]


@pytest.mark.parametrize("status", [400, 404, 405, 422])
def test_a_server_that_says_nothing_of_ids_and_refuses_ours_gives_its_own(
    server: MeddledServer, desk: Desk, status: int
) -> None:
    server.edit_metadata = says_nothing_of_ids
    server.refuse = {"PUT": status}
    suspicion = desk.deliver(SUSPICION)
    assert suspicion.outcome is Outcome.DONE
    assert suspicion.reference not in (None, NAME)
    assert about_what(server, fresh(desk)) == [{"reference": suspicion.reference}]


def test_a_server_that_changes_its_mind_about_ids_gets_no_double(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = says_nothing_of_ids
    server.refuse = {"PUT": 405}
    first = fresh(desk).deliver(SUSPICION)
    server.refuse = {}
    assert fresh(desk).deliver(SUSPICION).reference == first.reference
    assert len(server.store.search("Condition")) == 1


def test_what_was_delivered_and_is_there_no_more_is_for_a_person(server: MeddledServer, desk: Desk) -> None:
    desk.target, desk.own = NAME, {"1"}
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert server.store.search("Condition") == ()


def test_a_measurement_cites_the_session_where_it_stands(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    session = fresh(desk).deliver(SESSION)
    measured = fresh(desk).deliver(MEASUREMENT)
    assert measured.reference is not None
    stored = server.store.read(measured.reference)
    assert stored is not None
    assert stored["partOf"] == [{"reference": session.reference}]


def test_the_reasons_cite_the_condition_under_the_servers_id(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    suspicion = fresh(desk).deliver(SUSPICION)
    assert suspicion.reference != NAME
    assert about_what(server, fresh(desk)) == [{"reference": suspicion.reference}]


def test_with_the_servers_ids_a_suspicion_is_updated_and_withdrawn_in_place(
    server: MeddledServer, desk: Desk
) -> None:
    server.edit_metadata = gives_its_own_ids
    for entry in (SUSPICION, WITH_MORE, WITHDRAWN):
        assert desk.deliver(entry).outcome is Outcome.DONE
    assert len(server.store.search("Condition")) == 1
    assert of_one_suspicion(server) == []


def test_a_double_on_a_server_deaf_to_if_none_exist_is_swept_up(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    server.deaf_to = {"If-None-Exist"}

    def meddle(method: str, _path: str) -> None:
        if method == "POST":
            server.before = lambda _m, _p: None
            with chart_at(server.url) as twin:
                assert Desk(chart=twin).deliver(SUSPICION).outcome is Outcome.DONE

    server.before = meddle
    assert desk.deliver(SUSPICION).outcome is Outcome.DONE
    assert len(server.store.search("Condition")) == 2
    sweeps = list(desk.chart.end_doubles([SUSPICION], lambda _: frozenset()))
    assert {sweep.kept for sweep in sweeps} == {desk.target}
    assert len(of_one_suspicion(server)) == 1


def test_of_two_doubles_the_one_that_a_person_confirmed_stays(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    first = desk.deliver(SUSPICION)
    assert first.reference is not None
    twin = server.store.read(first.reference)
    assert twin is not None
    twin["verificationStatus"]["coding"][0]["code"] = "confirmed"
    server.store.put({**twin, "id": "twin"})
    delivery = fresh(desk).deliver(SUSPICION)
    assert delivery.outcome is Outcome.CONFLICT
    assert {sweep.kept for sweep in desk.chart.end_doubles([SUSPICION], lambda _: frozenset())} == {"Condition/twin"}
    assert [c["id"] for c in of_one_suspicion(server)] == ["twin"]


def test_two_doubles_that_people_worked_on_are_for_people(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    first = desk.deliver(SUSPICION)
    assert first.reference is not None
    twin = server.store.read(first.reference)
    assert twin is not None
    twin["verificationStatus"]["coding"][0]["code"] = "confirmed"
    server.store.put({**twin, "id": "twin"})
    server.store.put(twin)
    assert fresh(desk).deliver(SUSPICION).outcome is Outcome.CONFLICT
    assert len(of_one_suspicion(server)) == 2

"""What stands in the chart twice by our doing: all but one is entered in error, unless people worked on it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from horehab.domain.entries import ChartEntry, Outcome
from horehab.fhir.chart import FhirChart
from horehab.usecases.conflict_queue import Sweep
from tests.fhir.team_entries import ACCEPT, ENTRIES, MEASUREMENT, REASONS, SESSION, TASK, gives_its_own_ids
from tests.fhir.ward import PATIENT, SUSPICION, WITH_MORE, WITHDRAWN, Desk, chart_at, observation
from tests.servers.meddler import MeddledServer, start_meddled

DOUBLED: list[ChartEntry] = [SUSPICION, SESSION, MEASUREMENT, TASK]
CANCELLED = replace(TASK, is_cancelled=True)


@pytest.fixture
def server() -> Iterator[MeddledServer]:
    with start_meddled() as running:
        running.edit_metadata = gives_its_own_ids
        for resource in (PATIENT, *(observation(name) for name in ("o1", "o2", "o3"))):
            running.store.put(resource)
        yield running


@pytest.fixture
def chart(server: MeddledServer) -> Iterator[FhirChart]:
    with chart_at(server.url) as opened:
        yield opened


def beside(server: MeddledServer, desk: Desk, entry: ChartEntry, **theirs: Any) -> dict[str, Any]:
    """Let a desk deliver an entry, and a twin of it stand beside it; gives the twin."""
    desk.deliver(entry)
    assert desk.target is not None
    body = server.store.read(desk.target)
    assert body is not None
    return server.store.put({**body, "id": "twin", **theirs})


def twice(server: MeddledServer, chart: FhirChart, entry: ChartEntry) -> tuple[str, str]:
    """Let an entry stand twice, as two writers leave it who did not see each other; gives the older one first."""
    desk = Desk(chart=chart)
    twin = beside(server, desk, entry)
    assert desk.target is not None
    return desk.target, f"{twin['resourceType']}/twin"


def swept(chart: FhirChart, *entries: ChartEntry, desk: Desk | None = None) -> list[Sweep]:
    """Sweep with the ledger of a desk, which knows the one resource that it delivered; summed up by entry."""

    def own(reference: str) -> frozenset[str]:
        return frozenset(desk.own) if desk and reference == desk.target else frozenset()

    summed: dict[str, Sweep] = {}
    for sweep in chart.end_doubles(entries, own):
        before = summed.get(sweep.key, sweep)
        ended = tuple(dict.fromkeys((*before.ended, *sweep.ended)))
        summed[sweep.key] = replace(sweep, ended=ended, why=before.why or sweep.why)
    return list(summed.values())


def is_ended(server: MeddledServer, reference: str) -> bool:
    body = server.store.read(reference)
    assert body is not None
    if body["resourceType"] == "Condition":
        return "clinicalStatus" not in body and body["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    return str(body["status"]) == "entered-in-error"


def edited(server: MeddledServer, reference: str, **changes: Any) -> dict[str, Any]:
    body = server.store.read(reference)
    assert body is not None
    return server.store.put({**body, **changes})


@pytest.mark.parametrize("entry", DOUBLED, ids=lambda entry: type(entry).__name__)
def test_the_oldest_of_two_stays_and_the_other_is_entered_in_error_with_its_reasons(
    server: MeddledServer, chart: FhirChart, entry: ChartEntry
) -> None:
    older, younger = twice(server, chart, entry)
    (sweep,) = swept(chart, entry)
    assert (sweep.kept, sweep.ended, sweep.why) == (older, ((younger, "2"),), "")
    assert (is_ended(server, older), is_ended(server, younger)) == (False, True)
    (why,) = server.store.search("Provenance")
    assert why["target"] == [{"reference": younger}]
    assert why["entity"][0]["what"] == {"reference": older}


@pytest.mark.parametrize("entry", DOUBLED, ids=lambda entry: type(entry).__name__)
def test_sweeping_again_finds_nothing(server: MeddledServer, chart: FhirChart, entry: ChartEntry) -> None:
    twice(server, chart, entry)
    assert len(swept(chart, entry)) == 1
    assert swept(chart, entry) == []
    assert len(server.store.search("Provenance")) == 1


@pytest.mark.parametrize("entry", DOUBLED, ids=lambda entry: type(entry).__name__)
def test_the_one_that_a_person_worked_on_stays_although_it_is_younger(
    server: MeddledServer, chart: FhirChart, entry: ChartEntry
) -> None:
    older, younger = twice(server, chart, entry)
    theirs = edited(server, younger, note=[{"authorString": "Dr. T", "text": "Seen."}])
    (sweep,) = swept(chart, entry)
    assert (sweep.kept, [reference for reference, _ in sweep.ended]) == (younger, [older])
    assert server.store.read(younger) == theirs


@pytest.mark.parametrize("entry", DOUBLED, ids=lambda entry: type(entry).__name__)
def test_two_that_people_worked_on_are_left_as_they_are_and_a_person_is_asked(
    server: MeddledServer, chart: FhirChart, entry: ChartEntry
) -> None:
    both = twice(server, chart, entry)
    theirs = [edited(server, each, note=[{"authorString": "Dr. T", "text": f"Seen {each}"}]) for each in both]
    (sweep,) = swept(chart, entry)
    assert sweep.ended == ()
    assert "people worked on 2 of them" in sweep.why
    assert [server.store.read(each) for each in both] == theirs


def test_which_one_stays_is_told_before_any_is_ended_and_each_end_at_once(
    server: MeddledServer, chart: FhirChart
) -> None:
    older, younger = twice(server, chart, SUSPICION)
    body = server.store.read(younger)
    assert body is not None
    server.store.put({**body, "id": "triplet"})
    ours = (younger, "Condition/triplet")
    sweeps = chart.end_doubles([SUSPICION], lambda _: frozenset())
    told: list[Sweep] = []
    for count, sweep in enumerate(sweeps):
        told.append(sweep)
        assert [is_ended(server, each) for each in ours].count(True) == count
    assert {sweep.kept for sweep in told} == {older}
    assert [sweep.ended for sweep in told] == [(), ((younger, "2"),), (("Condition/triplet", "2"),)]


def test_what_was_ended_is_told_although_the_server_goes_away_before_the_next(
    server: MeddledServer, chart: FhirChart
) -> None:
    older, younger = twice(server, chart, SUSPICION)
    body = server.store.read(younger)
    assert body is not None
    server.store.put({**body, "id": "triplet"})

    def go_away(method: str, path: str) -> None:
        if method == "PUT" and path.endswith("triplet"):
            server.refuse = {"PUT": 500}

    server.before = go_away
    (sweep,) = swept(chart, SUSPICION)
    assert (sweep.kept, sweep.ended) == (older, ((younger, "2"),))


def test_a_person_who_is_quicker_than_the_sweep_is_not_overwritten(server: MeddledServer, chart: FhirChart) -> None:
    _, younger = twice(server, chart, SUSPICION)

    def meddle(method: str, path: str) -> None:
        if method == "PUT" and path.endswith("twin"):
            server.before = lambda _m, _p: None
            edited(server, younger, note=[{"authorString": "Dr. T", "text": "Seen."}])

    for deaf_to in (set[str](), {"If-Match"}):
        server.before, server.deaf_to = meddle, deaf_to
        swept(chart, SUSPICION)
        assert not is_ended(server, younger)
        body = server.store.read(younger)
        assert body is not None
        assert body["note"] == [{"authorString": "Dr. T", "text": "Seen."}]
        body.pop("note")
        server.store.put(body | {"note": [{"text": SUSPICION.sentence}]})


def test_a_double_that_was_left_behind_by_an_update_is_known_as_ours_by_its_shape(
    server: MeddledServer, chart: FhirChart
) -> None:
    desk = Desk(chart=chart)
    beside(server, desk, SUSPICION)
    desk.deliver(WITH_MORE)
    (sweep,) = swept(chart, WITH_MORE, desk=desk)
    assert not sweep.why
    assert len(sweep.ended) == 1


@pytest.mark.parametrize(
    ("entry", "taken_back"), [(SUSPICION, WITHDRAWN), (TASK, CANCELLED)], ids=["withdrawn", "cancelled"]
)
def test_an_open_double_of_what_was_taken_back_is_ended_too(
    server: MeddledServer, chart: FhirChart, entry: ChartEntry, taken_back: ChartEntry
) -> None:
    desk = Desk(chart=chart)
    twin = beside(server, desk, entry)
    desk.deliver(taken_back)
    (sweep,) = swept(chart, taken_back, desk=desk)
    assert (sweep.kept, sweep.why) == (desk.target, "")
    assert is_ended(server, f"{twin['resourceType']}/twin")
    assert swept(chart, taken_back, desk=desk) == []


def test_a_double_that_a_person_confirmed_of_what_was_withdrawn_is_for_a_person(
    server: MeddledServer, chart: FhirChart
) -> None:
    desk = Desk(chart=chart)
    theirs = beside(server, desk, SUSPICION, verificationStatus={"coding": [{"code": "confirmed"}]})
    desk.deliver(WITHDRAWN)
    (sweep,) = swept(chart, WITHDRAWN, desk=desk)
    assert (sweep.ended, "people worked on" in sweep.why) == ((), True)
    assert server.store.read("Condition/twin") == theirs


def test_what_is_ours_by_the_look_but_bears_another_identifier_is_left_alone(
    server: MeddledServer, chart: FhirChart
) -> None:
    _, younger = twice(server, chart, SUSPICION)
    edited(server, younger, identifier=[{"system": "urn:other", "value": SUSPICION.condition_id}])
    assert swept(chart, SUSPICION) == []
    assert not is_ended(server, younger)


def test_a_server_that_promises_our_ids_is_asked_nothing(server: MeddledServer, chart: FhirChart) -> None:
    server.edit_metadata = None
    Desk(chart=chart).deliver(SUSPICION)
    before = len(server.asked)
    assert swept(chart, *DOUBLED, *ENTRIES, ACCEPT, REASONS) == []
    assert len(server.asked) == before


def test_many_entries_cost_one_search_each_ten(server: MeddledServer, chart: FhirChart) -> None:
    many = [replace(TASK, key=f"Patient/p1|measure-rom|left hip|team|task|w{number}") for number in range(25)]
    chart.inspect()
    before = len(server.asked)
    assert swept(chart, *many) == []
    assert len(server.asked) - before <= 4


@pytest.mark.parametrize("refuse", [{"GET": 500}, {"PUT": 500}, {"POST": 500}, {"GET": 400}, {"PUT": 422}], ids=str)
def test_a_server_that_is_away_or_unwilling_leaves_the_doubles_to_the_next_step(
    server: MeddledServer, chart: FhirChart, refuse: dict[str, int]
) -> None:
    _, younger = twice(server, chart, SESSION)
    server.refuse = refuse
    swept(chart, SESSION)
    server.refuse = {}
    swept(chart, SESSION)
    assert is_ended(server, younger)
    assert len(server.store.search("Provenance")) == 1


@pytest.mark.parametrize(("method", "status"), [("POST", 403), ("POST", 422), ("PUT", 403)])
def test_doubles_that_the_server_does_not_let_us_end_are_put_before_a_person(
    server: MeddledServer, chart: FhirChart, method: str, status: int
) -> None:
    older, younger = twice(server, chart, SESSION)
    server.refuse = {method: status}
    (sweep,) = swept(chart, SESSION)
    assert (sweep.kept, sweep.ended) == (older, ())
    assert str(status) in sweep.why
    assert not is_ended(server, younger)


@pytest.mark.parametrize("status", [401, 503])
def test_doubles_that_cannot_be_ended_just_now_are_no_matter_for_a_person(
    server: MeddledServer, chart: FhirChart, status: int
) -> None:
    _, younger = twice(server, chart, SESSION)
    server.refuse = {"POST": status}
    (sweep,) = swept(chart, SESSION)
    assert (sweep.ended, sweep.why) == ((), "")
    assert not is_ended(server, younger)


def test_eight_writers_at_once_before_a_server_deaf_to_if_none_exist_leave_one_of_each(
    server: MeddledServer, chart: FhirChart
) -> None:
    server.deaf_to = {"If-None-Exist"}
    kinds = ("Condition", "Procedure", "Task")

    def write(_: int) -> set[Outcome]:
        with chart_at(server.url) as mine:
            return {Desk(chart=mine).deliver(entry).outcome for entry in (SUSPICION, SESSION, TASK)}

    for _ in range(3):
        with ThreadPoolExecutor(8) as pool:
            assert set.union(*pool.map(write, range(8))) <= {Outcome.DONE, Outcome.LATER}
        for _ in range(2):
            swept(chart, SUSPICION, SESSION, TASK)
        for kind in kinds:
            left = [f"{kind}/{each['id']}" for each in server.store.search(kind)]
            assert len([each for each in left if not is_ended(server, each)]) == 1

"""A copy of the chart is ordered, waited for and given back; a load of it remembers what a sync remembers."""

from pathlib import Path

import pytest

from horehab.errors import CopyFailed, CopyLost, EhrRefused, EhrUnavailable, InputError, NoCopyOffered, NotAFhirServer
from horehab.sandbox.exporting import FILES, STATUS
from horehab.usecases.chart_copy import PATIENTS, CopyOrder
from horehab.usecases.first_load import LoadProgress, Stage, cancel_load
from tests.fhir.loading import READINGS, Desk, desk_at, held
from tests.servers import export_faults as wrong
from tests.servers.faults import Fault, Reply, answers, lost_answer


def test_a_load_holds_what_a_sync_holds_and_the_next_sync_goes_on_from_it(
    at: Desk, by_sync: dict[str, object]
) -> None:
    desk, proxy = at
    report = desk.load()
    assert (report.problems, report.kept.changed, report.kept.set_aside) == ((), READINGS + 8, 1)
    assert held(desk.ports) == by_sync
    assert set(report.marks) == {"Patient", "Observation"}
    assert desk.ports.logbook.marks() == report.marks
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None
    searches = len(proxy.requests(path="/Observation?"))
    again = desk.sync()
    assert again.kept.changed == 0
    assert "_lastUpdated" in proxy.requests(path="/Observation?")[searches].path


def test_only_what_horehab_reads_is_asked_for_and_the_export_is_given_back(at: Desk) -> None:
    desk, proxy = at
    desk.load()
    (order,) = proxy.requests("GET", "$export?")
    assert order.headers["prefer"] == "respond-async"
    assert "Observation" in order.path
    assert "Location" not in order.path
    assert len(proxy.requests("DELETE", STATUS)) == 1


def test_a_kind_of_which_no_file_came_is_read_whole_by_the_next_sync(at: Desk) -> None:
    """Perhaps there is none; perhaps the server exports no such kind."""
    desk, proxy = at
    proxy.set(
        wrong.manifest(lambda listed: listed.update(output=[f for f in listed["output"] if f["type"] == "Patient"]))
    )
    assert set(desk.load().marks) == {"Patient"}
    proxy.set()
    assert desk.sync().kept.changed == READINGS + 1


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120),
        ("0", 1),
        ("1764000000000", 900),
        ("Thu, 01 Jan 2026 12:01:00 GMT", 60),
        ("soon", 10),
        ("-5", 1),
        (None, 10),
    ],
)
def test_a_copy_in_preparation_is_asked_for_when_the_server_says(at: Desk, said: str | None, wait: float) -> None:
    desk, proxy = at
    proxy.set(wrong.preparing(2, retry_after=said, progress="\x1b[31m50 % done"))
    assert desk.load().problems == ()
    assert desk.naps.slept == [wait, wait]
    waits = [told for told in desk.heard if told.stage is Stage.PREPARING]
    assert {told.words for told in waits} == {"[31m50 % done"}


def test_a_server_that_is_busy_is_asked_again_and_one_that_stays_away_is_left(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(503, retry_after="7").only("GET", path=STATUS, times=3))
    assert desk.load().problems == ()
    assert desk.naps.slept == [7, 7, 7]
    proxy.set(answers(503).only("GET", path=STATUS))
    with pytest.raises(EhrUnavailable):
        desk.load()
    proxy.set()
    assert desk.load(is_resumed=True).problems == ()
    assert len(proxy.requests("GET", "$export?")) == 2


def test_a_copy_that_is_never_ready_is_left_after_a_day(at: Desk) -> None:
    desk, proxy = at
    proxy.set(wrong.preparing(0, retry_after="900"))
    with pytest.raises(EhrUnavailable, match="after a whole day"):
        desk.load()
    assert sum(desk.naps.slept) < 100_000


@pytest.mark.parametrize("fault", [answers(status) for status in (400, 404, 405, 500, 501)])
def test_a_server_without_export_is_named_with_what_does_the_same(at: Desk, fault: Fault) -> None:
    desk, proxy = at
    proxy.set(fault.only("GET", path="$export?"))
    with pytest.raises(NoCopyOffered, match="horehab sync"):
        desk.load()
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None


def test_an_order_that_is_refused_or_not_answered_leaves_nothing_standing(at: Desk) -> None:
    desk, proxy = at
    for fault, error in ((answers(403), EhrRefused), (answers(429), EhrUnavailable), (lost_answer(), EhrUnavailable)):
        proxy.set(fault.only("GET", path="$export?"))
        with pytest.raises(error):
            desk.load()
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None


def test_an_order_that_is_taken_without_an_address_is_said(at: Desk) -> None:
    desk, proxy = at
    proxy.set(Fault(strike=lambda *_: Reply(status=202, headers={}), path="$export?"))
    with pytest.raises(NotAFhirServer, match="does not say where"):
        desk.load()


def test_an_address_of_the_export_on_another_server_is_not_followed(at: Desk) -> None:
    desk, proxy = at
    headers = {"Content-Location": f"{proxy.elsewhere}/status"}
    proxy.set(Fault(strike=lambda *_: Reply(status=202, headers=headers), path="$export?"))
    with pytest.raises(NotAFhirServer, match="another server"):
        desk.load()
    assert proxy.requests(origin="elsewhere") == []


def test_an_export_that_the_server_gave_up_is_said_and_forgotten(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(500).only("GET", path=STATUS, times=1))
    with pytest.raises(CopyFailed, match="failed at the server"):
        desk.load()
    assert desk.load().problems == ()
    assert len(proxy.requests("GET", "$export?")) == 2


@pytest.mark.parametrize("path", [STATUS, FILES])
def test_an_export_that_the_server_forgot_is_ordered_again_a_few_times(
    at: Desk, by_sync: dict[str, object], path: str
) -> None:
    desk, proxy = at
    proxy.set(answers(410).only("GET", path=path, times=2))
    assert desk.load().problems == ()
    assert held(desk.ports) == by_sync
    assert len(proxy.requests("GET", "$export?")) == 3
    proxy.set(answers(404).only("GET", path=path))
    with pytest.raises(CopyLost):
        desk.load()
    assert desk.ports.logbook.loads.standing(desk.ports.chart.address) is None


def test_another_order_than_the_one_that_stands_is_refused_and_the_load_can_be_called_off(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(500).only("GET", path="/2"))
    with pytest.raises(EhrUnavailable):
        desk.load()
    with pytest.raises(InputError, match="under way already"):
        desk.load(CopyOrder(whose=PATIENTS))
    stood = cancel_load(desk.ports)
    assert stood is not None
    assert stood.lines > 40
    assert len(proxy.requests("DELETE", STATUS)) == 1
    assert cancel_load(desk.ports) is None
    with pytest.raises(InputError, match="no load to go on with"):
        desk.load(is_resumed=True)


def test_a_server_that_minds_an_export_given_back_is_left_alone(at: Desk) -> None:
    desk, proxy = at
    proxy.set(answers(500).only("DELETE", path=STATUS))
    assert desk.load().problems == ()


def test_two_loads_at_once_are_one_too_many(at: Desk, tmp_path: Path) -> None:
    desk, proxy = at
    with desk_at(proxy.url, tmp_path) as other:

        def try_too(_: LoadProgress) -> None:
            with pytest.raises(InputError, match="in another process"):
                other.load()

        desk.told = try_too
        assert desk.load().problems == ()
    assert len(proxy.requests("GET", "$export?")) == 1

"""What was deleted before, while or after the copy was made is gone in the end, once a direct read says so."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from horehab.usecases.chart_copy import CopyOrder
from horehab.usecases.first_load import LoadProgress, Stage
from tests.fhir.loading import LATER, Desk, LoadingDesk, fill, loading_desk, reading
from tests.servers import export_faults as wrong
from tests.servers.faults import Fault, FaultyProxy, Reply, answers
from tests.servers.sandbox import start_sandbox


def test_what_was_deleted_between_two_copies_is_noticed_by_the_next_sync(tmp_path: Path) -> None:
    """The mark is the time of the first copy, since something was kept of it."""
    with start_sandbox() as server, loading_desk(server, tmp_path) as (desk, proxy):
        fill(server, readings=60)
        proxy.set(answers(410).only("GET", path="/2", times=1))

        def time_passes(progress: LoadProgress) -> None:
            if progress.stage is Stage.AGAIN:
                server.clock.instant += timedelta(days=1)
                server.store.remove("Observation/o1")
                server.clock.instant += timedelta(days=1)
                server.store.put(reading(2))

        desk.told = time_passes
        assert desk.load().problems == ()
        assert "Observation/o1" in sources(desk)
        assert desk.sync().kept.gone == 1
        assert "Observation/o1" not in sources(desk)


@pytest.mark.parametrize("errors", [[], "no list"], ids=["whole", "incomplete"])
def test_what_was_deleted_while_the_copy_was_made_is_gone_though_a_sync_ran_meanwhile(
    tmp_path: Path, errors: object
) -> None:
    """The mark of that sync speaks only for what it read; the copy brought back what was deleted before."""
    with start_sandbox() as server, loading_desk(server, tmp_path) as (desk, proxy):
        fill(server, readings=60)
        proxy.set(wrong.manifest(lambda listed: listed.update(error=errors)))

        def time_passes(progress: LoadProgress) -> None:
            if progress.stage is Stage.ORDERED:
                server.clock.instant += timedelta(days=1)
                server.store.remove("Observation/o1")
                server.clock.instant += timedelta(days=1)
                server.store.put(reading(2))
                desk.told = lambda _: None
                desk.sync()

        desk.told = time_passes
        began = desk.load().marks["Observation"]
        assert began == desk.ports.logbook.marks()["Observation"]
        assert "Observation/o1" in sources(desk)
        desk.sync()
        assert "Observation/o1" not in sources(desk)
        assert desk.ports.logbook.marks()["Observation"] > began


def test_what_was_deleted_since_is_gone_after_a_direct_read_says_so(tmp_path: Path) -> None:
    with start_sandbox() as server, loading_desk(server, tmp_path) as (desk, proxy):
        fill(server, readings=3)
        desk.load()
        server.store.put(reading(1), at=LATER)
        server.store.remove("Observation/o1", at=LATER)
        server.store.remove("Observation/o2", at=LATER)
        proxy.set(wrong.file_body(lambda body: body.replace(b"Observation/o2", b"Location/o2"), path="/0"))
        report = desk.load(CopyOrder(since="2026-01-02T00:00:00.000Z"))
        assert (report.kept.gone, report.marks) == (1, {})
        assert "Observation/o1" not in sources(desk)
        proxy.set(wrong.file_body(lambda _: b'{"resourceType": "Patient"}\n', path="/0"))
        report = desk.load(CopyOrder(since="2026-01-02T00:00:00.000Z"))
        assert report.problems == ("file 1 of 1 (Bundle), line 1: what was deleted cannot be read",)


def test_a_deletion_that_a_direct_read_denies_is_not_believed(at: Desk) -> None:
    desk, proxy = at
    bundle = b'{"resourceType":"Bundle","entry":[{"request":{"url":"Observation/o1"}},{"request":7},8]}\n'

    def change(listed: dict[str, Any]) -> None:
        listed["deleted"] = [{"type": "Bundle", "url": f"{proxy.url}/gone"}]

    proxy.set(wrong.manifest(change), Fault(strike=lambda *_: Reply(status=200, body=bundle), path="/gone"))
    report = desk.load()
    assert (report.kept.gone, report.problems) == (0, ())


def _deleted(proxy: FaultyProxy, *entries: dict[str, Any]) -> tuple[Fault, Fault]:
    """Let the server's list of files name one more, in which these were deleted."""
    bundle = json.dumps({"resourceType": "Bundle", "entry": entries}).encode() + b"\n"

    def change(listed: dict[str, Any]) -> None:
        listed["deleted"] = [{"type": "Bundle", "url": f"{proxy.url}/gone"}]

    return wrong.manifest(change), Fault(strike=lambda *_: Reply(status=200, body=bundle), path="/gone")


def test_a_deletion_that_only_a_proxys_web_page_confirms_is_not_believed(at: Desk) -> None:
    desk, proxy = at
    entry = {"request": {"method": "DELETE", "url": "Observation/o1"}}
    page = Fault(strike=lambda *_: Reply(status=404, body=b"<html>not here</html>"), path="/Observation/o1")
    proxy.set(*_deleted(proxy, entry), page)
    report = desk.load()
    assert (report.kept.gone, report.problems) == (0, ())


def test_a_deletion_that_may_not_be_read_directly_does_not_end_the_load(at: Desk) -> None:
    """The next one is deleted all the same."""
    desk, proxy = at
    named = [{"request": {"method": "DELETE", "url": f"Observation/{each}"}} for each in ("o1", "o2")]
    proxy.set(*_deleted(proxy, *named), answers(403).only(path="/Observation/o1"), answers(410).only(path="/o2"))
    assert desk.load().kept.gone == 1
    assert "Observation/o1" in sources(desk)


@pytest.mark.parametrize(
    "entry",
    [
        {"request": {"url": "https://ehr.example/fhir/Observation/o2"}},
        {"request": {"url": "Observation/o2/_history/3"}},
        {"request": {"url": "Observation"}, "fullUrl": "https://ehr.example/fhir/Observation/o2"},
    ],
)
def test_a_deletion_is_found_by_each_form_of_its_address(at: Desk, entry: dict[str, Any]) -> None:
    desk, proxy = at
    proxy.set(*_deleted(proxy, entry), answers(410).only(path="/Observation/o2"))
    assert desk.load().kept.gone == 1


def sources(desk: LoadingDesk) -> set[str]:
    """Name the readings that count."""
    logbook = desk.ports.logbook
    return {reading.source for patient in logbook.patients() for reading in logbook.record(patient).readings}

"""A copy of some patients only: of a group, of those whom the ward follows, and never of anybody else."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from horehab.errors import NoCopyOffered
from horehab.usecases.chart_copy import PATIENTS, CopyOrder
from tests.fhir.loading import Desk, fill, loading_desk
from tests.servers import export_faults as wrong
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.sandbox import RunningSandbox, start_sandbox


def test_the_patients_alone_leave_no_mark_for_what_may_not_name_them(at: Desk) -> None:
    desk, proxy = at

    def more(listed: dict[str, Any]) -> None:
        patients = next(file for file in listed["output"] if file["type"] == "Patient")
        listed["output"].append(patients | {"type": "Task"})

    proxy.set(wrong.manifest(more))
    assert set(desk.load(CopyOrder(whose=PATIENTS)).marks) == {"Patient", "Observation"}
    assert proxy.requests("GET", "/Patient/$export")


def as_group(*members: str) -> tuple[Fault, Fault]:
    """The server knows a Group/7, and exports it as if it were everybody; it can be read."""

    def everybody(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        return forward(replace(seen, path=seen.path.replace("/Group/7", "")))

    group = {"resourceType": "Group", "id": "7", "type": "person", "actual": True}
    listed = [{"entity": {"reference": member}} for member in members]
    body = json.dumps(group | {"member": listed}).encode()

    def read(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        return forward(seen) if "$export" in seen.path else Reply(status=200, body=body)

    return Fault(strike=everybody, path="$export?"), Fault(strike=read, path="/Group/7")


def test_a_group_is_loaded_and_leaves_no_mark_since_others_were_not_read(at: Desk) -> None:
    desk, proxy = at
    proxy.set(*as_group())
    assert desk.load(CopyOrder(whose="Group/7")).marks == {}
    assert proxy.requests("GET", "/Group/7/$export")


def test_the_group_that_is_read_at_all_is_loaded_and_the_sync_of_its_patients_goes_on_from_it(
    server: RunningSandbox, tmp_path: Path
) -> None:
    everybody = [f"Patient/p{number}" for number in range(7)]
    with loading_desk(server, tmp_path, scope="Group/7") as (desk, proxy):
        proxy.set(*as_group(*everybody))
        report = desk.load()
        assert proxy.requests("GET", "/Group/7/$export")
        assert {f"followed {patient}" for patient in everybody} < set(report.marks)
        again = desk.sync()
        assert (again.problems, again.kept.changed) == ((), 0)
        searches = [seen.path for seen in proxy.requests(path="/Observation?")]
        assert searches
        assert all("_lastUpdated" in path or "_elements" in path for path in searches), "nobody is read anew"


def test_who_is_linked_to_another_record_is_left_to_the_sync_which_follows_the_link(tmp_path: Path) -> None:
    with start_sandbox() as server, loading_desk(server, tmp_path, scope="Group/7") as (desk, proxy):
        fill(server, readings=3)
        link = {"other": {"reference": "Patient/p1"}, "type": "replaces"}
        server.store.put({"resourceType": "Patient", "id": "p0", "link": [link]})
        proxy.set(*as_group("Patient/p0", "Patient/p1"))
        marks = desk.load().marks
        assert "followed Patient/p1" in marks
        assert "followed Patient/p0" not in marks


@pytest.mark.parametrize("order", [None, CopyOrder(), CopyOrder(whose=PATIENTS), CopyOrder(whose="Group/8")])
def test_a_copy_that_would_hold_others_than_those_who_are_read_is_not_ordered(
    server: RunningSandbox, tmp_path: Path, order: CopyOrder | None
) -> None:
    with loading_desk(server, tmp_path, scope="Patient/p1,Patient/p2") as (desk, proxy):
        with pytest.raises(NoCopyOffered, match="would hold other patients"):
            desk.load(order)
        assert proxy.requests() == []

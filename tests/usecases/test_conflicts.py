"""What the EHR does not take, or holds otherwise: it waits for a person, who settles it, and does not come back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from horehab.domain.entries import ReasonsEntry, SuspicionEntry
from horehab.errors import InputError
from horehab.usecases.conflict_queue import Settlement
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.exchange import OutboxRow
from horehab.usecases.keep_step import keep_step
from horehab.usecases.settle_conflict import LONGEST_WHY, SettlementForm, settle_conflict
from tests.servers.faults import FaultyProxy, answers
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import PATIENT, Ward, falling, flexion, mistaken, pain

NO_CONDITIONS = answers(422).only("PUT", path="/Condition")


@pytest.fixture
def proxy(sandbox: RunningSandbox) -> Iterator[FaultyProxy]:
    with faulty_proxy(sandbox.url) as running:
        yield running


@pytest.fixture
def refusing(proxy: FaultyProxy, open_ward: Callable[..., Ward]) -> Ward:
    """A ward whose hip falls, before a server that took everything but the suspicion."""
    ward = open_ward(fhir_url=proxy.url)
    ward.chart(PATIENT)
    falling(ward)
    proxy.set(NO_CONDITIONS)
    assert not keep_step(ward.ports).is_complete
    return ward


def queue(ward: Ward) -> tuple[OutboxRow, ...]:
    return ward.ports.logbook.queue.listed()


def settle(ward: Ward, how: Settlement, row: int | None = None) -> OutboxRow:
    row = queue(ward)[0].row if row is None else row
    return settle_conflict(ward.ports, SettlementForm(row=row, how=how, who="Dr. Synthetic", why="seen"))


def said(ward: Ward) -> list[str]:
    """List every suspicion and reason that was ever said, as it stands now."""
    rows = ward.ports.logbook.outbox(open_only=False)
    return [f"{row.key} {row.state}" for row in rows if isinstance(row.entry, SuspicionEntry | ReasonsEntry)]


def next_day(ward: Ward) -> date:
    ward.on(ward.clock.today() + timedelta(days=1))
    return ward.clock.today()


def test_a_refused_suspicion_waits_in_the_queue_and_keeps_the_step_incomplete(refusing: Ward) -> None:
    (row,) = queue(refusing)
    assert isinstance(row.entry, SuspicionEntry)
    assert (row.state, row.settled) == ("refused", refusing.clock.now())
    next_day(refusing)
    report = keep_step(refusing.ports)
    assert (report.is_complete, report.conflicts, report.delivered.done) == (False, 1, 0)


def test_what_is_kept_as_the_ehr_has_it_is_quiet_until_there_is_new_evidence(
    refusing: Ward, proxy: FaultyProxy
) -> None:
    settle(refusing, Settlement.KEEP_THEIRS)
    proxy.set()
    before = said(refusing)
    for _ in range(3):
        next_day(refusing)
        assert keep_step(refusing.ports).is_complete
    assert said(refusing) == before
    assert not refusing.conditions()
    day = next_day(refusing)
    refusing.chart(flexion("rom-6", day, 60), pain("pain-6", day, 8))
    day = next_day(refusing)
    refusing.chart(flexion("rom-7", day, 50), pain("pain-7", day, 9))
    assert keep_step(refusing.ports).is_complete
    assert len(refusing.conditions()) == 1


def test_what_is_tried_again_goes_with_its_reasons(refusing: Ward, proxy: FaultyProxy) -> None:
    settle(refusing, Settlement.TRY_AGAIN)
    proxy.set()
    assert keep_step(refusing.ports).is_complete
    assert len(refusing.conditions()) == 1
    assert len(refusing.resources("Provenance")) == 1


def test_a_withdrawal_that_a_person_kept_out_is_not_decided_anew_each_day(ward: Ward) -> None:
    """The evidence fell away, a clinician took the suspicion over at the same time and keeps it."""
    falling(ward)
    keep_step(ward.ports)
    mistaken(ward)
    keep_step(replace(ward.ports, needs_approval=True))
    (condition,) = ward.conditions()
    ward.chart(condition | {"verificationStatus": {"coding": [{"code": "provisional"}]}})
    deliver_entries(ward.ports)
    (row,) = queue(ward)
    assert row.reference == f"Condition/{condition['id']}"
    settle(ward, Settlement.KEEP_THEIRS)
    before = said(ward)
    for _ in range(2):
        next_day(ward)
        assert keep_step(ward.ports).is_complete
    assert said(ward) == before
    assert ward.conditions()[0]["verificationStatus"]["coding"][0]["code"] == "provisional"


def test_a_refused_withdrawal_is_said_once_and_not_each_day_anew(
    proxy: FaultyProxy, open_ward: Callable[..., Ward]
) -> None:
    ward = open_ward(fhir_url=proxy.url)
    ward.chart(PATIENT)
    falling(ward)
    keep_step(ward.ports)
    mistaken(ward)
    proxy.set(NO_CONDITIONS)
    keep_step(ward.ports)
    settle(ward, Settlement.KEEP_THEIRS)
    before = said(ward)
    for _ in range(2):
        next_day(ward)
        assert keep_step(ward.ports).is_complete
    assert said(ward) == before
    assert ward.conditions()[0]["verificationStatus"]["coding"][0]["code"] == "unconfirmed"


def test_settling_notes_who_decided_what_and_why(refusing: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[dict[str, object]] = []
    audit = refusing.ports.logbook.audit

    def listen(**words: Any) -> None:
        noted.append(words)
        audit(**words)

    monkeypatch.setattr(refusing.ports.logbook, "audit", listen)
    found = settle(refusing, Settlement.KEEP_THEIRS)
    (note,) = noted
    assert (note["who"], note["patient"]) == ("Dr. Synthetic", "Patient/ana")
    assert note["what"] == f"settled conflict {found.row} ({found.key}): keep theirs; seen"


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"row": 999}, "row"), ({"who": " "}, "who"), ({"why": ""}, "why"), ({"why": "x" * (LONGEST_WHY + 1)}, "why")],
)
def test_what_cannot_be_settled_says_what_is_wrong_and_settles_nothing(
    refusing: Ward, changed: dict[str, Any], field: str
) -> None:
    form = SettlementForm(row=queue(refusing)[0].row, how=Settlement.KEEP_THEIRS, who="Dr. Synthetic", why="seen")
    with pytest.raises(InputError) as refused:
        settle_conflict(refusing.ports, replace(form, **changed))
    assert refused.value.field == field
    assert len(queue(refusing)) == 1


def test_two_who_settle_the_same_conflict_at_once_settle_it_once(
    refusing: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queue(refusing)[0].row
    audit = refusing.ports.logbook.audit

    def and_a_colleague(**words: Any) -> None:
        audit(**words)
        refusing.ports.logbook.queue.settle(row, Settlement.TRY_AGAIN, now=refusing.clock.now())

    monkeypatch.setattr(refusing.ports.logbook, "audit", and_a_colleague)
    with pytest.raises(InputError, match="nobody's decision"):
        settle(refusing, Settlement.KEEP_THEIRS, row)

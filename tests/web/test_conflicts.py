"""The queue on its page: who sees it, who settles it, and that a settled one is gone from it."""

from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest

from horehab.domain.entries import Delivery, Outcome, SuspicionEntry
from horehab.store import SqlLogbook, adopt
from horehab.usecases.exchange import OutboxRow
from horehab.web.options import Role
from tests.web.conftest import PHYSIO, Ward, as_role
from tests.web.ward import ANA, STORE

REFUSED = Delivery(outcome=Outcome.REFUSED, detail="The server does not take it (status 422).")


@pytest.fixture
def stuck(ward: Ward, tmp_path: Path) -> Ward:
    """Ana's suspicion was refused by the EHR."""
    logbook, now = ward.ports.logbook, ward.ports.clock.now()
    adopt(f"sqlite:///{tmp_path / STORE}", address=ward.ports.chart.address)
    logbook.check_binding(address=ward.ports.chart.address)
    while rows := logbook.claim_entries(owner="test", now=now, limit=20):
        for row in rows:
            is_it = isinstance(row.entry, SuspicionEntry)
            done = Delivery(outcome=Outcome.DONE, reference=f"Task/{row.row}", version="1")
            logbook.settle(row, REFUSED if is_it else done, now=now)
    assert len(queue(ward)) == 1
    return ward


def queue(ward: Ward) -> tuple[OutboxRow, ...]:
    return ward.ports.logbook.queue.listed()


def settle(ward: Ward, **values: str) -> tuple[int, str]:
    answer = ward.send(f"/conflicts/{queue(ward)[0].row}/settle", form="/conflicts", **values)
    return answer.status_code, unescape(answer.text)


def test_the_queue_says_what_waits_why_and_since_when(stuck: Ward) -> None:
    page = unescape(stuck.look("/conflicts").text)
    assert "The server does not take it (status 422)." in page
    assert "refused by the EHR" in page
    assert f"/patients/{stuck.ana}" in page
    assert 'aria-current="page">Conflicts' in page


def test_an_empty_queue_says_so(ward: Ward) -> None:
    assert "Nothing waits for a person" in ward.look("/conflicts").text


@pytest.mark.parametrize(("how", "state"), [("keep theirs", "kept"), ("try again", "waiting")])
def test_a_physiotherapist_settles_it_with_a_reason(stuck: Ward, how: str, state: str) -> None:
    row = queue(stuck)[0].row
    assert settle(stuck, how=how, why="Seen at the bedside")[0] == 303
    assert queue(stuck) == ()
    rows = stuck.ports.logbook.outbox(open_only=False)
    assert [each.state for each in rows if each.row == row] == [state]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"how": "keep theirs", "why": " "}, "needs its reason"),
        ({"how": "", "why": "seen"}, "Nothing was decided"),
        ({"how": "burn it", "why": "seen"}, "Nothing was decided"),
        ({"how": "keep theirs", "why": "x" * 501}, "has 501 characters"),
    ],
)
def test_what_cannot_be_settled_says_why_and_keeps_what_was_typed(
    stuck: Ward, values: dict[str, str], words: str
) -> None:
    status, page = settle(stuck, **values)
    assert status == 422
    assert words in page
    assert f'value="{values["why"]}"' in page
    assert len(queue(stuck)) == 1


def test_a_coordinator_looks_and_does_not_settle(stuck: Ward) -> None:
    stuck.viewer = as_role(PHYSIO, Role.COORDINATOR)
    page = stuck.look("/conflicts").text
    assert 'name="how"' not in page
    row = queue(stuck)[0].row
    assert stuck.send(f"/conflicts/{row}/settle", form="/conflicts", how="keep theirs", why="x").status_code == 403
    assert len(queue(stuck)) == 1


def test_a_conflict_of_a_patient_who_is_not_yours_looks_like_none_at_all(stuck: Ward) -> None:
    row = queue(stuck)[0].row
    form = f"/patients/{stuck.ben}/log"
    stuck.hidden = {ANA.reference}
    assert "Nothing waits for a person" in stuck.look("/conflicts").text
    answers = [
        stuck.send(f"/conflicts/{number}/settle", form=form, how="keep theirs", why="seen") for number in (row, 9999)
    ]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(303, "/horehab/conflicts")] * 2
    assert len(queue(stuck)) == 1


def test_a_settlement_without_its_token_is_refused(stuck: Ward) -> None:
    row = queue(stuck)[0].row
    answer = stuck.client.post(f"/horehab/conflicts/{row}/settle", data={"how": "keep theirs", "why": "seen"})
    assert answer.status_code == 400
    assert len(queue(stuck)) == 1


def test_the_audit_trail_names_who_settled_it(stuck: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[str, str]] = []
    real = SqlLogbook.audit

    def audit(self: SqlLogbook, *, who: str, what: str, patient: str | None, now: datetime) -> None:
        noted.append((who, what))
        real(self, who=who, what=what, patient=patient, now=now)

    monkeypatch.setattr(SqlLogbook, "audit", audit)
    stuck.viewer = replace(PHYSIO, name="ruiz")
    settle(stuck, how="keep theirs", why="Seen")
    assert [who for who, what in noted if what.startswith("settled conflict") and what.endswith("Seen")] == ["ruiz"]

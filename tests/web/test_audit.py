"""Each access, writing and refusal is one note of the audit trail; whoever may read it sees if one was altered."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from horehab.usecases.audit_trail import AuditNote, AuditQuery
from horehab.web.options import Role
from tests.web.conftest import PHYSICIAN, PHYSIO, Ward, as_role
from tests.web.ward import ANA, STORE

INTEGRATOR = as_role(PHYSIO, Role.INTEGRATOR)
EVERYTHING = AuditQuery()


def notes(ward: Ward) -> tuple[AuditNote, ...]:
    return ward.ports.logbook.trail.notes(EVERYTHING, most=10_000)[::-1]


def test_a_day_on_the_ward_leaves_exactly_its_notes(ward: Ward) -> None:
    """Reads, writings, refusals for a role, for nobody, for a stranger's patient and for a form without its token."""
    before = ward.ports.logbook.trail.count()
    day = 0
    for _round in range(5):
        for path in ("/", f"/patients/{ward.ana}", f"/patients/{ward.ana}/joints/left-hip", "/reminders", "/quality"):
            assert ward.look(path).status_code == 200
            day += 1
        assert (
            ward.send(f"/patients/{ward.ana}/log", minutes="30", day="2026-05-20", kind="walking").status_code == 303
        )
        day += 2  # the form was opened, the session logged
        assert ward.look("/patients/nobody").status_code == 404
        assert ward.look("/audit").status_code == 403
        assert ward.client.post(f"/horehab/patients/{ward.ana}/log", data={}).status_code == 400
        day += 3
        ward.viewer = None
        assert ward.look(f"/patients/{ward.ana}").status_code == 401
        assert ward.client.post("/horehab/hooks/fhir").status_code == 403
        day += 2
        assert ward.look("/health").status_code == 200  # nothing about anybody, nothing to note
        ward.viewer = PHYSIO
    assert ward.ports.logbook.trail.count() - before == day
    refused = [note for note in notes(ward)[before:] if note.is_refusal]
    assert len(refused) == 5 * 5
    assert {note.who for note in refused} == {"ruiz", "nobody"}
    assert ward.ports.logbook.broken_audit() is None


def test_a_note_says_who_did_what_about_whom_and_never_an_address(ward: Ward) -> None:
    ward.viewer = PHYSICIAN
    ward.look(f"/patients/{ward.ana}/suspicions/left-hip")
    ward.viewer = None
    ward.look(f"/patients/{ward.ana}/log")
    read, refused = notes(ward)[-2:]
    assert (read.who, read.what, read.patient) == ("sanz", "read suspicion left-hip", ANA.reference)
    assert (refused.who, refused.what, refused.patient) == ("nobody", "refused: log (GET)", None)


@pytest.mark.parametrize("role", [Role.PHYSIOTHERAPIST, Role.PHYSICIAN, Role.COORDINATOR])
def test_only_the_integrator_reads_the_audit_trail(ward: Ward, role: Role) -> None:
    ward.viewer = as_role(PHYSIO, role)
    assert ward.look("/audit").status_code == 403
    assert "/horehab/audit" not in ward.look("/").text


def test_the_page_lists_the_newest_notes_first_and_finds_those_of_somebody(ward: Ward) -> None:
    for _number in range(120):
        ward.look("/reminders")
    ward.viewer = PHYSICIAN
    ward.look(f"/patients/{ward.ana}")
    ward.viewer = INTEGRATOR
    page = ward.look("/audit").text
    assert page.count("<tr>") == 101
    assert page.index("read patient") < page.index("read reminders")
    older = re.search(r'href="/horehab(/audit\?before=\d+)"', page)
    assert older
    assert "read patient" not in ward.look(older[1]).text
    assert ward.look("/audit?who=sanz").text.count("<tr>") == 2
    assert "read patient" in ward.look(f"/audit?patient={ward.ana}").text
    assert "No such note" in ward.look("/audit?patient=nobody").text
    assert "No such note" in ward.look("/audit?refused=yes").text
    assert ward.look("/audit?before=%C2%B2").status_code == 200


def test_a_patient_whom_the_reader_may_not_see_is_not_named_on_it(ward: Ward) -> None:
    ward.look(f"/patients/{ward.ana}")
    ward.viewer, ward.hidden = INTEGRATOR, {ANA.reference}
    page = ward.look("/audit").text
    assert "not open to you" in page
    assert ward.ana not in page
    assert "No such note" in ward.look(f"/audit?patient={ward.ana}").text


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE horehab_audit SET who = 'somebody else' WHERE row = 3",
        "UPDATE horehab_audit SET patient = NULL WHERE row = 3",
        "UPDATE horehab_audit SET at = '2020-01-01T00:00:00+00:00' WHERE row = 3",
        "DELETE FROM horehab_audit WHERE row = 3",
    ],
)
def test_an_altered_note_is_found_and_said(ward: Ward, tmp_path: Path, tampering: str) -> None:
    for _number in range(6):
        ward.look(f"/patients/{ward.ana}")
    ward.viewer = INTEGRATOR
    assert "None was altered" in ward.look("/audit").text
    with closing(sqlite3.connect(tmp_path / STORE)) as database, database:
        database.execute(tampering)
    assert "has a gap, at note 3" in ward.look("/audit").text


def test_a_long_chain_is_checked_when_somebody_asks_for_it(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("horehab.web.audit._SOON_CHECKED", 0)
    ward.viewer = INTEGRATOR
    assert "Check that none was altered" in ward.look("/audit").text
    assert "None was altered" in ward.look("/audit?check=yes").text


def test_a_note_is_read_in_the_readers_language(ward: Ward) -> None:
    ward.look(f"/patients/{ward.ana}/joints/left-hip")
    ward.look("/audit")
    ward.viewer = INTEGRATOR
    page = ward.client.get("/horehab/audit", headers={"Accept-Language": "fr"}).text
    assert "articulation\xa0: hanche gauche" in page
    assert "refusé\xa0: audit (GET)" in page

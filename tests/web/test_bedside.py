"""What was told at the bedside stands as reported, and a suspicion may rest; neither goes to the EHR."""

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from horehab.clock import new_id
from horehab.web.options import Role
from tests.web.conftest import PHYSIO, Ward, as_role

STAY = {"kind": "icu stay", "start": "2026-01-10", "end": "2026-02-09", "text": "told by the family"}


def told(ward: Ward, **typed: str) -> TestResponse:
    return ward.send(f"/patients/{ward.ben}/before", **typed)


def exposures(ward: Ward) -> list[tuple[str, bool]]:
    record = ward.ports.logbook.record("Patient/ben")
    stays = [(fact.kind.value, fact.is_reported) for fact in record.exposures]
    return stays + [(fact.kind.value, fact.is_reported) for fact in record.backgrounds]


def test_a_stay_that_was_told_is_noted_as_reported_and_shown(ward: Ward) -> None:
    assert told(ward, **STAY).status_code == 303
    assert exposures(ward) == [("icu stay", True)]
    page = unescape(ward.look(f"/patients/{ward.ben}").text)
    assert "ICU stay" in page
    assert "· reported" in page
    assert "told by the family" not in [row.detail for row in ward.ports.logbook.outbox(patient="Patient/ben")]


@pytest.mark.parametrize("kind", ["pregnancy", "plexus lesion"])
def test_a_lesion_or_a_pregnancy_needs_no_day(ward: Ward, kind: str) -> None:
    assert told(ward, kind=kind, text="right side").status_code == 303
    assert exposures(ward) == [(kind, True)]
    assert "right side" in ward.look(f"/patients/{ward.ben}/before").text


def test_the_same_form_sent_twice_is_one_report(ward: Ward) -> None:
    token = new_id()
    for _ in range(2):
        assert told(ward, **STAY, token=token).status_code == 303
    assert len(exposures(ward)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("kind", {"kind": ""}, "Nothing was chosen"),
        ("kind", {"kind": "covid-19"}, "Nothing was chosen"),
        ("start", {"start": ""}, "When it began"),
        ("start", {"start": "2026-06-01", "end": ""}, "in the future"),
        ("start", {"start": "last winter"}, "not a date"),
        ("start", {"start": "0026-01-10"}, "year cannot be"),
        ("end", {"end": "2026-01-09"}, "before it began"),
        ("end", {"end": "2026-06-01"}, "before it began, or in the future"),
        ("text", {"text": "x" * 201}, "longer than 200"),
        ("token", {"token": "none"}, "lost its number"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(
    ward: Ward, field: str, typed: dict[str, str], words: str
) -> None:
    refused = told(ward, **{**STAY, **typed})
    assert refused.status_code == 422
    assert re.search(f'id="{field}-error">[^<]*{words}', unescape(refused.text))
    assert exposures(ward) == []


def test_what_was_told_wrongly_is_taken_back(ward: Ward) -> None:
    told(ward, **STAY)
    (report,) = ward.ports.logbook.bedside.reports("Patient/ben")
    path = f"/patients/{ward.ben}/before"
    assert ward.send(f"{path}/{report.report_id}/take-back", form=path).status_code == 303
    assert exposures(ward) == []
    assert ward.send(f"{path}/{report.report_id}/take-back", form=path).status_code == 404


def test_who_does_not_treat_enters_nothing(ward: Ward) -> None:
    ward.viewer = as_role(PHYSIO, Role.COORDINATOR)
    assert ward.look(f"/patients/{ward.ben}/before").status_code == 403


def rest(ward: Ward, **typed: str) -> TestResponse:
    path = f"/patients/{ward.ana}/suspicions/left-hip"
    return ward.send(f"{path}/rest", form=path, **typed)


def test_a_suspicion_rests_until_a_day_and_stays_suspected(ward: Ward) -> None:
    before = len(ward.ports.logbook.outbox(patient="Patient/ana", open_only=False))
    token = new_id()
    for _ in range(2):
        assert rest(ward, days="7", rest_reason="CT is booked", token=token).status_code == 303
    page = re.sub(r"\s+", " ", ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text)
    assert page.count("put off until 27 May 2026") == 2
    assert "CT is booked" in page
    assert len(ward.ports.logbook.outbox(patient="Patient/ana", open_only=False)) == before


def test_a_rest_without_a_time_or_without_a_suspicion_is_refused(ward: Ward) -> None:
    assert "No time was chosen" in rest(ward, days="90").text
    assert "longer than 500" in rest(ward, days="3", rest_reason="x" * 501).text
    form = f"/patients/{ward.ana}/suspicions/left-hip"
    refused = ward.send(f"/patients/{ward.ana}/suspicions/right-hip/rest", form=form, days="3")
    assert refused.status_code == 422
    assert ward.ports.logbook.bedside.snoozes("Patient/ana") == ()

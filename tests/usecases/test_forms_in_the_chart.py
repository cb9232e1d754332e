"""Forms that other systems filled in and put into the EHR: read where the site asks for it, as part of the record."""

import json
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from horehab.errors import FormRefused
from horehab.fhir.basis.session_links import FORM
from horehab.fhir.basis.site import Site
from horehab.fhir.session_form.files import FormDesk
from horehab.usecases.filled_form import log_filled
from horehab.usecases.keep_step import keep_step
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward

MADRID = ZoneInfo("Europe/Madrid")
ANA = f"Patient/{PATIENT['id']}"


def form(name: str, degrees: float, **changes: Any) -> dict[str, Any]:
    """A filled form of Ana's: passive flexion of her left hip."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": name,
        "questionnaire": f"{FORM}|0.1.0",
        "status": "completed",
        "subject": {"reference": ANA},
        "authored": f"{DAY_ONE}T10:00:00+01:00",
        "item": [{"linkId": "passive.hip.flexion.left", "answer": [{"valueDecimal": degrees}]}],
        **changes,
    }


def degrees(ward: Ward) -> list[float]:
    keep_step(ward.ports)
    return [reading.degrees for reading in ward.ports.logbook.record(ANA).readings]


def test_a_form_in_the_ehr_is_a_session_follows_its_correction_and_goes_with_it(
    open_ward: Callable[..., Ward],
) -> None:
    ward = open_ward(forms=True)
    ward.chart(PATIENT, form("f1", 92), form("f2", 40, questionnaire="https://ehr.example/mood"))
    assert degrees(ward) == [92]
    (session,) = ward.ports.logbook.record(ANA).sessions
    assert session.source == "QuestionnaireResponse/f1"
    assert "QuestionnaireResponse/f2" not in set(ward.ports.logbook.held("QuestionnaireResponse"))
    ward.chart(form("f1", 95, status="amended"))
    assert degrees(ward) == [95]
    ward.chart(form("f1", 95, status="entered-in-error"))
    assert degrees(ward) == []
    ward.chart(form("f3", 90))
    assert degrees(ward) == [90]
    ward.server.store.remove("QuestionnaireResponse/f3", at=ward.clock.now())
    assert degrees(ward) == []


def test_forms_are_not_asked_for_where_the_site_does_not_say_so(ward: Ward) -> None:
    ward.chart(form("f1", 92))
    assert degrees(ward) == []
    assert not list(ward.ports.logbook.held("QuestionnaireResponse"))


def test_of_those_in_the_scope_forms_are_read_too(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(forms=True, scope=ANA)
    ward.chart(PATIENT, form("f1", 92), form("f2", 40, questionnaire="https://ehr.example/mood"))
    assert degrees(ward) == [92]


LIMIT = {
    "linkId": "passive.hip.flexion.left",
    "answer": [{"valueQuantity": {"value": 90, "comparator": ">"}}],
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subject": {"reference": "https://elsewhere.example/fhir/Patient/9"}}, "whose it is"),
        ({"subject": {"identifier": {"value": "HC-1"}}}, "whose it is"),
        (
            {"item": [LIMIT]},
            "limit",
        ),
    ],
)
def test_a_form_about_somebody_who_is_not_known_here_or_with_a_limit_is_not_logged(
    ward: Ward, change: dict[str, Any], said: str
) -> None:

    filled = FormDesk(Site(zone=MADRID)).read(json.dumps(form("f1", 92, **change)))
    patient = filled.patient or "Patient/ana"
    with pytest.raises(FormRefused, match=said):
        log_filled(ward.ports, filled, patient=patient, performer="Anna")

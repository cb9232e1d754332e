"""Imaging that is cited: what it must say, what a report of the chart says for it, and where it goes from there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from horehab.domain.entries import Decision, DecisionEntry
from horehab.domain.exposure import Exposure, ExposureKind
from horehab.domain.imaging import CitedImaging, ImagingForm, ImagingKind
from horehab.domain.moment import local_moment
from horehab.domain.record import Imaging, Patient, PatientRecord
from horehab.errors import FormRefused
from horehab.fhir.resources.decision import apply_decision
from horehab.store.payloads import decode_entry, encode_entry
from horehab.usecases.decide_suspicion import cited_imaging, decide_suspicion, questions_about_imaging
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.keep_step import keep_step
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling
from tests.usecases.test_log_and_decide import ACCEPT, HIP

TODAY = date(2026, 3, 22)
REPORT = "DiagnosticReport/hip-ct"
MADRID = ZoneInfo("Europe/Madrid")
FORM = ImagingForm(kind=ImagingKind.CT, day=TODAY, finding="no bone")
CITED = CitedImaging(kind=ImagingKind.CT, day=TODAY, finding="no bone")


def image(**changes: Any) -> Imaging:
    told = {"source": REPORT, "modality": "CT", "text": "CT of the hip", "conclusion": "immature bone"}
    when = local_moment(date(2026, 3, 20), time(9), MADRID)
    return Imaging(**{**told, "when": when, "known_on": date(2026, 3, 20), **changes})


def record(*images: Imaging, began: date | None = None) -> PatientRecord:
    stay = Exposure(
        source="Encounter/1",
        kind=ExposureKind.ICU_STAY,
        start=local_moment(began or TODAY, None, MADRID),
        end=None,
        known_on=TODAY,
    )
    return PatientRecord(
        patient=Patient(reference="Patient/ana"), images=images, exposures=(stay,) if began is not None else ()
    )


def refused(form: ImagingForm, *images: Imaging) -> list[str]:
    with pytest.raises(FormRefused) as caught:
        cited_imaging(form, record(*images), today=TODAY)
    return [error.field for error in caught.value.errors]


def test_imaging_names_its_kind_its_day_and_its_finding() -> None:
    assert refused(ImagingForm(finding=" ")) == ["imaging_kind", "imaging_day", "imaging_finding"]
    assert refused(replace(FORM, day=TODAY + timedelta(days=1))) == ["imaging_day"]
    assert cited_imaging(FORM, record(), today=TODAY) == CITED


def test_a_report_of_the_chart_says_what_was_left_empty() -> None:
    cited = cited_imaging(ImagingForm(report=REPORT), record(image()), today=TODAY)
    assert str(cited) == f"CT of 2026-03-20: immature bone ({REPORT})"
    own = cited_imaging(ImagingForm(report=REPORT, finding="mature bone"), record(image()), today=TODAY)
    assert own.finding == "mature bone"


@pytest.mark.parametrize(
    ("form", "images", "fields"),
    [
        (replace(FORM, report=REPORT), (), ["imaging_report"]),
        (replace(FORM, report=REPORT), (image(source="DiagnosticReport/other"),), ["imaging_report"]),
        (replace(FORM, report=REPORT), (image(),), ["imaging_day"]),
        (replace(FORM, report=REPORT, day=None, kind=ImagingKind.MRI), (image(),), ["imaging_kind"]),
        (ImagingForm(report=REPORT), (image(modality=None),), ["imaging_kind"]),
        (ImagingForm(report=REPORT), (image(modality="PT", conclusion=None),), ["imaging_kind", "imaging_finding"]),
    ],
)
def test_a_report_that_is_not_the_patients_or_says_something_else_is_refused(
    form: ImagingForm, images: tuple[Imaging, ...], fields: list[str]
) -> None:
    assert refused(form, *images) == fields


def test_a_report_that_does_not_name_its_kind_goes_with_any() -> None:
    form = ImagingForm(report=REPORT, kind=ImagingKind.MRI)
    assert cited_imaging(form, record(image(modality=None)), today=TODAY).kind is ImagingKind.MRI


def test_imaging_of_before_the_stay_is_asked_about() -> None:
    for began, asks in ((TODAY, 0), (TODAY + timedelta(days=1), 1), (None, 0)):
        assert len(questions_about_imaging(CITED, record(began=began))) == asks


def test_a_citation_goes_to_the_note_and_its_report_to_the_evidence_once_beside_what_others_wrote() -> None:
    theirs = [{"detail": [{"reference": "Observation/1"}]}, {"code": [{"text": "a person's"}]}]
    entry = DecisionEntry(
        decision_id="d", condition_id="c", patient="Patient/ana", place=HIP, decision=Decision.CONFIRM, reason="",
        by="Practitioner/3", decided=TODAY, cited=replace(CITED, report=REPORT, read_by="Dr Vidal", number="ACC-7"),
    )  # fmt: skip
    written = apply_decision({"resourceType": "Condition", "evidence": theirs}, entry)
    assert written["evidence"] == [*theirs, {"detail": [{"reference": REPORT}]}]
    said = f"Decision: confirm. Imaging: CT of 2026-03-22: no bone (read by Dr Vidal; {REPORT}; ACC-7)"
    assert [note["text"] for note in written["note"]] == [said]
    assert apply_decision(written, entry) == written
    bare = apply_decision({"resourceType": "Condition", "evidence": theirs}, replace(entry, cited=CITED))
    assert bare["evidence"] == theirs
    assert apply_decision({"resourceType": "Condition"}, entry)["evidence"] == [{"detail": [{"reference": REPORT}]}]


def test_a_decision_that_waited_since_before_imaging_had_its_parts_is_still_delivered() -> None:
    old = (
        '{"decision_id":"d","condition_id":"hr-1","patient":"Patient/ana","place":{"joint":"hip","side":"left"},'
        '"decision":"confirm","reason":"seen","by":"Dr Sanz","decided":"2026-03-22","imaging":"CT: bone","seen":[]}'
    )
    entry = decode_entry("DecisionEntry", old)
    assert isinstance(entry, DecisionEntry)
    assert (entry.cited, entry.imaging) == (None, "CT: bone")
    (note,) = apply_decision({"resourceType": "Condition"}, entry)["note"]
    assert note["text"] == "Decision: confirm. seen Imaging: CT: bone"
    new = replace(entry, imaging=None, cited=CITED)
    assert decode_entry("DecisionEntry", encode_entry(new)) == new


def test_a_confirmed_suspicion_cites_the_report_in_the_chart(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward()
    ward.chart(PATIENT)
    falling(ward)
    ward.chart(
        {
            "resourceType": "DiagnosticReport",
            "id": "hip-ct",
            "status": "final",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "CT"}]}],
            "code": {"text": "CT of the left hip"},
            "subject": {"reference": "Patient/ana"},
            "effectiveDateTime": f"{DAY_ONE}T09:00:00+01:00",
            "issued": f"{datetime.combine(DAY_ONE, time(12), UTC):%Y-%m-%dT%H:%M:%SZ}",
            "conclusion": "immature bone",
        }
    )
    keep_step(ward.ports)
    deliver_entries(ward.ports)
    form = replace(ACCEPT, decision=Decision.CONFIRM, imaging=ImagingForm(report=REPORT))
    assert decide_suspicion(ward.ports, form)
    keep_step(ward.ports)
    (condition,) = ward.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "confirmed"
    cited = [detail["reference"] for each in condition["evidence"] for detail in each["detail"]]
    assert cited.count(REPORT) == 1
    assert any(reference.startswith("Observation/") for reference in cited)

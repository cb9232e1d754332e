"""A session corrected and taken back is valid for a real HAPI server, and so is the word on who did it and why."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from horehab.clock import new_id
from horehab.domain.amendment import AmendmentEntry, Change, Validity
from horehab.domain.joints import Joint, Motion, Side
from horehab.domain.range_of_motion import Mode, Reading
from horehab.fhir.writing.writing import resource_of
from tests.fhir import entries
from tests.fhir.charts import SITE
from tests.fhir.test_written_resources_on_hapi import put

pytestmark = pytest.mark.needs("hapi")


def test_what_was_corrected_and_taken_back_is_valid_with_its_reason(hapi_url: str) -> None:
    patient, name, measured = f"Patient/t-{new_id()}", str(new_id()), f"m-{new_id()}"
    put(hapi_url, {"resourceType": "Patient", "id": patient.partition("/")[2], "name": [{"family": "Synthetic"}]})
    session = replace(entries.session(repetitions=30, intensity="light"), session_id=name, patient=patient)
    reading = Reading(
        source="", joint=Joint.HIP, side=Side.LEFT, motion=Motion.FLEXION, mode=Mode.PASSIVE, degrees=90.0,
        when=entries.at("2026-03-20T10:00:00+01:00"), known_on=date(2026, 3, 20),
    )  # fmt: skip
    measurement = replace(entries.measured(reading), measurement_id=measured, session_id=name, patient=patient)
    cited = {f"session:{name}": f"Procedure/{name}", f"measurement:{measured}": f"Observation/{measured}"}
    for validity in Validity:
        for entry in (session, measurement):
            put(hapi_url, resource_of(replace(entry, validity=validity), SITE, cited=cited))
    for revision, change in enumerate(Change, start=1):
        why = AmendmentEntry(
            amendment_id=str(new_id()),
            token=str(new_id()),
            session_id=name,
            patient=patient,
            change=change,
            revision=revision,
            by="Anna Synthetic",
            reason="typing error",
            recorded=datetime(2026, 3, 21, 9, tzinfo=UTC),
            has_session=True,
            measurements=(measured,),
        )
        held = put(hapi_url, resource_of(why, SITE, cited=cited))
        assert len(held["target"]) == 2

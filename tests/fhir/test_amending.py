"""A correction gives way to nobody's work but our own: what others added stays, what they changed is for people."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from horehab.domain.amendment import AmendmentEntry, Change, Validity
from horehab.domain.entries import Outcome
from horehab.domain.joints import Joint, Motion, Side
from horehab.domain.range_of_motion import Mode, Reading
from horehab.fhir.writing.amending import AmendmentRights, amendment_to_provenance, as_told, merged
from horehab.fhir.writing.standing import Settled, Standing
from horehab.fhir.writing.writing import check, resource_of
from tests.fhir import entries
from tests.fhir.charts import SITE

BEFORE: dict[str, Any] = {
    "resourceType": "Procedure",
    "id": "s1",
    "identifier": [{"system": "urn:ours", "value": "s1"}],
    "status": "completed",
    "note": [{"text": "tired"}],
    "performedPeriod": {"start": "2026-03-20T10:00:00+01:00", "end": "2026-03-20T10:30:00+01:00"},
    "extension": [{"url": "minutes", "valueDecimal": 30}],
}
WANTED: dict[str, Any] = {
    **{name: BEFORE[name] for name in ("resourceType", "id", "identifier", "status")},
    "performedDateTime": "2026-03-20",
    "extension": [{"url": "minutes", "valueDecimal": 45}],
}


READING = Reading(
    source="", joint=Joint.HIP, side=Side.LEFT, motion=Motion.FLEXION, mode=Mode.PASSIVE, degrees=90.0,
    when=entries.at("2026-03-20"), known_on=date(2026, 3, 20),
)  # fmt: skip


def standing(version: str = "1", **more: Any) -> Standing:
    return Standing(
        reference="Procedure/s1", version=version, resource={**BEFORE, "meta": {"versionId": version}, **more}
    )


def rights(wanted: dict[str, Any] = WANTED, own: str = "") -> AmendmentRights:
    return AmendmentRights(wanted=wanted, before=BEFORE, own_versions=frozenset(own.split()))


def test_what_we_wrote_before_gives_way_and_what_others_added_stays() -> None:
    theirs = {"url": "theirs", "valueString": "x"}
    found = {
        **BEFORE,
        "note": [{"text": "tired"}, {"text": "seen by Dr Sanz"}],
        "outcome": {"text": "good"},
        "extension": [*BEFORE["extension"], theirs],
    }
    edited = merged(found, WANTED, BEFORE)
    assert edited["note"] == [{"text": "seen by Dr Sanz"}]
    assert edited["outcome"] == {"text": "good"}
    assert edited["extension"] == [*WANTED["extension"], theirs]
    assert "performedPeriod" not in edited


def test_our_own_version_is_edited_whatever_its_number() -> None:
    edited = rights(own="1")(standing())
    assert edited is not None
    assert edited["performedDateTime"] == "2026-03-20"


def test_a_version_of_which_the_answer_was_lost_is_known_by_its_wording() -> None:
    assert rights()(standing("7")) is not None


def test_a_correction_that_stands_already_is_not_written_again() -> None:
    there = {**WANTED, "meta": {"versionId": "2"}}
    found = Standing(reference="Procedure/s1", version="2", resource=there)
    assert rights()(found) is None
    assert rights(own="2")(found) is None


def test_a_correction_that_a_person_made_too_is_left_as_theirs() -> None:
    plain = {name: value for name, value in WANTED.items() if name != "extension"}
    theirs = {**WANTED, "identifier": [*WANTED["identifier"], {"value": "theirs"}]}
    with pytest.raises(Settled) as settled:
        rights(plain)(Standing(reference="Procedure/s1", version="9", resource=theirs))
    assert settled.value.delivery.outcome is Outcome.DONE
    assert settled.value.delivery.version is None


def test_what_a_person_changed_is_for_people_to_settle() -> None:
    with pytest.raises(Settled) as settled:
        rights()(standing("9", note=[{"text": "not tired"}]))
    assert settled.value.delivery.outcome is Outcome.CONFLICT


def test_what_a_person_took_back_is_not_corrected_and_needs_not_be_taken_back() -> None:
    with pytest.raises(Settled) as settled:
        rights()(standing("9", status="entered-in-error"))
    assert settled.value.delivery.outcome is Outcome.CONFLICT
    with pytest.raises(Settled) as settled:
        rights({**WANTED, "status": "entered-in-error"})(standing("9", status="entered-in-error"))
    assert settled.value.delivery.outcome is Outcome.DONE


@pytest.mark.parametrize("wanted", ["completed", "entered-in-error"])
@pytest.mark.parametrize("status", ["not-done", "stopped", "in-progress"])
def test_a_session_that_a_person_says_was_not_done_is_not_made_done_again(status: str, wanted: str) -> None:
    with pytest.raises(Settled) as settled:
        rights({**WANTED, "status": wanted})(standing("9", status=status))
    assert settled.value.delivery.outcome is Outcome.CONFLICT


@pytest.mark.parametrize(
    ("status", "is_ours"), [("final", True), ("corrected", True), ("amended", True), ("cancelled", False)]
)
def test_a_measurement_is_corrected_only_under_a_status_that_we_give(*, status: str, is_ours: bool) -> None:
    before = resource_of(entries.measured(READING), SITE)
    lower = replace(READING, degrees=80.0)
    wanted = resource_of(replace(entries.measured(lower), validity=Validity.CORRECTED, before=READING), SITE)
    found = Standing(reference="Observation/m1", version="9", resource={**before, "status": status})
    decide = AmendmentRights(wanted=wanted, before=before, own_versions=frozenset())
    if is_ours:
        assert decide(found) is not None
        return
    with pytest.raises(Settled) as settled:
        decide(found)
    assert settled.value.delivery.outcome is Outcome.CONFLICT


def test_an_entry_knows_what_the_chart_was_told() -> None:
    session = entries.session(minutes=30.0)
    longer = replace(session, session=replace(session.session, minutes=45.0), validity=Validity.CORRECTED)
    assert as_told(replace(longer, before=session.session)) == replace(session, before=session.session)
    assert as_told(longer) == replace(longer, validity=Validity.FINAL)
    measured = entries.measured(READING)
    lower = replace(measured, fact=replace(READING, degrees=80.0), validity=Validity.CORRECTED, before=READING)
    assert as_told(lower) == replace(measured, before=READING)


def test_the_reason_names_who_and_only_what_stands_there() -> None:
    entry = AmendmentEntry(
        amendment_id="a1",
        token="t1",
        session_id="s1",
        patient="Patient/1",
        change=Change.MOVE,
        revision=1,
        by="Practitioner/3",
        reason="",
        recorded=datetime(2026, 3, 21, 9, tzinfo=UTC),
        has_session=True,
        measurements=("m1", "m2"),
    )
    written = resource_of(entry, SITE, cited={"session:s1": "Procedure/9", "measurement:m2": "Observation/8"})
    assert written == amendment_to_provenance(
        entry, SITE, {"session:s1": "Procedure/9", "measurement:m2": "Observation/8"}
    )
    assert [target["reference"] for target in written["target"]] == ["Procedure/9", "Observation/8"]
    check(written)
    assert written["agent"][0]["who"] == {"reference": "Practitioner/3"}
    assert "reason" not in written


@pytest.mark.parametrize("validity", list(Validity))
def test_whatever_stands_of_a_session_is_written_as_r4_has_it(validity: Validity) -> None:
    session = replace(entries.session(repetitions=30, intensity="light"), validity=validity)
    measured = replace(entries.measured(READING), validity=validity)
    written = [resource_of(entry, SITE) for entry in (session, measured)]
    for resource in written:
        check(resource)
    told = {Validity.FINAL: "final", Validity.CORRECTED: "corrected", Validity.IN_ERROR: "entered-in-error"}
    assert written[1]["status"] == told[validity]
    assert (written[0]["status"] == "entered-in-error") == (validity is Validity.IN_ERROR)

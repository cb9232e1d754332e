"""Logging a session: saved once and whole, or refused beside the field with everything typed still there."""

from html import unescape

import pytest

from horehab.clock import new_id
from horehab.domain.entries import MeasurementEntry, SessionEntry
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.session import SessionStatus
from horehab.domain.signs import PainRating, Sign, SignKind
from tests.web.conftest import Ward

USUAL = {
    "kind": "passive-mobilization",
    "status": "completed",
    "day": "2026-05-20",
    "at": "11:30",
    "minutes": "40",
    "mobility_level": "7",
    "exertion": "4",
    "device": "goniometer",
    "angle.passive.left-hip.flexion": "80",
    "angle.active.left-hip.flexion": "70,5",
    "angle.passive.left-hip.extension": "-8",
    "pain.left-hip.movement": "6",
    "sign.left-hip.firm-end-feel": "yes",
    "looked.left-hip": "yes",
}
BAD = [
    ("angle.passive.left-hip.flexion", "300", "beyond what flexion of the hip can be"),
    ("angle.passive.left-hip.flexion", "eighty", "is not a number"),
    ("angle.passive.left-hip.flexion", "nan", "is not a number"),
    ("angle.passive.left-hip.flexion", "1e999", "is not a number"),
    ("minutes", "0", "This length cannot be"),
    ("minutes", "lots", "is not a number"),
    ("repetitions", "0", "This number of repetitions cannot be"),
    ("repetitions", "1.5", "not a whole number"),
    ("mobility_level", "11", "The scale ends at 10"),
    ("mobility_level", "2.5", "not a whole number"),
    ("exertion", "12", "The scale ends at 10"),
    ("pain.left-hip.movement", "11", "rated from 0 to 10"),
    ("day", "2026-05-21", "lies in the future"),
    ("day", "yesterday", "is not a date"),
    ("day", "", "is not a date"),
    ("at", "noon", "is not a time"),
    ("kind", "surgery", "is not in the list"),
    ("status", "maybe", "is not in the list"),
    ("note", "x" * 501, "longer than 500"),
]


def entries(ward: Ward) -> list[object]:
    rows = ward.ports.logbook.outbox(patient="Patient/ana")
    return [row.entry for row in rows if isinstance(row.entry, SessionEntry | MeasurementEntry)]


def test_the_form_shows_last_values_beside_the_fields_and_carries_on_what_rarely_changes(ward: Ward) -> None:
    page = unescape(ward.look(f"/patients/{ward.ana}/log").text)
    assert "<strong>78°</strong>" in page
    assert 'id="device" name="device" value="goniometer"' in page
    assert 'name="angle.passive.left-hip.flexion" value=""' in page
    assert 'name="day" value="2026-05-20"' in page


def test_a_session_is_saved_with_its_measurements_pain_and_signs(ward: Ward) -> None:
    answer = ward.send(f"/patients/{ward.ana}/log", **USUAL)
    assert answer.status_code == 303
    session, *measured = entries(ward)
    assert isinstance(session, SessionEntry)
    assert session.performer == "Practitioner/ruiz"
    assert session.session.minutes == 40
    assert session.session.when.text == "2026-05-20T11:30"
    facts = [entry.fact for entry in measured if isinstance(entry, MeasurementEntry)]
    angles = {(f.motion.value, f.mode): f.degrees for f in facts if isinstance(f, Reading)}
    assert angles == {
        ("flexion", Mode.PASSIVE): 80,
        ("flexion", Mode.ACTIVE): 70.5,
        ("extension", Mode.PASSIVE): -8,
    }
    assert [f.score for f in facts if isinstance(f, PainRating)] == [6]
    signs = {f.kind: f.is_present for f in facts if isinstance(f, Sign)}
    assert signs[SignKind.FIRM_END_FEEL]
    assert not signs[SignKind.SWELLING], "looked for and not ticked is absent"
    assert SignKind.FEVER not in signs, "not looked for is unknown"


def test_what_was_saved_stands_on_the_patients_page_and_waits_for_the_ehr(ward: Ward) -> None:
    ward.send(f"/patients/{ward.ana}/log", **USUAL)
    page = ward.look(f"/patients/{ward.ana}").text
    assert "80°" in page
    assert "waiting for the EHR" in page


def test_a_true_minus_from_a_tablet_is_read_as_minus(ward: Ward) -> None:
    ward.send(f"/patients/{ward.ana}/log", **{**USUAL, "angle.passive.left-hip.extension": "\N{MINUS SIGN}8°"})
    facts = [entry.fact for entry in entries(ward) if isinstance(entry, MeasurementEntry)]
    assert -8 in [fact.degrees for fact in facts if isinstance(fact, Reading)]


def test_the_same_form_sent_twice_is_one_session(ward: Ward) -> None:
    form = {**USUAL, "token": new_id()}
    first = ward.send(f"/patients/{ward.ana}/log", **form)
    before = len(entries(ward))
    second = ward.send(f"/patients/{ward.ana}/log", **form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(entries(ward)) == before == 11


@pytest.mark.parametrize(("field", "value", "words"), BAD)
def test_what_cannot_be_is_refused_beside_the_field_and_everything_typed_stays(
    ward: Ward, field: str, value: str, words: str
) -> None:
    answer = ward.send(f"/patients/{ward.ana}/log", **{**USUAL, "note": "slept badly", field: value})
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert words in page
    assert f'href="#{field}"' in page
    assert 'value="40"' in page or field == "minutes"
    assert 'value="slept badly"' in page or field == "note"
    assert entries(ward) == []


def test_several_wrong_fields_are_named_at_once(ward: Ward) -> None:
    page = ward.send(f"/patients/{ward.ana}/log", **{**USUAL, "minutes": "x", "exertion": "99"}).text
    assert "2 fields need a look" in page


def test_a_value_beyond_measurement_error_asks_whether_it_was_measured_again(ward: Ward) -> None:
    form = {**USUAL, "angle.passive.left-hip.flexion": "115"}
    asked = ward.send(f"/patients/{ward.ana}/log", **form)
    assert asked.status_code == 422
    assert "Measured again: it is right" in asked.text
    assert entries(ward) == []
    assert 'name="again.angle.passive.left-hip.flexion" value="115"' in asked.text
    taken = ward.send(f"/patients/{ward.ana}/log", **form, **{"again.angle.passive.left-hip.flexion": "115"})
    assert taken.status_code == 303
    assert len(entries(ward)) == 11


def test_measured_again_holds_for_the_value_that_was_confirmed_alone(ward: Ward) -> None:
    again = {"again.angle.passive.left-hip.flexion": "115"}
    form = {**USUAL, **again, "angle.passive.left-hip.flexion": "115"}
    refused = ward.send(f"/patients/{ward.ana}/log", **{**form, "minutes": "x"})
    assert '<input type="hidden" name="again.angle.passive.left-hip.flexion" value="115">' in refused.text
    other = ward.send(f"/patients/{ward.ana}/log", **{**form, "angle.passive.left-hip.flexion": "15"})
    assert other.status_code == 422
    assert "Measured again: it is right" in other.text
    assert entries(ward) == []


def test_a_planned_session_that_was_not_done_needs_its_reason(ward: Ward) -> None:
    form = {"kind": "walking", "status": "not-done", "day": "2026-05-20"}
    assert ward.send(f"/patients/{ward.ana}/log", **form).status_code == 422
    assert ward.send(f"/patients/{ward.ana}/log", **form, reason_not_done="Fever").status_code == 303
    session = entries(ward)[0]
    assert isinstance(session, SessionEntry)
    assert session.session.status is SessionStatus.NOT_DONE
    assert session.session.reason_not_done == "Fever"


def test_a_form_that_lost_its_number_is_not_saved(ward: Ward) -> None:
    assert ward.send(f"/patients/{ward.ana}/log", **USUAL, token="../../etc").status_code == 422
    assert entries(ward) == []


def test_markup_that_was_typed_comes_back_as_text(ward: Ward) -> None:
    page = ward.send(
        f"/patients/{ward.ana}/log", **{**USUAL, "minutes": "x", "note": '"><script>alert(1)</script>'}
    ).text
    assert "<script>alert" not in page

"""The ward is where the patient came last; whose they are says who treated or measured them last."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from horehab.domain.joints import Motion
from horehab.domain.moment import Moment, local_moment
from horehab.domain.record import Patient, record_of
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.domain.ward_stay import WardStay
from horehab.domain.whereabouts import therapist_of, ward_of
from tests.web.ward import LEFT_HIP, reading

DAY = date(2026, 5, 20)
ANA = Patient(reference="Patient/ana")


def on(day: date) -> Moment:
    return local_moment(day, time(10), ZoneInfo("Europe/Madrid"))


def stay(ward: str, day: date) -> WardStay:
    return WardStay(source=f"Encounter/1#ward[{ward}]", ward=ward, when=on(day), known_on=day)


def session(performer: str | None, day: date, status: SessionStatus = SessionStatus.COMPLETED) -> Session:
    kind = SessionKind.WALKING
    source = f"Procedure/{day}"
    return Session(source=source, kind=kind, status=status, when=on(day), known_on=day, performer=performer)


def test_a_patient_lies_where_they_came_last_or_nowhere() -> None:
    later = DAY + timedelta(days=3)
    record = record_of(ANA, [stay("Location/2", later), stay("Location/1", DAY)])
    assert ward_of(record) == stay("Location/2", later)
    assert ward_of(record.as_known_on(DAY)) == stay("Location/1", DAY)
    assert ward_of(record_of(ANA, [])) is None


def test_a_ward_without_a_name_is_called_as_the_chart_refers_to_it() -> None:
    assert stay("Location/1", DAY).words == "Location/1"
    assert replace(stay("Location/1", DAY), name="Ward 3B").words == "Ward 3B"


def test_whose_a_patient_is_goes_by_who_treated_or_measured_them_last() -> None:
    measured = reading("Observation/1", LEFT_HIP, Motion.FLEXION, 80, DAY)
    assert therapist_of(record_of(ANA, [])) is None
    assert therapist_of(record_of(ANA, [measured])) == "Practitioner/ruiz"
    later = session("Practitioner/sanz", DAY + timedelta(days=1))
    assert therapist_of(record_of(ANA, [measured, later])) == "Practitioner/sanz"


def test_nobody_saw_a_patient_in_a_session_that_was_not_done_or_names_nobody() -> None:
    seen = session("Practitioner/sanz", DAY)
    missed = session("Practitioner/ruiz", DAY + timedelta(days=1), SessionStatus.NOT_DONE)
    unnamed = session(None, DAY + timedelta(days=2))
    assert therapist_of(record_of(ANA, [seen, missed, unnamed])) == "Practitioner/sanz"

"""What a filled-in form becomes for the chart: one session, and each measurement, pain rating and sign in it."""

from datetime import date

from horehab.domain.entries import Measured, MeasurementEntry, SessionEntry
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Reading
from horehab.domain.session import Session
from horehab.domain.session_form import SessionForm, measurement_id
from horehab.domain.signs import PainRating, Sign


def entries_of(
    form: SessionForm, moment: Moment, known_on: date
) -> tuple[SessionEntry, tuple[MeasurementEntry, ...]]:
    """Make of a form the session and its measurements, for the chart."""
    return _session_entry(form, moment, known_on), _measurements(form, moment, known_on)


def _session_entry(form: SessionForm, moment: Moment, today: date) -> SessionEntry:
    places = form.places or tuple(dict.fromkeys(angle.place for angle in form.angles))
    session = Session(
        source=f"urn:uuid:{form.token}",
        kind=form.kind,
        status=form.status,
        when=moment,
        known_on=today,
        minutes=form.minutes,
        repetitions=form.repetitions,
        intensity=form.intensity,
        places=places,
        mobility_level=form.mobility_level,
        exertion=form.exertion,
        sedation=form.sedation,
        performer=form.performer,
        reason_not_done=form.reason_not_done,
        adverse_event=form.adverse_event,
        note=form.note,
    )
    return SessionEntry(session_id=form.token, patient=form.patient, session=session, performer=form.performer)


def _measurements(form: SessionForm, moment: Moment, today: date) -> tuple[MeasurementEntry, ...]:
    session = f"urn:uuid:{form.token}"
    entries = []
    for angle in form.angles:
        name = measurement_id(form.token, angle.field)
        reading = Reading(
            source=f"urn:uuid:{name}",
            joint=angle.place.joint,
            side=angle.place.side,
            motion=angle.motion,
            mode=angle.mode,
            degrees=angle.degrees,
            when=moment,
            known_on=today,
            rater=form.rater or form.performer,
            device=form.device,
            position=form.position,
            session=session,
        )
        entries.append(_entry(form, name, reading))
    for pain in form.pains:
        name = measurement_id(form.token, pain.field)
        rating = PainRating(
            source=f"urn:uuid:{name}",
            score=pain.score,
            occasion=pain.occasion,
            place=pain.place,
            when=moment,
            known_on=today,
            session=session,
        )
        entries.append(_entry(form, name, rating))
    for answer in form.signs:
        name = measurement_id(form.token, answer.field)
        sign = Sign(
            source=f"urn:uuid:{name}",
            kind=answer.kind,
            is_present=answer.is_present,
            place=answer.place,
            when=moment,
            known_on=today,
            session=session,
        )
        entries.append(_entry(form, name, sign))
    return tuple(entries)


def _entry(form: SessionForm, name: str, fact: Measured) -> MeasurementEntry:
    return MeasurementEntry(
        measurement_id=name, session_id=form.token, patient=form.patient, fact=fact, performer=form.performer
    )

"""Log a session: check the form, then commit session, measurements and the next reminder in one transaction."""

from datetime import date
from zoneinfo import ZoneInfo

from horehab.detection.verdicts import judge
from horehab.domain.entries import MeasurementEntry, SessionEntry
from horehab.domain.follow_up import follow_up
from horehab.domain.moment import Moment, local_moment
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact, PatientRecord, record_of
from horehab.domain.session import Session
from horehab.domain.session_form import SessionForm, errors_in, measurement_id, to_measure_again
from horehab.domain.signs import PainRating, Sign
from horehab.errors import FormRefused, InputError
from horehab.usecases.ports import Ports


def log_session(ports: Ports, form: SessionForm) -> bool:
    """Log one session; False when this form was logged before, and then nothing is written again.

    Raises FormRefused with an error per field, and UnknownPatient. The entries go to the EHR through the
    outbox; until they are seen there the session stands in our memory as "waiting for the EHR".
    """
    errors = errors_in(form, ports.rules, today=ports.clock.today())
    if errors:
        raise FormRefused(errors)
    record = ports.logbook.record(form.patient)
    moment = local_moment(form.day, form.at, ZoneInfo(ports.zone))
    today = ports.clock.today()
    session = _session_entry(form, moment, today)
    measurements = _measurements(form, moment, today)
    after = _record_after(record, session, measurements)
    verdicts = judge(after, ports.rules, today)
    reminders = follow_up(after.as_known_on(today), verdicts, ports.rules, today, zone=ports.zone)
    return ports.logbook.log(
        patient=form.patient, entries=(session, *measurements), reminders=reminders, now=ports.clock.now()
    )


def questions_about(ports: Ports, form: SessionForm) -> tuple[InputError, ...]:
    """Ask "measured again?" for each angle that differs from its last by more than the error of measurement."""
    return to_measure_again(form, ports.logbook.record(form.patient).readings, ports.rules)


def _session_entry(form: SessionForm, moment: Moment, today: date) -> SessionEntry:
    places = form.places or tuple(dict.fromkeys(angle.place for angle in form.angles))
    session = Session(
        source=f"urn:uuid:{form.token}",
        kind=form.kind,
        status=form.status,
        when=moment,
        known_on=today,
        minutes=form.minutes,
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


def _entry(form: SessionForm, name: str, fact: Reading | PainRating | Sign) -> MeasurementEntry:
    return MeasurementEntry(
        measurement_id=name, session_id=form.token, patient=form.patient, fact=fact, performer=form.performer
    )


def _record_after(
    record: PatientRecord, session: SessionEntry, measurements: tuple[MeasurementEntry, ...]
) -> PatientRecord:
    """The record as it will be with this session in it, so that the next reminder counts from it."""
    before: tuple[Fact, ...] = (
        *record.readings, *record.pains, *record.signs, *record.sessions, *record.exposures, *record.backgrounds,
        *record.labs, *record.images, *record.visits, *record.ossifications,
    )  # fmt: skip
    return record_of(record.patient, (*before, session.session, *(entry.fact for entry in measurements)))

"""Log a session: check the form, then commit session, measurements and the next reminder in one transaction."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from horehab.detection.verdicts import judge
from horehab.domain.entries import MeasurementEntry, SessionEntry
from horehab.domain.follow_up import follow_up
from horehab.domain.moment import local_moment
from horehab.domain.record import Fact, PatientRecord, record_of
from horehab.domain.session_form import SessionForm, errors_in, to_measure_again
from horehab.errors import FormRefused, InputError
from horehab.usecases.logged_sessions import LoggedSession
from horehab.usecases.ports import Ports
from horehab.usecases.session_changes import as_form, differing
from horehab.usecases.session_entries import entries_of


def log_session(ports: Ports, form: SessionForm) -> bool:
    """Log one session; False when this form was logged before, and then nothing is written again.

    Raises FormRefused with an error per field, and UnknownPatient. The entries go to the EHR through the
    outbox; until they are seen there the session stands in our memory as "waiting for the EHR".
    """
    errors = errors_in(form, ports.rules, today=ports.clock.today())
    if errors:
        raise FormRefused(errors)
    if _is_logged(ports, form):
        return False
    record = ports.logbook.record(form.patient)
    moment = local_moment(form.day, form.at, ZoneInfo(ports.zone))
    today = ports.clock.today()
    session, measurements = entries_of(form, moment, today)
    after = _record_after(record, session, measurements)
    verdicts = judge(after, ports.rules, today)
    reminders = follow_up(after.as_known_on(today), verdicts, ports.rules, today, zone=ports.zone)
    return ports.logbook.log(
        patient=form.patient, entries=(session, *measurements), reminders=reminders, now=ports.clock.now()
    )


def saved_before(ports: Ports, form: SessionForm) -> LoggedSession | None:
    """Find the session as which a form was saved before, as it is known now; FormRefused if another's."""
    logged = ports.logbook.sessions.logged(form.token)
    if logged is None:
        return None
    if ports.logbook.key_of(logged.patient) != ports.logbook.key_of(form.patient):
        remedy = "Open it again from the patient's page."
        raise FormRefused((_about_number(form, "This form has lost its number.", remedy),))
    return logged


def is_as_saved(logged: LoggedSession, form: SessionForm, zone: ZoneInfo) -> bool:
    """Say whether a form says what was saved of it at first, or what the session says now."""
    now = (logged,) if logged.session else ()
    return any(not differing(as_form(version, zone), form) for version in (_as_logged(logged), *now))


def _is_logged(ports: Ports, form: SessionForm) -> bool:
    """Say whether a form was logged before; FormRefused when it says something else now."""
    logged = saved_before(ports, form)
    if logged is None:
        return False
    if not is_as_saved(logged, form, ZoneInfo(ports.zone)):
        said = "This session was saved already, and this form says something else."
        remedy = "Open the session from the patient's page and correct it there."
        raise FormRefused((_about_number(form, said, remedy),))
    return True


def _about_number(form: SessionForm, said: str, remedy: str) -> InputError:
    return InputError(said, field="token", value=form.token, remedy=remedy)


def _as_logged(logged: LoggedSession) -> LoggedSession:
    """Show a session as it was logged, before any change; the record may say more, such as the joint that hurt."""
    first = logged.first.values()
    facts = {entry.measurement_id: entry.fact for entry in first if isinstance(entry, MeasurementEntry)}
    session = next((entry.session for entry in first if isinstance(entry, SessionEntry)), logged.session)
    return replace(logged, session=session, facts=facts)


def questions_about(ports: Ports, form: SessionForm) -> tuple[InputError, ...]:
    """Ask "measured again?" for each angle that differs from the last before it by more than error of measurement.

    What was measured after a session that is entered late says nothing of it; of one without its time the whole day
    counts as before.
    """
    moment = local_moment(form.day, form.at, ZoneInfo(ports.zone))
    readings = ports.logbook.record(form.patient).readings
    before = tuple(reading for reading in readings if reading.when.earliest <= moment.latest)
    return to_measure_again(form, before, ports.rules)


def _record_after(
    record: PatientRecord, session: SessionEntry, measurements: tuple[MeasurementEntry, ...]
) -> PatientRecord:
    """The record as it will be with this session in it, so that the next reminder counts from it."""
    before: tuple[Fact, ...] = (
        *record.readings, *record.pains, *record.signs, *record.sessions, *record.exposures, *record.backgrounds,
        *record.labs, *record.images, *record.visits, *record.ossifications,
    )  # fmt: skip
    return record_of(record.patient, (*before, session.session, *(entry.fact for entry in measurements)))

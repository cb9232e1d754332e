"""Correct, delete or move a session that was logged here: nothing is lost, and the EHR learns who did it and why."""

from dataclasses import dataclass, replace
from enum import Enum
from zoneinfo import ZoneInfo

from horehab.domain.amendment import AmendmentEntry, Change, Validity
from horehab.domain.entries import ChartEntry, MeasurementEntry, SessionEntry
from horehab.domain.session_form import SessionForm, errors_in, measurement_id, to_measure_again
from horehab.errors import FormRefused, InputError, UnknownPatient
from horehab.usecases.logged_sessions import LoggedSession
from horehab.usecases.ports import Ports
from horehab.usecases.session_changes import changes, measurement_entry, session_entry, state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentForm:
    """What a person asks for. `token` is the form's UUID: sent twice, it is one change.

    `state` is how the session stood when they looked at it (`state_of`); `by` names them, `reason` says why.
    """

    token: str
    session_id: str
    patient: str
    state: str
    by: str
    reason: str = ""


class Amended(Enum):
    """What became of a change: saved, saved before, or not saved because somebody changed it meanwhile."""

    SAVED = "saved"
    REPEATED = "repeated"
    CHANGED_MEANWHILE = "changed meanwhile"


def logged_session(ports: Ports, patient: str, session_id: str) -> LoggedSession:
    """Find a session of a patient that was logged here; UnknownPatient for any other, as if there were none."""
    logged = ports.logbook.sessions.logged(session_id)
    if logged is None or ports.logbook.key_of(logged.patient) != ports.logbook.key_of(patient):
        raise UnknownPatient(patient)
    return logged


def correct_session(ports: Ports, asked: AmendmentForm, form: SessionForm) -> Amended:
    """Correct a session; FormRefused with an error per field, also when nothing was changed; UnknownPatient.

    What a person corrected in the EHR and nobody touched here stays as it is. A form sent again is a repetition only
    while the session stands as it says: with other values, or after others' changes, both versions are to be shown.
    """
    errors = errors_in(form, ports.rules, today=ports.clock.today())
    if errors:
        raise FormRefused(errors)
    logged, answer = _looked_at(ports, asked)
    if answer is Amended.CHANGED_MEANWHILE or logged.session is None:
        return Amended.CHANGED_MEANWHILE
    made = changes(logged, form, ZoneInfo(ports.zone), today=ports.clock.today())
    entries: tuple[ChartEntry, ...] = (*made.of_measurements(), *made.of_session())
    if answer is Amended.REPEATED:
        return Amended.CHANGED_MEANWHILE if entries else Amended.REPEATED
    if not entries:
        raise FormRefused((_nothing(),))
    return _commit(ports, logged, asked, Change.CORRECT, entries)


def delete_session(ports: Ports, asked: AmendmentForm) -> Amended:
    """Delete a session: it and all that was measured in it are entered in error; InputError without a reason."""
    _need_reason(asked)
    logged, answer = _looked_at(ports, asked)
    if answer is not None:
        return answer
    return _commit(ports, logged, asked, Change.DELETE, _taken_back(logged))


def move_session(ports: Ports, asked: AmendmentForm, to: str) -> Amended:
    """Move a session to the right patient: there it is logged anew, here it is entered in error; InputError."""
    _need_reason(asked)
    survivor = ports.logbook.record(to).patient.reference
    logged, answer = _looked_at(ports, asked)
    if answer is not None:
        return answer
    if survivor == ports.logbook.record(logged.patient).patient.reference:
        said = "The session stands with this patient already."
        raise InputError(said, field="to", value=to, remedy="Choose another patient.")
    return _commit(ports, logged, asked, Change.MOVE, (*_taken_back(logged), *_anew(ports, logged, survivor)))


def questions_about_change(ports: Ports, logged: LoggedSession, form: SessionForm) -> tuple[InputError, ...]:
    """Ask "measured again?" for each angle that was changed and differs from the one before that session."""
    zone = ZoneInfo(ports.zone)
    changed = changes(logged, form, zone, today=ports.clock.today())
    source = logged.session.source if logged.session else ""
    before = tuple(
        reading
        for reading in ports.logbook.record(form.patient).readings
        if reading.session != source and reading.when.earliest <= changed.moment.earliest
    )
    fresh = {entry.fact for entry in changed.of_measurements() if not entry.is_withdrawn}
    altered = {(f.place, getattr(f, "motion", None), getattr(f, "mode", None)) for f in fresh}
    angles = tuple(a for a in form.angles if (a.place, a.motion, a.mode) in altered)
    return to_measure_again(replace(form, angles=angles), before, ports.rules)


def _looked_at(ports: Ports, asked: AmendmentForm) -> tuple[LoggedSession, Amended | None]:
    """Look at the session again, and say what becomes of the change if it is not to be written."""
    logged = logged_session(ports, asked.patient, asked.session_id)
    if any(change.token == asked.token for change in logged.amendments):
        return logged, Amended.REPEATED
    is_as_seen = state_of(logged, ZoneInfo(ports.zone)) == asked.state
    return logged, None if is_as_seen and logged.session else Amended.CHANGED_MEANWHILE


def _commit(
    ports: Ports, logged: LoggedSession, asked: AmendmentForm, change: Change, entries: tuple[ChartEntry, ...]
) -> Amended:
    own = [e for e in entries if isinstance(e, MeasurementEntry) and e.session_id == logged.session_id]
    revision = logged.revision + 1
    why = AmendmentEntry(
        amendment_id=measurement_id(logged.session_id, f"amendment {revision}"),
        token=asked.token,
        session_id=logged.session_id,
        patient=logged.patient,
        change=change,
        revision=revision,
        by=asked.by,
        reason=asked.reason.strip(),
        recorded=ports.clock.now(),
        has_session=any(isinstance(e, SessionEntry) and e.session_id == logged.session_id for e in entries),
        measurements=tuple(entry.measurement_id for entry in own),
    )
    is_saved = ports.logbook.sessions.amend((*entries, why), revision=logged.revision, now=ports.clock.now())
    return Amended.SAVED if is_saved else Amended.CHANGED_MEANWHILE


def _taken_back(logged: LoggedSession) -> tuple[ChartEntry, ...]:
    """Take back a session: what was measured first, so that nothing is left that belongs to nothing."""
    measured = (measurement_entry(logged, name, fact, Validity.IN_ERROR) for name, fact in logged.facts.items())
    session = (session_entry(logged, logged.session, Validity.IN_ERROR),) if logged.session else ()
    return (*measured, *session)


def _anew(ports: Ports, logged: LoggedSession, to: str) -> tuple[ChartEntry, ...]:
    """Log a session that belongs to somebody else under a new number, known from today on."""
    assert logged.session is not None  # _looked_at has seen it
    fresh = measurement_id(logged.session_id, f"moved to {to}, {logged.revision}")
    today = ports.clock.today()
    there = replace(logged, session_id=fresh, patient=to, told={})
    session = session_entry(there, replace(logged.session, known_on=today), Validity.FINAL)
    measured = (
        measurement_entry(there, measurement_id(fresh, name), replace(fact, known_on=today), Validity.FINAL)
        for name, fact in logged.facts.items()
    )
    return (session, *measured)


def _need_reason(asked: AmendmentForm) -> None:
    if not asked.reason.strip():
        said = "This needs its reason."
        raise InputError(said, field="reason", value="", remedy="Say why.")


def _nothing() -> InputError:
    said = "Nothing was changed."
    return InputError(said, field="token", value=None, remedy="Change what is wrong, or leave without saving.")

"""A form of a session that another system filled in: logged as a session of ours, or made of one of ours."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from horehab.domain.entries import Measured
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import PatientRecord
from horehab.domain.session import Session
from horehab.domain.session_form import measurement_id
from horehab.errors import FormRefused, InputError
from horehab.usecases.exchange import Unreadable
from horehab.usecases.log_session import log_session
from horehab.usecases.ports import Ports
from horehab.usecases.session_entries import form_of, item_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A form as it was filled in: whose it is, its session, what was measured, and what of it cannot be read.

    `name` tells this form from any other, however often it is sent: its identifier, its id, or a digest of its text.
    """

    name: str
    patient: str | None
    session: Session | None
    measured: tuple[Measured, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


def log_filled(ports: Ports, filled: FilledForm, *, patient: str | None, performer: str) -> bool:
    """Log what a form tells as one session; False when it was logged before, and then nothing is written again.

    `patient` where the form names none, `performer` where it names nobody. All of a form is logged or nothing:
    FormRefused with an error for each item that cannot be read, or that cannot be; UnknownPatient.
    """
    whose = filled.patient or patient
    errors = [_error(each.path, each.detail) for each in filled.unreadable]
    bounds = [fact for fact in filled.measured if isinstance(fact, Reading) and fact.bound]
    errors += [_error(item_of(fact), "It is a limit, and no value that was measured.") for fact in bounds]
    if filled.patient and patient and filled.patient != patient:
        errors.append(_error("subject", f"The form is about {filled.patient}, not about {patient}."))
    if not whose:
        errors.append(_error("subject", "The form does not say whose it is.", remedy="Name the patient."))
    if filled.session is None and not errors:
        errors.append(_error("status", "The form is not finished.", remedy="Complete it (status completed)."))
    if errors or filled.session is None or not whose:
        raise FormRefused(tuple(errors))
    session = replace(filled.session, performer=filled.session.performer or performer)
    token = measurement_id(whose, f"form|{filled.name}")
    return log_session(ports, form_of(session, filled.measured, ZoneInfo(ports.zone), token=token, patient=whose))


def session_to_fill(record: PatientRecord, reference: str | None) -> tuple[Session, tuple[Measured, ...]]:
    """Find a session of a patient, the latest when none is named, with all that was measured in it; InputError."""
    if not record.sessions:
        patient = record.patient.reference
        raise InputError(
            f"No session of {patient} is known.", field="patient", value=patient, remedy="Log one first."
        )
    found = [each for each in record.sessions if reference in (None, each.source)]
    if not found:
        known = ", ".join(each.source for each in record.sessions[-3:])
        said = f"{reference} is no session of {record.patient.reference}."
        raise InputError(said, field="--session", value=reference, remedy=f"The latest ones are {known}.")
    session = max(found, key=lambda each: (each.when.earliest, each.source))
    facts: tuple[Measured, ...] = (*record.readings, *record.pains, *record.signs)
    return session, tuple(fact for fact in facts if fact.session == session.source)


def _error(field: str, said: str, *, remedy: str = "Correct it in the form and send it again.") -> InputError:
    return InputError(said, field=field, remedy=remedy)

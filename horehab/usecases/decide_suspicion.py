"""A person decides about a suspicion: accept, dismiss with a reason, or confirm or refute citing imaging."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from horehab.domain.entries import Decision, DecisionEntry
from horehab.domain.imaging import CitedImaging, ImagingForm, completed, first_day_of_stay, kind_of
from horehab.domain.joints import JointSide
from horehab.domain.record import Imaging, PatientRecord, base_references
from horehab.domain.session_form import measurement_id
from horehab.errors import FormRefused, InputError, NotAllowed
from horehab.usecases.ports import Ports
from horehab.usecases.standings import open_suspicion, standings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionForm:
    """What a person decided. `by` names them, `role` says what they are, `imaging` is what they cite.

    `token` is the form's UUID: sent twice, it is one decision.
    """

    token: str
    patient: str
    place: JointSide
    decision: Decision
    reason: str
    by: str
    role: str
    imaging: ImagingForm | None = None


def decide_suspicion(ports: Ports, form: DecisionForm) -> bool:
    """Commit a decision for the chart; False when this form was sent before.

    InputError when there is nothing to decide about or something is missing, NotAllowed when this person may
    not decide it. The decision goes to the EHR through the outbox and never overwrites somebody else's.
    """
    _check(form)
    record = ports.logbook.record(form.patient)
    cited = cited_imaging(form.imaging or ImagingForm(), record, today=ports.clock.today()) if _rests(form) else None
    condition_id, evidence = _suspicion(ports, form, record)
    seen = base_references((*evidence, *(r.source for r in record.readings if r.place == form.place)))
    entry = DecisionEntry(
        decision_id=measurement_id(form.token, form.decision.value),
        condition_id=condition_id,
        patient=form.patient,
        place=form.place,
        decision=form.decision,
        reason=form.reason.strip(),
        by=form.by,
        decided=ports.clock.today(),
        cited=cited,
        seen=seen,
    )
    return ports.logbook.log(patient=form.patient, entries=(entry,), reminders=(), now=ports.clock.now())


def cited_imaging(form: ImagingForm, record: PatientRecord, *, today: date) -> CitedImaging:
    """Check the imaging that is cited, and take from its report what was left empty; FormRefused names each field."""
    image = next((image for image in record.images if image.source == form.report), None)
    whole = completed(form, image) if image else form
    errors = [*_errors_of_report(form, image), *_errors_of_kind(whole, image), *_errors_of_day(whole, image, today)]
    if not whole.finding.strip():
        errors.append(_error("imaging_finding", "", "The imaging needs its finding.", "Write what it shows."))
    if errors or whole.kind is None or whole.day is None:
        raise FormRefused(tuple(errors))
    return CitedImaging(
        kind=whole.kind,
        day=whole.day,
        finding=whole.finding.strip(),
        read_by=whole.read_by.strip(),
        report=whole.report,
        number=whole.number.strip(),
    )


def questions_about_imaging(cited: CitedImaging, record: PatientRecord) -> tuple[InputError, ...]:
    """Ask about imaging of before the first stay that is known: it may be right, and is more often a slip."""
    began = first_day_of_stay(record.exposures)
    if began is None or cited.day >= began:
        return ()
    said = f"The imaging is of before the first stay that is known, which began on {began}."
    return (_error("imaging_day", cited.day.isoformat(), said, "Correct the day, or confirm it."),)


def _errors_of_report(form: ImagingForm, image: Imaging | None) -> Iterator[InputError]:
    if form.report and image is None:
        said = "This report is not in the patient's chart."
        yield _error("imaging_report", form.report, said, "Choose another, or leave it empty.")


def _errors_of_kind(form: ImagingForm, image: Imaging | None) -> Iterator[InputError]:
    if form.kind is None:
        said = "Confirming or refuting rests on imaging."
        yield _error("imaging_kind", None, said, "Choose which kind of imaging.")
    elif image and kind_of(image) not in (None, form.kind):
        said = "The report that was chosen is of another kind of imaging."
        yield _error("imaging_kind", form.kind.value, said, "Choose its kind, or another report.")


def _errors_of_day(form: ImagingForm, image: Imaging | None, today: date) -> Iterator[InputError]:
    if form.day is None:
        yield _error("imaging_day", None, "The imaging needs its day.", "Write the day it was taken.")
    elif form.day > today:
        said = "The imaging lies in the future."
        yield _error("imaging_day", form.day.isoformat(), said, "Write the day it was taken.")
    elif image and form.day != image.when.day:
        said = f"The report that was chosen is of {image.when.day}."
        yield _error("imaging_day", form.day.isoformat(), said, "Write its day, or choose another report.")


def _check(form: DecisionForm) -> None:
    if _rests(form) and form.role != "physician":
        raise NotAllowed(
            "Only a physician confirms or refutes an ossification.",
            field="decision",
            value=form.decision.value,
            remedy="Accept or dismiss the suspicion, or ask a physician.",
        )
    if form.decision is Decision.DISMISS and not form.reason.strip():
        raise _error("reason", "", "This decision needs its reason.", "Say why.")


def _rests(form: DecisionForm) -> bool:
    """Say whether a decision rests on imaging, whose finding is then reason enough."""
    return form.decision in (Decision.CONFIRM, Decision.REFUTE)


def _error(field: str, value: object, said: str, remedy: str) -> InputError:
    return InputError(said, field=field, value=value, remedy=remedy)


def _suspicion(ports: Ports, form: DecisionForm, record: PatientRecord) -> tuple[str, tuple[str, ...]]:
    """Find the suspicion that is open at this place, in the chart or on its way there, and what it cites."""
    found = open_suspicion(standings_of(ports.logbook, record).at(form.place))
    if found is None:
        raise InputError(
            f"There is no open suspicion at the {form.place}.",
            field="place",
            value=str(form.place),
            remedy="Look at the joint again: it may have been decided or withdrawn meanwhile.",
        )
    return found.condition_id, found.evidence

"""A person decides about a suspicion: accept, dismiss with a reason, or confirm or refute citing imaging."""

from dataclasses import dataclass

from horehab.domain.entries import Decision, DecisionEntry
from horehab.domain.joints import JointSide
from horehab.domain.record import PatientRecord, base_references
from horehab.domain.session_form import measurement_id
from horehab.errors import InputError, NotAllowed
from horehab.usecases.ports import Ports
from horehab.usecases.standings import open_suspicion, standings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionForm:
    """What a person decided. `by` names them, `role` says what they are, `imaging` cites modality, date, result.

    `token` is the form's UUID: sent twice, it is one decision.
    """

    token: str
    patient: str
    place: JointSide
    decision: Decision
    reason: str
    by: str
    role: str
    imaging: str | None = None


def decide_suspicion(ports: Ports, form: DecisionForm) -> bool:
    """Commit a decision for the chart; False when this form was sent before.

    InputError when there is nothing to decide about or something is missing, NotAllowed when this person may
    not decide it. The decision goes to the EHR through the outbox and never overwrites somebody else's.
    """
    _check(form)
    record = ports.logbook.record(form.patient)
    condition_id, cited = _suspicion(ports, form, record)
    seen = base_references((*cited, *(r.source for r in record.readings if r.place == form.place)))
    entry = DecisionEntry(
        decision_id=measurement_id(form.token, form.decision.value),
        condition_id=condition_id,
        patient=form.patient,
        place=form.place,
        decision=form.decision,
        reason=form.reason.strip(),
        by=form.by,
        decided=ports.clock.today(),
        imaging=form.imaging,
        seen=seen,
    )
    return ports.logbook.log(patient=form.patient, entries=(entry,), reminders=(), now=ports.clock.now())


def _check(form: DecisionForm) -> None:
    if form.decision in (Decision.CONFIRM, Decision.REFUTE):
        if form.role != "physician":
            raise NotAllowed(
                "Only a physician confirms or refutes an ossification.",
                field="decision",
                value=form.decision.value,
                remedy="Accept or dismiss the suspicion, or ask a physician.",
            )
        if not (form.imaging or "").strip():
            raise InputError(
                "Confirming or refuting rests on imaging.",
                field="imaging",
                value=form.imaging,
                remedy="Cite modality, date and result.",
            )
    if form.decision is not Decision.ACCEPT and not form.reason.strip():
        raise InputError("This decision needs its reason.", field="reason", value="", remedy="Say why.")


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

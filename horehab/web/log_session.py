"""Log a session beside the patient: one form, last values beside each field, refusals beside the field."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.domain.joints import MOTIONS, Joint, JointSide, Side
from horehab.domain.record import PatientRecord
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.session_form import SessionForm, errors_in
from horehab.domain.signs import SignKind
from horehab.errors import FormRefused, InputError
from horehab.usecases.log_session import log_session, questions_about
from horehab.web.access import CARE, allow
from horehab.web.language import gettext as _
from horehab.web.last_values import carried_forward, last_angles, last_pains
from horehab.web.recorded import error_words
from horehab.web.room import OpenPatient, is_post, open_patient, room, viewer
from horehab.web.session_fields import (
    MEASURED_MODES,
    OCCASIONS,
    Typed,
    angle_field,
    form_of,
    pain_field,
    sign_field,
    signs_of,
)

MOBILITY_LEVELS = (
    "nothing", "exercises in bed", "passively moved to chair", "sitting over edge of bed", "standing",
    "transferring bed to chair", "marching on the spot", "walking with 2 or more people", "walking with 1 person",
    "walking with an aid", "walking without aid",
)  # fmt: skip
"""The levels of the ICU Mobility Scale, 0 to 10 (clinical.md section 6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong with a field, or asked about it, and where on the page it is said."""

    field: str
    words: str
    is_question: bool = False

    @property
    def anchor(self) -> str:
        """The id of the field on the page."""
        return self.field


def add_to(pages: Blueprint) -> None:
    """Add the form to our pages."""
    pages.add_url_rule("/patients/<key>/log", "log", log, methods=["GET", "POST"])


@allow(*CARE)
def log(key: str) -> Response | str | tuple[str, int]:
    """Show the form, or take what was typed into it."""
    if not is_post():
        opened = open_patient(key, what="opened session form")
        return _page(opened, _fresh(opened), ())
    opened = open_patient(key, what="logged a session")
    typed = Typed(fields=request.form)
    form = form_of(typed, patient=opened.reference, performer=viewer().signature, today=room().today())
    refusals = _refusals(typed, form)
    if refusals:
        return _page(opened, dict(request.form), refusals), 422
    try:
        is_new = log_session(room().ports(), form)
    except FormRefused as refused:
        return _page(opened, dict(request.form), tuple(map(_refusal, refused.errors))), 422
    flash(_("Saved. It goes to the EHR by itself.") if is_new else _("This session was saved already."), "horehab")
    return redirect(url_for("horehab.patient", key=key), code=303)


def _refusals(typed: Typed, form: SessionForm) -> tuple[Refusal, ...]:
    """Say what cannot be taken; when nothing is wrong, ask about each surprising angle not yet confirmed."""
    ports = room().ports()
    errors = [*_token_errors(form.token), *typed.errors, *errors_in(form, ports.rules, today=room().today())]
    if errors:
        return tuple(map(_refusal, errors))
    asked = questions_about(ports, form)
    return tuple(
        Refusal(field=question.field, words=question.message, is_question=True)
        for question in asked
        if f"again.{question.field}" not in typed.fields
    )


def _token_errors(token: str) -> list[InputError]:
    try:
        UUID(token)
    except ValueError:
        remedy = _("Open it again from the patient's page.")
        return [InputError(_("This form has lost its number."), field="token", value=token, remedy=remedy)]
    return []


def _refusal(error: InputError) -> Refusal:
    return Refusal(field=error.field, words=error_words(error))


def _fresh(opened: OpenPatient) -> dict[str, str]:
    """Fill a new form: its number, now, and what rarely changes; never degrees, pain or end-feel."""
    ports = room().ports()
    now = ports.clock.now().astimezone(room().zone())
    return {
        "token": room().options.new_id(),
        "day": now.date().isoformat(),
        "at": now.strftime("%H:%M"),
        "status": SessionStatus.COMPLETED.value,
        **carried_forward(opened.record),
    }


def _page(opened: OpenPatient, typed: dict[str, str], refusals: tuple[Refusal, ...]) -> str:
    record = opened.record
    return render_template(
        "horehab/log_session.html",
        key=opened.key,
        patient=record.patient,
        typed=typed,
        refusals=refusals,
        refused={refusal.field: refusal for refusal in refusals},
        angles=last_angles(record),
        pains=last_pains(record),
        kinds=SessionKind,
        statuses=SessionStatus,
        levels=MOBILITY_LEVELS,
        panels=_panels(record, typed),
        motions=MOTIONS,
        sides=tuple(Side),
        modes=MEASURED_MODES,
        occasions=OCCASIONS,
        fever=SignKind.FEVER,
        place=lambda joint, side: JointSide(joint=joint, side=side),
        signs_of=signs_of,
        angle_field=angle_field,
        pain_field=pain_field,
        sign_field=sign_field,
    )


def _panels(record: PatientRecord, typed: dict[str, str]) -> list[tuple[Joint, bool]]:
    """List the joints, and whether each is open: those measured before, and those with something typed."""
    measured = {reading.joint for reading in record.readings}
    filled = {joint for joint in Joint for name, value in typed.items() if value and f"-{joint.value}." in f"{name}."}
    return [(joint, joint in measured | filled) for joint in Joint]

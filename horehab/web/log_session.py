"""Log a session beside the patient: saved once and whole, refused beside the field, kept as a draft meanwhile."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from horehab.domain.session import SessionStatus
from horehab.domain.session_form import errors_in
from horehab.errors import FormRefused
from horehab.usecases.log_session import log_session, questions_about
from horehab.web.access import CARE, allow
from horehab.web.drafts import draft_of, drop_draft, keep_draft
from horehab.web.language import gettext as _
from horehab.web.last_values import carried_forward
from horehab.web.old_form import answer_old, old_form, saved_as, wish_in
from horehab.web.room import OpenPatient, is_post, open_patient, room, viewer
from horehab.web.session_fields import Typed, form_of
from horehab.web.session_page import Asked, Refusal, refusal, session_page, typed_in, unconfirmed, wrong_fields


def add_to(pages: Blueprint) -> None:
    """Add the form to our pages."""
    pages.add_url_rule("/patients/<key>/log", "log", log, methods=["GET", "POST"])


@allow(*CARE)
def log(key: str) -> Response | str | tuple[str, int]:
    """Show the form, with somebody's draft of it if there is one, or take what was typed into it."""
    if not is_post():
        return _open(open_patient(key, what="opened session form"))
    opened = open_patient(key, what="logged a session")
    typed = typed_in()
    wish = wish_in(typed)
    logged = saved_as(opened, dict(typed))
    if logged and old_form(opened, logged, typed):
        return answer_old(opened, logged, typed, wish=wish)
    refusals, is_new = _taken(opened, Typed(fields=typed))
    if refusals:
        keep_draft(opened, typed)
        return session_page(opened, typed, refusals), 422
    drop_draft(opened)
    flash(_("Saved. It goes to the EHR by itself.") if is_new else _("This session was saved already."), "horehab")
    return redirect(url_for("horehab.patient", key=key), code=303)


def _open(opened: OpenPatient) -> str:
    draft = draft_of(opened)
    if draft is None:
        return session_page(opened, _fresh(opened))
    typed = dict(draft.fields)
    logged = saved_as(opened, typed)
    old = old_form(opened, logged, typed) if logged else None
    if logged and old is None:
        drop_draft(opened)  # it was saved, and the answer never came
        flash(_("The session that you were typing was saved."), "horehab")
        return session_page(opened, _fresh(opened))
    return session_page(opened, typed, asked=Asked(draft=draft, old=old))


def _taken(opened: OpenPatient, typed: Typed) -> tuple[tuple[Refusal, ...], bool]:
    """Log what was typed, unless something is wrong or surprising; says what is, and whether the session is new."""
    ports = room().ports()
    form = form_of(typed, patient=opened.reference, performer=viewer().signature, today=room().today())
    refusals = wrong_fields(typed, errors_in(form, ports.rules, today=room().today()))
    refusals = refusals or unconfirmed(typed, questions_about(ports, form))
    if refusals:
        return refusals, False
    try:
        return (), log_session(ports, form)
    except FormRefused as refused:
        return tuple(map(refusal, refused.errors)), False


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

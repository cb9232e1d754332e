"""A form that was saved already and says something else now: both versions, and two ways on, each done once."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from horehab.domain.session_form import SessionForm, errors_in
from horehab.errors import FormRefused
from horehab.usecases.amend_session import Amended, logged_session
from horehab.usecases.log_session import is_as_saved, saved_before
from horehab.usecases.logged_sessions import LoggedSession
from horehab.usecases.session_changes import as_form, differing, state_of
from horehab.web.correct_session import corrected
from horehab.web.drafts import drop_draft, keep_draft
from horehab.web.language import gettext as _
from horehab.web.room import OpenPatient, room, viewer
from horehab.web.session_fields import Typed, form_of
from horehab.web.session_page import Asked, OldForm, Refusal, is_number, session_page, wrong_fields
from horehab.web.session_words import differences

CORRECTION = "correction"


def wish_in(typed: dict[str, str]) -> str:
    """Take out of a form what its writer wants: a correction, or another session, which then has its own number."""
    another = typed.pop("another", "")
    if is_number(another):
        typed["token"] = another
    return typed.pop("as", "")


def saved_as(opened: OpenPatient, typed: dict[str, str]) -> LoggedSession | None:
    """Find the session as which a form of this patient was saved; a form that has lost its number gets a new one."""
    fields = Typed(fields=typed)
    form = _form(opened, fields)
    try:
        found = saved_before(room().ports(), form) if is_number(form.token) else None
        is_lost = not is_number(form.token)
    except FormRefused:
        found, is_lost = None, True
    if is_lost:
        typed["token"] = room().options.new_id()
    return found


def old_form(opened: OpenPatient, logged: LoggedSession, typed: dict[str, str]) -> OldForm | None:
    """Lay out what was typed into a form since it was saved; None when it says what was saved."""
    fields, zone = Typed(fields=typed), room().zone()
    mine = _form(opened, fields)
    if not fields.errors and is_as_saved(logged, mine, zone):
        return None
    theirs = as_form(logged, zone) if logged.session else mine
    new_id = room().options.new_id
    return OldForm(
        session_id=logged.session_id,
        state=state_of(logged, zone),
        is_gone=logged.session is None,
        change=new_id(),
        another=new_id(),
        values=differences(differing(theirs, mine), theirs, mine),
    )


def answer_old(
    opened: OpenPatient, logged: LoggedSession, typed: dict[str, str], *, wish: str
) -> Response | tuple[str, int]:
    """Correct the saved session if that is wanted and it stands as it was seen; else show both versions, keep all."""
    if wish == CORRECTION and logged.session is not None:
        refusals, became = corrected(opened, logged, Typed(fields={**typed, "token": typed.get("change", "")}))
    else:
        refusals, became = _wrong(opened, typed), None
    if became in (Amended.SAVED, Amended.REPEATED):
        drop_draft(opened)
        flash(_("Corrected. The EHR is told what was changed, by whom and why."), "horehab")
        return redirect(url_for("horehab.patient", key=opened.key), code=303)
    keep_draft(opened, typed)
    again = logged if became is None else logged_session(room().ports(), opened.reference, logged.session_id)
    return session_page(opened, typed, refusals, Asked(old=old_form(opened, again, typed))), 422 if refusals else 409


def _wrong(opened: OpenPatient, typed: dict[str, str]) -> tuple[Refusal, ...]:
    fields = Typed(fields=typed)
    form = _form(opened, fields)
    return wrong_fields(fields, errors_in(form, room().ports().rules, today=room().today()))


def _form(opened: OpenPatient, fields: Typed) -> SessionForm:
    return form_of(fields, patient=opened.reference, performer=viewer().signature, today=room().today())

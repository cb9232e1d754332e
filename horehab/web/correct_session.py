"""Correct a session that was logged here, delete it, or move it to the right patient; two see both versions."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from horehab.domain.amendment import Change
from horehab.domain.session_form import SessionForm, errors_in
from horehab.errors import FormRefused, InputError, UnknownPatient
from horehab.usecases.amend_session import (
    Amended,
    AmendmentForm,
    correct_session,
    delete_session,
    logged_session,
    move_session,
    questions_about_change,
)
from horehab.usecases.bedside import Draft
from horehab.usecases.exchange import CaseloadQuery, CaseloadRow
from horehab.usecases.logged_sessions import LoggedSession
from horehab.usecases.session_changes import as_form, differing, state_of
from horehab.web.access import CARE, allow
from horehab.web.caseload import visible_page
from horehab.web.drafts import draft_of, drop_draft, keep_draft
from horehab.web.language import gettext as _
from horehab.web.room import OpenPatient, is_post, open_patient, room, viewer
from horehab.web.session_fields import Typed, fields_of, form_of
from horehab.web.session_page import Asked, Refusal, refusal, session_page, typed_in, unconfirmed, wrong_fields
from horehab.web.session_words import differences

_LONGEST_TEXT = 500
_MOST_FOUND = 10
_SEARCH = "search"


def add_to(pages: Blueprint) -> None:
    """Add correcting, deleting and moving to our pages."""
    one = "/patients/<key>/sessions/<session>"
    pages.add_url_rule(one, "correct", correct, methods=["GET", "POST"])
    pages.add_url_rule(f"{one}/remove", "remove", remove, methods=["GET", "POST"])


@allow(*CARE)
def correct(key: str, session: str) -> Response | str | tuple[str, int]:
    """Show a session as a form, or take what was corrected in it."""
    if not is_post():
        opened, logged = _opened(key, session, what="opened session to correct")
        draft = draft_of(opened, subject=session)
        if draft is not None and _is_spent(logged, draft.fields):
            if not _is_as_it_stands(logged, draft.fields):
                return _again(opened, logged, draft)
            drop_draft(opened, subject=session)  # it was saved, and the answer never came
            draft = None
            flash(_("The correction that you were typing was saved."), "horehab")
        typed = dict(draft.fields) if draft else _as_typed(logged)
        return session_page(opened, typed, asked=Asked(logged=logged, draft=draft))
    opened, logged = _opened(key, session, what="corrected a session")
    refusals, became = corrected(opened, logged, Typed(fields=typed_in()))
    if refusals:
        keep_draft(opened, typed_in(), subject=session)
        return session_page(opened, typed_in(), refusals, Asked(logged=logged)), 422
    if became is Amended.CHANGED_MEANWHILE:
        return _both_versions(opened, session)
    drop_draft(opened, subject=session)
    flash(_("Corrected. The EHR is told what was changed, by whom and why."), "horehab")
    return redirect(url_for("horehab.patient", key=key), code=303)


@allow(*CARE)
def remove(key: str, session: str) -> Response | str | tuple[str, int]:
    """Show what deleting or moving a session does, or do it; whom somebody searches for stands in no address."""
    typed, ports = typed_in(), room().ports()
    if not is_post() or _SEARCH in typed:
        opened, logged = _opened(key, session, what="opened session to remove")
        return _remove_page(opened, logged, typed, None)
    opened = open_patient(key, what="removed a session")
    logged = logged_session(ports, opened.reference, session)
    change = Change.MOVE if typed.get("change") == Change.MOVE.value else Change.DELETE
    if any(one.token == typed.get("token") and one.change is change for one in logged.amendments):
        return _removed(opened, session, change, to=typed.get("to", key))  # sent twice: it is done
    _still_standing(opened, logged)
    asked = _asked(opened, logged, typed)
    try:
        _check_length(asked.reason)
        if change is Change.MOVE:
            became = move_session(ports, asked, _visible(typed.get("to", "")))
        else:
            became = delete_session(ports, asked)
    except InputError as error:
        return _remove_page(opened, logged, typed, refusal(error)), 422
    if became is Amended.CHANGED_MEANWHILE:
        words = _("Somebody changed this session meanwhile. Look at it again, then decide.")
        return _remove_page(opened, logged, {}, Refusal(field="reason", words=words)), 409
    return _removed(opened, session, change, to=typed.get("to", key))


def _removed(opened: OpenPatient, session: str, change: Change, *, to: str) -> Response:
    """Say what was done, on the page of the patient to whom the session belongs."""
    drop_draft(opened, subject=session)
    is_moved = change is Change.MOVE
    flash(_("Moved. Here it is entered in error.") if is_moved else _("Deleted: entered in error."), "horehab")
    return redirect(url_for("horehab.patient", key=to if is_moved else opened.key), code=303)


def _opened(key: str, session: str, *, what: str) -> tuple[OpenPatient, LoggedSession]:
    opened = open_patient(key, what=what)
    logged = logged_session(room().ports(), opened.reference, session)
    _still_standing(opened, logged)
    return opened, logged


def _still_standing(opened: OpenPatient, logged: LoggedSession) -> None:
    if logged.session is None:
        raise UnknownPatient(opened.key)


def _is_spent(logged: LoggedSession, typed: Mapping[str, str]) -> bool:
    """Say whether a form has changed this session already."""
    return any(change.token == typed.get("token") for change in logged.amendments)


def _is_as_it_stands(logged: LoggedSession, fields: Mapping[str, str]) -> bool:
    """Say whether a form says nothing else than the session does."""
    typed = Typed(fields=fields)
    return not differing(as_form(logged, room().zone()), _form(logged, typed)) and not typed.errors


def _again(opened: OpenPatient, logged: LoggedSession, draft: Draft) -> str:
    """Show what was typed into a form after it was saved, beside what the session says; it can be saved as well."""
    zone = room().zone()
    theirs, mine = as_form(logged, zone), _form(logged, Typed(fields=draft.fields))
    meanwhile = differences(differing(theirs, mine), theirs, mine)
    typed = {**draft.fields, "token": room().options.new_id(), "state": state_of(logged, zone)}
    asked = Asked(logged=logged, draft=draft, meanwhile=meanwhile, is_spent=True)
    return session_page(opened, typed, asked=asked)


def _as_typed(logged: LoggedSession) -> dict[str, str]:
    zone = room().zone()
    state = {"token": room().options.new_id(), "state": state_of(logged, zone)}
    return {**fields_of(as_form(logged, zone)), **state}


def corrected(opened: OpenPatient, logged: LoggedSession, typed: Typed) -> tuple[tuple[Refusal, ...], Amended | None]:
    """Correct a session that stands, unless something in the form is wrong or surprising; says what became of it."""
    ports = room().ports()
    form = _form(logged, typed)
    reason = typed.text("reason") or ""
    refusals = wrong_fields(typed, errors_in(form, ports.rules, today=room().today()))
    refusals = refusals or unconfirmed(typed, questions_about_change(ports, logged, form))
    if refusals:
        return refusals, None
    asked = replace(_asked(opened, logged, dict(typed.fields)), reason=reason)
    try:
        return (), correct_session(ports, asked, form)
    except FormRefused as refused:
        return tuple(map(refusal, refused.errors)), None


def _form(logged: LoggedSession, typed: Typed) -> SessionForm:
    form = form_of(typed, patient=logged.patient, performer=logged.performer, today=room().today())
    return replace(form, token=logged.session_id)


def _asked(opened: OpenPatient, logged: LoggedSession, typed: dict[str, str]) -> AmendmentForm:
    return AmendmentForm(
        token=typed.get("token", ""),
        session_id=logged.session_id,
        patient=opened.reference,
        state=typed.get("state", ""),
        by=viewer().signature,
        reason=typed.get("reason", ""),
    )


def _both_versions(opened: OpenPatient, session: str) -> tuple[str, int]:
    """Show what was typed here beside what somebody saved meanwhile; sent again, it goes over theirs knowingly."""
    logged = logged_session(room().ports(), opened.reference, session)
    _still_standing(opened, logged)
    theirs, mine = as_form(logged, room().zone()), _form(logged, Typed(fields=typed_in()))
    typed = typed_in()
    is_spent = _is_spent(logged, typed)
    if is_spent:  # what it says now is another change
        typed["token"] = room().options.new_id()
    keep_draft(opened, typed, subject=session)
    typed["state"] = state_of(logged, room().zone())
    values = differences(differing(theirs, mine), theirs, mine)
    asked = Asked(logged=logged, meanwhile=values, is_spent=is_spent)
    return session_page(opened, typed, asked=asked), 409


def _remove_page(opened: OpenPatient, logged: LoggedSession, typed: dict[str, str], error: Refusal | None) -> str:
    searched = typed.get("text", "").strip()[:_LONGEST_TEXT]
    state = state_of(logged, room().zone())
    return render_template(
        "horehab/remove_session.html",
        key=opened.key,
        patient=opened.record.patient,
        logged=logged,
        typed={"token": room().options.new_id(), **typed, "state": typed.get("state", state)},
        error=error,
        searched=searched,
        found=_found(searched, opened.key),
    )


def _found(searched: str, but: str) -> list[CaseloadRow]:
    """Find other patients by name or record number, among those whom the viewer may see."""
    if not searched:
        return []
    rows = visible_page(viewer(), CaseloadQuery(text=searched, limit=_MOST_FOUND)).rows
    return [row for row in rows if row.key != but]


def _visible(key: str) -> str:
    """Find the patient to whom a session is moved; one who is not the viewer's is none."""
    try:
        return open_patient(key, what="moved a session here").reference
    except UnknownPatient as error:
        said = _("No patient was chosen.")
        remedy = _("Search by name or record number, then choose one.")
        raise InputError(said, field="to", value=key, remedy=remedy) from error


def _check_length(reason: str) -> None:
    if len(reason) > _LONGEST_TEXT:
        said = _("This text is longer than %(most)s characters.", most=_LONGEST_TEXT)
        raise InputError(said, field="reason", value=len(reason), remedy=_("Shorten it."))

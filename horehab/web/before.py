"""What went before, entered by hand: stays in intensive care, ventilation, lesions, pregnancy; source "reported"."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.errors import FormRefused, UnknownPatient
from horehab.usecases.tell_before import LONGEST_TEXT, REPORTABLE, ReportForm, take_back_report, tell_before
from horehab.web.access import CARE, allow
from horehab.web.language import gettext as _
from horehab.web.room import OpenPatient, is_post, open_patient, room, viewer
from horehab.web.session_fields import Typed
from horehab.web.session_page import Refusal, typed_in, wrong_fields


def add_to(pages: Blueprint) -> None:
    """Add the page of what went before to our pages."""
    pages.add_url_rule("/patients/<key>/before", "before", before, methods=["GET", "POST"])
    pages.add_url_rule("/patients/<key>/before/<report>/take-back", "take_back", take_back, methods=["POST"])


@allow(*CARE)
def before(key: str) -> Response | str | tuple[str, int]:
    """Show what went before, or take what was told."""
    if not is_post():
        return _page(open_patient(key, what="opened what went before"), {}, ())
    opened = open_patient(key, what="entered what went before")
    typed = Typed(fields=typed_in())
    refusals = _told(opened, typed)
    if refusals:
        return _page(opened, typed_in(), refusals), 422
    flash(_("Noted as reported. It is kept here and not written into the EHR."), "horehab")
    return redirect(url_for("horehab.before", key=key), code=303)


@allow(*CARE)
def take_back(key: str, report: str) -> Response:
    """Take back what was entered wrongly."""
    opened = open_patient(key, what="took back what went before")
    if not take_back_report(room().ports(), report, patient=opened.reference, who=viewer().name):
        raise UnknownPatient(key)
    flash(_("Taken back."), "horehab")
    return redirect(url_for("horehab.before", key=key), code=303)


def _told(opened: OpenPatient, typed: Typed) -> tuple[Refusal, ...]:
    form = ReportForm(
        token=typed.fields.get("token", ""),
        patient=opened.reference,
        kind=typed.fields.get("kind", ""),
        start=_day(typed, "start"),
        end=_day(typed, "end"),
        text=typed.fields.get("text", ""),
        who=viewer().name,
    )
    refusals = wrong_fields(typed, ())
    if refusals:
        return refusals
    try:
        tell_before(room().ports(), form)
    except FormRefused as refused:
        return wrong_fields(typed, refused.errors)
    return ()


def _day(typed: Typed, name: str) -> date | None:
    return typed.day(name, room().today()) if typed.fields.get(name, "").strip() else None


def _page(opened: OpenPatient, typed: dict[str, str], refusals: tuple[Refusal, ...]) -> str:
    return render_template(
        "horehab/before.html",
        key=opened.key,
        patient=opened.record.patient,
        record=opened.record,
        reports=room().ports().logbook.bedside.reports(opened.reference),
        kinds=REPORTABLE,
        typed={"token": room().options.new_id(), "kind": request.args.get("kind", ""), **typed},
        refused={refusal.field: refusal for refusal in refusals},
        longest=LONGEST_TEXT,
        today=room().today(),
    )

"""Drafts of session forms: kept here while somebody types, theirs alone, gone when saved, signed out or old.

They lie in our database and never in the browser: a tablet of the ward is anybody's, its disk not ours to wipe.
"""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from horehab.usecases.bedside import Draft
from horehab.usecases.ports import Ports
from horehab.web.access import CARE, allow
from horehab.web.room import OpenPatient, open_patient, room, viewer
from horehab.web.session_page import typed_in

LASTS = timedelta(hours=12)
"""How long a draft waits that nobody touches: a shift, and no longer."""

_MOST_FIELDS = 600
_LONGEST = 2000


def add_to(pages: Blueprint) -> None:
    """Add the keeping and dropping of drafts to our pages."""
    pages.add_url_rule("/patients/<key>/draft", "draft", draft, methods=["POST"])
    pages.add_url_rule("/patients/<key>/draft/drop", "drop_draft", drop, methods=["POST"])


@allow(*CARE)
def draft(key: str) -> Response:
    """Keep what is being typed; the page asks for it by itself every few seconds."""
    opened = open_patient(key, what="typed a draft", is_noted=False)
    if keep_draft(opened, typed_in(), subject=request.args.get("session", "")):
        ports = room().ports()
        ports.logbook.audit(who=viewer().name, what="kept a draft", patient=opened.reference, now=ports.clock.now())
    return Response(status=204)


@allow(*CARE)
def drop(key: str) -> Response:
    """Drop a draft, to begin afresh."""
    opened = open_patient(key, what="dropped a draft")
    subject = request.args.get("session", "")
    drop_draft(opened, subject=subject)
    if subject:
        return redirect(url_for("horehab.correct", key=key, session=subject), code=303)
    return redirect(url_for("horehab.log", key=key), code=303)


def draft_of(opened: OpenPatient, *, subject: str = "") -> Draft | None:
    """Give the viewer's draft of a form, unless it is too old."""
    ports = room().ports()
    found = ports.logbook.bedside.draft(viewer().name, patient=opened.reference, subject=subject)
    return found if found is not None and found.updated >= ports.clock.now() - LASTS else None


def keep_draft(opened: OpenPatient, fields: Mapping[str, str], *, subject: str = "") -> bool:
    """Keep the viewer's draft of a form and clear away what is too old; says whether it is a new one."""
    ports = room().ports()
    now = ports.clock.now()
    ports.logbook.bedside.drop_drafts(before=now - LASTS)
    kept = {name[:_LONGEST]: value[:_LONGEST] for name, value in list(fields.items())[:_MOST_FIELDS]}
    return ports.logbook.bedside.keep_draft(
        Draft(name=viewer().name, patient=opened.reference, subject=subject, fields=kept, updated=now)
    )


def drop_draft(opened: OpenPatient, *, subject: str = "") -> None:
    """Drop the viewer's draft of a form: it was saved, or is not wanted."""
    room().ports().logbook.bedside.drop_draft(viewer().name, patient=opened.reference, subject=subject)


def forget_drafts(ports: Ports, name: str) -> int:
    """Drop all drafts of somebody who signs out; gives their number."""
    return ports.logbook.bedside.drop_drafts(name=name)

"""The audit trail as a page: who looked at whom, who wrote what, who was refused; and whether the chain is whole."""

from flask import Blueprint, render_template, request

from horehab.errors import UnknownPatient
from horehab.usecases.audit_trail import REFUSED, AuditNote, AuditQuery
from horehab.web.access import allow
from horehab.web.language import gettext as _
from horehab.web.options import Role
from horehab.web.recorded import in_own_words
from horehab.web.room import room, viewer

_SHOWN = 100
_LONGEST_NAME = 200
_SOON_CHECKED = 10_000
"""Up to so many notes the chain is checked with each look; of more a person asks for it, since it takes seconds."""
_MOST_DIGITS = 15


def add_to(pages: Blueprint) -> None:
    """Add the audit trail to our pages."""
    pages.add_url_rule("/audit", "audit", audit)


@allow(Role.INTEGRATOR)
def audit() -> str:
    """Show the newest notes, or those of somebody, about a patient, or of refusals; reading it is noted too."""
    ports = room().ports()
    ports.logbook.audit(who=viewer().name, what="read audit", patient=None, now=ports.clock.now())
    query, count = _query(), ports.logbook.trail.count()
    is_checked = count <= _SOON_CHECKED or request.args.get("check") == "yes"
    notes = ports.logbook.trail.notes(query, most=_SHOWN + 1)
    return render_template(
        "horehab/audit.html",
        notes=[(note, _key(note)) for note in notes[:_SHOWN]],
        older=notes[_SHOWN - 1].row if len(notes) > _SHOWN else None,
        count=count,
        is_checked=is_checked,
        broken=ports.logbook.broken_audit() if is_checked else None,
        who=query.who,
        key=request.args.get("patient", ""),
        is_refused=query.is_refused,
        is_nobody=query.patient == _NOBODY,
        done=deed_word,
    )


_NOBODY = ""
"""The reference of no patient: what is asked for by a key that is none, or not theirs, finds nothing."""


def _query() -> AuditQuery:
    """Read from the address what is wanted; a patient is named by the key that their own pages have."""
    before, key = request.args.get("before", ""), request.args.get("patient", "")
    return AuditQuery(
        before=int(before) if before.isascii() and before.isdigit() and len(before) <= _MOST_DIGITS else None,
        who=request.args.get("who", "").strip()[:_LONGEST_NAME],
        patient=_reference(key) if key else None,
        is_refused=request.args.get("refused") == "yes",
    )


def _reference(key: str) -> str:
    try:
        reference = room().ports().logbook.patient_by_key(key)
    except UnknownPatient:
        return _NOBODY
    return reference if room().options.may_see(viewer(), reference) else _NOBODY


def _key(note: AuditNote) -> str | None:
    """Give the key of a note's patient, unless there is none or the viewer may not see them."""
    if not note.patient or not room().options.may_see(viewer(), note.patient):
        return None
    try:
        return room().ports().logbook.key_of(note.patient)
    except UnknownPatient:
        return None


def deed_word(what: str) -> str:
    """Say a note in the reader's language; one that is not known stays as it was written."""
    if what.startswith(REFUSED):
        return _("refused: %(what)s", what=deed_word(what.removeprefix(REFUSED)))
    return in_own_words(what) or what

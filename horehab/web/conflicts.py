"""What waits for a person: what the EHR did not take, or holds otherwise, and how they settle it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.errors import InputError, UnknownPatient
from horehab.usecases.conflict_queue import Settlement
from horehab.usecases.exchange import OutboxRow
from horehab.usecases.settle_conflict import SettlementForm, settle_conflict
from horehab.web.access import CARE, TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.options import Role
from horehab.web.room import room, viewer
from horehab.web.words import entry_word

_SHOWN = 100
_SETTLING = (*CARE, Role.INTEGRATOR)
"""Who may settle: those who treat, and whoever looks after the way to the EHR. Neither choice overwrites anybody."""


def add_to(pages: Blueprint) -> None:
    """Add the queue and its settling to our pages."""
    pages.add_url_rule("/conflicts", "conflicts", conflicts)
    pages.add_url_rule("/conflicts/<int:row>/settle", "settle", settle, methods=["POST"])


@allow(*TEAM)
def conflicts() -> str:
    """Show what waits for a person, of the patients whom the viewer may see."""
    ports = room().ports()
    ports.logbook.audit(who=viewer().name, what="read conflicts", patient=None, now=ports.clock.now())
    return _page(None, {}, None)


@allow(*_SETTLING)
def settle(row: int) -> Response | tuple[str, int]:
    """Take a person's decision about one row; a row of a patient who is not theirs answers as one that is none."""
    found = next((each for each in _visible() if each.row == row), None)
    if found is None:
        ports = room().ports()
        ports.logbook.audit(who=viewer().name, what="refused: settle", patient=None, now=ports.clock.now())
        flash(_("This conflict was settled meanwhile, or is not yours."), "horehab")
        return redirect(url_for("horehab.conflicts"), code=303)
    typed = dict(request.form)
    try:
        settle_conflict(room().ports(), _form(row, typed))
    except InputError as error:
        return _page(row, typed, error), 422
    flash(_("Settled. The EHR itself was not changed by this."), "horehab")
    return redirect(url_for("horehab.conflicts"), code=303)


def _form(row: int, typed: dict[str, str]) -> SettlementForm:
    try:
        how = Settlement(typed.get("how", ""))
    except ValueError:
        remedy = _("Choose one of the list.")
        raise InputError(_("Nothing was decided."), field="how", value=typed.get("how"), remedy=remedy) from None
    return SettlementForm(row=row, how=how, who=viewer().name, why=typed.get("why", ""))


def _page(row: int | None, typed: dict[str, str], error: InputError | None) -> str:
    rows = _visible()
    return render_template(
        "horehab/conflicts.html",
        rows=[(each, entry_word(each.entry), _key(each.patient)) for each in rows[:_SHOWN]],
        more=max(0, len(rows) - _SHOWN),
        may_settle=viewer().role in _SETTLING,
        choices=tuple(Settlement),
        refused=row,
        typed=typed,
        error=error,
    )


def _visible() -> list[OutboxRow]:
    may_see, asked_by = room().options.may_see, viewer()
    return [row for row in room().ports().logbook.queue.listed() if may_see(asked_by, row.patient)]


def _key(patient: str) -> str | None:
    try:
        return room().ports().logbook.key_of(patient)
    except UnknownPatient:
        return None

"""`horehab form`: the form of a session as other systems fill it in, read, logged, and filled in for them."""

import json
import sys
from collections.abc import Iterator
from typing import TextIO

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.speaking import DONE, INCOMPLETE, guarded, settings_here, who_is_here
from horehab.domain.entries import Measured
from horehab.domain.range_of_motion import Reading
from horehab.domain.signs import PainRating
from horehab.errors import FormRefused, InputError
from horehab.usecases.filled_form import FilledForm, log_filled, session_to_fill
from horehab.wiring import form_desk, opened_ports


@click.group(name="form")
def form_group() -> None:
    """The form of a session (Questionnaire horehab-rom-session), filled in elsewhere or filled in for others."""


@form_group.command(name="read")
@click.argument("file", type=click.File(encoding="utf-8"), metavar="FILE|-")
@click.option("--log", "is_logged", is_flag=True, help="Log the session: it goes to the EHR by itself.")
@click.option("--patient", metavar="PATIENT", help="Whose it is, where the form does not say.")
@guarded
def read_command(file: TextIO, *, is_logged: bool, patient: str | None) -> None:
    """Read a filled form (QuestionnaireResponse, JSON) and show what it tells; with --log it becomes a session.

    A form that stands in the EHR itself is not to be logged from here again: log those that come by another way.
    Sent twice it is one session. All of a form is logged, or nothing of it.

    \b
    Examples:
      horehab form read response.json
      horehab form read response.json --log --patient Patient/123

    \b
    Exit codes: 0 read (and logged), 1 something in it cannot be read, 2 usage: no form of ours, refused.
    """
    filled = form_desk(settings_here()).read(file.read())
    for line in _lines(filled):
        click.echo(line)
    if is_logged:
        is_new = _logged(filled, patient)
        click.echo("Logged. It goes to the EHR with the next step." if is_new else "This form was logged before.")
    sys.exit(INCOMPLETE if filled.unreadable else DONE)


@form_group.command(name="fill")
@click.argument("patient")
@click.option("--session", "reference", metavar="REF", help="Which session, such as Procedure/7; else the latest.")
@click.option("--done", "is_done", is_flag=True, help="As completed, not to be gone on with.")
@guarded
def fill_command(patient: str, reference: str | None, *, is_done: bool) -> None:
    """Print a session as a filled form (QuestionnaireResponse), for a system that shows or completes it.

    What the form has no item for, such as signs and pain at one joint, is named on stderr.

    \b
    Examples:
      horehab form fill Patient/123 > response.json
      horehab form fill Patient/123 --session Procedure/7 --done
    """
    with opened_to_look() as ports:
        session, measured = session_to_fill(ports.logbook.record(patient), reference)
    found = form_desk(settings_here()).fill(session, measured, patient, is_done=is_done)
    click.echo(json.dumps(found.response, ensure_ascii=False, indent=1))
    if found.left_out:
        click.echo(f"The form has no item for: {'; '.join(found.left_out)}.", err=True)


def _logged(filled: FilledForm, patient: str | None) -> bool:
    """Log a form; InputError that names each item which is in the way."""
    with opened_ports(settings_here()) as ports:
        try:
            return log_filled(ports, filled, patient=patient, performer=who_is_here())
        except FormRefused as refused:
            said = " ".join(f"{each.field}: {each.message} {each.remedy}".strip() for each in refused.errors)
            raise InputError(f"Nothing was logged. {said}", field="FILE") from refused


def _lines(filled: FilledForm) -> Iterator[str]:
    session = filled.session
    yield f"Of {filled.patient or 'nobody that it names'}"
    if session is not None:
        length = f", {session.minutes:g} min" if session.minutes is not None else ""
        yield f"{session.when.text}  {session.kind.value}, {session.status.value}{length}"
    for fact in filled.measured:
        yield f"  {_said(fact)}"
    for each in filled.unreadable:
        yield f"  not read: {each.path}: {each.detail}"


def _said(fact: Measured) -> str:
    match fact:
        case Reading():
            return f"{fact.mode.value} {fact.motion.value}, {fact.place}: {fact.degrees:g}°"
        case PainRating():
            return f"pain, {fact.occasion.value}: {fact.score:g}"
        case _:
            return f"{fact.kind.value}: {'yes' if fact.is_present else 'no'}"

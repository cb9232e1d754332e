"""`horehab audit`: who did what about whom, and whether the chain of notes is whole."""

import sys
from typing import Any

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.speaking import DONE, INCOMPLETE, guarded, print_lines, print_table
from horehab.usecases.audit_trail import AuditNote, AuditQuery

_HEADS = ("note", "at", "who", "what", "patient")
_SEAL = 64


@click.group()
def audit() -> None:
    """Who did what about whom: each access, writing, reminder and refusal is one note, chained to the one before.

    \b
    Examples:
      horehab audit list --patient Patient/123
      horehab audit verify
    """


@audit.command("list")
@click.option("--who", default="", metavar="NAME", help="Of somebody only, by the name that they sign in with.")
@click.option("--patient", metavar="REF", help='About one patient only, named as the server does ("Patient/123").')
@click.option("--refused", is_flag=True, help="Only where somebody was turned away.")
@click.option("--most", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="How many notes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@guarded
def list_notes(who: str, patient: str | None, refused: bool, most: int, as_json: bool) -> None:
    """List notes, the newest first.

    \b
    Examples:
      horehab audit list --who ruiz --most 20
      horehab audit list --refused --json | jq -r .who | sort | uniq -c
    """
    query = AuditQuery(who=who, patient=patient, is_refused=refused)
    with opened_to_look() as ports:
        notes = ports.logbook.trail.notes(query, most=most)
    if as_json:
        print_lines(_as_dict(note) for note in notes)
    else:
        print_table(_HEADS, (tuple(map(str, _as_dict(note).values())) for note in notes), empty="No such note.")


@audit.command()
@click.option("--holds", metavar="SEAL", help="Also check that the note of this seal, written down before, is there.")
@guarded
def verify(holds: str | None) -> None:
    """Check the chain from the first note to the last: no note was altered, none taken out from between.

    Notes taken off the end break no chain: write down the seal that this command tells, away from this machine, and
    give it with --holds next time.

    \b
    Examples:
      horehab audit verify
      horehab audit verify --holds 3f0a...

    \b
    Exit codes: 0 whole, 1 altered, with a gap or cut off, 2 usage, 3 configuration.
    """
    if holds is not None and len(holds) != _SEAL:
        raise click.BadParameter(f"a seal has {_SEAL} characters, this has {len(holds)}.", param_hint="--holds")
    with opened_to_look() as ports:
        trail = ports.logbook.trail
        broken, count, last = ports.logbook.broken_audit(), trail.count(), trail.notes(AuditQuery(), most=1)
        is_cut = holds is not None and not trail.holds(holds)
    if broken is not None:
        click.echo(f"The audit trail was altered, or has a gap, at note {broken} of {count}.")
    elif is_cut:
        click.echo(
            "Each note is chained to the one before it, but the note of that seal is gone: the end was cut off."
        )
    else:
        click.echo(f"Whole: {count} {'note' if count == 1 else 'notes'}, each chained to the one before it.")
    if last:
        click.echo(f"The last is note {last[0].row} of {last[0].at.isoformat()}, its seal {last[0].seal}.")
    sys.exit(INCOMPLETE if broken is not None or is_cut else DONE)


def _as_dict(note: AuditNote) -> dict[str, Any]:
    return {
        "note": note.row,
        "at": note.at.isoformat(),
        "who": note.who,
        "what": note.what,
        "patient": note.patient or "",
    }

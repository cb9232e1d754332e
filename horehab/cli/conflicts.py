"""`horehab conflicts`: what the EHR did not take, or holds otherwise, for a person to settle."""

import sys
from typing import Any

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.speaking import DONE, INCOMPLETE, guarded, print_lines, print_table, settings_here, who_is_here
from horehab.errors import InputError
from horehab.usecases.conflict_queue import Settlement
from horehab.usecases.exchange import OutboxRow
from horehab.usecases.settle_conflict import SettlementForm, settle_conflict
from horehab.wiring import opened_ports

_HEADS = ("row", "patient", "joint", "what", "state", "why", "reference", "since")


@click.group(invoke_without_command=True)
@click.option("--patient", metavar="REF", help='Of one patient only, named as the server does ("Patient/123").')
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
@guarded
def conflicts(context: click.Context, patient: str | None, as_json: bool) -> None:
    """List what was to be written into the EHR and waits for a person.

    conflict: somebody changed it, or deleted it, in the EHR; their work was left as it is. refused: the server
    does not take it as it is. Nothing of it goes again by itself: settle it, and review ends with 0 again.

    \b
    Examples:
      horehab conflicts
      horehab conflicts --json | jq -r .why | sort | uniq -c
      horehab conflicts settle 17 --keep-theirs --why "Dr Sanz refuted it at the bedside"
      horehab conflicts settle 18 --try-again --why "the server takes Conditions since today's upgrade"

    \b
    Exit codes: 0 nothing waits for a person, 1 something does, 2 usage, 3 configuration.
    """
    if context.invoked_subcommand is not None:
        return
    with opened_to_look() as ports:
        rows = ports.logbook.queue.listed(patient=patient)
    if as_json:
        print_lines(_as_dict(row) for row in rows)
    else:
        empty = "Nothing waits for a person: the EHR took everything, or somebody settled it."
        print_table(_HEADS, (tuple(_as_dict(row).values()) for row in rows), empty=empty)
    sys.exit(INCOMPLETE if rows else DONE)


@conflicts.command()
@click.argument("row", type=int)
@click.option("--keep-theirs", "is_kept", is_flag=True, help="Leave the EHR as it is; ours is not written.")
@click.option("--try-again", "is_tried", is_flag=True, help="Write it once more; it still overwrites nobody's work.")
@click.option("--why", required=True, metavar="TEXT", help="The reason, for the audit trail.")
@click.option("--who", metavar="NAME", help="Who decides; without it the name of this session of the machine.")
@guarded
def settle(row: int, is_kept: bool, is_tried: bool, why: str, who: str | None) -> None:
    """Settle the conflict in ROW of `horehab conflicts`.

    What is kept as the EHR has it is not written again on the same evidence; new evidence may raise it again.
    What is tried again goes with the next review, or now with `horehab outbox --deliver`.

    \b
    Examples:
      horehab conflicts settle 17 --keep-theirs --why "refuted at the bedside" --who "Dr Sanz"
      horehab conflicts settle 18 --try-again --why "the server was upgraded"
    """
    if is_kept == is_tried:
        remedy = "Say either --keep-theirs or --try-again."
        raise InputError("Nothing was decided.", field="--keep-theirs", value=is_kept, remedy=remedy)
    how = Settlement.KEEP_THEIRS if is_kept else Settlement.TRY_AGAIN
    with opened_ports(settings_here()) as ports:
        form = SettlementForm(row=row, how=how, who=who_is_here() if who is None else who, why=why)
        found = settle_conflict(ports, form)
    words = "stays as the EHR has it" if is_kept else "goes with the next delivery"
    click.echo(f"Row {row} ({found.key}) {words}.")


def _as_dict(row: OutboxRow) -> dict[str, Any]:
    place = getattr(row.entry, "place", None)
    return {
        "row": row.row,
        "patient": row.patient,
        "joint": str(place) if place else None,
        "what": row.key.partition(":")[0],
        "state": row.state,
        "why": row.detail,
        "reference": row.reference,
        "since": (row.settled or row.created).isoformat(timespec="minutes"),
    }

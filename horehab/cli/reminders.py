"""`horehab reminders`: how the reminders stand and why, and what a person does about them on the command line."""

from typing import Any

import click

from horehab.cli.deciding_reminders import again, move, stop
from horehab.cli.looking import opened_to_look
from horehab.cli.releasing import release
from horehab.cli.speaking import guarded, print_lines, print_table
from horehab.cli.worklists import done, print_list
from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState
from horehab.errors import InputError
from horehab.usecases.exchange import ReminderRow

_HEADS = (
    "row",
    "patient",
    "what",
    "joint",
    "to",
    "channel",
    "due",
    "state",
    "attempts",
    "why",
    "detail",
    "decided by",
)
_SHOWN_STATES = tuple(state for state in ReminderState if state is not ReminderState.CLAIMED)


def _states(command: Any) -> Any:
    """Give a command one flag for each state."""
    for state in reversed(_SHOWN_STATES):
        flag = click.option(f"--{state.value}", "states", flag_value=state.value, help=_HELP[state], multiple=True)
        command = flag(command)
    return command


_HELP = {
    ReminderState.DUE: "Those that wait, and those that are just leaving.",
    ReminderState.SENT: "Those that were taken by a gateway, a list or the EHR.",
    ReminderState.FAILED: "Those that cannot go.",
    ReminderState.UNKNOWN: "Those of which nobody knows whether they left: for a person to decide.",
    ReminderState.EXPIRED: "Those whose last day was over.",
    ReminderState.CANCELLED: "Those that held no longer, or that a person stopped.",
}


@click.group(invoke_without_command=True)
@_states
@click.option("--calls", "medium", flag_value=Medium.CALL.value, help="Whom to call now, with their numbers.")
@click.option("--letters", "medium", flag_value=Medium.LETTER.value, help="Whom to write to now.")
@click.option("--patient", metavar="REF", help='Of one patient only, named as the server does ("Patient/123").')
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
@guarded
def reminders(
    context: click.Context, states: tuple[str, ...], *, medium: str | None, patient: str | None, as_json: bool
) -> None:
    """List the reminders with their states and the reasons, soonest first; all states, unless some are named.

    \b
    Examples:
      horehab reminders --due
      horehab reminders --failed --unknown --json | jq -r .detail | sort | uniq -c
      horehab reminders stop 17 --why "is followed up elsewhere"
      horehab reminders move 17 --day 2026-04-02 --why "asked for it"
      horehab reminders again 18 --why "the gateway says that it never left"
      horehab reminders release --dry-run
      horehab reminders --calls | lp
      horehab reminders done 19 reached

    \b
    Exit codes: 0 done, 2 usage, 3 configuration.
    """
    if context.invoked_subcommand is not None:
        return
    if medium:
        _refuse_states(states)
        with opened_to_look() as ports:
            print_list(ports, Medium(medium), patient=patient, as_json=as_json)
        return
    with opened_to_look() as ports:
        rows = ports.logbook.reminders(patient=patient)
    found = [_as_dict(row) for row in rows]
    shown = [row for row in found if not states or row["state"] in states]
    if as_json:
        print_lines(shown)
    else:
        print_table(_HEADS, (tuple(row.values()) for row in shown), empty="There are no such reminders.")


def _refuse_states(states: tuple[str, ...]) -> None:
    if states:
        said = f"A call or letter list is of what is to be worked off now, in no other state: --{states[0]}."
        raise InputError(said, field="state", value=states[0], remedy="Leave one of the two out.")


def _as_dict(row: ReminderRow) -> dict[str, Any]:
    reminder = row.reminder
    state = ReminderState.DUE if row.state is ReminderState.CLAIMED else row.state
    return {
        "row": row.row,
        "patient": reminder.patient,
        "what": reminder.rule.value,
        "joint": str(reminder.place) if reminder.place else None,
        "to": reminder.recipient,
        "channel": reminder.channel,
        "due": f"{reminder.due_day} {reminder.due_time.isoformat('minutes')} {reminder.zone}",
        "state": state.value,
        "attempts": row.attempts,
        "why": reminder.reason,
        "detail": row.detail,
        "decided by": row.decided_by,
    }


for _verb in (stop, move, again, done, release):
    reminders.add_command(_verb)

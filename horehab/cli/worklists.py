"""`horehab reminders --calls` and `--letters`: whom to call or write to, to be printed; `done`: what became of it."""

from typing import Any

import click

from horehab.cli.speaking import guarded, print_lines, print_table, settings_here, who_is_here
from horehab.domain.postal import where_to_write
from horehab.domain.recipient import Medium
from horehab.domain.record import Patient
from horehab.errors import UnknownPatient
from horehab.usecases.contacts import WorkedOff
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.ports import Ports
from horehab.usecases.work_off import Worked, list_to_work_off, numbers_to_call, work_off
from horehab.wiring import opened_ports

_TITLES = {Medium.CALL: "Call list", Medium.LETTER: "Letter list"}
_LINE = "____________"


def print_list(ports: Ports, medium: Medium, *, patient: str | None, as_json: bool) -> None:
    """Print the list of a medium, soonest first, with room for what became of each line; all, or one patient's.

    That it was read is noted in the audit trail, as where a page shows it.
    """
    ports.logbook.audit(who=who_is_here(), what=f"read {medium.value} list", patient=patient, now=ports.clock.now())
    listed = [pair for pair in list_to_work_off(ports, medium) if patient in (None, pair[0].reminder.patient)]
    rows = [_row(ports, row, said, medium) for row, said in listed]
    if as_json:
        print_lines(rows)
        return
    if rows:
        click.echo(f"{_TITLES[medium]}, {ports.clock.today()}: {len(rows)}")
    heads = [*(name.replace("_", " ") for name in (rows[0] if rows else ())), "what became of it"]
    print_table(heads, ([*map(_cell, row.values()), _LINE] for row in rows), empty="Nobody is on this list.")


@click.command()
@click.argument("row", type=int)
@click.argument("outcome", type=click.Choice([worked.value for worked in Worked]))
@click.option(
    "--who", metavar="NAME", help="Who called or wrote; without it the name of this session of the machine."
)
@guarded
def done(row: int, outcome: str, who: str | None) -> None:
    """Note what became of the call or letter in ROW of `horehab reminders --calls` or `--letters`.

    OUTCOME is reached, "not reached" (who stays on the list), "wrong number or address", or for a letter posted.

    \b
    Examples:
      horehab reminders done 17 reached
      horehab reminders done 17 "not reached"
      horehab reminders done 18 posted --who "Eva, coordinator"

    \b
    Exit codes: 0 done, 2 usage, 3 configuration.
    """
    with opened_ports(settings_here()) as ports:
        found = work_off(ports, row=row, outcome=outcome, who=who_is_here() if who is None else who)
    stays = "stays on" if outcome == Worked.NOT_REACHED.value else "leaves"
    click.echo(
        f"Noted: {outcome}. Reminder {row} ({found.reminder.patient}) {stays} the {found.reminder.channel} list."
    )


def _row(ports: Ports, row: ReminderRow, said: WorkedOff | None, medium: Medium) -> dict[str, Any]:
    patient = _patient(ports, row.reminder.patient)
    numbers = list(numbers_to_call(patient, ports.clock.today())) if patient else []
    address = list(where_to_write(patient.addresses, ports.clock.today())) if patient else []
    return {
        "row": row.row,
        "patient": row.reminder.patient,
        "name": patient.name if patient else "no longer in the EHR",
        "born": patient.birth_date if patient else None,
        "record_number": patient.record_number if patient else None,
        **({"telephone": numbers} if medium is Medium.CALL else {"address": address}),
        "why": row.reminder.reason,
        "due": row.reminder.due_day.isoformat(),
        "not_reached": said.at.isoformat() if said else None,
    }


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _patient(ports: Ports, reference: str) -> Patient | None:
    try:
        return ports.logbook.record(reference).patient
    except UnknownPatient:
        return None

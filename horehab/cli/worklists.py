"""`horehab reminders --calls` and `--letters`: whom to call or write to, as the pages list them, to be printed."""

from typing import Any

import click

from horehab.cli.speaking import print_lines, print_table
from horehab.domain.recipient import Medium
from horehab.domain.record import Patient
from horehab.errors import UnknownPatient
from horehab.usecases.contacts import WorkedOff
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.ports import Ports
from horehab.usecases.work_off import list_to_work_off, numbers_to_call

_TITLES = {Medium.CALL: "Call list", Medium.LETTER: "Letter list"}
_LINE = "____________"


def print_list(ports: Ports, medium: Medium, *, patient: str | None, as_json: bool) -> None:
    """Print the list of a medium, soonest first, with room for what became of each line; all, or one patient's."""
    listed = [pair for pair in list_to_work_off(ports, medium) if patient in (None, pair[0].reminder.patient)]
    rows = [_row(ports, row, said, medium) for row, said in listed]
    if as_json:
        print_lines(rows)
        return
    if rows:
        click.echo(f"{_TITLES[medium]}, {ports.clock.today()}: {len(rows)}")
    heads = [*(name.replace("_", " ") for name in (rows[0] if rows else ())), "what became of it"]
    print_table(heads, ([*map(_cell, row.values()), _LINE] for row in rows), empty="Nobody is on this list.")


def _row(ports: Ports, row: ReminderRow, said: WorkedOff | None, medium: Medium) -> dict[str, Any]:
    patient = _patient(ports, row.reminder.patient)
    numbers = list(numbers_to_call(patient, ports.clock.today())) if patient else []
    return {
        "row": row.row,
        "patient": row.reminder.patient,
        "name": patient.name if patient else "no longer in the EHR",
        "born": patient.birth_date if patient else None,
        "record_number": patient.record_number if patient else None,
        **({"telephone": numbers} if medium is Medium.CALL else {}),
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

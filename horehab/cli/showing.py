"""`horehab chart`, `quarantine` and `outbox`: what was understood, what was set aside, what waits to be written."""

import sys
from collections.abc import Iterable
from typing import Any

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.plans import print_plans
from horehab.cli.speaking import DONE, INCOMPLETE, guarded, print_lines, print_table, settings_here
from horehab.domain.range_of_motion import Reading
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.end_doubles import end_doubles
from horehab.usecases.exchange import OutboxRow, SetAside
from horehab.wiring import opened_ports

_AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.command()
@click.argument("patient")
@_AS_JSON
@click.option("--plans", "is_plans", is_flag=True, help="The ordered sessions instead, and what of them is open.")
@guarded
def chart(patient: str, as_json: bool, *, is_plans: bool) -> None:
    """Show what horehab understood of a patient's range of motion, one line per reading.

    PATIENT is the reference as the FHIR server has it. Compare each line with the chart itself: the reference
    stands first, and what had to be assumed stands last.

    \b
    Examples:
      horehab chart Patient/123
      horehab chart Patient/123 --json | jq 'select(.joint == "hip")'
      horehab chart Patient/123 --plans
    """
    with opened_to_look() as ports:
        record = ports.logbook.record(patient)
    if is_plans:
        print_plans(record.plans, as_json=as_json)
        return
    readings = record.readings
    if as_json:
        print_lines(_reading(reading) for reading in readings)
        return
    print_table(
        ("reference", "joint", "motion", "mode", "degrees", "when", "assumed"),
        (_reading_cells(reading) for reading in readings),
        empty=f"Nothing was measured of {patient}, as far as was understood (see horehab quarantine).",
    )


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "reference": reading.source,
        "joint": reading.joint.value,
        "side": reading.side.value,
        "motion": reading.motion.value,
        "mode": reading.mode.value,
        "degrees": reading.degrees,
        "comparator": reading.bound.value if reading.bound else None,
        "when": reading.when.text,
        "known_on": reading.known_on.isoformat(),
        "rater": reading.rater,
        "device": reading.device,
        "assumed": list(reading.assumptions),
    }


def _reading_cells(reading: Reading) -> tuple[str, ...]:
    bound = reading.bound.value if reading.bound else ""
    return (
        reading.source,
        str(reading.place),
        reading.motion.value,
        reading.mode.value,
        f"{bound}{reading.degrees:g}",
        reading.when.text,
        "; ".join(reading.assumptions),
    )


@click.command()
@_AS_JSON
@guarded
def quarantine(as_json: bool) -> None:
    """List what the FHIR server said and could not be read: reference, patient, path and reason.

    Nothing of it is lost: the text is kept, and read again after an upgrade or a change of the settings.
    Something in quarantine alone is no failure: the exit code is 0.
    """
    with opened_to_look() as ports:
        rows = ports.logbook.set_aside()
    if as_json:
        print_lines(_set_aside(row) for row in rows)
        return
    print_table(
        ("reference", "patient", "path", "reason"),
        ((row.reference, row.patient or "unknown", row.path, f"{row.code}: {row.detail}") for row in rows),
        empty="Nothing is set aside: everything that was read was understood.",
    )


def _set_aside(row: SetAside) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "version": row.version,
        "patient": row.patient,
        "path": row.path,
        "code": row.code,
        "reason": row.detail,
    }


@click.command()
@_AS_JSON
@click.option("--all", "is_all", is_flag=True, help="Those that were delivered, too.")
@click.option(
    "--deliver", is_flag=True, help="Let what waits go now; with HOREHAB_WRITE=approve this is your approval."
)
@guarded
def outbox(as_json: bool, is_all: bool, deliver: bool) -> None:
    """List what waits to be written into the EHR, and what a person must decide.

    waiting: goes with the next pass. conflict: somebody else changed it, a person must look. refused: the
    server will not take it as it is. Exit code 1 while something waits, else 0.
    """
    with opened_ports(settings_here()) if deliver else opened_to_look() as ports:
        if deliver:
            deliver_entries(ports)
            end_doubles(ports)
        rows = ports.logbook.outbox(open_only=not is_all)
    if as_json:
        print_lines(_entry(row) for row in rows)
    else:
        _print_entries(rows)
    sys.exit(INCOMPLETE if any(row.state == "waiting" for row in rows) else DONE)


def _print_entries(rows: Iterable[OutboxRow]) -> None:
    print_table(
        ("patient", "entry", "state", "attempts", "since", "reference", "detail"),
        (
            (
                row.patient,
                row.key,
                row.state,
                row.attempts,
                row.created.isoformat(" ", "minutes"),
                row.reference,
                row.detail,
            )
            for row in rows
        ),
        empty="Nothing waits: the EHR has everything.",
    )


def _entry(row: OutboxRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "patient": row.patient,
        "state": row.state,
        "attempts": row.attempts,
        "created": row.created.isoformat(),
        "reference": row.reference,
        "detail": row.detail,
    }

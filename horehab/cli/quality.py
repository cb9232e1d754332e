"""`horehab quality`: per patient, what was repaired, kept apart or set aside of what the EHR said."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.speaking import guarded, print_lines, print_table
from horehab.domain.input_quality import InputKind, InputQuality, input_quality
from horehab.domain.record import Patient, record_of
from horehab.usecases.ports import Ports


@click.command()
@click.argument("patient", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@guarded
def quality(patient: str | None, as_json: bool) -> None:
    """Count per patient what was repaired, kept apart or set aside of what the EHR said.

    Repeats count once and withdrawn entries not at all; radians are converted; what was read from text, without
    mode, or in another position than usual is kept and marked. What could not be read is in horehab quarantine.
    Without PATIENT every patient with something to show is listed, and at the end what belongs to no patient.

    \b
    Examples:
      horehab quality Patient/123
      horehab quality --json | jq 'select(."suspected radians, kept out" > 0)'
    """
    with opened_to_look() as ports:
        found = _found(ports, patient)
    if as_json:
        print_lines(_row(name, one) for name, one in found.items())
        return
    print_table(
        ("patient", "what", "count"),
        ((name, *line) for name, one in found.items() for line in _lines(one)),
        empty="Nothing had to be repaired, kept apart or set aside.",
    )


def _found(ports: Ports, patient: str | None) -> Mapping[str, InputQuality]:
    aside: dict[str, list[str]] = {}
    for row in ports.logbook.set_aside(patient=patient):
        aside.setdefault(row.patient or "unknown", []).append(row.code)
    if patient:
        codes = [code for several in aside.values() for code in several]
        return {patient: input_quality(ports.logbook.record(patient), ports.rules, codes)}
    known = ports.logbook.patients()
    found = {name: input_quality(ports.logbook.record(name), ports.rules, aside.pop(name, ())) for name in known}
    nobody = record_of(Patient(reference="unknown"), ())
    found |= {name: input_quality(nobody, ports.rules, codes) for name, codes in aside.items()}
    return {name: one for name, one in found.items() if one.counts}


def _lines(one: InputQuality) -> Iterable[tuple[str, int]]:
    yield from ((kind.value, count) for kind, count in one.counts if kind is not InputKind.SET_ASIDE)
    yield from ((f"set aside: {code.replace('-', ' ')}", count) for code, count in one.set_aside)


def _row(name: str, one: InputQuality) -> Mapping[str, Any]:
    counts = {kind.value: count for kind, count in one.counts}
    return {"patient": name, "measured": one.measured} | counts | {"set_aside_by_reason": dict(one.set_aside)}

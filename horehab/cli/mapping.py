"""`horehab map`: which of the ward's own codes are not read, whom that concerns, and what they mean."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.speaking import guarded, print_lines, print_table, settings_here, who_is_here
from horehab.domain.local_code import LocalCode, meaning_of
from horehab.errors import InputError
from horehab.usecases.local_codes import CodeToMap, ReadAnew
from horehab.usecases.map_code import contradictions, find_code, forget_code, map_codes
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports, read_code_map, write_code_map

_KINDS = {
    "Reading": ("reading", "readings"),
    "PainRating": ("pain rating", "pain ratings"),
    "Sign": ("sign", "signs"),
    "LabResult": ("blood value", "blood values"),
}
_JUST_ONE = "Give one of --as, --forget, --mapped, --export and --import."


@click.command("map")
@click.argument("code", required=False)
@click.option("--as", "meaning", metavar="MEANING", help="What CODE means, such as hip-flexion-passive-left.")
@click.option(
    "--system", metavar="URL", help='The code system of CODE, where several have it; "" for none, or for words.'
)
@click.option("--forget", is_flag=True, help="Take back what was said of CODE.")
@click.option("--mapped", is_flag=True, help="List what was mapped, by whom and when.")
@click.option("--export", "file_out", metavar="FILE", help="Write all that is mapped as a FHIR ConceptMap (R4).")
@click.option("--import", "file_in", metavar="FILE", help="Map what a FHIR ConceptMap says.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@guarded
def map_command(code: str | None, as_json: bool, **options: Any) -> None:
    """List the codes of the ward's own that are not read, or say what one of them means.

    Without CODE: each code that could not be read, or was left alone though it looks like a measurement, with how
    many patients it concerns, how many of them have no other reading of a joint, and the meaning that its words
    suggest. CODE may be words too, where the chart has words instead of a code.

    Once CODE is mapped, every stored entry that bears it is read again, back to the first one ever seen, and its
    patients are reviewed with the next pass. The EHR is not asked again.

    MEANING is joint-motion-mode-side; leave out the side where the body site says it, the mode where it is not
    known. Or: pain, pain-hip-left, a sign (firm-end-feel), a blood value (alkaline-phosphatase), a body site
    (hip-left, left), or nothing, for an angle that is none of our business.

    \b
    Examples:
      horehab map
      horehab map KF-P --as knee-flexion-passive
      horehab map "Flex. cad. izq." --system "" --as hip-flexion-left
      horehab map QRS-AXIS --as nothing
      horehab map KF-P --forget
      horehab map --export codes.json && horehab map --import codes.json
    """
    _refuse_two(code, options)
    if options["mapped"]:
        _list_mapped(as_json=as_json)
    elif options["file_out"]:
        _export(Path(options["file_out"]))
    elif options["file_in"]:
        _import(Path(options["file_in"]))
    elif options["forget"]:
        with opened_ports(settings_here()) as ports:
            local = find_code(ports, _given(code), options["system"])
            _say_read(f"Forgotten what {_named(local)} means.", forget_code(ports, local, who=who_is_here()))
    elif options["meaning"] is not None:
        _map(_given(code), options["meaning"], options["system"])
    else:
        _list_unread(code, as_json=as_json)


def _refuse_two(code: str | None, options: Mapping[str, Any]) -> None:
    names = {
        "--as": "meaning",
        "--forget": "forget",
        "--mapped": "mapped",
        "--export": "file_out",
        "--import": "file_in",
    }
    given = [name for name, key in names.items() if options[key] not in (None, False)]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} do not go together.", field=given[1], remedy=_JUST_ONE)
    if given and given[0] in ("--mapped", "--export", "--import") and code:
        raise InputError(f"{given[0]} takes no CODE.", field="CODE", value=code, remedy="Leave the code out.")


def _given(code: str | None) -> str:
    if code is None:
        remedy = "Name it as the chart has it; `horehab map` lists codes."
        raise InputError("No CODE was given.", field="CODE", remedy=remedy)
    return code


def _map(code: str, meaning: str, system: str | None) -> None:
    says = meaning_of(meaning)
    with opened_ports(settings_here()) as ports:
        local = find_code(ports, code, system)
        _say_read(f"Mapped {_named(local)} as {says}.", map_codes(ports, [(local, says)], who=who_is_here()))
        _say_contradictions(ports)


def _named(local: LocalCode) -> str:
    return str(local) if local.system else f"{local.code!r} (without code system)"


def _say_read(done: str, found: ReadAnew) -> None:
    """Say what came of it in one line: 37 readings of 5 patients became readable."""
    gained, lost = counted(found.gained), counted(found.lost)
    patients = _many(len(found.patients), "patient", "patients")
    if gained and lost:
        words = f"Read now: {gained} of {patients}, in place of {lost}."
    elif gained:
        words = f"{gained} of {patients} became readable."
    elif lost:
        words = f"{lost} of {patients} are no longer read."
    elif found.understood:
        words = f"{_many(found.understood, 'entry is', 'entries are')} no longer set aside."
    else:
        words = "No stored entry is read otherwise by that."
    click.echo(f"{done} {words}")
    if found.patients:
        click.echo("They are reviewed with the next pass (horehab review).", err=True)


def counted(facts: Mapping[str, int]) -> str:
    """Say how many facts of which kinds: "37 readings and 2 signs"."""
    said = [_many(count, *_KINDS.get(kind, ("entry", "entries"))) for kind, count in sorted(facts.items()) if count]
    return " and ".join(said)


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _say_contradictions(ports: Ports) -> None:
    for each in contradictions(ports):
        click.echo(
            f"{_named(each.local)}: the file of HOREHAB_CONCEPT_MAP says {each.in_file}; as mapped here it "
            f"is {each.said}, and that counts.",
            err=True,
        )


def _list_unread(code: str | None, *, as_json: bool) -> None:
    with opened_to_look() as ports:
        rows = [row for row in ports.logbook.codes.to_map() if code in (None, row.local.code)]
        if not as_json:
            _say_contradictions(ports)
    if as_json:
        print_lines(_row(row) for row in rows)
        return
    print_table(
        ("code", "system", "text", "why", "resources", "patients", "no other reading", "first", "last", "offered"),
        (_cells(row) for row in rows),
        empty="Every code that looks like a measurement is read.",
    )


def _row(row: CodeToMap) -> dict[str, Any]:
    return {
        "system": row.local.system,
        "code": row.local.code,
        "text": row.text,
        "why": row.why,
        "resources": row.resources,
        "patients": len(row.patients),
        "patients_without_other_reading": len(row.unmeasured),
        "first": row.first.isoformat() if row.first else None,
        "last": row.last.isoformat() if row.last else None,
        "offered": row.offered or None,
    }


def _cells(row: CodeToMap) -> tuple[object, ...]:
    counts = (row.resources, len(row.patients), len(row.unmeasured))
    return (row.local.code, row.local.system, row.text, row.why, *counts, row.first, row.last, row.offered)


def _list_mapped(*, as_json: bool) -> None:
    with opened_to_look() as ports:
        rows = _mapped(ports)
    if as_json:
        print_lines(rows)
        return
    heads = ("code", "system", "means", "by", "since", "the file says otherwise")
    keys = ("code", "system", "meaning", "who", "at", "file_says")
    print_table(heads, ([row[key] for key in keys] for row in rows), empty="No code is mapped.")


def _mapped(ports: Ports) -> list[dict[str, Any]]:
    """List what counts: first what people said, then what the file says of other codes."""
    others = {each.local: each.in_file for each in contradictions(ports)}
    said = ports.logbook.codes.mappings()
    own: Iterable[dict[str, Any]] = (
        _mapped_row(m.local, str(m.meaning), who=m.who, at=m.at.isoformat(" ", "minutes"), file=others.get(m.local))
        for m in said
    )
    known = {each.local for each in said}
    of_file = ((local, words) for local, words in sorted(ports.chart.codes_of_file().items(), key=str))
    return [
        *own,
        *(_mapped_row(local, words, who="HOREHAB_CONCEPT_MAP") for local, words in of_file if local not in known),
    ]


def _mapped_row(
    local: LocalCode, meaning: str, *, who: str, at: str | None = None, file: str | None = None
) -> dict[str, Any]:
    named = {"system": local.system, "code": local.code}
    return {**named, "meaning": meaning, "who": who, "at": at, "file_says": file}


def _export(file: Path) -> None:
    with opened_to_look() as ports:
        count = write_code_map(settings_here(), ports, file)
    click.echo(f"Wrote what {_many(count, 'code means', 'codes mean')} to {file}.")


def _import(file: Path) -> None:
    found, strange = read_code_map(file)
    with opened_ports(settings_here()) as ports:
        _say_read(
            f"Mapped {_many(len(found), 'code', 'codes')} of {file}.",
            map_codes(ports, list(found.items()), who=who_is_here()),
        )
    for each in strange:
        click.echo(f"Left out {each}: its targets mean nothing here that `horehab map` could keep.", err=True)

"""`horehab validate`: resources in a file, checked against FHIR R4 and our profiles without any server."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import click

from horehab.cli.speaking import DONE, INCOMPLETE, guarded, print_lines
from horehab.wiring import check_resources

_SHOWN = ("error", "warning", "not checked")


@click.command(name="validate")
@click.argument("file", metavar="FILE|-")
@click.option("--profile", metavar="URL", help="A profile to check by, besides those that a resource names itself.")
@click.option("--package", metavar="TGZ", help="A FHIR package with further profiles, such as your own.")
@click.option("--errors", "only_errors", is_flag=True, help="Show errors alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a resource.")
@guarded
def validate_command(
    file: str, profile: str | None, package: str | None, *, only_errors: bool, as_json: bool
) -> None:
    """Check the resources in FILE, or on the standard input, against FHIR R4 and our profiles.

    FILE is a resource in JSON, a Bundle, or many resources as NDJSON. Each is checked by the profiles that it names
    in meta.profile, else by its base type: shape, cardinality, types, fixed values, slices, codes, rules of logic,
    references, extensions. What cannot be checked here, such as whether SNOMED CT has a code, is said. No server is
    asked, and nothing is kept.

    \b
    Examples:
      horehab validate observation.json
      horehab validate - --profile https://horehab.org/fhir/StructureDefinition/horehab-rom < observation.json
      horehab validate Observation.ndjson --errors --json | jq .issues

    \b
    Exit codes: 0 no errors, 1 some resource has errors, 2 usage: not to be read, no JSON, no such profile.
    """
    counts: Counter[str] = Counter()
    for row in check_resources(file, profile=profile, package=package):
        counts.update(["resources", *(issue["severity"] for issue in row["issues"])])
        issues = [issue for issue in row["issues"] if not only_errors or issue["severity"] == "error"]
        if as_json:
            print_lines([row | {"issues": issues}])
        else:
            for line in _lines(row, issues):
                click.echo(line)
    click.echo(_summary(counts), err=True)
    sys.exit(INCOMPLETE if counts["error"] else DONE)


def _lines(row: Mapping[str, Any], issues: list[dict[str, str]]) -> Iterator[str]:
    place = f"{row['place']}: " if row["place"] else ""
    for issue in issues:
        value = f" (it is {issue['value']})" if issue["value"] else ""
        words = f"{issue['words']}{value} [{issue['rule']}]. {issue['remedy']}"
        yield f"{place}{issue['severity']}: {issue['path']}: {words}"


def _summary(counts: Counter[str]) -> str:
    named = ", ".join(f"{counts[each]} {each}{_plural(each, counts[each])}" for each in _SHOWN)
    return f"{counts['resources']} resource{_plural('resource', counts['resources'])} checked: {named}."


def _plural(word: str, number: int) -> str:
    return "" if number == 1 or word == "not checked" else "s"

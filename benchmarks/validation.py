"""The validator beside fhir.resources and HAPI: the time for each resource, and what each says of what breaks a rule.

`python -m benchmarks.validation` starts a HAPI with our profiles, has everything checked by all three, and prints two
tables; with --write-docs they go into docs/validation.md.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import requests

from fhir_profiles import examples
from horehab.clock import SystemClock
from horehab.errors import InputError
from horehab.fhir.publishing import install
from horehab.fhir.validation import validate
from horehab.fhir.validation.walk import check_resource
from horehab.fhir.wire.connection import Connection
from horehab.fhir.writing.checking import check
from tests.profiles.broken import Broken
from tests.profiles.every_fault import HAPI_ACCEPTS, broken
from tests.servers.hapi import start_hapi

DOCS = Path(__file__).parents[1] / "docs/validation.md"
_MARKS = "<!-- {}: made by `make bench-validation` -->", "<!-- {}: end -->"
_COLD = (
    "import json, sys, time; tree = json.load(open(sys.argv[1])); begun = time.process_time(); "
    "from horehab.fhir.validation import validate; validate(tree); print(time.process_time() - begun)"
)
_ROUNDS, _ROUNDS_OF_HAPI = 15, 5

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """How long one resource took, in milliseconds: our rules alone, with fhir.resources, that alone, and HAPI.

    `refusals` are the errors that HAPI found in it, and there should be none.
    """

    name: str
    entries: int
    rules: float
    ours: float
    shape: float
    hapi: float
    refusals: tuple[str, ...]


def main() -> int:
    """Run it; 1 when HAPI refuses an example, or where a disagreement is not explained."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/validation.md")
    asked = parser.parse_args()
    with start_hapi() as url:
        placed = list(install(Connection(url=url), SystemClock(zone=ZoneInfo("Europe/Madrid"))))
        if absent := [f"{each.name}: {each.words}" for each in placed if not each.is_there]:
            raise SystemExit("\n".join(("HAPI did not take all profiles, so nothing can be compared:", *absent)))
        print("HAPI has our profiles; now the variants, then the examples", file=sys.stderr)
        verdicts = [(each, _refusals(url, each.resource)) for each in broken()]
        times = [_timed(url, each) for each in examples()]
    tables = {"agreement": _agreement(verdicts), "times": _times(times)}
    print("\n\n".join(tables.values()))
    if asked.write_docs:
        _write(tables)
    disagree = [each.name for each, words in verdicts if bool(words) == (each.name in HAPI_ACCEPTS)]
    refused = [f"{each.name}: {words}" for each in times for words in each.refusals]
    print("\n".join((*refused, *disagree)), file=sys.stderr)
    return int(bool(disagree or refused))


def _refusals(url: str, resource: Resource) -> list[str]:
    """Ask HAPI to validate a resource, and list the errors that it finds."""
    with requests.post(f"{url}/{resource['resourceType']}/$validate", json=resource, timeout=300) as answer:
        issues = answer.json()["issue"]
    return [str(each.get("diagnostics")) for each in issues if each["severity"] in ("error", "fatal")]


def _timed(url: str, resource: Resource) -> Timed:
    is_bundle = resource["resourceType"] == "Bundle"
    refusals: list[str] = []
    rounds, of_hapi = (1, 1) if is_bundle else (_ROUNDS, _ROUNDS_OF_HAPI)
    return Timed(
        name=f"Bundle/{resource['id']}"
        if is_bundle
        else resource.get("meta", {}).get("profile", ["/"])[0].rpartition("/")[2],
        entries=len(resource.get("entry", ())),
        rules=_median(lambda: list(check_resource(resource)), rounds),
        ours=_median(lambda: validate(resource), rounds),
        shape=_median(lambda: _check(resource), rounds),
        hapi=_median(lambda: refusals.extend(_refusals(url, resource)), of_hapi, clock=time.perf_counter),
        refusals=tuple(refusals),
    )


def _check(resource: Resource) -> None:
    with suppress(InputError):
        check(resource)


def _median(call: Callable[[], object], rounds: int, *, clock: Callable[[], float] = time.process_time) -> float:
    """Give the median of some rounds in milliseconds, after one that warms up where there is more than one.

    Our own process is measured by its processor time, so that what else the machine does hardly counts.
    """
    if rounds > 1:
        call()
    found = []
    for _ in range(rounds):
        begun = clock()
        call()
        found.append((clock() - begun) * 1000)
    return median(found)


def _cold() -> float:
    """Give the seconds of the first resource of a process, its imports among them."""
    path = Path(__file__).parents[1] / "fhir_profiles/package/example/Observation-example-rom-hip-flexion.json"
    done = subprocess.run([sys.executable, "-c", _COLD, path], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _times(times: list[Timed]) -> str:
    lines = [
        "| resource | our rules, ms | `horehab validate`, ms | fhir.resources alone, ms | HAPI 8.8 $validate, ms |",
        "|---|---:|---:|---:|---:|",
    ]
    best: dict[str, Timed] = {each.name or "no profile": each for each in times}
    for name, each in best.items():
        entries = f", {each.entries} entries" if each.entries else ""
        lines.append(f"| {name}{entries} | {each.rules:.1f} | {each.ours:.1f} | {each.shape:.1f} | {each.hapi:.0f} |")
    alone = [each for each in times if not each.entries]
    middle = (median(getattr(each, name) for each in alone) for name in ("rules", "ours", "shape", "hapi"))
    rules, ours, shape, hapi = middle
    lines.append(
        f"| **median of {len(alone)} single resources** | {rules:.1f} | {ours:.1f} | {shape:.1f} | {hapi:.0f} |"
    )
    how = (
        "Ours and fhir.resources: processor time, imports done. HAPI: until its answer is here, on the same machine."
    )
    cold = f"The first resource of a process takes {_cold():.1f} s with all that is loaded for it."
    return "\n".join([how, "", *lines, "", cold])


def _agreement(verdicts: list[tuple[Broken, list[str]]]) -> str:
    lines = ["| what is wrong | in | our rule | horehab | HAPI 8.8 |", "|---|---|---|---|---|"]
    lines += [_row(each, words) for each, words in verdicts]
    agreed = sum(bool(words) for _, words in verdicts)
    explained = "\n".join(f"- {name}: {why}." for name, why in HAPI_ACCEPTS.items())
    head = f"{len(verdicts)} variants: horehab refuses all, HAPI {agreed}. Where they disagree:"
    return "\n".join([head, "", explained, "", *lines])


def _row(each: Broken, words: list[str]) -> str:
    kind = str(each.resource["resourceType"])
    said = _short(words[0]) if words else "accepts"
    return f"| {each.name} | {kind} | `{each.rule}` | refuses | {said} |"


def _short(words: str) -> str:
    most = 90
    flat = " ".join(words.replace("|", "/").replace("<", "").replace(">", "").split())
    return flat if len(flat) <= most else f"{flat[:most].rstrip()} ..."


def _write(tables: dict[str, str]) -> None:
    text = DOCS.read_text(encoding="utf-8")
    for name, table in tables.items():
        begin, end = (mark.format(name) for mark in _MARKS)
        head, _, rest = text.partition(begin)
        text = f"{head}{begin}\n{table}\n{end}{rest.partition(end)[2]}"
    DOCS.write_text(text, encoding="utf-8")


def rows_of(name: str) -> Iterator[str]:
    """Give the rows of a table as it stands in the document."""
    begin, end = (mark.format(name) for mark in _MARKS)
    table = DOCS.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]
    yield from (line for line in table.splitlines() if line.startswith("| "))


if __name__ == "__main__":
    sys.exit(main())

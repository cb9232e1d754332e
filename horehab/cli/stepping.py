"""`horehab sync` and `horehab review`: keep step with the EHR, and say which joints worsen."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from horehab.cli.speaking import DONE, INCOMPLETE, day_of, guarded, print_lines, print_table, settings_here
from horehab.domain.sentence import sentence
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.usecases.exchange import PullReport, Review, StepReport
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.ports import Ports
from horehab.usecases.pull_chart import pull_chart
from horehab.usecases.rule_change import RuleDifference, rule_differences
from horehab.usecases.standings import open_suspicion, standings_of
from horehab.wiring import opened_ports

_SHOWN = (Tier.SUSPECT, Tier.WATCH)


@click.command()
@guarded
def sync() -> None:
    """Read what changed on the FHIR server into our memory; decide and write nothing.

    What was read waits for the next `review`, which judges it; a pass that breaks off is read again.

    \b
    Examples:
      HOREHAB_FHIR_URL=https://ehr.example/fhir horehab sync
      horehab sync && horehab quarantine
    """
    with opened_ports(settings_here()) as ports:
        report = pull_chart(ports)
        now = ports.clock.now()
        ports.logbook.finish_pass(
            marks=report.marks, reviews=(), now=now, problems=report.problems, notes=report.notes
        )
    _say_pulled(report, to_stderr=False)
    sys.exit(INCOMPLETE if report.problems else DONE)


@click.command()
@click.option(
    "--as-of", metavar="DATE", help="Review at the end of that ward day (2026-03-31); nothing known later counts."
)
@click.option("--patient", metavar="REF", help='Review one patient only, named as the server does ("Patient/123").')
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line per joint under watch or suspicion.")
@click.option("--dry-run", is_flag=True, help="Decide and show, write nothing.")
@click.option(
    "--write", is_flag=True, help="Let a review of a past day write on a server that is not on this machine."
)
@guarded
def review(as_of: str | None, patient: str | None, as_json: bool, dry_run: bool, write: bool) -> None:
    """Sync, review every joint of whom something changed, and write suspicions back.

    A second run on the same record writes 0. A joint under suspicion gets one Condition (unconfirmed) and the
    reasons beside it (Provenance); a clinician's decision is never overwritten.

    \b
    Examples:
      horehab review                                  what a nightly job calls
      horehab review --dry-run                        what would be written, and what new rules would change
      horehab review --as-of 2026-03-31 --json        replay one day, for a back-test
      horehab review --patient Patient/123            one patient, now

    New rules alone raise and withdraw nothing: a dry run lists what they would (with --json as objects that have
    by_new_rule), and a review that names the patient applies it.

    \b
    Exit codes: 0 done, 1 the server did not take all or the pass is incomplete, 2 usage, 3 configuration.
    """
    order = StepOrder(
        as_of=day_of(as_of, field="--as-of"), patient=patient, is_dry_run=dry_run, is_past_allowed=write
    )
    with opened_ports(settings_here()) as ports, _progress("Reviewing patients") as on_progress:
        report = keep_step(ports, order, on_progress=on_progress)
        rows = _rows(ports, report)
        by_rule = rule_differences(ports, as_of=order.as_of, patient=patient) if dry_run else ()
    if as_json:
        print_lines([*rows, *map(_difference, by_rule)])
    else:
        _print_people(rows, report)
        _print_differences(by_rule)
    _say_pulled(report.pulled, to_stderr=True)
    _say_written(report, to_stderr=as_json)
    sys.exit(DONE if report.is_complete else INCOMPLETE)


@contextmanager
def _progress(words: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal only; it goes to stderr, so that stdout stays the result."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _rows(ports: Ports, report: StepReport) -> list[dict[str, Any]]:
    found = ((review, verdict) for review in report.reviews for verdict in review.verdicts)
    return [_row(ports, review, verdict) for review, verdict in found if verdict.tier in _SHOWN]


def _row(ports: Ports, review: Review, verdict: Verdict) -> dict[str, Any]:
    return {
        "patient": review.patient,
        "joint": verdict.place.joint.value,
        "side": verdict.place.side.value,
        "tier": verdict.tier.value,
        "as_of": verdict.as_of.isoformat(),
        "strength": verdict.strength,
        "reasons": [_reason(reason) for reason in verdict.reasons],
        "against": [_reason(reason) for reason in verdict.against],
        "missing": [reason.code for reason in verdict.missing if not reason.references],
        "noted": [_reason(reason) for reason in verdict.missing if reason.references],
        "red_flags": [_reason(reason) for reason in verdict.red_flags],
        "condition": _condition(ports, review.patient, verdict),
        "not_written": review.why_silent or None,
        "rule_version": verdict.rule_version,
        "sentence": sentence(verdict),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, **dict(reason.figures), "references": list(reason.references)}


def _condition(ports: Ports, patient: str, verdict: Verdict) -> str | None:
    """Name the open suspicion of that joint, in the chart or on its way there, if there is one."""
    standing = standings_of(ports.logbook, ports.logbook.record(patient)).at(verdict.place)
    found = open_suspicion(standing)
    if found is None:
        return None
    return ports.logbook.delivered_reference(f"suspicion:{found.condition_id}") or found.source


def _print_people(rows: list[dict[str, Any]], report: StepReport) -> None:
    print_table(
        ("patient", "joint", "tier", "strength", "as of", "why"),
        (
            (r["patient"], f"{r['side']} {r['joint']}", r["tier"], r["strength"], r["as_of"], r["sentence"])
            for r in rows
        ),
        empty=f"No joint under watch or suspicion among {len(report.reviews)} patients reviewed.",
    )


def _difference(found: RuleDifference) -> dict[str, Any]:
    place = {"joint": found.place.joint.value, "side": found.place.side.value}
    return {"patient": found.patient, **place, "by_new_rule": found.act, "from": found.before, "to": found.after}


def _print_differences(found: Sequence[RuleDifference]) -> None:
    if not found:
        return
    click.echo("\nNew rules would change this, and do not by themselves (horehab review --patient REF applies it):")
    print_table(
        ("patient", "joint", "would", "rules before", "rules now"),
        ((each.patient, str(each.place), each.act, each.before, each.after) for each in found),
        empty="",
    )


def _say_pulled(report: PullReport, *, to_stderr: bool) -> None:
    kept = report.kept
    if report.understood_now:
        click.echo(f"Understood now, set aside before: {report.understood_now}.", err=True)
    click.echo(
        f"Read: {kept.changed} new or changed, {kept.gone} gone, {kept.unchanged} as before, "
        f"{kept.set_aside} set aside (horehab quarantine).",
        err=to_stderr,
    )
    for problem in report.problems:
        click.echo(f"Incomplete, will be read again: {problem}", err=True)
    for note in report.notes:
        click.echo(f"To be known: {note}.", err=True)


def _say_written(report: StepReport, *, to_stderr: bool) -> None:
    if report.is_dry:
        click.echo(f"Nothing was written: {report.why_dry}.", err=to_stderr)
        return
    did = report.delivered
    words = f"Reviewed {len(report.reviews)} patients; written {did.done}"
    if did.conflict or did.refused:
        words += f", {did.conflict} for a person to decide, {did.refused} refused by the server (horehab conflicts)"
    click.echo(f"{words}; {report.waiting} still waiting.", err=to_stderr)
    silent = Counter(
        review.why_silent
        for review in report.reviews
        if review.why_silent and any(verdict.tier is Tier.SUSPECT for verdict in review.verdicts)
    )
    for why, count in sorted(silent.items()):
        click.echo(f"Only listed, not written: {count} suspected patients, since {why}.", err=to_stderr)

"""`horehab doctor`: look at server, database, clock and installation before going live, and change none of them."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from difflib import get_close_matches
from importlib.metadata import packages_distributions

import click

from horehab._version import __version__
from horehab.cli.doctor_page import MACHINE, MEMORY, print_page
from horehab.cli.in_step import in_step
from horehab.cli.looking import binding_of
from horehab.cli.speaking import DONE, guarded, settings_here, unknown_here
from horehab.clock import SystemClock
from horehab.errors import ConfigurationError, HorehabError
from horehab.settings import Settings, setting_names
from horehab.usecases.exchange import Choice, Health
from horehab.wiring import absent_database, accept_writing, opened_chart, opened_ports

_TROUBLE = 3


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object: version, address, is_well, findings.")
@click.option(
    "--accept", is_flag=True, help="Accept what is shown: from now on suspicions are written to this server."
)
@guarded
def doctor(as_json: bool, accept: bool) -> None:
    """Look at everything that horehab leans on, say what was chosen and why, and change nothing of it.

    A database that is not there yet is not made; the tables of one that is there are brought up to date, as
    every command does.

    Marks: ok, ! for what is not well and its remedy, i for what is worth knowing. Nothing is written to the server.
    For programs, --json gives each finding its subject, part and details.

    With --accept you decide that suspicions may be written to this FHIR server (needed once, unless the server
    runs on this machine); it is kept in the database, with the day.

    \b
    Examples:
      horehab doctor
      horehab doctor --json | jq '.findings[] | select(.is_well | not)'
      horehab doctor --accept

    \b
    Exit codes: 0 all is well, 3 something is not; each finding names its remedy.
    """
    settings = settings_here()
    findings = [*_findings(settings), *_in(MACHINE, [names_of_settings(unknown_here())])]
    is_well = all(finding.is_well for finding in findings)
    if accept and is_well:
        accept_writing(settings)
        words = "Suspicions are written from now on."
        findings.append(Choice(subject="accepted", is_well=True, finding=words, part=MEMORY))
    _print(settings, findings, is_well=is_well, as_json=as_json)
    if accept and not is_well:
        raise ConfigurationError(
            "Nothing was accepted, because not all is well.", remedy="Mend what is marked with !, then try again."
        )
    sys.exit(DONE if is_well else _TROUBLE)


def _findings(settings: Settings) -> Iterator[Choice]:
    yield from _in("server", _asked("server", lambda: _server(settings)))
    yield from _in(MEMORY, _asked("database", lambda: _database(settings)))
    yield from _in(MACHINE, [_clock(settings), scheduler_owners(packages_distributions().get("scheduler", []))])


def _in(part: str, found: Sequence[Choice]) -> Iterator[Choice]:
    """Put findings that do not say so themselves under a part of the page."""
    return (choice if choice.part else replace(choice, part=part) for choice in found)


def _asked(subject: str, look: Callable[[], Sequence[Choice]]) -> Sequence[Choice]:
    """Turn what goes wrong while looking into a finding, so that one broken thing hides no other."""
    try:
        return look()
    except HorehabError as error:
        return [Choice(subject=subject, is_well=False, finding=error.message, remedy=error.remedy)]


def _server(settings: Settings) -> Sequence[Choice]:
    with opened_chart(settings) as chart:
        found = chart.inspect()
    renamed = [replace(choice, subject="server clock") if choice.subject == "clock" else choice for choice in found]
    if settings.write == "off":  # then it is no trouble that nothing could be written
        renamed = [replace(choice, is_well=True) if choice.part == "writing" else choice for choice in renamed]
    return [*_in("reading", renamed), *_keys_alone(settings)]


def _keys_alone(settings: Settings) -> Iterator[Choice]:
    """Remind of keys with which nobody signs in yet: the EHR gives the id only after it has them."""
    if settings.client_keys and not settings.client_id:
        words = "HOREHAB_CLIENT_KEYS is set and HOREHAB_CLIENT_ID is not: nobody signs in with these keys yet."
        remedy = "Set it to the id that the EHR gives for them."
        yield Choice(subject="client id", is_well=True, finding=words, remedy=remedy, part="signing in")


def _database(settings: Settings) -> Sequence[Choice]:
    if (file := absent_database(settings)) is not None:
        words = f"There is no database yet; the first command that needs one makes {file}."
        fresh = Choice(subject="database", is_well=True, finding=words)
        return [fresh, binding_of(_NOTHING_YET, ""), _writing(settings, may_write=settings.is_loopback)]
    with opened_ports(settings, is_bound=False) as ports:
        health = ports.logbook.health(now=ports.clock.now())
        binding = binding_of(health, ports.chart.address)
        writing = _writing(settings, may_write=ports.may_write) if binding.is_well else _NOT_OURS
        kept = [_store(health), binding, writing, audit_chain(ports.logbook.broken_audit()), signatures(health)]
        return [*kept, *in_step(settings, ports)]


def _store(health: Health) -> Choice:
    words = (
        f"{health.waiting} entries wait, {health.conflicts} for a person to decide, {health.set_aside} set aside; "
        f"last pass {_instant(health.last_pass)}, last tick of the scheduler {_instant(health.last_tick)}."
    )
    # Where the database belongs is a finding of its own, with its remedy: binding.
    trouble = " ".join(problem for problem in health.problems if problem != health.details.get("not at home"))
    remedy = "Run horehab sync: what the last pass could not read is read again." if trouble else ""
    return Choice(subject="database", is_well=not trouble, finding=f"{words} {trouble}".strip(), remedy=remedy)


def audit_chain(broken: int | None) -> Choice:
    """Say whether the chain of the audit is whole, or from which note on it was altered."""
    if broken is None:
        return Choice(subject="audit", is_well=True, finding="The audit is whole: each note is chained to the last.")
    return Choice(
        subject="audit",
        is_well=False,
        finding=f"The audit was altered, or has a gap, at note {broken}.",
        remedy="Keep this database as it is, compare it with the last backup, and tell your data protection officer.",
    )


def signatures(health: Health) -> Choice:
    """Say who logs without being known to the EHR: what they write bears their name, and leads to nobody there."""
    unsigned = health.details.get("unsigned users", "")
    if not unsigned:
        words = "Everybody who may log here is known to the EHR by a Practitioner reference."
        return Choice(subject="signatures", is_well=True, finding=words)
    return Choice(
        subject="signatures",
        is_well=True,
        finding=f"What these users log bears their name only, without a Practitioner reference: {unsigned}.",
        remedy="Add each anew with horehab user add NAME --role ROLE --practitioner Practitioner/<id>.",
    )


def _instant(when: datetime | None) -> str:
    return when.isoformat(" ", "seconds") if when else "never"


_NOTHING_YET = Health(last_pass=None, last_tick=None, waiting=0, conflicts=0, set_aside=0)
_NOT_OURS = Choice(
    subject="writing",
    is_well=False,
    finding="Nothing is written or sent as long as the database does not belong here.",
    remedy="See binding.",
)


def _writing(settings: Settings, *, may_write: bool) -> Choice:
    if settings.write == "off":
        words = "Nothing is written (HOREHAB_WRITE=off); suspicions are shown in our pages only."
    elif not may_write:
        words = "Nothing is written yet: not accepted for this server (horehab doctor --accept)."
    elif settings.write == "approve":
        words = "A person lets each round of entries go (horehab outbox --deliver)."
    else:
        words = "Suspicions are written back by themselves."
    return Choice(subject="writing", is_well=True, finding=words)


def _clock(settings: Settings) -> Choice:
    clock = SystemClock(zone=settings.zone)
    words = f"It is {clock.now().astimezone(settings.zone):%Y-%m-%d %H:%M %Z} on the ward ({settings.time_zone})."
    return Choice(subject="ward clock", is_well=True, finding=words)


def names_of_settings(unknown: Sequence[str]) -> Choice:
    """Name every HOREHAB_* that is no setting, with the one that was probably meant."""
    if not unknown:
        return Choice(subject="settings", is_well=True, finding="Every HOREHAB_* name is one of ours.")
    meant = {name: get_close_matches(name, setting_names(), 1) for name in unknown}
    advice = [f"{close[0]} instead of {name}" for name, close in meant.items() if close]
    return Choice(
        subject="settings",
        is_well=False,
        finding=f"No setting of horehab, and read by nobody: {', '.join(unknown)}.",
        remedy=(f"Did you mean {', '.join(advice)}? " if advice else "") + "Correct or remove it.",
    )


def scheduler_owners(owners: Sequence[str]) -> Choice:
    """Count the distributions that own a package `scheduler`: PyPI has another of that name."""
    others = sorted({owner for owner in owners if owner.lower() != "horehab"})
    if not others:
        return Choice(subject="scheduler", is_well=True, finding="The package `scheduler` is ours alone.")
    return Choice(
        subject="scheduler",
        is_well=False,
        finding=f"The package `scheduler` is also installed by {', '.join(others)}: the two are mixed in one folder.",
        remedy=f"Run: pip uninstall {' '.join(others)} && pip install --force-reinstall --no-deps horehab",
    )


def _print(settings: Settings, findings: Sequence[Choice], *, is_well: bool, as_json: bool) -> None:
    if as_json:
        report = {
            "version": __version__,
            "address": settings.fhir_url.rstrip("/"),
            "is_well": is_well,
            "findings": [asdict(found) for found in findings],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    click.echo(f"horehab {__version__} looks at {settings.fhir_url.rstrip('/')}")
    print_page(findings)
    trouble = sum(not found.is_well for found in findings)
    click.echo()
    click.echo("All is well." if is_well else f"{trouble} of {len(findings)} findings are not well (marked with !).")

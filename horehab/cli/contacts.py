"""`horehab contacts`: who of the team is reminded where, and what patients said about being reminded."""

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.speaking import guarded, print_table, settings_here, who_is_here
from horehab.domain.recipient import Medium, is_mail_address, phone_number
from horehab.errors import InputError
from horehab.usecases.contacts import StaffContact, Stop
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports

_BY = click.option(
    "--by", "medium", type=click.Choice([Medium.SMS.value, Medium.EMAIL.value]), required=True, help="The way."
)
_WHO = click.option("--who", metavar="NAME", help="Who says so; without it the name of this session of the machine.")


@click.group(invoke_without_command=True)
@click.pass_context
@guarded
def contacts(context: click.Context) -> None:
    """List how the team is reminded; note consent, STOP and addresses.

    \b
    Examples:
      horehab contacts
      horehab contacts staff ruiz --email ruiz@ward.example --language es
      horehab contacts consent Patient/123 yes --who "Ana Ruiz"
      horehab contacts stop +34600000001 --by sms

    \b
    Exit codes: 0 done, 2 usage, 3 configuration.
    """
    if context.invoked_subcommand is not None:
        return
    with opened_to_look() as ports:
        listed = ports.logbook.contacts.staff()
    rows = ((one.name, one.email, one.mobile, one.language, one.zone) for one in listed)
    empty = "Nobody is noted: what waits for the team goes to HOREHAB_TEAM_EMAIL."
    print_table(("name", "email", "mobile", "language", "zone"), rows, empty=empty)


@contacts.command()
@click.argument("name")
@click.option("--email", default="", metavar="ADDRESS", help="Where the daily summary goes.")
@click.option("--mobile", default="", metavar="NUMBER", help="With its country, as in +34600000001.")
@click.option("--language", type=click.Choice(["en", "es", "fr"]), default=None, help="Else HOREHAB_LANGUAGE.")
@click.option("--zone", default="", metavar="ZONE", help="An IANA zone; else the ward's.")
@guarded
def staff(name: str, email: str, mobile: str, language: str | None, zone: str) -> None:
    """Note how NAME of the team is reminded, in the place of what was noted before.

    \b
    Example:
      horehab contacts staff ruiz --email ruiz@ward.example --mobile +34600000001 --language es
    """
    contact = StaffContact(name=name, email=email, mobile=mobile, language=language or "", zone=zone)
    with opened_ports(settings_here()) as ports:
        ports.logbook.contacts.set_staff(contact)
        _note(ports, who_is_here(), f"contact of {name} noted")
    click.echo(f"{name} is noted.")


@contacts.command()
@click.argument("patient")
@click.argument("answer", type=click.Choice(["yes", "no"]))
@_WHO
@guarded
def consent(patient: str, answer: str, who: str | None) -> None:
    """Note whether PATIENT wants to be reminded: without a yes nothing goes to them.

    \b
    Example:
      horehab contacts consent Patient/123 yes --who "Ana Ruiz"
    """
    with opened_ports(settings_here()) as ports:
        reference = ports.logbook.record(patient).patient.reference
        by, now = who or who_is_here(), ports.clock.now()
        ports.logbook.contacts.record_consent(reference, is_given=answer == "yes", who=by, now=now)
        _note(ports, by, f"consent to reminders: {answer}", patient=reference)
    click.echo(f"Noted: {answer}.")


@contacts.command()
@click.argument("whom")
@_BY
@_WHO
@guarded
def stop(whom: str, medium: str, who: str | None) -> None:
    """Send nothing more to WHOM by one way: a patient (Patient/123), a number or an address.

    \b
    Example:
      horehab contacts stop +34600000001 --by sms
    """
    with opened_ports(settings_here()) as ports:
        subject, by = _subject(ports, whom), who or who_is_here()
        wanted = Stop(medium=Medium(medium), subject=subject, since=ports.clock.now(), how=f"noted by {by}")
        is_new = ports.logbook.contacts.stop(wanted)
        _note(ports, by, f"STOP by {medium}", patient=subject if subject.startswith("Patient/") else None)
    click.echo("Nothing goes there any more." if is_new else "That was noted before.")


@contacts.command()
@click.argument("whom")
@_BY
@_WHO
@guarded
def resume(whom: str, medium: str, who: str | None) -> None:
    """Take a STOP back, because the patient asked for it.

    \b
    Example:
      horehab contacts resume +34600000001 --by sms --who "Ana Ruiz"
    """
    with opened_ports(settings_here()) as ports:
        subject = _subject(ports, whom)
        was_stopped = ports.logbook.contacts.resume(Medium(medium), subject)
        patient = subject if subject.startswith("Patient/") else None
        _note(ports, who or who_is_here(), f"STOP by {medium} taken back", patient=patient)
    click.echo("Messages go there again." if was_stopped else "There was no STOP to take back.")


def _subject(ports: Ports, whom: str) -> str:
    if whom.startswith("Patient/"):
        return ports.logbook.record(whom).patient.reference
    if is_mail_address(whom.strip()):
        return whom.strip().casefold()
    number = phone_number(whom)
    if number is None:
        remedy = "Write Patient/123, +34600000001 or an e-mail address."
        raise InputError(f"{whom!r} is no patient, number or address.", field="whom", value=whom, remedy=remedy)
    return number


def _note(ports: Ports, who: str, what: str, *, patient: str | None = None) -> None:
    ports.logbook.audit(who=who, what=what, patient=patient, now=ports.clock.now())

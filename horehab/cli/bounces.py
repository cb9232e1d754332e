"""`horehab bounces`: mails that came back, so that who was not reached is known as such."""

import mailbox
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click

from horehab.cli.returned_mail import read_notification
from horehab.cli.speaking import guarded, settings_here
from horehab.errors import InputError
from horehab.usecases.hear_back import hear_report
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports

_STANDARD_INPUT = "-"
_BEGINS_MAILBOX = b"From "


@click.command()
@click.argument("sources", metavar="[FILE|FOLDER|-]...", nargs=-1)
@guarded
def bounces(sources: tuple[str, ...]) -> None:
    """Hear from mails that came back which reminders did not arrive: those are failed, with the reason.

    FILE holds one mail, or many as a mailbox (mbox); FOLDER is a Maildir; without any, or with -, one mail comes on
    the standard input, so that a mail server may pipe it here (docs/reminders.md). Read are delivery status
    notifications (RFC 3464) about mails of ours. Any other mail changes nothing, nor does a repeat: each is said in
    one sentence, which names nobody. The mails stay where they are.

    \b
    Examples:
      horehab bounces < mail.eml
      horehab bounces /var/mail/horehab
      horehab bounces ~horehab/Maildir && horehab reminders --failed

    \b
    Exit codes: 0 done, 1 the database does not answer, 2 usage: no such file, 3 configuration.
    """
    with opened_ports(settings_here()) as ports:
        for source in sources or (_STANDARD_INPUT,):
            for mail in _mails(source):
                click.echo(_heard(ports, mail))


def _heard(ports: Ports, mail: bytes) -> str:
    """Hear one mail, and say what it changed."""
    told = read_notification(mail)
    if told is None:
        return "This mail is no notification of another that came back: it changes nothing."
    if not told.is_failed:
        return "This notification gives up no mail: it changes nothing."
    code = f" ({told.code})" if told.code else ""
    why = f"the mail came back{code}: {told.words}" if told.words else f"the mail came back{code}"
    if hear_report(ports, told.message, "failed", why_failed=why):
        return f"A mail came back{code}: its reminder did not arrive (horehab reminders --failed)."
    if ports.logbook.contacts.reported(told.message):
        return "Of this mail it was known already that it came back: nothing changes."
    return "This notification is about none of our mails: it changes nothing."


def _mails(source: str) -> Iterator[bytes]:
    """Give each mail of a file, a mailbox, a Maildir or the standard input; InputError for what cannot be read."""
    if source == _STANDARD_INPUT:
        yield sys.stdin.buffer.read()
        return
    path = Path(source)
    try:
        if path.is_dir() or _is_mailbox(path):
            yield from _in_box(path)
        else:
            yield path.read_bytes()
    except OSError as error:
        said = f"The mail {source!r} cannot be read ({error.strerror or type(error).__name__})."
        remedy = "Name a file of one mail, a mailbox, or a Maildir: a folder with `cur` and `new` in it."
        raise InputError(said, field="FILE", value=source, remedy=remedy) from error


def _is_mailbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_BEGINS_MAILBOX)) == _BEGINS_MAILBOX


def _in_box(path: Path) -> Iterator[bytes]:
    box: mailbox.Mailbox[Any] = mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path)
    with closing(box):
        for name in box.iterkeys():
            with suppress(KeyError):  # somebody took it away meanwhile
                yield box.get_bytes(name)

"""`horehab reminders stop`, `move` and `again`: a person's decision about one reminder, with name and reason."""

from collections.abc import Callable
from datetime import date, time

import click

from horehab.cli.speaking import day_of, guarded, settings_here, who_is_here
from horehab.errors import InputError
from horehab.usecases.decide_reminder import Decided, ReminderDecision, decide_reminder
from horehab.wiring import opened_ports

_SAID = {
    Decided.STOP: "does not go, and is not asked for again",
    Decided.MOVE: "was moved",
    Decided.SEND_AGAIN: "goes again",
}


def _why_and_who(command: Callable[..., None]) -> Callable[..., None]:
    why = click.option("--why", required=True, metavar="TEXT", help="The reason, for the audit trail.")
    words = "Who decides; without it the name of this session of the machine."
    return why(click.option("--who", metavar="NAME", help=words)(command))


@click.command()
@click.argument("row", type=int)
@_why_and_who
@guarded
def stop(row: int, why: str, who: str | None) -> None:
    """Stop the reminder in ROW of `horehab reminders`: it does not go, and is not asked for again.

    \b
    Example:
      horehab reminders stop 17 --why "is followed up elsewhere" --who "Eva, coordinator"
    """
    _decide(row, Decided.STOP, why=why, who=who)


@click.command()
@click.argument("row", type=int)
@click.option("--day", metavar="DAY", help="The new day, such as 2026-03-31; without it the day stays.")
@click.option("--at", metavar="TIME", help="The new time, such as 09:30; without it the hour stays.")
@_why_and_who
@guarded
def move(row: int, day: str | None, at: str | None, *, why: str, who: str | None) -> None:
    """Move the reminder in ROW of `horehab reminders` to another day or time.

    \b
    Example:
      horehab reminders move 17 --day 2026-04-02 --at 15:00 --why "asked for it"
    """
    if day is None and at is None:
        remedy = "Say --day, --at or both."
        raise InputError("No new day and no new time is given.", field="--day", value=None, remedy=remedy)
    _decide(row, Decided.MOVE, why=why, who=who, when=(day_of(day, field="--day"), _time_of(at)))


@click.command()
@click.argument("row", type=int)
@click.option("--day", metavar="DAY", help="When it goes; without it today.")
@_why_and_who
@guarded
def again(row: int, day: str | None, *, why: str, who: str | None) -> None:
    """Send the reminder in ROW of `horehab reminders` again, whatever became of it.

    \b
    Example:
      horehab reminders again 17 --why "the gateway says that it never left"
    """
    _decide(row, Decided.SEND_AGAIN, why=why, who=who, when=(day_of(day, field="--day"), None))


def _decide(
    row: int, what: Decided, *, why: str, who: str | None, when: tuple[date | None, time | None] = (None, None)
) -> None:
    decision = ReminderDecision(
        row=row, what=what, who=who_is_here() if who is None else who, why=why, day=when[0], at=when[1]
    )
    with opened_ports(settings_here()) as ports:
        found = decide_reminder(ports, decision)
    click.echo(f"Reminder {row} ({found.reminder.rule.value}, {found.reminder.patient}) {_SAID[what]}.")


def _time_of(text: str | None) -> time | None:
    if text is None:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        remedy = "Write a time as HH:MM, such as 09:30."
        raise InputError(f"--at {text!r} is no time.", field="--at", value=text, remedy=remedy) from error

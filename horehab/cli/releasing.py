"""`horehab reminders release`: a person lets the first reminders of a fresh installation go."""

import click

from horehab.cli.speaking import guarded, settings_here, who_is_here
from horehab.usecases.decide_reminder import release_reminders
from horehab.wiring import opened_ports


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell how many wait.")
@click.option("--who", metavar="NAME", help="Who lets them go; without it the name of this session of the machine.")
@guarded
def release(dry_run: bool, who: str | None) -> None:
    """Let the reminders go that wait since this installation was made.

    Until then nothing leaves but tasks for the EHR, so that nobody is flooded by a first load. Look at them first
    (page Reminders): what is past its last day expires by itself, what is not wanted can be stopped there.

    \b
    Examples:
      horehab reminders release --dry-run
      horehab reminders release --who "Eva, coordinator"
    """
    with opened_ports(settings_here()) as ports:
        if dry_run:
            live = ports.logbook.reminding.going_live()
        else:
            live = release_reminders(ports, who=who_is_here() if who is None else who)
    waiting = f"{live.waiting} for {live.patients} patients"
    if live.released is not None:
        click.echo(f"Reminders go since {live.released:%Y-%m-%d %H:%M} UTC ({live.released_by}); waiting: {waiting}.")
    elif dry_run:
        click.echo(f"Held until a person lets them go: {waiting}.")
    else:
        click.echo(f"Let go: {waiting}. They leave when they are due, with the scheduler's next tick.")

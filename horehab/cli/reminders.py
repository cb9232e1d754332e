"""`horehab reminders`: what a person does about reminders on the command line."""

import click

from horehab.cli.releasing import release


@click.group()
def reminders() -> None:
    """Look after the reminders.

    \b
    Example:
      horehab reminders release --dry-run
    """


reminders.add_command(release)

"""`horehab db` and `horehab adopt`: the care of our own memory."""

from pathlib import Path

import click

from horehab.cli.speaking import guarded, settings_here
from horehab.errors import InputError
from horehab.wiring import adopt_store, backup_store, restore_store, upgrade_store


@click.group()
def db() -> None:
    """Upgrade, back up and restore the database of HOREHAB_DATABASE_URL."""


@db.command()
@guarded
def upgrade() -> None:
    """Bring the database to this version's tables; a fresh one is made.

    Safe to repeat. A database that a newer horehab made is left alone (exit 3).
    """
    upgrade_store(settings_here())
    click.echo("The database is up to date.")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@guarded
def backup(file: Path) -> None:
    """Copy the whole database into FILE, while others go on working with it.

    \b
    Example:
      horehab db backup /var/backups/horehab-monday.sqlite3
    """
    if file.exists():
        raise InputError(
            f"The file {str(file)!r} is there already, and a backup overwrites nothing.",
            field="FILE",
            value=str(file),
            remedy="Name a new file.",
        )
    backup_store(settings_here(), file)
    click.echo(f"Backed up to {file}. It holds patient data: keep it as safe as the chart.")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="This replaces what the database holds now. Go on?")
@guarded
def restore(file: Path) -> None:
    """Put back what `horehab db backup` wrote to FILE. Stop the scheduler and the pages first.

    What became due between the backup and now is not sent by itself; run `horehab adopt` if the copy is meant
    to replace the original, then `horehab review`. A "no" to the question changes nothing and ends with exit code 1.
    """
    restore_store(settings_here(), file)
    click.echo(f"Restored from {file}. Next: horehab doctor, then horehab adopt if it asks for it.")


@click.command()
@click.confirmation_option(prompt="Is this database the only one that works with this FHIR server from now on?")
@guarded
def adopt() -> None:
    """Let a copied, restored or moved database work with the FHIR server of the settings.

    A database belongs to one installation and one server. After a clone or a restore elsewhere it stops
    writing and sending, so that two copies never write the same; this command says which one goes on.
    A "no" to the question changes nothing and ends with exit code 1.
    """
    address = adopt_store(settings_here())
    click.echo(f"This database now belongs to this installation and to {address}.")

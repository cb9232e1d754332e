"""Looking into our memory without working with it: also into a copy, or into another server's, with a warning."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from horehab.cli.speaking import settings_here
from horehab.usecases.exchange import Choice, Health
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports


@contextmanager
def opened_to_look() -> Iterator[Ports]:
    """Open the ports to read only; a database that is not ours to work with is said on stderr and shown all the same.

    A person must be able to see what a clone or a restored database holds before they adopt it.
    """
    with opened_ports(settings_here(), is_bound=False) as ports:
        found = binding_of(ports.logbook.health(now=ports.clock.now()), ports.chart.address)
        if not found.is_well:
            click.echo(f"Only to look at: {found.finding} {found.remedy}", err=True)
        yield ports


def binding_of(health: Health, address: str) -> Choice:
    """Say whether the database belongs to this place and to this FHIR server, and what to do when it does not."""
    bound, why = health.details.get("server", ""), health.details.get("not at home", "")
    if why:
        return Choice(
            subject="binding",
            is_well=False,
            finding=f"{why} Nothing is written or sent from it.",
            remedy="If this one shall go on, end the original and run horehab adopt.",
        )
    if bound and bound != address:
        return Choice(
            subject="binding",
            is_well=False,
            finding=f"The database belongs to the FHIR server {bound}, not to {address}.",
            remedy="Set another HOREHAB_DATABASE_URL; if the server only moved, run horehab adopt.",
        )
    words = "belongs to this server." if bound else "is new and will belong to this server from the first pass on."
    return Choice(subject="binding", is_well=True, finding=f"The database {words}")

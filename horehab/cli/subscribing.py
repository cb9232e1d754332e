"""`horehab subscribe`: let the EHR ring our hook when something changes, so that the next look comes at once."""

import json
import sys
from urllib.parse import urlsplit

import click

from horehab.cli.speaking import DONE, INCOMPLETE, guarded, print_table, settings_here
from horehab.errors import ConfigurationError, InputError
from horehab.wiring import hooks_to_be_made, make_hooks

_HERE = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.argument("address")
@click.option(
    "--write", "is_written", is_flag=True, help="Create them at the FHIR server, each that is not there yet."
)
@guarded
def subscribe(address: str, is_written: bool) -> None:
    """Print the Subscriptions (R4, rest-hook, without payload) that ring our hook at ADDRESS.

    ADDRESS is where the EHR reaches our pages: https://<our pages>/hooks/fhir, in a host app
    https://<host>/horehab/hooks/fhir. Nothing is created without --write; then HOREHAB_HOOK_SECRET goes into them,
    and who may read Subscriptions at the server can read it there. Hooks are hints: the chart is looked at anyway.

    \b
    Examples:
      horehab subscribe https://rehab.example/hooks/fhir
      horehab subscribe https://rehab.example/hooks/fhir --write

    \b
    Exit codes: 0 done, 1 the server did not take all, 2 usage, 3 configuration.
    """
    _check(address)
    if not is_written:
        click.echo(json.dumps(hooks_to_be_made(address), indent=2))
        click.echo("Nothing was created; --write creates them, with the secret in its place.", err=True)
        return
    settings = settings_here()
    if not (settings.hook_secret or settings.hook_secret_file):
        raise ConfigurationError(
            "Without HOREHAB_HOOK_SECRET our hooks are closed, so nothing was created.",
            remedy="Set HOREHAB_HOOK_SECRET_FILE to a file with 16 characters or more, here and where the pages run.",
            code="HR-1332",
        )
    made = list(make_hooks(settings, address))
    rows = ((kind, "yes" if rings else "no", words) for kind, rings, words in made)
    print_table(("kind", "rings", "what was done"), rows, empty="Nothing to be created.")
    sys.exit(DONE if all(rings for _, rings, _ in made) else INCOMPLETE)


def _check(address: str) -> None:
    remedy = "Write where the EHR reaches our pages: https://rehab.example/hooks/fhir."
    try:
        url = urlsplit(address)
        is_here = url.hostname in _HERE
    except ValueError as error:
        raise InputError(f"{address!r} is no address.", field="ADDRESS", value=address, remedy=remedy) from error
    is_secret = url.scheme == "https" or (url.scheme == "http" and is_here)
    if not is_secret or not url.hostname or url.username or not url.path.endswith("/hooks/fhir"):
        words = f"{address!r} cannot be rung: it must be https (http on this machine only) and end in /hooks/fhir."
        raise InputError(words, field="ADDRESS", value=address, remedy=remedy)

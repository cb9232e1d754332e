"""`horehab keys`: the keys with which we sign in by SMART Backend Services."""

import json
from datetime import datetime

import click

from horehab.cli.speaking import guarded, print_table, settings_here
from horehab.wiring import KEY_ALGORITHMS, key_file


@click.group()
def keys() -> None:
    """Make, replace and show the keys of HOREHAB_CLIENT_KEYS, with which we sign in at the EHR.

    The EHR gets the public halves alone: from the pages, at /.well-known/jwks.json, or as `horehab keys public`
    prints them. A running scheduler takes up a changed file at the next token, without a restart.
    """


@keys.command()
@click.option("--alg", type=click.Choice(KEY_ALGORITHMS), default=KEY_ALGORITHMS[0], help="How it signs.")
@guarded
def new(alg: str) -> None:
    """Make the key file with its first key.

    It is readable to its owner alone (mode 0600).

    \b
    Example:
      HOREHAB_CLIENT_KEYS=/etc/horehab/keys.json horehab keys new
    """
    settings = settings_here()
    made = key_file(settings).new(alg)
    click.echo(f"Made {settings.client_keys} with the key {made.kid} ({made.algorithm}).")
    click.echo("Next: give the EHR the address of our JWKS, or what horehab keys public prints, and set")
    click.echo("HOREHAB_CLIENT_ID to the id that it gives you; then run horehab doctor.")


@keys.command()
@click.option("--alg", type=click.Choice(KEY_ALGORITHMS), help="How it signs; as the newest key, if left out.")
@guarded
def rotate(alg: str | None) -> None:
    """Add a new key that signs from now on.

    The old ones stay published until they are retired. A server that does not know the new key yet is asked with
    the one before it, so that nothing stands still. Where the EHR has a copy of our keys in place of their address,
    give it the new set before the old key is retired.

    \b
    Example:
      horehab keys rotate && horehab doctor && horehab keys retire OLD_KID
    """
    made = key_file(settings_here()).rotate(alg)
    click.echo(f"Made the key {made.kid} ({made.algorithm}); it signs from now on.")
    click.echo("The old keys stay published: retire each with horehab keys retire KID, once horehab doctor is well.")


@keys.command()
@click.argument("kid")
@guarded
def retire(kid: str) -> None:
    """Take the key KID out for good.

    It signs nothing any more and is no longer published.

    \b
    Example:
      horehab keys retire hr-20261121-sXFuLRvPqf
    """
    left = key_file(settings_here()).retire(kid)
    click.echo(f"Retired {kid}; {left[0].kid} signs.")


@keys.command()
@guarded
def public() -> None:
    """Print the public halves as a JWK set.

    For an EHR that takes a copy in place of an address.

    \b
    Example:
      horehab keys public > horehab-jwks.json
    """
    click.echo(json.dumps(key_file(settings_here()).public(), indent=2))


@keys.command(name="list")
@guarded
def list_command() -> None:
    """List the keys; the first one signs.

    What is private is never shown.

    \b
    Example:
      horehab keys list
    """
    rows = [
        (key.kid, key.algorithm, _day(key.made), "published" if number else "signs, published")
        for number, key in enumerate(key_file(settings_here()).keys())
    ]
    print_table(("key", "algorithm", "made", "use"), rows, empty="There is no key.")


def _day(made: datetime | None) -> str:
    return made.date().isoformat() if made else "unknown"

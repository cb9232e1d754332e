"""`horehab profiles`: our FHIR profiles as files for an EHR's team, or installed on its server."""

import sys
from pathlib import Path

import click

from horehab.cli.speaking import DONE, INCOMPLETE, guarded, print_table, settings_here
from horehab.wiring import export_profiles, install_profiles


@click.group()
def profiles() -> None:
    """Hand our FHIR profiles, extensions and codes to others.

    They say exactly what horehab reads and writes, so that an EHR can check it with its own tools.
    """


@profiles.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@guarded
def export(folder: Path) -> None:
    """Write the profiles as files into DIR.

    A package as FHIR tools install it (horehab.fhir-<version>.tgz), with examples, and the same without examples as
    one transaction Bundle to be posted to a FHIR server. Nothing is asked of any server.

    \b
    Example:
      horehab profiles export /tmp/horehab-profiles
    """
    for file in export_profiles(folder):
        click.echo(f"Wrote {file}")


@profiles.command(name="install")
@guarded
def install_command() -> None:
    """Put the profiles onto the FHIR server of the settings, and report on each.

    What stands there already is left as it is; an older version is replaced, a newer one never. Run it as often as
    you like. After it, set HOREHAB_HAS_PROFILES=true, so that what is written names its profile.

    \b
    Example:
      HOREHAB_FHIR_URL=https://ehr.example/fhir horehab profiles install

    \b
    Exit codes: 0 all are there, 1 some were refused or not tried, 2 usage, 3 configuration.
    """
    placed = list(install_profiles(settings_here()))
    rows = ((name, "yes" if is_there else "no", words) for name, is_there, words in placed)
    print_table(("artefact", "there", "what was done"), rows, empty="Nothing to be installed.")
    missing = sum(not is_there for _, is_there, _ in placed)
    if missing:
        click.echo(f"{missing} of {len(placed)} artefacts are not on the server.", err=True)
        sys.exit(INCOMPLETE)
    click.echo("All are there: set HOREHAB_HAS_PROFILES=true, so that what is written names its profile.", err=True)
    sys.exit(DONE)

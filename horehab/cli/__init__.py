"""The `horehab` command: one click group, a file per group of commands."""

import click

from horehab._version import __version__
from horehab.cli.auditing import audit
from horehab.cli.bounces import bounces
from horehab.cli.conflicts import conflicts
from horehab.cli.contacts import contacts
from horehab.cli.database import adopt, db
from horehab.cli.demo import demo
from horehab.cli.doctor import doctor
from horehab.cli.explaining import explain_command
from horehab.cli.forms import form_group
from horehab.cli.keys import keys
from horehab.cli.loading import load
from horehab.cli.mapping import map_command
from horehab.cli.publishing import profiles
from horehab.cli.quality import quality
from horehab.cli.reminders import reminders
from horehab.cli.sandboxing import sandbox
from horehab.cli.serving import serve, user
from horehab.cli.showing import chart, outbox, quarantine
from horehab.cli.stepping import review, sync
from horehab.cli.subscribing import subscribe
from horehab.cli.validating import validate_command

_COMMANDS = (
    doctor, load, sync, review, explain_command, chart, quality, quarantine, map_command, outbox, conflicts,
    form_group, reminders, bounces, contacts, serve, audit, user, keys, subscribe, profiles, validate_command, db,
    adopt, sandbox, demo,
)  # fmt: skip


@click.group(name="horehab", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="horehab")
def main() -> None:
    """Joints that worsen after intensive care, suspected early as heterotopic ossification, over FHIR.

    Settings are HOREHAB_* in the environment, or in a Flask host's config under `flask horehab`:
    HOREHAB_FHIR_URL, HOREHAB_DATABASE_URL, HOREHAB_TIME_ZONE and HOREHAB_WRITE come first (docs/deployment.md).

    \b
    To begin:
      horehab demo                  the published patients on an embedded server
      horehab doctor                is everything ready for my own server?
      horehab review --dry-run      what would be suspected, writing nothing
      horehab explain PATIENT       why a joint stands where it does
      horehab serve                 the pages

    \b
    Exit codes: 0 done, 1 undelivered or incomplete, 2 usage, 3 configuration.
    It is not a medical device: it suspects with reasons that a person can check, people diagnose.
    """


for _command in _COMMANDS:
    main.add_command(_command)

"""`python -m scheduler`: the clock tower; it keeps step with the EHR and sends what is due, until it is stopped."""

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from horehab._version import __version__
from horehab.cli.speaking import guarded
from horehab.errors import ConfigurationError, HorehabError
from horehab.settings import Settings, read_settings
from horehab.usecases.daily_digest import ask_for_digests
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from scheduler.postbox import postbox_of
from scheduler.ticks import TICKS, Tower, run_tick, start_clock

_LOG = logging.getLogger("scheduler")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scheduler")
@click.option("--once", is_flag=True, help="Do every tick's work once and end, for cron.")
@click.option("--app", "host", metavar="MODULE:FACTORY", help="Read the settings from this Flask app's config.")
@guarded
def main(once: bool, host: str | None) -> None:
    """Keep step with the EHR and send the reminders that are due, until SIGTERM or Ctrl-C.

    Several may run beside each other, on one machine or many: each piece of work is leased in the database.

    \b
    Examples:
      python -m scheduler                          settings from the environment (HOREHAB_*)
      python -m scheduler --app myhospital:app     settings from a Flask host
      python -m scheduler --once                   for cron

    \b
    Exit codes: 0 done, 1 undelivered or incomplete, 2 usage, 3 configuration.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    settings = read_settings(_config_of(host) if host is not None else os.environ)
    with opened_ports(settings) as ports:
        tower = _tower(settings, ports)
        gc.collect()
        gc.freeze()  # what was loaded stays: looking through it for garbage took half the time of a claim
        code = _run(tower, once=once)
    sys.exit(code)


def _config_of(host: str) -> Mapping[str, Any]:
    """Find a host's app, or make it, and take its config; ConfigurationError says what is wrong with the name."""
    module, _, name = host.partition(":")
    sys.path.insert(0, str(os.curdir))
    try:
        found = getattr(import_module(module), name or "app")
        app = found if hasattr(found, "config") else found()
        config = app.config
    except (Exception, SystemExit) as error:  # a host's own code runs here and may raise whatever it likes
        raise _no_app(host, f"{type(error).__name__}: {error}") from error
    if not isinstance(config, Mapping):
        raise _no_app(host, "it has no config of settings")
    return config


def _no_app(host: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The app {host!r} cannot be had ({why}).",
        remedy="Write module:app or module:factory, importable from here.",
    )


def _tower(settings: Settings, ports: Ports) -> Tower:
    postbox = postbox_of(settings, ports)
    return Tower(
        ports=ports,
        postbox=postbox,
        stop=threading.Event(),
        ask_for_digests=lambda: ask_for_digests(ports, postbox.policy),
    )


def _run(tower: Tower, *, once: bool) -> int:
    """Tick once or until asked to stop; gives the exit code, a wrong setting (3) before what only waits (1)."""

    def stop(_number: int, _frame: object) -> None:
        tower.stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if once:
        errors: list[HorehabError] = []
        done = [run_tick(tower, tick, on_error=errors.append) for tick in TICKS]
        return max((error.exit_code for error in errors), default=0 if all(done) else 1)
    clock = start_clock(tower)
    _LOG.info("the clock tower runs: %s", ", ".join(f"{tick.name} every {tick.seconds:g} s" for tick in TICKS))
    tower.wait()
    _LOG.info("asked to stop: finishing the piece in hand")
    clock.shutdown(wait=True)
    return 0


if __name__ == "__main__":
    main(prog_name="python -m scheduler")

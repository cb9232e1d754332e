"""The pages as a plug-in of a Flask host (`HoRehab(app)`), and as an app of their own (`create_app(settings)`)."""

import os
import secrets
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from horehab.clock import new_id
from horehab.errors import ConfigurationError
from horehab.settings import Settings, read_settings, secret
from horehab.usecases.ports import Clock, Ports
from horehab.web.door import Door
from horehab.web.language import speak
from horehab.web.options import Role, Viewer, WebOptions, everyone, nobody
from horehab.web.pages import make_blueprint
from horehab.web.standalone import StandAlone, harden, is_loopback, open_door
from horehab.wiring import key_file, open_ports

_LEAST_SECRET = 16  # characters

__all__ = ["HoRehab", "Role", "Viewer", "create_app"]


class HoRehab:
    """Our pages inside somebody else's Flask app; touches nothing but our own routes, and starts no thread.

    `current_user` says who asks, as a `Viewer`, or None when nobody is signed in; without it nobody sees
    anything. `may_see(viewer, patient)` narrows whom they see. `base_template` is the host's frame, with the
    blocks `title`, `head` and `content`. Settings are HOREHAB_* of `app.config`.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        url_prefix: str = "/horehab",
        current_user: Callable[[], Viewer | None] | None = None,
        base_template: str | None = None,
        may_see: Callable[[Viewer, str], bool] | None = None,
    ) -> None:
        self._url_prefix = url_prefix
        self._current_user = current_user or nobody
        self._base_template = base_template
        self._may_see = may_see or everyone
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount the pages and the `horehab` commands on an app; ConfigurationError for a setting that is wrong."""
        settings = read_settings(app.config)
        own_frame = WebOptions(new_id=new_id).base_template
        options = WebOptions(
            new_id=new_id,
            current_user=self._current_user,
            may_see=self._may_see,
            url_prefix=self._url_prefix,
            base_template=self._base_template or own_frame,
            ehr_address=settings.fhir_url.rstrip("/"),
            is_demo=settings.demo,
            public_keys=_public_keys(settings),
            hook_secret=_hook_secret(settings),
        )
        _mount(app, Installation(settings), options)

    def forget_drafts(self, name: str) -> int:
        """Drop what somebody has typed and not saved: to be called where the host signs them out; gives their number.

        `name` is the `Viewer.name` of whoever leaves.
        """
        installation: Installation = current_app.extensions["horehab"]
        return installation.ports().logbook.bedside.drop_drafts(name=name)


class Installation:
    """One app's settings and ports; the ports are opened at the first page that needs them, after any fork."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self._clock = clock
        self._ports: Ports | None = None
        self._lock = Lock()

    def ports(self) -> Ports:
        """Give the ports, opened once per process."""
        with self._lock:
            if self._ports is None:
                self._ports = open_ports(self.settings, clock=self._clock)
            return self._ports


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """Make an app of our own: sign-in, hard cookies, and the pages at the root; `clock` for demo and replay."""
    app = Flask("horehab.standalone", static_folder=None)
    is_here = is_loopback(settings.host) and not settings.trusted_proxies
    stand_alone = StandAlone(
        secret_key=_secret_key(settings),
        is_loopback=is_here,
        trusted_hosts=tuple(filter(None, map(str.strip, settings.trusted_hosts.split(",")))),
        is_demo=settings.demo and is_here,
    )
    harden(app, stand_alone)
    options = WebOptions(
        new_id=new_id,
        current_user=open_door(app, stand_alone),
        url_prefix="",
        ehr_address=settings.fhir_url.rstrip("/"),
        sign_in_endpoint="horehab.sign_in",
        sign_out_endpoint="horehab.sign_out",
        is_demo=settings.demo,
        public_keys=_public_keys(settings),
        hook_secret=_hook_secret(settings),
    )
    _mount(app, Installation(settings, clock), options, door=Door(is_demo=stand_alone.is_demo))
    return app


def _mount(app: Flask, installation: Installation, options: WebOptions, *, door: Door | None = None) -> None:
    if "horehab" in app.extensions:
        raise ConfigurationError("horehab is mounted on this app already.", remedy="Call HoRehab(app) once per app.")
    app.extensions["horehab"] = installation
    speak(app)
    pages = make_blueprint(installation.ports, options)
    if door is not None:
        door.add_to(pages)
    app.register_blueprint(pages)
    app.cli.add_command(_commands)


@click.command(
    "horehab",
    short_help="Sync, review, serve and more.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@with_appcontext
def _commands(words: tuple[str, ...]) -> None:
    """Run a horehab command with this app's settings; the command line is a sibling, so it is looked up by name."""
    import_module("horehab.cli").main.main(args=list(words), prog_name="flask horehab")


def _public_keys(settings: Settings) -> Callable[[], Mapping[str, Any]] | None:
    """Give what reads our public keys, anew each time: a rotation needs no restart; None without a key file."""
    return key_file(settings).public if settings.client_keys else None


def _hook_secret(settings: Settings) -> str:
    """Take what the EHR shows at our hooks; one that could be guessed is refused, and none closes them."""
    given = secret(settings.hook_secret, settings.hook_secret_file)
    if given and len(given) < _LEAST_SECRET:
        raise ConfigurationError(
            f"HOREHAB_HOOK_SECRET has {len(given)} characters, which is too short.",
            remedy=f"Use {_LEAST_SECRET} or more, for example from: openssl rand -hex 32.",
            code="HR-1330",
        )
    return given


def _secret_key(settings: Settings) -> str:
    """Take the secret from the settings, or make one and keep it beside the database, readable to us alone."""
    given = secret(settings.secret_key, settings.secret_key_file)
    if given:
        return given
    prefix = "sqlite:///"
    path = settings.database_url.removeprefix(prefix).partition("?")[0]
    if not settings.database_url.startswith(prefix) or path in ("", ":memory:"):
        return secrets.token_hex(32)
    return _kept_secret(Path(f"{path}.secret"))


def _kept_secret(file: Path) -> str:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as fresh:
            fresh.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise ConfigurationError(
            f"The secret key cannot be kept beside the database in {str(file)!r} ({error.strerror}).",
            remedy="Set HOREHAB_SECRET_KEY_FILE, or make that folder writable.",
        ) from error
    return secret("", str(file))

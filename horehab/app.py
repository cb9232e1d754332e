"""What an installation of ours is to a Flask app: `mount` on any app, `create_app(settings)` for one of our own."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask

from horehab.clock import new_id
from horehab.errors import ConfigurationError
from horehab.settings import Settings, secret
from horehab.usecases.ports import Clock, Ports
from horehab.web.door import Door
from horehab.web.language import speak
from horehab.web.options import WebOptions
from horehab.web.pages import make_blueprint
from horehab.web.standalone import StandAlone, harden, is_loopback, open_door, viewers_by_name
from horehab.wiring import key_file, open_ports

_LEAST_SECRET = 16  # characters


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
        viewer_named=viewers_by_name(stand_alone),
        url_prefix="",
        ehr_address=settings.fhir_url.rstrip("/"),
        sign_in_endpoint="horehab.sign_in",
        sign_out_endpoint="horehab.sign_out",
        is_demo=settings.demo,
        public_keys=public_keys(settings),
        hook_secret=hook_secret(settings),
    )
    mount(app, Installation(settings, clock), options, door=Door(is_demo=stand_alone.is_demo))
    return app


def mount(app: Flask, installation: Installation, options: WebOptions, *, door: Door | None = None) -> None:
    """Put the pages on an app; ConfigurationError where they are on it already."""
    if "horehab" in app.extensions:
        raise ConfigurationError("horehab is mounted on this app already.", remedy="Call HoRehab(app) once per app.")
    app.extensions["horehab"] = installation
    speak(app)
    pages = make_blueprint(installation.ports, options)
    if door is not None:
        door.add_to(pages)
    app.register_blueprint(pages)


def public_keys(settings: Settings) -> Callable[[], Mapping[str, Any]] | None:
    """Give what reads our public keys, anew each time: a rotation needs no restart; None without a key file."""
    return key_file(settings).public if settings.client_keys else None


def hook_secret(settings: Settings) -> str:
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

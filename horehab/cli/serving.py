"""`horehab serve` and `horehab user`: the pages on a production server, and who may sign in."""

import errno
import re
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click
from waitress import wasyncore
from waitress.server import create_server
from werkzeug.security import generate_password_hash

from horehab.cli.speaking import guarded, settings_here
from horehab.errors import ConfigurationError, InputError
from horehab.settings import Settings
from horehab.usecases.exchange import User
from horehab.usecases.ports import Clock
from horehab.web.options import PERSON_IN_EHR
from horehab.wiring import opened_ports

if TYPE_CHECKING:
    from flask import Flask

_ROLES = ("physiotherapist", "coordinator", "physician", "integrator")
_WRITERS = ("physiotherapist", "physician")
_UNSIGNED = (
    "No Practitioner reference was given: what {name} logs and decides names them in words only, and leads to nobody "
    "in the EHR. If the EHR knows them, run it again with --practitioner Practitioner/<id>."
)
_LARGEST_BODY = 1_500_000  # bytes, above what any form or hook of ours takes; kept in memory, never spilled to a file
_LEAST_PASSWORD = 12  # characters; NIST SP 800-63B asks for 8, and for 15 where it stands alone
_NAME = re.compile(r"[\w.@-]{1,64}")
_HOW: Mapping[str, Any] = MappingProxyType(
    {
        "threads": 8,
        "ident": None,
        "clear_untrusted_proxy_headers": True,
        "max_request_body_size": _LARGEST_BODY,
        "inbuf_overflow": _LARGEST_BODY,
    }
)
"""How pages are answered, wherever they are."""


@click.command()
@click.option("--host", help="Address to listen on (HOREHAB_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (HOREHAB_PORT, 5000).")
@guarded
def serve(host: str | None, port: int | None) -> None:
    """Serve the pages with a production WSGI server (waitress), one process with threads.

    Put a proxy with TLS before it and set HOREHAB_TRUSTED_PROXIES to the number of proxies, so that addresses
    and https are read from their X-Forwarded headers; 0, the default, believes no such header.

    \b
    Examples:
      horehab user add ana --role physiotherapist && horehab serve
      HOREHAB_TRUSTED_PROXIES=1 horehab serve --host 127.0.0.1 --port 8000
    """
    settings = settings_here()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    with listening(settings.host, settings.port) as door, charts_soon_ready():
        words = f"The pages are on http://{settings.host}:{settings.port} (Ctrl-C ends them)."
        serve_pages(make_app(settings), door, words=words, trusted_proxies=settings.trusted_proxies)


def make_app(settings: Settings, *, clock: Clock | None = None) -> "Flask":
    """Make the standalone Flask app."""
    from horehab.app import create_app  # noqa: PLC0415  # the pages take half a second, which no other command needs

    return create_app(settings, clock=clock)


def listening(host: str, port: int) -> socket.socket:
    """Take an address to listen on, or say in one sentence why it cannot be had (ConfigurationError)."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        door = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a name that no resolver would even ask for is a UnicodeError
        raise _cannot_listen(host, port, error) from error
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
    except OSError as error:
        door.close()
        raise _cannot_listen(host, port, error) from error
    return door


def _cannot_listen(host: str, port: int, error: Exception) -> ConfigurationError:
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, (socket.gaierror, UnicodeError)) or number == errno.EADDRNOTAVAIL:
        remedy = "Name an address of this machine with --host (or HOREHAB_HOST), such as 127.0.0.1."
    elif number == errno.EACCES:
        remedy = "Choose a port above 1023 with --port, and let a proxy answer on the lower one."
    else:
        remedy = "Choose another with --port (or PORT= for make demo), or end the program that uses it."
    why = getattr(error, "strerror", None) or error
    return ConfigurationError(f"Cannot listen on {host}:{port} ({why}).", remedy=remedy)


def serve_pages(app: "Flask", door: socket.socket, *, words: str, trusted_proxies: int = 0) -> None:
    """Answer until Ctrl-C on a socket that is bound already; says the words on stderr once it does."""
    options: dict[str, Any] = {}
    if trusted_proxies:
        options = {
            "trusted_proxy": "*",
            "trusted_proxy_count": trusted_proxies,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    server = create_server(app, sockets=[door], **_HOW, **options)
    click.echo(words, err=True)
    try:
        server.run()
    finally:
        server.close()


@contextmanager
def charts_soon_ready(seconds: float = 5.0) -> Iterator[threading.Thread]:
    """Start what draws charts a little after the pages opened, in a thread: no first chart waits for it.

    At the end it is waited for where it has begun, some seconds at most: a machine of scripts is not cut off.
    """
    from horehab.web.chart_live import make_ready  # noqa: PLC0415  # only who serves pages draws charts

    soon = threading.Timer(seconds, make_ready)
    soon.start()
    try:
        yield soon
    finally:
        soon.cancel()
        soon.join()


@contextmanager
def pages_beside(app: "Flask", door: socket.socket) -> Iterator[threading.Thread]:
    """Answer on a socket that is bound already while the block runs, in a thread that can be waited for."""
    sockets: dict[int, Any] = {}
    server: Any = create_server(app, map=sockets, sockets=[door], **_HOW)
    thread = threading.Thread(target=server.run, name="pages", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        with suppress(OSError):  # awake already, the server may close everything before it is woken
            server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))
        thread.join()
        server.task_dispatcher.shutdown()


@click.group()
def user() -> None:
    """Who may sign in when horehab stands alone (a host app brings its own users)."""


@user.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(_ROLES), help="What they may do.")
@click.option("--display", help="The name that the pages show; NAME if left out.")
@click.option("--practitioner", metavar="REF", help='Who they are in the EHR ("Practitioner/7").')
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
@guarded
def add(name: str, role: str, display: str | None, practitioner: str | None, password_stdin: bool) -> None:
    """Add someone who may sign in, or give them a new password or role.

    There is no default user and no default password.

    \b
    Examples:
      horehab user add ana --role physiotherapist --display "Ana Ruiz" --practitioner Practitioner/7
      pass show horehab/ana | horehab user add ana --role physician --password-stdin
    """
    if not _NAME.fullmatch(name):
        remedy = "Use 1 to 64 letters, digits, dots, dashes, underscores or @."
        raise InputError(f"The user name {name!r} cannot be used.", field="NAME", value=name, remedy=remedy)
    if practitioner is not None and not PERSON_IN_EHR.fullmatch(practitioner):
        raise InputError(
            f"--practitioner {practitioner!r} is no reference to a person in the EHR.",
            field="--practitioner",
            value=practitioner,
            remedy="Write Practitioner/<id> or PractitionerRole/<id>, as the FHIR server has it.",
        )
    password = _password(from_stdin=password_stdin)
    someone = User(
        name=name,
        display=display or name,
        role=role,
        password_hash=generate_password_hash(password),
        practitioner=practitioner,
    )
    with opened_ports(settings_here(), is_bound=False) as ports:
        ports.logbook.add_user(someone)
        ports.logbook.audit(who="command line", what=f"user added: {name}", patient=None, now=ports.clock.now())
    click.echo(f"{name} may sign in as {role}.")
    if practitioner is None and role in _WRITERS:
        click.echo(_UNSIGNED.format(name=name, role=role), err=True)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < _LEAST_PASSWORD:
        raise InputError(
            f"The password has {len(password)} characters, which is too short.",
            field="password",
            remedy=f"Use {_LEAST_PASSWORD} or more; several words are easy to remember.",
        )
    return password

"""Standing alone: what Flask leaves open by default is closed, and people sign in with users of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address

from flask import Flask, request
from flask_login import LoginManager, current_user

from horehab.usecases.exchange import User
from horehab.web.options import Role, Viewer
from horehab.web.room import room

_LARGEST_FORM = 1_000_000  # bytes; a session form with everything filled in has some 20 kB
_SIGNED_IN_FOR = timedelta(hours=8)
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
DEMO = "demo:"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandAlone:
    """How the app stands: its secret, whether only this machine reaches it, under which names, and if as a demo."""

    secret_key: str
    is_loopback: bool
    trusted_hosts: tuple[str, ...] = ()
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Someone signed in, as flask-login wants to see them."""

    viewer: Viewer
    mark: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Give what the cookie carries: the name, and a mark that changes with the password."""
        return f"{self.viewer.name}|{self.mark}"


def is_loopback(host: str) -> bool:
    """Say whether an address is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def harden(app: Flask, stand_alone: StandAlone) -> None:
    """Set what Flask leaves open: cookie flags, size of forms, life of a session, names it answers to."""
    names = stand_alone.trusted_hosts or (_LOOPBACK_NAMES if stand_alone.is_loopback else ())
    app.config.update(
        SECRET_KEY=stand_alone.secret_key,
        SESSION_COOKIE_NAME="horehab",
        SESSION_COOKIE_SECURE=not stand_alone.is_loopback,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=_SIGNED_IN_FOR,
        MAX_CONTENT_LENGTH=_LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
        TRUSTED_HOSTS=list(names) or None,
        WTF_CSRF_TIME_LIMIT=int(_SIGNED_IN_FOR.total_seconds()),
    )


def open_door(app: Flask, stand_alone: StandAlone) -> Callable[[], Viewer | None]:
    """Let flask-login remember who signed in; gives the question "who asks?" to the pages."""
    manager = LoginManager(app)

    def load(mark: str) -> SignedIn | None:
        name, _, rest = mark.rpartition("|")
        if name.startswith(DEMO):
            return demo_user(name) if stand_alone.is_demo and is_loopback(request.remote_addr or "") else None
        user = room().ports().logbook.user(name)
        if user is None or not user.is_active or password_mark(user) != rest:
            return None
        return signed_in(user)

    manager.user_loader(load)

    def who_asks() -> Viewer | None:
        return current_user.viewer if current_user.is_authenticated else None

    return who_asks


def viewers_by_name(stand_alone: StandAlone) -> Callable[[str], Viewer | None]:
    """Tell who somebody is today, by the name they sign in with; None for who may not sign in any more."""

    def named(name: str) -> Viewer | None:
        if name.startswith(DEMO):
            found = demo_user(name) if stand_alone.is_demo and is_loopback(request.remote_addr or "") else None
            return found.viewer if found else None
        user = room().ports().logbook.user(name)
        return signed_in(user).viewer if user is not None and user.is_active else None

    return named


def signed_in(user: User) -> SignedIn:
    """Make of a user of the logbook someone who is signed in."""
    viewer = Viewer(name=user.name, display=user.display, role=Role(user.role), practitioner=user.practitioner)
    return SignedIn(viewer=viewer, mark=password_mark(user))


def password_mark(user: User) -> str:
    """Condense a password's hash, so that a new password ends the sessions under the old one."""
    return sha256(user.password_hash.encode()).hexdigest()[:16]


def demo_user(name: str) -> SignedIn | None:
    """Make a demo user of a role; only ever called for a demo on this machine."""
    roles = {role.value: role for role in Role}
    role = roles.get(name.removeprefix(DEMO))
    if role is None:
        return None
    return SignedIn(viewer=Viewer(name=name, display="Demo", role=role), mark="demo")

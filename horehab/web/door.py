"""Sign in and out when horehab stands alone; attempts are counted, and too many have to wait."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response

from horehab.usecases.exchange import User
from horehab.web.access import StaleToken, allow_everyone
from horehab.web.drafts import forget_drafts
from horehab.web.language import gettext as _
from horehab.web.options import Role
from horehab.web.problems import Page, refused
from horehab.web.room import NAME, is_post, room
from horehab.web.standalone import DEMO, SignedIn, demo_user, is_loopback, signed_in
from horehab.web.way_back import leads_back

_MOST_FAILURES = 5
_WAIT = timedelta(minutes=15)
_LONGEST = 200
_MOST_NAMES = 10_000


@dataclass(slots=True)
class Attempts:
    """Failed attempts of late, by name and address, in this process."""

    failures: dict[str, list[datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def is_too_many(self, who: str, now: datetime) -> bool:
        """Say whether someone has to wait."""
        with self.lock:
            recent = [at for at in self.failures.get(who, []) if now - at < _WAIT]
            return len(recent) >= _MOST_FAILURES

    def note(self, who: str, now: datetime) -> None:
        """Note a failed attempt; the oldest names are forgotten when there are very many."""
        with self.lock:
            recent = [at for at in self.failures.pop(who, []) if now - at < _WAIT]
            self.failures[who] = [*recent, now]
            while len(self.failures) > _MOST_NAMES:
                del self.failures[next(iter(self.failures))]

    def forget(self, who: str) -> None:
        """Forget the failures of someone who has signed in."""
        with self.lock:
            self.failures.pop(who, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The sign-in of one app; `is_demo` offers one-click demo users on this machine, without a password."""

    is_demo: bool = False
    attempts: Attempts = field(default_factory=Attempts)
    decoy: str = field(default_factory=lambda: generate_password_hash("nobody has this password"))

    def add_to(self, pages: Blueprint) -> None:
        """Add sign-in and sign-out to our pages."""
        pages.add_url_rule("/sign-in", "sign_in", self.sign_in, methods=["GET", "POST"])
        pages.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])
        if self.is_demo:
            pages.add_url_rule("/sign-in/demo", "sign_in_demo", self.sign_in_demo, methods=["POST"])
        pages.register_error_handler(StaleToken, self.stale_token)

    @allow_everyone
    def sign_in(self) -> Response | str | tuple[str, int]:
        """Ask who it is, and let them in."""
        if not is_post():
            return self._page("", "")
        name, password = request.form.get("name", "")[:_LONGEST], request.form.get("password", "")[:_LONGEST]
        who, now = f"{name}|{request.remote_addr}", room().ports().clock.now()
        if self.attempts.is_too_many(who, now):
            return self._page(name, _("Too many attempts. Wait 15 minutes, then try again.")), 429
        user = room().ports().logbook.user(name)
        if not self._is_right(user, password) or user is None:
            self.attempts.note(who, now)
            _audit(name, "sign-in refused")
            return self._page(name, _("Name or password is not right.")), 401
        self.attempts.forget(who)
        return _let_in(signed_in(user), user.name)

    @allow_everyone
    def sign_in_demo(self) -> Response:
        """Let a demo user in, on this machine only."""
        someone = demo_user(DEMO + request.form.get("role", ""))
        if someone is None or not is_loopback(request.remote_addr or ""):
            abort(403)
        return _let_in(someone, someone.viewer.name)

    def stale_token(self, error: StaleToken) -> Page:
        """Give a sign-in that was open for too long back with its name; the password stays out of every page."""
        if request.endpoint not in (f"{NAME}.sign_in", f"{NAME}.sign_in_demo"):
            return refused(error)
        said = _("This page was open for too long, and nobody was signed in. Sign in once more.")
        return self._page(request.form.get("name", "")[:_LONGEST], said), 400

    def _is_right(self, user: User | None, password: str) -> bool:
        """Check a password; one for nobody takes as long, so that names cannot be guessed by the time it takes."""
        matches = check_password_hash(user.password_hash if user else self.decoy, password)
        return matches and user is not None and user.is_active

    def _page(self, name: str, error: str) -> str:
        roles = tuple(Role) if self.is_demo else ()
        return render_template("horehab/sign_in.html", name=name, error=error, roles=roles)


@allow_everyone
def sign_out() -> Response:
    """Let someone out; the cookie is emptied, and what they had typed and not saved is gone."""
    if g.horehab_viewer is not None:
        forget_drafts(room().ports(), g.horehab_viewer.name)
        _audit(g.horehab_viewer.name, "signed out")
    logout_user()
    session.clear()
    return redirect(url_for(room().options.sign_in_endpoint), code=303)


def _let_in(someone: SignedIn, name: str) -> Response:
    wanted = session.get(f"{NAME}-next", "")
    session.clear()
    session.permanent = True
    login_user(someone)
    _audit(name, "signed in")
    return redirect(wanted if leads_back(wanted) else url_for(f"{NAME}.caseload"), code=303)


def _audit(name: str, what: str) -> None:
    ports = room().ports()
    ports.logbook.audit(who=name, what=what, patient=None, now=ports.clock.now())

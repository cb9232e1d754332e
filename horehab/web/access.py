"""Who may open which page: each route declares it, and a route that does not is closed to all."""

from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from typing import ParamSpec, TypeVar

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from horehab.errors import ConfigurationError
from horehab.web.language import gettext as _
from horehab.web.options import Role
from horehab.web.room import NAME, room

P = ParamSpec("P")
R = TypeVar("R")

CARE = (Role.PHYSIOTHERAPIST, Role.PHYSICIAN)
TEAM = tuple(Role)
EVERYONE = "everyone"
MACHINES = "machines that know what to show at the hooks"
SIGNED = "whoever holds an address that we signed"
NOBODY = "nobody"
"""Who is said in the audit trail to have asked without a name."""
_NO_TEXT = "\0"
_BEARER, _BASIC = "Bearer ", "basic"


class StaleToken(BadRequest):
    """A form whose token belongs to another sign-in, has run out, or is none of ours."""


def allow(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare which roles may use a route."""
    return _declare(frozenset(roles))


def allow_everyone(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that a route answers without sign-in; it must show nothing about a patient."""
    return _declare(EVERYONE)(view)


def allow_with_secret(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that a route answers machines that know the secret of the hooks; it shows nothing to anybody."""
    return _declare(MACHINES)(view)


def allow_signed(is_ours: Callable[..., bool]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare that a route answers whoever holds an address of ours; `is_ours` checks the parts of the address."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        vars(view)["horehab_is_ours"] = is_ours  # guard reads it as an attribute
        return _declare(SIGNED)(view)

    return mark


def rule_of(view: Callable[..., object]) -> frozenset[Role] | str | None:
    """Read the declared rule of a route: roles, "everyone", the secret of the hooks, or None when it has none."""
    return getattr(view, "horehab_access", None)


def guard() -> Response | None:
    """Before each of our pages: know who asks, refuse whom the rule does not name, check the form's token."""
    view = current_app.view_functions[request.endpoint or ""]
    rule = rule_of(view)
    g.horehab_viewer = None if rule in (MACHINES, SIGNED) else room().options.current_user()
    _check_text(is_form_of_anybody=rule == EVERYONE)
    if rule == MACHINES:  # no person asks, so there is no session whose form could be forged, and no token of a form
        return None if knows_secret() else _closed_to_machine()
    if rule == SIGNED:
        return None if _is_signed_by_us(view) else _not_there()
    if rule is None:
        _note_refusal()
        abort(403)
    if rule != EVERYONE:
        answer = _refusal(rule)
        if answer is not None:
            return answer
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        _check_token()
    return None


def _check_text(*, is_form_of_anybody: bool) -> None:
    """Refuse the one character that no text has: PostgreSQL cannot even be asked for a name that holds it."""
    if _NO_TEXT in request.path:
        abort(404)
    given = (request.args, request.form) if is_form_of_anybody else (request.args,)
    if any(_NO_TEXT in word for some in given for pair in some.items(multi=True) for word in pair):
        abort(400)


def knows_secret() -> bool:
    """Say whether a machine showed the secret of the hooks, in a time that tells nothing about it."""
    shown = request.headers.get("X-Horehab-Secret", "")
    authorization = request.headers.get("Authorization", "")
    if not shown and authorization.startswith(_BEARER):
        shown = authorization.removeprefix(_BEARER).strip()
    if not shown and request.authorization is not None and request.authorization.type == _BASIC:
        shown = request.authorization.password or ""  # an SMS gateway knows no other way
    secret = room().options.hook_secret
    # Header values come as Latin-1, whatever the sender meant; digests of one length compare in one time.
    is_right = compare_digest(sha256(shown.encode("latin-1", "replace")).digest(), sha256(secret.encode()).digest())
    return is_right and bool(secret)


def token() -> str:
    """Make the hidden token that each of our forms carries; ConfigurationError without a secret key."""
    if not current_app.secret_key:
        remedy = "Set SECRET_KEY in the app's config; forms are signed with it."
        raise ConfigurationError("This app has no secret key.", remedy=remedy)
    made: str = generate_csrf()
    return made


def token_field() -> str:
    """Name the hidden field as the host's forms do."""
    name: str = current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
    return name


def _declare(rule: frozenset[Role] | str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def mark(view: Callable[P, R]) -> Callable[P, R]:
        vars(view)["horehab_access"] = rule  # rule_of reads it as an attribute
        return view

    return mark


def _refusal(rule: frozenset[Role] | str) -> Response | None:
    asked_by = g.horehab_viewer
    if asked_by is not None and asked_by.role in rule:
        return None
    _note_refusal()
    if asked_by is not None:
        abort(403, description=_("Your role does not open this page. Ask whoever manages the accounts."))
    if not room().options.sign_in_endpoint:
        abort(401)
    if request.method != "GET":
        abort(401, description=_("You were signed out. Sign in in another tab, then send this form again from here."))
    session[f"{NAME}-next"] = request.full_path.rstrip("?")
    return redirect(url_for(room().options.sign_in_endpoint))


def _is_signed_by_us(view: Callable[..., object]) -> bool:
    is_ours: Callable[..., bool] | None = getattr(view, "horehab_is_ours", None)
    return is_ours is not None and is_ours(**(request.view_args or {}))


def _not_there() -> Response:
    g.horehab_viewer = None
    _note_refusal()
    return Response(status=404)


def _closed_to_machine() -> Response:
    g.horehab_viewer = None
    _note_refusal()
    return Response(status=403)


def _note_refusal() -> None:
    """Note who was turned away from which page; the address itself may name a patient and is not noted."""
    ports, asked_by, page = room().ports(), g.horehab_viewer, (request.endpoint or "").removeprefix(f"{NAME}.")
    who = asked_by.name if asked_by else NOBODY
    ports.logbook.audit(who=who, what=f"refused: {page} ({request.method})", patient=None, now=ports.clock.now())


def _check_token() -> None:
    if g.get("csrf_valid", False):
        return
    try:
        validate_csrf(request.form.get(token_field()) or request.headers.get("X-CSRFToken"))
    except ValidationError:
        _note_refusal()
        words = _("The form was open for too long or did not come from this site. Look it over and send it again.")
        raise StaleToken(words) from None

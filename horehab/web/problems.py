"""What went wrong, as a page: what happened, what was kept, what to do; for our own routes only."""

import logging
from http import HTTPStatus
from traceback import extract_tb

from flask import Blueprint, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from horehab.errors import (
    ConfigurationError,
    EhrRefused,
    EhrUnavailable,
    HorehabError,
    InputError,
    NotAFhirServer,
    StoreUnavailable,
    UnknownPatient,
)
from horehab.web.access import EVERYONE, MACHINES, SIGNED, rule_of, token_field
from horehab.web.language import gettext as _
from horehab.web.look import start
from horehab.web.recorded import recorded

logger = logging.getLogger("horehab.web")

_STATUS: tuple[tuple[type[HorehabError], HTTPStatus], ...] = (
    (UnknownPatient, HTTPStatus.NOT_FOUND),
    (InputError, HTTPStatus.BAD_REQUEST),
    (EhrRefused, HTTPStatus.BAD_GATEWAY),
    (NotAFhirServer, HTTPStatus.BAD_GATEWAY),
    (ConfigurationError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (EhrUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
_SEND_AGAIN = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
Page = tuple[str, int]


def handle_problems(blueprint: Blueprint) -> None:
    """Answer errors of our own pages; those of the host's pages are none of our business."""
    blueprint.register_error_handler(HorehabError, _ours)
    blueprint.register_error_handler(HTTPException, refused)
    blueprint.register_error_handler(Exception, _unforeseen)


def status_of(error: HorehabError) -> HTTPStatus:
    """Say which HTTP status an error has."""
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return status
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _ours(error: HorehabError) -> Page:
    status = status_of(error)
    if isinstance(error, UnknownPatient):
        return _page(status, _("This page does not exist, or it is not open to you."), _back())
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s %s at %s", error.code, type(error).__name__, request.endpoint)
    return _page(status, recorded(error.message), recorded(error.remedy) or _kept(), code=error.code)


def refused(error: HTTPException) -> Page:
    """Answer what Flask, Werkzeug or our guard would not take."""
    status = HTTPStatus(error.code or 500)
    words = {
        HTTPStatus.UNAUTHORIZED: _("Nobody is signed in."),
        HTTPStatus.FORBIDDEN: _("This page is not open to you."),
        HTTPStatus.NOT_FOUND: _("This page does not exist, or it is not open to you."),
        HTTPStatus.METHOD_NOT_ALLOWED: _("This page is not used in that way."),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("What was sent is too large. Nothing was saved."),
        HTTPStatus.BAD_REQUEST: _("What was sent cannot be used. Nothing was saved."),
    }
    is_own = type(error).description != error.description
    remedy = error.description if is_own and error.description else _back()
    return _page(status, words.get(status, _("The page cannot be shown.")), remedy)


def _unforeseen(error: Exception) -> Page:
    if current_app.debug or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    place = extract_tb(error.__traceback__)[-1]
    logger.error("%s in %s:%s at %s", type(error).__name__, place.filename, place.lineno, request.endpoint)
    words = _("Something failed here that should not. It was noted in the log without patient data.")
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, words, _kept(), code="HR-1000")


def _page(status: HTTPStatus, happened: str, remedy: str, code: str = "") -> Page:
    page = render_template(
        "horehab/problem.html",
        status=status.value,
        happened=happened,
        remedy=remedy,
        code=code,
        kept=_typed(status),
        here=start,  # not the address that was asked for: absent and not-yours answer alike
    )
    return page, status.value


def _typed(status: HTTPStatus) -> list[tuple[str, str]]:
    """Keep what was typed into a form that could not be taken: nobody shall measure a patient twice for us.

    Only for forms of people who were, or are, signed in, never for the sign-in itself.
    """
    rule = rule_of(current_app.view_functions.get(request.endpoint or "", _page))
    is_ours = rule not in (None, EVERYONE, MACHINES, SIGNED)
    if request.method != "POST" or not is_ours or status not in _SEND_AGAIN:
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != token_field()]


def _back() -> str:
    return _("Go back to the caseload and open the patient from there.")


def _kept() -> str:
    return _(
        "What was saved before stays saved. Try again in a minute; if it stays so, tell whoever runs this server."
    )

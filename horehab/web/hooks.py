"""Hooks that the EHR rings when something changed: a hint to look soon, and nothing more."""

from collections.abc import Callable

from flask import Blueprint, request
from werkzeug.wrappers import Response

from horehab.web.access import allow_with_secret
from horehab.web.room import room

_LARGEST = 1_000_000  # bytes of a body that nobody reads
_METHODS = ("POST", "PUT", "DELETE")


def add_to(pages: Blueprint) -> None:
    """Add the hooks to our pages: one address for every kind of notification, with or without a resource's path."""
    pages.add_url_rule("/hooks/fhir", "hook", hook, methods=_METHODS)
    pages.add_url_rule("/hooks/fhir/<path:anything>", "hook_of_resource", hook_of_resource, methods=_METHODS)
    pages.record(lambda state: exempt(state.app.extensions.get("csrf"), hook, hook_of_resource))


@allow_with_secret
def hook() -> Response:
    """Note that something changed in the EHR and answer at once.

    What was sent is not read, kept or logged, whatever it is: an empty body, a resource, a bundle of notifications,
    a handshake or nonsense say the same. What changed is read from the EHR itself, where it can be trusted.
    """
    if (request.content_length or 0) > _LARGEST:
        return Response(status=413)
    ports = room().ports()
    ports.logbook.signals.hint(now=ports.clock.now())
    return Response(status=200)


@allow_with_secret
def hook_of_resource(anything: str) -> Response:
    """Note the same where the EHR names the resource in the address; the name is neither kept nor logged."""
    del anything
    return hook()


def exempt(guard: object, *views: Callable[..., object]) -> None:
    """Let a host's own guard of forms (flask-wtf's CSRFProtect) pass machines through to our secret."""
    exempting = getattr(guard, "exempt", None)
    if exempting is not None:
        for view in views:
            exempting(view)

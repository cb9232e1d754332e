"""What a version in the chart replaced: asked of the resource's history, because names of versions tell nothing."""

import re
from enum import Enum
from http import HTTPStatus

from horehab.errors import HorehabError
from horehab.fhir.basis import verbatim
from horehab.fhir.wire.answers import version_of
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.pages import Entry, PageExpired, SearchRefused, walk
from horehab.fhir.writing.standing import Standing, as_standing, read_version

_PAGE = "50"
_VERSION = re.compile(r"/_history/([A-Za-z0-9.\-]{1,64})/?$")
_TAG = re.compile(r'"([^"]+)"')


class Before(Enum):
    """What stood there before a version, when it was no resource: nothing ever, one deleted, or nobody can tell."""

    NOTHING = "nothing"
    DELETED = "deleted"
    UNTOLD = "untold"


def counted_before(version: str) -> str | None:
    """Name the version before this one if the server counts them one by one, which FHIR does not promise."""
    return str(int(version) - 1) if version.isdecimal() and int(version) > 1 else None


def read_replaced(client: Client, reference: str, version: str) -> Standing | Before:
    """Find what one version replaced; UNTOLD for a server without history, or one that does not let us see it.

    Never raises for what the server answers: the write is done, and must not be taken for one that was not.
    """
    try:
        return _counted(client, reference, version) or _listed(client, reference, version)
    except (HorehabError, SearchRefused, PageExpired):
        return Before.UNTOLD


def _counted(client: Client, reference: str, version: str) -> Standing | Before | None:
    """Try the number before; None when that is no version of this resource, as where all resources share a count."""
    number = counted_before(version)
    if number is None:
        return None
    answer = client.get(f"{reference}/_history/{number}")
    if answer.status == HTTPStatus.GONE:
        return Before.DELETED
    return as_standing(reference, answer) if answer.is_success else None


def _listed(client: Client, reference: str, version: str) -> Standing | Before:
    """Look through the history, the newest first as FHIR has it, for the entry that follows the version."""
    is_reached = False
    for page in walk(client, f"{reference}/_history", {"_count": _PAGE}):
        for entry in page.entries:
            if is_reached:
                return _as_it_stood(client, reference, entry)
            is_reached = _version(entry) == version
        if page.problems:
            return Before.UNTOLD
    return Before.NOTHING if is_reached else Before.UNTOLD


def _as_it_stood(client: Client, reference: str, entry: Entry) -> Standing | Before:
    if entry.method.upper() == "DELETE":
        return Before.DELETED
    version, resource = _version(entry), _resource(entry)
    if version and isinstance(resource, dict):
        return Standing(reference=reference, version=version, resource=resource)
    return (read_version(client, reference, version) if version else None) or Before.UNTOLD


def _version(entry: Entry) -> str | None:
    place = _VERSION.search(entry.request_url) or _TAG.search(entry.tag)
    return version_of(_resource(entry)) or (place.group(1) if place else None)


def _resource(entry: Entry) -> object:
    """Read the body of an entry with its numbers as they are written; None when it has none that can be read."""
    try:
        return verbatim.keep(entry.source) if entry.source else None
    except verbatim.NotJson:
        return None

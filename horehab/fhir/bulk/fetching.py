"""Opens the files of an export: our token goes to our own server alone, and a server that sends us on is followed."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from horehab.errors import ConfigurationError, CopyLost, NotAFhirServer
from horehab.fhir.wire.answers import SENDS_ON, Answer, Stream
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.connection import is_loopback, origin_of
from horehab.usecases.chart_copy import CopyFile

ELSEWHERE = "HR-1343"
"""The code of a file that lies where we do not fetch it from."""

_NDJSON = "application/fhir+ndjson"
_REDIRECTS = 3
_ANSWERS_TO_A_RANGE = (HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_LINK_EXPIRED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, *_GONE)
"""What a store of files answers when a signed link is no longer good."""

_BEGIN = re.compile(r"bytes (\d+)-")


@contextmanager
def opened(client: Client, file: CopyFile, *, start: int = 0) -> Iterator[Stream]:
    """Open a file: status 200, or, when it is asked for from a byte on, 206 or 416 of a server that knows how.

    A redirect to another origin is followed without our token. Raises CopyLost when the file is gone,
    EhrUnavailable, EhrRefused, and NotAFhirServer (HR-1343) for a place that it must not be fetched from.
    """
    headers = {"Accept": _NDJSON} | ({"Range": f"bytes={start}-", "Accept-Encoding": "identity"} if start else {})
    with ExitStack() as strangers:
        url, who = file.address, client
        if not client.is_same_origin(url):
            if file.needs_token:
                raise _elsewhere("lies on another server and wants our token there, which goes nowhere else")
            who = _stranger(client, url, strangers)
        for _ in range(_REDIRECTS + 1):
            with who.stream(url, headers=headers) as stream:
                target = stream.headers.get("location", "") if stream.status in SENDS_ON else ""
                if not target:
                    if not (start and stream.status in _ANSWERS_TO_A_RANGE):
                        _judge(stream, who, is_ours=who is client)
                    yield stream
                    return
            url = urljoin(url, target)
            if not who.is_same_origin(url):
                who = _stranger(client, url, strangers)
    raise _elsewhere("is sent on from address to address")


def begins_at(stream: Stream, start: int) -> bool:
    """Tell whether a partial answer begins at the byte that was asked for."""
    found = _BEGIN.match(stream.headers.get("content-range", ""))
    return stream.status == HTTPStatus.PARTIAL_CONTENT and found is not None and int(found.group(1)) == start


def _stranger(client: Client, url: str, strangers: ExitStack) -> Client:
    """Open a client for another origin, without our token; over https, or on this machine as our server is."""
    try:
        parts = urlsplit(url)
        if is_loopback(origin_of(url)[1]) and not is_loopback(client.connection.origin[1]):
            raise _elsewhere("is said to lie on this very machine")
        other = client.stranger(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}")
    except (ValueError, ConfigurationError) as error:
        if isinstance(error, NotAFhirServer):
            raise
        raise _elsewhere("lies where patient data must not travel: only https is followed") from error
    strangers.callback(other.close)
    return other


def _judge(stream: Stream, who: Client, *, is_ours: bool) -> None:
    if stream.status == HTTPStatus.OK:
        return
    if stream.status in (_GONE if is_ours else _LINK_EXPIRED):
        raise CopyLost("The server no longer has the files of its export.", remedy="Another export is ordered.")
    who.judge(Answer(status=stream.status, headers=stream.headers))
    raise NotAFhirServer(
        f"The server answers with status {stream.status} where a file of its export shall be.",
        remedy="Run `horehab load --cancel` and load again, or use `horehab sync`.",
    )


def _elsewhere(what: str) -> NotAFhirServer:
    return NotAFhirServer(
        f"A file of the export {what}; it was not fetched.",
        remedy="Let the server keep the files of its exports at its own address, or use `horehab sync` instead.",
        code=ELSEWHERE,
    )

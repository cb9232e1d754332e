"""What a server says about signing in: its .well-known/smart-configuration, read tolerantly."""

import time
from dataclasses import dataclass
from typing import Any

import requests

from horehab.errors import ConfigurationError
from horehab.fhir.basis import verbatim
from horehab.fhir.wire.answers import Answer
from horehab.fhir.wire.connection import Connection, is_loopback, origin_of
from horehab.fhir.wire.faults import explain

NO_ENDPOINT = "HR-1361"
_LARGEST = 1_000_000
"""Bytes: no answer about signing in is longer."""

_CHUNK = 16_384
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartOffer:
    """Where tokens are given, and what may be asked there; all empty for a server that says nothing."""

    token_endpoint: str = ""
    scopes: frozenset[str] = frozenset()
    capabilities: frozenset[str] = frozenset()
    algorithms: frozenset[str] = frozenset()


def read_offer(session: requests.Session, connection: Connection) -> SmartOffer:
    """Ask the FHIR server how to sign in; an empty offer when it does not say. EhrUnavailable when it is away."""
    try:
        answer = ask(session, connection, "GET", f"{connection.base}/.well-known/smart-configuration")
    except (requests.RequestException, OSError) as error:
        raise explain(error, connection) from error
    told = json_of(answer) if answer.is_success else {}
    return SmartOffer(
        token_endpoint=_text(told.get("token_endpoint")),
        scopes=_texts(told.get("scopes_supported")),
        capabilities=_texts(told.get("capabilities")),
        algorithms=_texts(told.get("token_endpoint_auth_signing_alg_values_supported")),
    )


def endpoint_of(offer: SmartOffer, connection: Connection, chosen: str) -> str:
    """Say where tokens are asked for: the address that was `chosen`, else the server's own, on its own host alone.

    ConfigurationError (HR-1361) for none, for plain http to another machine, and for another host than the FHIR
    server's: who answers there would be believed, so a person must name it.
    """
    named = chosen or offer.token_endpoint
    if not named:
        raise _none_usable("The FHIR server does not say where tokens are given.", "Set HOREHAB_TOKEN_URL.")
    scheme, host = _parts(named)
    source = "HOREHAB_TOKEN_URL" if chosen else "The FHIR server"
    if scheme not in ("http", "https") or not host:
        raise _none_usable(f"{source} names a token endpoint that is no web address.", _WRITE_IT)
    if scheme == "http" and not is_loopback(host):
        raise _none_usable(f"{source} names a token endpoint with plain http, on {host}.", _WRITE_IT)
    if not chosen and host != connection.origin[1]:
        words = f"The FHIR server names a token endpoint on another host: {named[:200]}."
        raise _none_usable(words, "If its owner says that this is right, set HOREHAB_TOKEN_URL to that address.")
    return named


def ask(
    session: requests.Session, connection: Connection, method: str, url: str, *, form: dict[str, str] | None = None
) -> Answer:
    """Ask once, follow nothing, read no more than 1 MB; raises what requests raises."""
    patience = connection.timeout
    with session.request(
        method,
        url,
        data=form,
        timeout=(min(patience, _CONNECT_SECONDS), patience),
        allow_redirects=False,
        stream=True,
    ) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, headers=headers, body=_body(response, patience))


def _body(response: requests.Response, patience: float) -> bytes:
    pieces: list[bytes] = []
    end = time.monotonic() + patience
    for piece in response.iter_content(_CHUNK):
        pieces.append(piece)
        if len(pieces) * _CHUNK > _LARGEST or time.monotonic() > end:
            raise requests.Timeout
    return b"".join(pieces)


def json_of(answer: Answer) -> dict[str, Any]:
    """Read a body that should be one JSON object; an empty one when it is none."""
    try:
        tree = verbatim.read(answer.body)
    except verbatim.NotJson:
        return {}
    return tree if isinstance(tree, dict) else {}


_WRITE_IT = "Set HOREHAB_TOKEN_URL to the https address that the server's owner gives you."


def _parts(url: str) -> tuple[str, str]:
    try:
        return origin_of(url)[:2]
    except ValueError:
        return "", ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value.isprintable() else ""


def _texts(value: Any) -> frozenset[str]:
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()


def _none_usable(what: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(what, remedy=remedy, code=NO_ENDPOINT)

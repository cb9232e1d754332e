"""What an authorization server answers: a token, or why there is none, without ever quoting either."""

import re
from dataclasses import dataclass, field
from typing import Any

from horehab.errors import EhrRefused, HorehabError
from horehab.fhir.wire.answers import Answer
from horehab.fhir.wire.connection import origin_of
from horehab.fhir.wire.smart import json_of

REFUSED = "HR-1360"
NOTHING_GIVEN = "HR-1362"
NOT_KNOWN = frozenset({"invalid_client", "invalid_grant", "unauthorized_client"})
"""What a server says that does not know our key yet, or reads another time on its clock."""

_ASSUMED_SECONDS = 60.0
_MOST_SECONDS = 86_400.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_LONG_WORD = re.compile(r"\S{33,}")
_REMEDIES = {
    "invalid_client": "It does not know HOREHAB_CLIENT_ID with this key: give it the address of our JWKS, or what "
    "horehab keys public prints; and compare the clocks (horehab doctor).",
    "invalid_grant": "Compare HOREHAB_TOKEN_URL with the address that it calls itself, and the clocks.",
    "invalid_scope": "Set HOREHAB_SCOPES to what it lets this client have.",
    "unauthorized_client": "Ask its owner to allow client_credentials for HOREHAB_CLIENT_ID.",
    "unsupported_grant_type": "It offers no SMART Backend Services; use HOREHAB_BEARER_TOKEN or HOREHAB_BASIC_USER.",
}
_ASK = "Ask who runs the authorization server what it needs."


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A token, for how many seconds it holds, and what it allows ("" when the server does not say)."""

    token: str = field(repr=False)
    seconds: float
    scopes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal: the code that RFC 6749 gives it, and the error that says it to people."""

    code: str
    error: HorehabError


def read_token(answer: Answer, endpoint: str) -> TokenAnswer:
    """Read the token out of a success; EhrRefused (HR-1362) when there is none that can be used."""
    told = json_of(answer)
    token, kind = told.get("access_token"), str(told.get("token_type", "bearer")).lower()
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or kind != "bearer":
        what = "something that is no bearer token" if told else "a page that is no token"
        raise EhrRefused(
            f"The authorization server {origin_of(endpoint)[1]} answers {what}.",
            remedy="Check HOREHAB_TOKEN_URL: it must be the token endpoint itself.",
            code=NOTHING_GIVEN,
        )
    scopes = told.get("scope")
    return TokenAnswer(
        token=token, seconds=_seconds(told.get("expires_in")), scopes=scopes if isinstance(scopes, str) else ""
    )


def refusal_of(answer: Answer, endpoint: str) -> Refusal:
    """Say why there is no token, in the server's own words as far as they hold no secret."""
    told = json_of(answer)
    code = _plain(told.get("error")) or f"status {answer.status}"
    more = _plain(told.get("error_description"))
    words = (
        f"The authorization server {origin_of(endpoint)[1]} gives us no token: {code}{f' ({more})' if more else ''}."
    )
    remedy = _REMEDIES.get(code, _ASK if told else "Check HOREHAB_TOKEN_URL: it must be the token endpoint itself.")
    return Refusal(code=code, error=EhrRefused(words, remedy=remedy, code=REFUSED))


def _seconds(value: Any) -> float:
    """Read expires_in; a minute when the server gives none, or nonsense."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return _ASSUMED_SECONDS
    return min(seconds, _MOST_SECONDS) if seconds > 0 else _ASSUMED_SECONDS


def _plain(value: Any) -> str:
    """Keep printable words; a long one without a space may be what we sent."""
    if not isinstance(value, str) or not value.isascii():
        return ""
    return _LONG_WORD.sub("…", " ".join("".join(sign for sign in value if sign.isprintable()).split()))[:200]

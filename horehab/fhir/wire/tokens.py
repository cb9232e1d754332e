"""Gets access tokens by SMART Backend Services (private_key_jwt), keeps one in memory, and asks for each only once.

Source: SMART App Launch 2.2, "Backend Services" and "Client Authentication: Asymmetric"; RFC 7523.
"""

import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import TypedDict

import requests
from authlib.oauth2.rfc7523 import private_key_jwt_sign

from horehab.errors import ConfigurationError, EhrUnavailable, HorehabError
from horehab.fhir.basis.kinds import KINDS, PLACES, WRITTEN
from horehab.fhir.basis.marks import http_date
from horehab.fhir.wire.answers import Answer
from horehab.fhir.wire.client_keys import UNUSABLE_KEYS, ClientKey, read_keys
from horehab.fhir.wire.connection import BackendService, Connection, origin_of
from horehab.fhir.wire.quiet import silence_addresses
from horehab.fhir.wire.scopes import wanted_scopes
from horehab.fhir.wire.smart import SmartOffer, ask, endpoint_of, read_offer
from horehab.fhir.wire.token_answers import NOT_KNOWN, Refusal, TokenAnswer, read_token, refusal_of
from horehab.fhir.wire.transport import open_session
from horehab.fhir.wire.waiting import retry_after
from horehab.usecases.ports import Clock

LIFE_OF_AN_ASSERTION = 240
"""Seconds; a server refuses more than 300 (SMART App Launch 2.2)."""

_SKEW = timedelta(seconds=30)
_FORM = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TRIES = 2
"""Keys that are tried: the newest, and the one before it, for a server that still has our old set."""


class Needs(TypedDict):
    """Kinds of resource that are read, and those that are written too."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A token and what is known of it: where it came from, which key signed, what was asked for and given.

    `ahead` is by how much the giver's clock is ahead of ours, as far as that had to be made up for.
    """

    token: str = field(repr=False)
    endpoint: str
    kid: str
    algorithm: str
    seconds: float
    asked: str
    scopes: str
    ahead: timedelta


def assertion(key: ClientKey, client_id: str, endpoint: str, issued: datetime) -> str:
    """Sign who we are, for one token endpoint, once: iss = sub = client id, aud = endpoint, and a fresh jti."""
    signed: str = private_key_jwt_sign(
        key.key,
        client_id,
        endpoint,
        alg=key.algorithm,
        header={"kid": key.kid, "typ": "JWT"},
        issued_at=int(issued.timestamp()),
        expires_in=LIFE_OF_AN_ASSERTION,
    )
    return signed


class TokenDesk:
    """Hands out the one token of this process; safe for threads, and never two requests for a token at once.

    Raises EhrUnavailable (nobody gives tokens just now), EhrRefused (we are refused, and why), ConfigurationError
    (a key file or an address that cannot be used). The token is in memory alone and in no message.
    """

    def __init__(
        self,
        connection: Connection,
        service: BackendService,
        clock: Clock,
        *,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.service = service
        self._connection = connection
        self._clock = clock
        self._ticks = ticks
        self._session = open_session(connection, accept="application/json")
        self._lock = Lock()
        self._granted: Granted | None = None
        self._until = 0.0
        self._failure: HorehabError | None = None
        self._failed = 0.0
        self._ahead = timedelta()

    def close(self) -> None:
        """Give the connections back and forget the token."""
        self._granted = None
        self._session.close()

    def granted(self) -> Granted:
        """Give the token that holds, or get one; whoever waits meanwhile shares the answer, be it a refusal."""
        came = self._ticks()
        with self._lock:
            if self._granted is not None and self._ticks() < self._until:
                return self._granted
            if self._failure is not None and self._failed >= came:
                raise copy(self._failure)
            try:
                self._granted = self._get()
            except HorehabError as error:
                self._granted, self._failure, self._failed = None, error, self._ticks()
                raise
            # asked for anew a little early: a token must not run out on its way
            self._until = self._ticks() + self._granted.seconds - min(30.0, self._granted.seconds / 4)
            return self._granted

    def forget(self, token: str) -> None:
        """Drop a token that the server did not take; one that was got since then is kept."""
        with self._lock:
            if self._granted is not None and self._granted.token == token:
                self._granted = None

    def offer(self) -> SmartOffer:
        """Ask the FHIR server where tokens are given; a named HOREHAB_TOKEN_URL does not depend on its answer."""
        try:
            return read_offer(self._session, self._connection)
        except EhrUnavailable:
            if not self.service.token_url:
                raise
            return SmartOffer()

    def scopes(self, offer: SmartOffer) -> str:
        """Say what to ask for: what the setting says, else the fewest scopes that suffice."""
        needs = self.needs()
        return self.service.scopes or " ".join(wanted_scopes(offer.scopes, offer.capabilities, **needs))

    def needs(self) -> Needs:
        """Name the kinds that we read, and those that we write too."""
        writes = (*WRITTEN, *self.service.writes_too) if self.service.may_write else ()
        return {"reads": (*KINDS, *PLACES, *self.service.reads_too), "writes": writes}

    def _get(self) -> Granted:
        offer = self.offer()
        endpoint = endpoint_of(offer, self._connection, self.service.token_url)
        silence_addresses(origin_of(endpoint)[1])
        scopes = self.scopes(offer)
        refusal: Refusal | None = None
        for key in _usable(read_keys(Path(self.service.keys)), offer, self.service.keys)[:_TRIES]:
            told = self._ask(endpoint, key, scopes)
            if isinstance(told, TokenAnswer):
                return Granted(
                    token=told.token,
                    endpoint=endpoint,
                    kid=key.kid,
                    algorithm=key.algorithm,
                    seconds=told.seconds,
                    asked=scopes,
                    scopes=told.scopes or scopes,
                    ahead=self._ahead,
                )
            refusal = refusal or told
            if told.code not in NOT_KNOWN:
                break
        assert refusal is not None  # there is one key at least, and it was refused
        raise refusal.error

    def _ask(self, endpoint: str, key: ClientKey, scopes: str) -> TokenAnswer | Refusal:
        """Ask with one key; once more by the giver's clock, when it refuses us and its clock differs from ours."""
        for _ in range(2):
            ours = self._clock.now() + self._ahead
            answer = self._post(endpoint, assertion(key, self.service.client_id, endpoint, ours), scopes)
            if answer.is_success:
                return read_token(answer, endpoint)
            refusal = refusal_of(answer, endpoint)
            theirs = http_date(answer.headers.get("date"))
            if refusal.code not in NOT_KNOWN or theirs is None or abs(theirs - ours) <= _SKEW:
                break
            self._ahead = theirs - self._clock.now()
        return refusal

    def _post(self, endpoint: str, proof: str, scopes: str) -> Answer:
        form = {"grant_type": "client_credentials", "client_assertion_type": _FORM, "client_assertion": proof}
        host = origin_of(endpoint)[1]
        try:
            answer = ask(
                self._session, self._connection, "POST", endpoint, form=form | ({"scope": scopes} if scopes else {})
            )
        except (requests.RequestException, OSError) as error:
            kind = "speaks no TLS that can be trusted" if isinstance(error, requests.exceptions.SSLError) else ""
            raise EhrUnavailable(
                f"The authorization server {host} {kind or 'does not answer'}.",
                remedy="Nothing is lost; check the network, HOREHAB_TOKEN_URL and HOREHAB_CA_BUNDLE.",
                is_passing=not kind,
            ) from error
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EhrUnavailable(
                f"The authorization server {host} answers with status {answer.status}.",
                remedy="Nothing is lost; the next pass tries again.",
                retry_after=retry_after(answer.headers.get("retry-after"), self._clock.now()),
            )
        return answer


def _usable(keys: tuple[ClientKey, ...], offer: SmartOffer, file: str) -> tuple[ClientKey, ...]:
    """Keep the keys whose algorithm the server takes; ConfigurationError when it takes none of them."""
    usable = tuple(key for key in keys if not offer.algorithms or key.algorithm in offer.algorithms)
    if not usable:
        raise ConfigurationError(
            f"The server takes signatures by {', '.join(sorted(offer.algorithms))[:100]}; {file!r} has none such.",
            remedy="Run horehab keys rotate --alg with one of ES384 and RS384 that it takes.",
            code=UNUSABLE_KEYS,
        )
    return usable

"""Speaks HTTP with one FHIR server: patiently, politely, and with nobody else."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from random import Random, SystemRandom
from typing import Any
from urllib.parse import urljoin

import requests

from horehab.errors import EhrUnavailable, NotAFhirServer
from horehab.fhir.basis import verbatim
from horehab.fhir.wire.answers import SENDS_ON, Answer, Stream
from horehab.fhir.wire.auth import FORBIDDEN, SignIn
from horehab.fhir.wire.connection import Connection, origin_of
from horehab.fhir.wire.faults import explain
from horehab.fhir.wire.quiet import silence_addresses
from horehab.fhir.wire.transport import open_session, plain_get
from horehab.fhir.wire.waiting import Pace, Sleep, pause, retry_after
from horehab.usecases.ports import Clock

__all__ = ["FORBIDDEN", "Client", "Connection"]

_TRIES = 4
_REDIRECTS = 3
_TRY_AGAIN = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_CONNECT_SECONDS = 10.0
_CHUNK = 65_536
_FHIR_JSON = "application/fhir+json"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")

Params = Mapping[str, str] | None


class Client:
    """One server, one session. Environment proxies, .netrc and redirects to other origins are never obeyed.

    Raises EhrUnavailable (no answer, 429, 5xx), EhrRefused (401, 403) and NotAFhirServer; every other status
    comes back as an Answer. No message names a query or quotes a body.
    """

    def __init__(
        self, connection: Connection, clock: Clock, *, sleep: Sleep = time.sleep, dice: Random | None = None
    ) -> None:
        self.connection = connection
        self._clock = clock
        self._sleep = sleep
        self._dice = dice or SystemRandom()
        self._pace = Pace(per_second=connection.requests_per_second, sleep=sleep)
        silence_addresses(connection.origin[1])
        self._session = open_session(connection, accept=_FHIR_JSON)
        self.sign_in = SignIn(connection, clock)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()
        self.sign_in.close()

    def get(self, path: str, params: Params = None, *, is_search: bool = False) -> Answer:
        """Read something, trying again while the server is away; `path` is relative to the base, or absolute."""
        headers = {"Prefer": "handling=strict"} if is_search else {}
        waited = 0.0
        for attempt in range(_TRIES):
            try:
                return self._follow(self._address(path), params, headers)
            except EhrUnavailable as error:
                wait = pause(error.retry_after, attempt, self._dice)
                waited += wait
                if not error.is_passing or attempt == _TRIES - 1 or waited > self.connection.patience:
                    raise
                self._sleep(wait)
        raise AssertionError("the last try returns or raises")

    def send(
        self, method: str, path: str, resource: dict[str, Any], *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Write something, once: whether to try again is for the one who knows what was asked."""
        wanted = {"Content-Type": _FHIR_JSON, "Prefer": "return=representation", **(headers or {})}
        answer = self._once(method, self._address(path), headers=wanted, body=verbatim.write(resource))
        if answer.status in SENDS_ON:
            raise NotAFhirServer("The server sends a write on to another address.", remedy=_REDIRECT_REMEDY)
        return answer

    def ask(self, method: str, url: str, *, headers: Mapping[str, str], params: Params = None) -> Answer:
        """Ask once, without a body and without following redirects."""
        return self._once(method, self._address(url), headers=headers, params=params)

    @contextmanager
    def stream(self, url: str, *, headers: Mapping[str, str]) -> Iterator[Stream]:
        """Open an answer of any size, read piece by piece; no redirect is followed, no status judged.

        A token that has run out is replaced once, as for every other request.
        """
        address = self._address(url)
        signed = self.sign_in.headers(address)
        try:
            response = self._open("GET", address, headers={**headers, **signed})
            if self.sign_in.renews(response.status_code, signed):
                response.close()
                response = self._open("GET", address, headers={**headers, **self.sign_in.headers(address)})
            with response:
                yield Stream(
                    status=response.status_code,
                    headers=_lowered(response),
                    pieces=response.iter_content(_CHUNK),
                )
        except (requests.RequestException, OSError) as error:
            raise explain(error, self.connection) from error

    def rest(self, attempt: int, error: EhrUnavailable) -> None:
        """Wait before another try, as long as the server asked or longer with each attempt."""
        self._sleep(pause(error.retry_after, attempt, self._dice))

    def stranger(self, url: str) -> "Client":
        """Open a client for another server, which learns nothing of who we are; ConfigurationError for plain http."""
        nobody = replace(
            self.connection,
            url=url,
            bearer_token="",
            basic_user="",
            basic_password="",
            client_certificate="",
            client_key="",
            service=None,
        )
        return Client(nobody, self._clock, sleep=self._sleep, dice=self._dice)

    def _follow(self, url: str, params: Params, headers: Mapping[str, str]) -> Answer:
        for _ in range(_REDIRECTS + 1):
            answer = self._once("GET", url, params=params, headers=headers)
            if answer.status not in SENDS_ON or not answer.headers.get("location"):
                return answer
            url, params = urljoin(url, answer.headers["location"]), None
            if not self.is_same_origin(url):
                raise NotAFhirServer("The server sends us on to another server.", remedy=_REDIRECT_REMEDY)
        raise NotAFhirServer("The server sends us on in circles.", remedy=_REDIRECT_REMEDY)

    def is_same_origin(self, url: str) -> bool:
        """Tell whether an address belongs to the server itself."""
        try:
            return origin_of(url) == self.connection.origin
        except ValueError:
            return False

    def _address(self, path: str) -> str:
        url = path if _ABSOLUTE.match(path) else f"{self.connection.base}/{path}"
        if not self.is_same_origin(url):
            raise NotAFhirServer("The server points to an address on another server.", remedy=_REDIRECT_REMEDY)
        return url

    def _once(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Params = None,
        body: bytes | None = None,
    ) -> Answer:
        """Ask, and once more with a new token when the one that we sent has run out."""
        signed = self.sign_in.first_headers(url)
        answer = self._exchange(method, url, headers={**headers, **signed}, params=params, body=body)
        if self.sign_in.renews(answer.status, signed):
            answer = self._exchange(
                method, url, headers={**headers, **self.sign_in.headers(url)}, params=params, body=body
            )
        self.judge(answer)
        return answer

    def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], params: Params, body: bytes | None
    ) -> Answer:
        try:
            with self._open(method, url, headers=headers, params=params, body=body) as response:
                return Answer(status=response.status_code, headers=_lowered(response), body=self._body(response))
        except (requests.RequestException, OSError) as error:
            raise explain(error, self.connection) from error

    def _open(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Params = None,
        body: bytes | None = None,
    ) -> requests.Response:
        self._pace.wait()
        longest = self.connection.timeout
        timeout = (min(longest, _CONNECT_SECONDS), longest)
        if method == "GET" and not params and body is None:
            return plain_get(self._session, url, headers=headers, timeout=timeout)
        return self._session.request(
            method,
            url,
            params=params,
            data=body,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        )

    def _body(self, response: requests.Response) -> bytes:
        pieces: list[bytes] = []
        size = 0
        end = time.monotonic() + max(10 * self.connection.timeout, self.connection.patience)
        for piece in response.iter_content(_CHUNK):
            size += len(piece)
            pieces.append(piece)
            if size > self.connection.max_body:
                raise NotAFhirServer(
                    f"The server's answer is larger than {self.connection.max_body} bytes.",
                    remedy="Set HOREHAB_PAGE_SIZE lower or HOREHAB_MAX_BODY higher.",
                )
            if time.monotonic() > end:
                raise requests.Timeout
        return b"".join(pieces)

    def judge(self, answer: Answer) -> None:
        """Raise EhrRefused for 401 and 403, EhrUnavailable for 429 and 5xx; any other status passes."""
        if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise self.sign_in.refusal(answer.status)
        if answer.status in _TRY_AGAIN or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EhrUnavailable(
                f"The FHIR server answers with status {answer.status}.",
                remedy="Nothing is lost; the next pass tries again.",
                retry_after=retry_after(answer.headers.get("retry-after"), self._clock.now()),
                is_passing=answer.status in _TRY_AGAIN,
            )


def _lowered(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


_REDIRECT_REMEDY = "Set HOREHAB_FHIR_URL to the address that the server itself uses; our token goes nowhere else."

"""Who we are to the server: a token of a backend service, a bearer token, or a user with a password.

Whatever it is, it is sent to the server's own origin alone.
"""

from base64 import b64encode
from http import HTTPStatus
from typing import TYPE_CHECKING

from horehab.errors import EhrRefused
from horehab.fhir.wire.connection import Connection, origin_of
from horehab.usecases.ports import Clock

if TYPE_CHECKING:
    from horehab.fhir.wire.tokens import TokenDesk

FORBIDDEN = "HR-1312"
"""The code of an EhrRefused that means 403: the server knows us, and does not let us do just this."""


class SignIn:
    """Signs each request to one server; a token that ran out is replaced once, in the midst of the work."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self.desk = _desk(connection, clock)

    def close(self) -> None:
        """Give the connections back."""
        if self.desk is not None:
            self.desk.close()

    def headers(self, url: str) -> dict[str, str]:
        """Give the header that proves who we are, or none at all when the address is not the server's own."""
        if origin_of(url) != self._connection.origin:
            return {}
        if self.desk is not None:
            return {"Authorization": f"Bearer {self.desk.granted().token}"}
        return authorization(self._connection, url)

    def first_headers(self, url: str) -> dict[str, str]:
        """Give the header to begin with: none for what a server can do (/metadata), which is told to all."""
        is_open = self.desk is not None and url == f"{self._connection.base}/metadata"
        return {} if is_open else self.headers(url)

    def renews(self, status: int, sent: dict[str, str]) -> bool:
        """Tell whether it is worth asking again after 401: with a new token, where we can get one."""
        if status != HTTPStatus.UNAUTHORIZED or self.desk is None:
            return False
        self.desk.forget(sent.get("Authorization", "").removeprefix("Bearer "))
        return True

    def refusal(self, status: int) -> EhrRefused:
        """Say that the server refuses us (401, 403), and what to look at."""
        is_unknown = status == HTTPStatus.UNAUTHORIZED
        what = "does not know us (401)" if is_unknown else "does not let us do this (403)"
        if self.desk is not None:
            what += ", with a token that its authorization server gave us" if is_unknown else ""
            remedy = "Check HOREHAB_SCOPES and what the client of HOREHAB_CLIENT_ID may do there (horehab doctor)."
        else:
            remedy = "Check HOREHAB_BEARER_TOKEN or HOREHAB_BASIC_USER and what that user may do there."
        return EhrRefused(f"The FHIR server {what}.", code=None if is_unknown else FORBIDDEN, remedy=remedy)


def _desk(connection: Connection, clock: Clock) -> "TokenDesk | None":
    """Open the desk for tokens; its libraries take a tenth of a second, so they are read for those who need them."""
    if connection.service is None:
        return None
    from horehab.fhir.wire.tokens import TokenDesk  # noqa: PLC0415  # slow to read, and for few

    return TokenDesk(connection, connection.service, clock)


def authorization(connection: Connection, url: str) -> dict[str, str]:
    """Give the header of a bearer token or a user that the settings hold; none for an address of somebody else."""
    if origin_of(url) != connection.origin:
        return {}
    if connection.bearer_token:
        return {"Authorization": f"Bearer {connection.bearer_token}"}
    if connection.basic_user:
        pair = f"{connection.basic_user}:{connection.basic_password}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}
    return {}


def auth_mode(connection: Connection) -> str:
    """Say in words how we sign in."""
    if connection.service:
        return "SMART Backend Services"
    if connection.bearer_token:
        return "bearer token"
    if connection.basic_user:
        return "user and password"
    if connection.client_certificate:
        return "client certificate"
    return "without signing in"

"""One HTTP request to a gateway, told honestly: answered, never sent, or sent and the answer lost."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from traceback import walk_tb
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError, SSLError

from horehab.domain.reminder import ReminderState
from horehab.errors import ConfigurationError
from horehab.usecases.ports import Receipt

_TIMEOUT = (5.0, 20.0)
"""Seconds for the connection, and for the answer."""

_MOST = 65_536  # bytes of an answer that are read
_LATER = frozenset({401, 403, 407, 408, 425, 429, 503})
"""Nothing was taken, and later it may be: our sign-in is wrong, or the gateway has no time."""

_REDIRECTS, _REFUSED, _BROKEN = 300, 400, 500

_LOGGER = "urllib3.connectionpool"
_GATEWAYS: set[str] = set()
"""Hosts of which urllib3 logs nothing: it would print every query at DEBUG, with a number and words in it."""


class Lost(Enum):
    """What is known when no answer came."""

    NEVER_SENT = "never sent"
    ANSWER_LOST = "answer lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a gateway answered."""

    status: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The way to one gateway: https, or plain http on this machine; no redirect is followed, no proxy obeyed.

    `setting` names the setting with the address, for the error.
    """

    url: str
    setting: str
    method: str = "POST"
    ca_bundle: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse an address that would carry messages in the open; ConfigurationError names the setting."""
        is_safe = False
        try:
            parts = urlsplit(self.url)
            is_safe = bool(parts.hostname) and (
                parts.scheme == "https" or _is_here(parts.scheme, parts.hostname or "")
            )
        except ValueError:
            is_safe = False
        if not is_safe or parts.username or parts.password:
            shown = self.url.partition("?")[0] if "@" not in self.url else "(with a password)"
            raise ConfigurationError(
                f"The setting {self.setting} has the value {shown!r}, which cannot be used.",
                remedy="Write an https address without a password; plain http is for this machine only.",
                code="HR-1451",
            )
        _GATEWAYS.add(parts.hostname or "")
        logging.getLogger(_LOGGER).addFilter(_tells_no_message)

    def ask(
        self,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Lost:
        """Send one request and read a little of the answer; never raises for what a network may do."""
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.ca_bundle or True
            try:
                with session.request(
                    self.method,
                    self.url,
                    params=dict(params or {}),
                    data=body,
                    headers={**self.headers, **(headers or {})},
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    content = response.raw.read(_MOST, decode_content=True)
                    return Answer(status=response.status_code, text=content.decode("utf-8", "replace"))
            except requests.RequestException as error:
                return Lost.NEVER_SENT if _was_never_sent(error) else Lost.ANSWER_LOST
            except Exception:  # noqa: BLE001  # urllib3's own errors while the answer is read: it had been sent
                return Lost.ANSWER_LOST


def without_answer(lost: Lost, *, deduplicates: bool) -> Receipt:
    """Settle a request without an answer: again later when nothing was sent, or when a repeat does no harm."""
    if lost is Lost.NEVER_SENT:
        return Receipt(state=ReminderState.DUE, detail="the gateway cannot be reached")
    if deduplicates:
        return Receipt(state=ReminderState.DUE, detail="the gateway's answer was lost; it drops a repeat")
    return Receipt(state=ReminderState.UNKNOWN, detail="the gateway's answer was lost")


def refusal(status: int, *, deduplicates: bool) -> Receipt | None:
    """Settle an answer that is no success; None for a success, whose words are still to be read."""
    said = f"the gateway answered {status}"
    if status in _LATER:
        return Receipt(state=ReminderState.DUE, detail=said)
    if status >= _BROKEN:  # it may have taken the message before it broke
        return Receipt(state=ReminderState.DUE if deduplicates else ReminderState.UNKNOWN, detail=said)
    if status >= _REFUSED:
        return Receipt(state=ReminderState.FAILED, detail=said)
    if status >= _REDIRECTS:
        return Receipt(state=ReminderState.DUE, detail=f"{said}: redirects are not followed, correct its address")
    return None


def _tells_no_message(record: logging.LogRecord) -> bool:
    words = record.args if isinstance(record.args, tuple) else ()
    return not any(host in str(word) for host in _GATEWAYS for word in words)


def _is_here(scheme: str, host: str) -> bool:
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    return scheme == "http" and is_loopback


def _was_never_sent(error: requests.RequestException) -> bool:
    """Tell an error of connecting from one after the request left; in doubt it left."""
    if isinstance(error, requests.exceptions.ConnectTimeout | ValueError):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.exceptions.SSLError):
        return _was_connecting(reason.args[0] if isinstance(reason, SSLError) and reason.args else None)
    return isinstance(reason, NewConnectionError)


def _was_connecting(error: object) -> bool:
    """Whether TLS failed before there was a line to send on: at the handshake, or over the certificate."""
    frames = walk_tb(error.__traceback__) if isinstance(error, BaseException) else ()
    places = {(frame.f_globals.get("__name__"), frame.f_code.co_name) for frame, _ in frames}
    return ("urllib3.connection", "connect") in places

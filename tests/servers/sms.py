"""A real SMS gateway on this machine: it writes down every request, drops answers, breaks, and may drop repeats."""

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from tests.servers.loopback import answering_at

FAULTS = ("cut before", "cut after", "500 after", "503 before")
"""The ways in which it fails; "after": it took the message and delivers it all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """One request as it came: the sender's name for the message, the number, the words; whether it was taken."""

    message: str
    to: str
    text: str
    fault: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the gateway took it, whatever it answered."""
        return "before" not in self.fault


@dataclass(slots=True, kw_only=True)
class SmsGateway:
    """A gateway that runs. `drops_repeats`: a message of the same name is delivered once, however often it came.

    `faults` is the share of requests that go wrong. `strike` is called when a request is there ("before") and when
    it is written down, but not yet answered ("after").
    """

    drops_repeats: bool
    url: str = ""
    faults: float = 0.0
    dice: Random = field(default_factory=Random)
    strike: Callable[[str], object] = lambda _: None
    raw: list[Sms] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: bytes) -> str:
        """Take one message and say what goes wrong with it, "" for nothing."""
        self.strike("before")
        with self._lock:
            fault = self.dice.choice(FAULTS) if self.dice.random() < self.faults else ""
            self.raw.append(Sms(**json.loads(body), fault=fault))
        self.strike("after")
        return fault

    def delivered(self) -> list[Sms]:
        """List what arrived on telephones."""
        taken = [sms for sms in self.raw if sms.is_taken]
        return list({sms.message: sms for sms in taken}.values()) if self.drops_repeats else taken

    def repeats(self) -> int:
        """Count the requests that came under a name that had come before."""
        return sum(count - 1 for count in Counter(sms.message for sms in self.raw).values())

    def template(self) -> str:
        """Write the TOML file by which horehab is told how to ask this gateway."""
        return (
            f'url = "{self.url}"\ndeduplicates = {str(self.drops_repeats).lower()}\naccepted = "taken"\n'
            '[fields]\nmessage = "{message}"\nto = "{to}"\ntext = "{text}"\n'
        )


class _Server(ThreadingHTTPServer):
    """Keeps to itself that a client was killed while it was answered."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever asked is dead."""


@contextmanager
def start_sms(*, drops_repeats: bool) -> Iterator[SmsGateway]:
    """Run it on a free loopback port."""
    gateway = SmsGateway(drops_repeats=drops_repeats)

    class _Desk(BaseHTTPRequestHandler):
        timeout = 5  # seconds; of a client that was stopped in the middle of its request

        def do_POST(self) -> None:  # the server calls it so
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = gateway.take(body)
            if fault.startswith("cut"):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(int(fault[:3]) if fault else 200)
            self.end_headers()
            self.wfile.write(b"broken" if fault else b"taken")

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with answering_at(_Server(("127.0.0.1", 0), _Desk)) as gateway.url:
        yield gateway

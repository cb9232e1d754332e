"""A real HTTP server on this machine that plays a gateway: it keeps what it is asked and answers as it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers.loopback import answering_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Gateway:
    """A gateway that runs: what it was asked, and what it answers next (status and body); "cut" hangs up instead."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, str] | str] = field(default_factory=list)
    otherwise: tuple[int, str] = (200, "ok")
    location: str = ""


@contextmanager
def start_gateway() -> Iterator[Gateway]:
    """Run it on a free loopback port."""
    gateway = Gateway(url="")

    class _Desk(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept = Asked(method=self.command, path=self.path, headers=dict(self.headers), body=body)
            gateway.asked.append(kept)
            answer = gateway.answers.pop(0) if gateway.answers else gateway.otherwise
            if isinstance(answer, str):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, text = answer
            self.send_response(status)
            if gateway.location:
                self.send_header("Location", gateway.location)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with answering_at(ThreadingHTTPServer(("127.0.0.1", 0), _Desk)) as gateway.url:
        yield gateway

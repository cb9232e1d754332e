"""The faulty proxy's two small HTTP servers: the proxy itself, and another origin that only writes down who came."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.servers.faults import FaultyProxy, Reply, Seen
from tests.servers.loopback import answering_at


def _handler(proxy: FaultyProxy, origin: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60
        disable_nagle_algorithm = True  # else head and body of an answer wait 40 ms for each other

        def log_message(self, *_: object) -> None:
            """Stay silent: what was seen is written down."""

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(
                method=self.command, path=self.path, headers=headers, body=self.rfile.read(length), origin=origin
            )
            with suppress(ConnectionError):
                self.send(proxy.handle(seen))

        def send(self, reply: Reply) -> None:
            if reply.is_lost:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.sent])
            if reply.sent is not None:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

    return Handler


class _Server(ThreadingHTTPServer):
    """Threads that end with their connections."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that were killed; whatever else goes wrong is told as always."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def _listening(proxy: FaultyProxy, origin: str) -> Iterator[str]:
    with answering_at(_Server(("127.0.0.1", 0), _handler(proxy, origin))) as address:
        try:
            yield address
        finally:
            proxy.closing.set()


@contextmanager
def faulty_proxy(upstream: str) -> Iterator[FaultyProxy]:
    """Stand before the FHIR server with that base URL for as long as the block lasts; at first nothing goes wrong."""
    proxy = FaultyProxy(upstream=upstream)
    with ExitStack() as stack:
        proxy.elsewhere = stack.enter_context(_listening(proxy, "elsewhere"))
        proxy.url = stack.enter_context(_listening(proxy, "server")) + urlsplit(upstream).path
        yield proxy

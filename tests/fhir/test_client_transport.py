"""A session with a real server: cookies are kept, doubled headers are whole, and closed connections are renewed."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from requests.adapters import HTTPAdapter

from horehab.fhir.wire.connection import Connection
from horehab.fhir.wire.transport import open_session, plain_get
from tests.fhir.ward import client_at
from tests.servers.loopback import answering_at

Seen = list[str]


@contextmanager
def counting(seen: Seen, *, cookie: str = "") -> Iterator[str]:
    """A server that notes which cookies come, and says the same two links each time."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.append(self.headers.get("Cookie", ""))
            self.send_response(200)
            for name, value in (("Content-Type", "application/fhir+json"), ("Link", "<a>"), ("Link", "<b>")):
                self.send_header(name, value)
            if cookie:
                self.send_header("Set-Cookie", cookie)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with answering_at(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as base:
        yield base


def test_a_cookie_of_a_balancer_comes_back_with_the_next_request() -> None:
    seen: Seen = []
    with counting(seen, cookie="ROUTE=node-2; Path=/") as base, client_at(base) as client:
        assert [client.get("Patient").status for _ in range(3)] == [200, 200, 200]
    assert seen == ["", "ROUTE=node-2", "ROUTE=node-2"]


def test_a_header_that_is_said_twice_is_read_whole() -> None:
    with counting([]) as base, client_at(base) as client:
        answer = client.get("Patient")
    assert (answer.headers["link"], answer.body) == ("<a>, <b>", b"{}")


def test_a_pool_of_connections_that_was_closed_is_opened_anew() -> None:
    seen: Seen = []
    with counting(seen) as base, open_session(Connection(url=base), accept="*/*") as session:
        for _ in range(2):
            with plain_get(session, f"{base}/Patient", headers={}, timeout=(5, 5)) as answer:
                assert answer.content == b"{}"
            adapter = session.get_adapter(base)
            assert isinstance(adapter, HTTPAdapter)
            adapter.poolmanager.clear()
    assert seen == ["", ""]

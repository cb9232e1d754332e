"""A loopback HTTP server that only hands out prepared pages, so that the readers' work is what is measured."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from benchmarks.sync_pages import KINDS, Pages

# With a history, no list of ids has to be compared: the peers look for no deletions either.
_OFFERED = [{"code": "search-type"}, {"code": "history-type"}]
_STATEMENT = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "date": "2026-01-01",
    "kind": "instance",
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "rest": [{"mode": "server", "resource": [{"type": kind, "interaction": _OFFERED} for kind in KINDS]}],
}


@contextmanager
def serving(pages: Pages) -> Iterator[str]:
    """Serve the pages on a free port of this machine and give the base address."""
    shelves: dict[str, list[bytes]] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shelves))
    base = f"http://127.0.0.1:{server.server_address[1]}/fhir"
    shelves |= {
        kind: [page.replace(b'"BASE/', f'"{base}/'.encode()) for page in found] for kind, found in pages.items()
    }
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(shelves: Mapping[str, list[bytes]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            kind = parts.path.rpartition("/")[2]
            if kind == "metadata":
                self._answer(json.dumps(_STATEMENT).encode())
                return
            number = int(parse_qs(parts.query).get("page", ["0"])[0])
            self._answer(shelves[kind][number])

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/fhir+json;charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler

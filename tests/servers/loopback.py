"""A small HTTP server of a test, or an app of ours, answering in a thread on this machine alone."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def answering_at(server: HTTPServer) -> Iterator[str]:
    """Let a server answer for as long as the block lasts, and give its address."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def app_answering(app: Flask) -> Iterator[str]:
    """Let an app answer on a free port for as long as the block lasts, and give its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with answering_at(make_server("127.0.0.1", 0, app, threaded=True)) as base:
        yield base

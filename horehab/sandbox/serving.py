"""Serving the sandbox over HTTP on this machine: in a thread for the demo and the tests, or until interrupted."""

import threading
from socket import socket
from types import TracebackType
from typing import Any, Self

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from horehab.errors import ConfigurationError
from horehab.sandbox.app import BASE_PATH, MAX_BODY

_THREADS = 8


def _listen(app: Flask, host: str, port: int) -> tuple[Any, dict[int, socket]]:
    sockets: dict[int, socket] = {}
    try:
        server = create_server(
            app, map=sockets, host=host, port=port, ipv6=False, threads=_THREADS, max_request_body_size=MAX_BODY
        )
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The sandbox cannot listen on {host}:{port}: {error}.",
            remedy="Give another port with --port, or end the program that uses it.",
        ) from error
    return server, sockets


class Serving:
    """A sandbox that answers until it is closed; a context manager."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._server, self._sockets = _listen(app, host, port)
        self.url = f"http://{host}:{self._server.effective_port}{BASE_PATH}"
        self._thread = threading.Thread(target=self._server.run, name="sandbox", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and wait until the port is free."""
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets))
        self._thread.join()
        self._server.task_dispatcher.shutdown()

    def __enter__(self) -> Self:
        """Use it in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close at the end of the block."""
        self.close()


def serve(app: Flask, *, host: str = "127.0.0.1", port: int = 0) -> Serving:
    """Serve in a thread, on a free port when `port` is 0; ConfigurationError when the port is in use."""
    return Serving(app, host, port)


def serve_forever(app: Flask, *, host: str = "127.0.0.1", port: int = 8765) -> None:
    """Serve until interrupted (Ctrl-C); ConfigurationError when the port is in use."""
    server, _ = _listen(app, host, port)
    server.run()

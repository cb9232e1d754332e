"""Serving the sandbox over HTTP on this machine: in a thread for the demo and the tests, or until interrupted."""

import threading
from contextlib import suppress
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from waitress import wasyncore
from waitress.server import create_server

from horehab.errors import ConfigurationError
from horehab.sandbox.app import BASE_PATH, MAX_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 8


def _door(host: str, port: int) -> socket:
    """Open the listening socket, so that it can be closed again when somebody else listens there."""
    door = socket()
    try:
        door.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        door.bind((host, port))
    except (OSError, OverflowError) as error:
        door.close()
        raise ConfigurationError(
            f"The sandbox cannot listen on {host}:{port}: {error}.",
            remedy="Give another port with --port, or end the program that uses it.",
        ) from error
    return door


def _server(app: "WSGIApplication", door: socket, sockets: dict[int, socket]) -> Any:
    return create_server(app, map=sockets, sockets=[door], threads=_THREADS, max_request_body_size=MAX_BODY)


class Serving:
    """A sandbox that answers until it is closed; a context manager."""

    def __init__(self, app: "WSGIApplication", host: str, port: int) -> None:
        door = _door(host, port)
        self.url = f"http://{host}:{door.getsockname()[1]}{BASE_PATH}"
        self._sockets: dict[int, socket] = {}
        self._server = _server(app, door, self._sockets)
        self._thread = threading.Thread(target=self._server.run, name="sandbox", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and wait until the port is free."""
        with suppress(OSError):  # awake already, the server may close everything before it is woken
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


def serve(app: "WSGIApplication", *, host: str = "127.0.0.1", port: int = 0) -> Serving:
    """Serve in a thread, on a free port when `port` is 0; ConfigurationError when the port is in use."""
    return Serving(app, host, port)


def serve_forever(app: "WSGIApplication", *, host: str = "127.0.0.1", port: int = 8765) -> None:
    """Serve until interrupted (Ctrl-C); ConfigurationError when the port is in use."""
    _server(app, _door(host, port), {}).run()

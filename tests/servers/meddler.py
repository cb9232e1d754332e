"""A sandbox in whose way somebody stands: headers it does not hear, answers that get lost, people who are quicker."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from horehab.clock import SetClock
from horehab.sandbox import SandboxStore, create_sandbox, serve

Meddle = Callable[[str, str], None]
"""Called with method and path before the server sees a request."""


@dataclass(kw_only=True)
class MeddledServer:
    """A running sandbox, and what is wrong with it just now.

    `deaf_to` names headers (as in "If-None-Match") that the server ignores. `before` is called ahead of every
    request, `lose_answers` counts the writes that are carried out and then answered 504. `refuse` answers a
    method with a status and carries nothing out. `edit_metadata` changes what the server says that it can do.
    `asked` lists method and path of all that came.
    """

    url: str = ""
    store: SandboxStore
    deaf_to: set[str] = field(default_factory=set)
    before: Meddle = lambda _method, _path: None
    lose_answers: int = 0
    refuse: dict[str, int] = field(default_factory=dict)
    edit_metadata: Callable[[dict[str, Any]], None] | None = None
    asked: list[str] = field(default_factory=list)

    def wrap(self, inner: Any) -> Any:
        """Stand before a WSGI application."""

        def outer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            self.asked.append(f"{method} {path}")
            self.before(method, path)
            for name in self.deaf_to:
                environ.pop(f"HTTP_{name.upper().replace('-', '_')}", None)
            if path.endswith("/metadata") and self.edit_metadata:
                return self._metadata(inner, environ, start)
            if method in self.refuse:
                start(f"{self.refuse[method]} refused", [("Content-Type", "text/plain")])
                return [b"no"]
            if method in ("PUT", "POST") and self.lose_answers > 0:
                self.lose_answers -= 1
                list(inner(environ, lambda *_a, **_k: lambda _b: None))
                start("504 Gateway Timeout", [("Content-Type", "text/plain")])
                return [b"lost"]
            answer: Iterable[bytes] = inner(environ, start)
            return answer

        return outer

    def _metadata(self, inner: Any, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        statement = json.loads(b"".join(inner(environ, lambda *_a, **_k: lambda _b: None)))
        assert self.edit_metadata is not None
        self.edit_metadata(statement)
        start("200 OK", [("Content-Type", "application/fhir+json")])
        return [json.dumps(statement).encode()]


@contextmanager
def start_meddled() -> Iterator[MeddledServer]:
    """Run a sandbox with somebody in its way for as long as the block lasts."""
    clock = SetClock(zone=ZoneInfo("UTC"), instant=datetime(2026, 1, 1, 12, tzinfo=UTC))
    store = SandboxStore(clock=clock)
    app = create_sandbox(store, clock=clock)
    server = MeddledServer(store=store)
    try:
        with serve(server.wrap(app)) as serving:
            server.url = serving.url
            yield server
    finally:
        store.close()

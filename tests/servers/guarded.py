"""A sandbox that lets nobody in without a token of a real authorization server, and says where to get one."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from horehab.clock import SetClock, SystemClock
from horehab.sandbox import SandboxStore, create_sandbox, serve
from tests.servers.oidc import RESOURCE, AuthorizationServer

_OPEN = ("/metadata", "/.well-known/smart-configuration")


@dataclass(kw_only=True)
class GuardedServer:
    """A running FHIR server that wants tokens of `giver`.

    `smart` is what it says about signing in. `not_taken` are tokens that it takes no more, `takes_none` is for all of
    them, `is_closed` wants one even for /metadata; `edit_metadata` changes
    what it says that it can do. `tokens` lists what came, in order; `origin` of each is this server.
    """

    giver: AuthorizationServer
    store: SandboxStore
    url: str = ""
    smart: dict[str, Any] = field(default_factory=dict)
    not_taken: set[str] = field(default_factory=set)
    takes_none: bool = False
    is_closed: bool = False
    edit_metadata: Callable[[dict[str, Any]], None] | None = None
    tokens: list[str] = field(default_factory=list)

    def wrap(self, inner: Any) -> Any:
        """Stand before a WSGI application."""

        def outer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            if path.endswith(_OPEN[1]):
                return _json(start, "200 OK" if self.smart else "404 Not Found", self.smart)
            if path.endswith(_OPEN[0]) and not self.is_closed:
                return self._metadata(inner, environ, start)
            token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
            self.tokens.append(token)
            if self.takes_none or token in self.not_taken or not self.is_good(token):
                return _json(start, "401 Unauthorized", {"resourceType": "OperationOutcome", "issue": []})
            answer: Iterable[bytes] = inner(environ, start)
            return answer

        return outer

    def is_good(self, token: str) -> bool:
        """Check signature, audience and end of a token, as a resource server does."""
        try:
            known: Any = self.giver.jwks
            claims = jwt.decode(token, KeySet.import_key_set(known), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return False
        return bool(claims["aud"] == RESOURCE and claims["exp"] > SystemClock(zone=ZoneInfo("UTC")).now().timestamp())

    def _metadata(self, inner: Any, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        statement = json.loads(b"".join(inner(environ, lambda *_a, **_k: lambda _b: None)))
        if self.edit_metadata:
            self.edit_metadata(statement)
        return _json(start, "200 OK", statement)


def _json(start: Any, status: str, body: dict[str, Any]) -> Iterable[bytes]:
    start(status, [("Content-Type", "application/json")])
    return [json.dumps(body).encode()]


@contextmanager
def start_guarded(giver: AuthorizationServer) -> Iterator[GuardedServer]:
    """Run a guarded sandbox for as long as the block lasts; it names the giver's token endpoint."""
    clock = SetClock(zone=ZoneInfo("UTC"), instant=datetime(2026, 1, 1, 12, tzinfo=UTC))
    store = SandboxStore(clock=clock)
    app = create_sandbox(store, clock=clock)
    server = GuardedServer(giver=giver, store=store, smart={"token_endpoint": giver.token_endpoint})
    try:
        with serve(server.wrap(app)) as serving:
            server.url = serving.url
            yield server
    finally:
        store.close()

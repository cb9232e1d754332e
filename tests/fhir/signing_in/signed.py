"""A client that signs in by SMART Backend Services, for the tests of keys, tokens and scopes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import requests

from horehab.clock import SystemClock
from horehab.fhir.basis.kinds import KINDS, PLACES, WRITTEN
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.client_keys import make_keys, public_set, read_keys
from horehab.fhir.wire.connection import BackendService, Connection
from horehab.fhir.wire.scopes import wanted_scopes
from horehab.fhir.wire.tokens import TokenDesk
from horehab.usecases.ports import Clock
from tests.fhir.ward import Naps
from tests.servers.guarded import GuardedServer
from tests.servers.oidc import AuthorizationServer

NOW = SystemClock(zone=ZoneInfo("UTC"))
SCOPES = " ".join(wanted_scopes((), (), reads=(*KINDS, *PLACES), writes=WRITTEN))
EVERYTHING = " ".join(
    f"system/{kind}.{may}" for kind in ("*", *KINDS, *PLACES) for may in ("rs", "crus", "read", "write")
)


@dataclass(kw_only=True)
class Signed:
    """A client that is registered at the authorization server, with its key file and the FHIR server before it."""

    giver: AuthorizationServer
    server: GuardedServer
    keys: Path
    client_id: str

    def service(self, **options: Any) -> BackendService:
        """Say how it signs in."""
        return BackendService(client_id=self.client_id, keys=str(self.keys), **options)

    @contextmanager
    def client(self, *, clock: Clock = NOW, url: str = "", **options: Any) -> Iterator[Client]:
        """Open a client of the FHIR server that signs in."""
        connection = Connection(url=url or self.server.url, service=self.service(**options))
        client = Client(connection, clock, sleep=Naps(), dice=Random(7))  # jitter
        try:
            yield client
        finally:
            client.close()

    def ask_for_token(self, proof: str) -> requests.Response:
        """Show an assertion to the authorization server by hand."""
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form = {"grant_type": "client_credentials", "client_assertion_type": kind, "client_assertion": proof}
        return requests.post(self.giver.token_endpoint, data=form, timeout=30)


def sign_up(server: GuardedServer, folder: Path, algorithm: str, *, scope: str = EVERYTHING) -> Signed:
    """Make keys and register a client with them."""
    keys = folder / "keys.json"
    make_keys(keys, algorithm, NOW.now())
    client_id = server.giver.register(scope=scope, jwks=public_set(read_keys(keys)))
    return Signed(giver=server.giver, server=server, keys=keys, client_id=client_id)


def desk_of(signed: Signed, *, clock: Clock = NOW, **options: Any) -> TokenDesk:
    """Open the desk where tokens are got."""
    service = signed.service(**options)
    return TokenDesk(Connection(url=signed.server.url, service=service), service, clock)

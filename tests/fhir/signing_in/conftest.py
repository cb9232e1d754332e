"""A server that wants tokens, with one patient, and a client that may have them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fhir.signing_in.signed import Signed, sign_up
from tests.fhir.ward import PATIENT
from tests.servers.guarded import GuardedServer, start_guarded
from tests.servers.oidc import AuthorizationServer


@pytest.fixture
def server(oidc: AuthorizationServer) -> Iterator[GuardedServer]:
    with start_guarded(oidc) as running:
        running.store.put(PATIENT)
        yield running


@pytest.fixture(params=["ES384", "RS384"])
def each(request: pytest.FixtureRequest, server: GuardedServer, tmp_path: Path) -> Signed:
    return sign_up(server, tmp_path, request.param)


@pytest.fixture
def signed(server: GuardedServer, tmp_path: Path) -> Signed:
    return sign_up(server, tmp_path, "ES384")

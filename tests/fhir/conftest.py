"""Two servers: one at ehr.example whose answers a test writes by hand, and one that a test meddles with."""

from collections.abc import Iterator

import pytest
import responses

from horehab.fhir.wire.client import Client
from tests.fhir.hand_written_pages import BASE
from tests.fhir.team_entries import ward_server
from tests.fhir.ward import Desk, chart_at, client_at
from tests.servers.meddler import MeddledServer


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Answers by hand; one that nobody asks for fails the test."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def client() -> Iterator[Client]:
    """A client that signs in by a token and reads twenty pages at most."""
    with client_at(BASE, bearer_token="t0ken", max_pages=20) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[MeddledServer]:
    """A server that holds the patient and three observations, and that a test meddles with."""
    with ward_server() as running:
        yield running


@pytest.fixture
def desk(server: MeddledServer) -> Iterator[Desk]:
    """A desk from which entries go to that server."""
    with chart_at(server.url) as chart:
        yield Desk(chart=chart)

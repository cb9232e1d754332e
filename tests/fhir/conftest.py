"""The wire to a server at ehr.example whose answers a test writes by hand, and a client of that server."""

from collections.abc import Iterator

import pytest
import responses

from horehab.fhir.client import Client
from tests.fhir.hand_written_pages import BASE
from tests.fhir.ward import client_at


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

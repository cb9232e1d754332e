"""A real validating HAPI server takes all our profiles by our own command, and finds every example of them valid."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from fhir_profiles import artefacts, examples
from horehab.clock import SystemClock
from horehab.fhir.connection import Connection
from horehab.fhir.publishing import Placed, install

pytestmark = pytest.mark.needs("hapi")

EXAMPLES = [each for each in examples() if each["resourceType"] != "Bundle"]


@pytest.fixture(scope="module")
def installed(hapi_url: str) -> list[Placed]:
    """The report of the first installation."""
    return list(install(Connection(url=hapi_url), SystemClock(zone=ZoneInfo("Europe/Madrid"))))


def test_every_artefact_is_installed(installed: list[Placed]) -> None:
    assert [each for each in installed if not each.is_there] == []
    assert len(installed) == len(list(artefacts()))


@pytest.mark.usefixtures("installed")
def test_installed_again_everything_stands_there_already(hapi_url: str) -> None:
    again = install(Connection(url=hapi_url), SystemClock(zone=ZoneInfo("Europe/Madrid")))
    assert {each.words for each in again} == {"stands already"}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each['resourceType']}-{each['id']}")
def test_every_example_is_valid_by_our_profiles(hapi_url: str, example: dict[str, Any]) -> None:
    kind = example["resourceType"]
    with requests.post(f"{hapi_url}/{kind}/$validate", json=example, timeout=120) as answer:
        found = answer.json()["issue"]
    assert [each for each in found if each["severity"] in ("error", "fatal")] == []

"""A real validating HAPI server takes all our profiles by our own command, and finds every example of them valid."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from fhir_profiles import artefacts, examples
from horehab.clock import SystemClock
from horehab.fhir import ours
from horehab.fhir.connection import Connection
from horehab.fhir.publishing import Placed, install
from tests.profiles.every_form import every_form

pytestmark = pytest.mark.needs("hapi")

EXAMPLES = [each for each in examples() if each["resourceType"] != "Bundle"]


def _errors(url: str, resource: dict[str, Any]) -> list[str]:
    """Ask HAPI to validate a resource, and list the errors that it finds."""
    with requests.post(f"{url}/{resource['resourceType']}/$validate", json=resource, timeout=120) as answer:
        found = answer.json()["issue"]
    return [str(each.get("diagnostics")) for each in found if each["severity"] in ("error", "fatal")]


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
    assert _errors(hapi_url, example) == []


@pytest.mark.usefixtures("installed")
def test_every_form_of_what_we_write_is_valid_by_our_profiles(hapi_url: str) -> None:
    forms = list(every_form())
    assert len(forms) > 100
    for resource in forms:
        assert _errors(hapi_url, resource) == [], resource


def _broken(name: str, **changes: Any) -> Any:
    example = next(each for each in EXAMPLES if each["id"] == name)
    return {key: value for key, value in (example | changes).items() if value is not None}


DEGREES = {"system": "http://unitsofmeasure.org", "unit": "deg", "code": "deg"}
PAIN = DEGREES | {"unit": "{score}", "code": "{score}"}
ROM, TASK = "example-rom-hip-flexion", "example-task"
SUSPECTED = next(each["id"] for each in EXAMPLES if each["resourceType"] == "Condition")
BROKEN = {
    "a reading without a joint": _broken(ROM, bodySite=None),
    "a reading that nobody measured": _broken(ROM, performer=None),
    "a reading without number or reason": _broken(ROM, valueQuantity=None),
    "a reading in radians": _broken(ROM, valueQuantity=DEGREES | {"value": 1.5, "code": "rad"}),
    "a joint that turns by 300 degrees": _broken(ROM, valueQuantity=DEGREES | {"value": 300}),
    "a reading that is not final": _broken(ROM, status="preliminary"),
    "a mode that there is not": _broken(ROM, extension=[{"url": ours.MODE, "valueCode": "forced"}]),
    "pain of 11": _broken("example-pain", valueQuantity={**PAIN, "value": 11}),
    "a sign that is a number": _broken("example-sign", valueBoolean=None, valueInteger=1),
    "a session without time": _broken("example-session", performedPeriod=None),
    "a suspicion that says that it is one": _broken(SUSPECTED, code={"text": "Heterotopic ossification, left hip"}),
    "a suspicion without evidence": _broken(SUSPECTED, evidence=None),
    "an unconfirmed suspicion that somebody asserts": _broken(SUSPECTED, asserter={"display": "Dr Sanz"}),
    "a machine that gives orders": _broken(TASK, intent="order"),
    "a task that is never due": _broken(TASK, restriction=None),
    "a message that names the joint": _broken(
        "example-reminder", payload=[{"contentString": "Measure the left hip."}]
    ),
}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_rule_of_ours_is_refused(hapi_url: str, name: str) -> None:
    assert _errors(hapi_url, BROKEN[name]) != []

"""Every resource of the demo is taken by a server that validates what it is given and checks every reference."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
import requests

from horehab.demo import published, ward
from horehab.demo.story import Resource, Story

ONE_OF_EACH_CODING = 6


def stories() -> tuple[Story, ...]:
    return (*published.patients(), *ward.patients()[:ONE_OF_EACH_CODING])


def bundles(story: Story, *, base: str) -> Iterator[tuple[date, Resource]]:
    for day, resources in story.events:
        entries = [
            {
                "fullUrl": f"{base}/{r['resourceType']}/{r['id']}",
                "resource": r,
                "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"},
            }
            for r in resources
        ]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        # The server is shared with tests that play these stories: here they get names of their own.
        yield day, json.loads(json.dumps(bundle).replace(story.key, f"valid-{story.key}"))


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.key)
def test_a_validating_server_takes_each_day_of_the_story(story: Story, hapi_url: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for day, bundle in bundles(story, base=hapi_url):
            answer = session.post(
                hapi_url, json=bundle, timeout=120, headers={"Content-Type": "application/fhir+json"}
            )
            told = [
                i.get("diagnostics") for i in answer.json().get("issue", ()) if i["severity"] in ("error", "fatal")
            ]
            assert answer.status_code == 200, (day, told)

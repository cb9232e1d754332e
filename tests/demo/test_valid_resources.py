"""Each day of the ward is taken by a server that validates what it is given and checks every reference.

That it takes each day of the six published patients is held where they are played, in tests/e2e.
"""

import json

import pytest
import requests

from horehab.demo.story import Story
from horehab.demo.ward import patients
from tests.demo.transactions import taken_whole

ONE_OF_EACH_CODING = 6


@pytest.mark.parametrize("story", patients()[:ONE_OF_EACH_CODING], ids=lambda story: story.key)
def test_a_validating_server_takes_each_day_of_the_story(story: Story, hapi_url: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for day, resources in story.events:
            named = {f"{each['resourceType']}/{each['id']}": each for each in resources}
            # The server is shared with tests that play these stories: here they get names of their own.
            text = json.dumps(taken_whole(named, base=hapi_url)).replace(story.key, f"valid-{story.key}")
            answer = session.post(hapi_url, data=text, timeout=120, headers={"Content-Type": "application/fhir+json"})
            told = [
                i.get("diagnostics") for i in answer.json().get("issue", ()) if i["severity"] in ("error", "fatal")
            ]
            assert answer.status_code == 200, (day, told)

"""What the sandbox refuses beyond the contract with HAPI, each time as an OperationOutcome with one sentence."""

from collections.abc import Iterator

import pytest

from tests.contracts.asking import Asker, bundle, entry, identified, patient, reading
from tests.servers.sandbox import RunningSandbox, start_sandbox

PATCH = "application/json-patch+json"


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with start_sandbox() as made:
        made.store.put(patient("p1"))
        yield made


@pytest.fixture
def asker(running: RunningSandbox) -> Iterator[Asker]:
    asker = Asker(base=running.url)
    with asker.session:
        yield asker


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (("DELETE", "/Patient", None, {}), 405, "not allowed"),
        (("GET", "", None, {}), 400, "Searching all types at once is not offered"),
        (("GET", "?_getpages=p1&_getpagesoffset=x", None, {}), 400, "Invalid _getpagesoffset"),
        (("POST", "/Patient", "<Patient/>", {"Content_Type": "application/xml"}), 415, "application/fhir+json"),
        (("POST", "/Patient", "[" * 100_000, {}), 400, "nested too deeply"),
        (("PUT", "/Patient/a_b", patient("a_b"), {}), 422, "is not valid: id"),
        (("PUT", "/Patient/p1", patient("p1"), {"If_Match": "three"}), 400, "Invalid version tag"),
        (("PUT", "/Patient/new", patient("new"), {"If_Match": 'W/"1"'}), 412, "nothing is here"),
        (("PUT", "/Patient?_count=1", patient("p1"), {}), 400, "names no search parameter"),
        (("PATCH", "/Patient/p1", [{"op": "add", "path": "/active", "value": True}], {}), 415, PATCH),
        (("PATCH", "/Patient/p1", {"op": "add"}, {"Content_Type": PATCH}), 400, "a list of operations"),
        (
            ("PATCH", "/Patient/p1", [{"op": "replace", "path": "", "value": 1}], {"Content_Type": PATCH}),
            400,
            "no resource",
        ),
        (
            ("PATCH", "/Patient/p1", [{"op": "replace", "path": "/id", "value": "x"}], {"Content_Type": PATCH}),
            400,
            "may not change",
        ),
        (("GET", "/Patient/p1/_history?_since=xx", None, {}), 400, "Invalid date/time"),
        (("GET", "/Patient?_lastUpdated=xx", None, {}), 400, "prefixes known here"),
        (("POST", "", bundle(entry("FLY", "Patient")), {}), 400, "Every entry needs"),
        (("POST", "", bundle(entry("POST", "Patient")), {}), 400, "needs a resource"),
        (("POST", "", bundle(entry("DELETE", "Patient")), {}), 400, "is not Type/id"),
        (("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": {}}, {}), 400, "is not a list"),
        (("POST", "", bundle(entry("PATCH", "Patient/p1", {"data": "%"})), {}), 400, "JSON Patch in base64"),
    ],
)
def test_it_is_refused_in_one_sentence(
    asker: Asker, sent: tuple[str, str, object, dict[str, str]], status: int, words: str
) -> None:
    method, path, body, headers = sent
    answer = asker.ask(method, path, body, **headers)
    said = answer.json()
    assert (answer.status_code, said["resourceType"]) == (status, "OperationOutcome")
    assert words in said["issue"][0]["diagnostics"]


def test_a_transaction_patches_and_updates_by_search(asker: Asker) -> None:
    patch = {
        "resourceType": "Binary",
        "contentType": PATCH,
        "data": "W3sib3AiOiJhZGQiLCJwYXRoIjoiL2FjdGl2ZSIsInZhbHVlIjp0cnVlfV0=",
    }
    mine, search = identified()
    sent = bundle(entry("PATCH", "Patient/p1", patch), entry("PUT", f"Patient?{search}", mine))
    statuses = [one["response"]["status"] for one in asker.ask("POST", "", sent).json()["entry"]]
    assert statuses == ["200 OK", "201 Created"]
    assert asker.ask("GET", "/Patient/p1").json()["active"] is True


def test_an_update_by_search_keeps_to_the_id_in_the_body(asker: Asker) -> None:
    mine, search = identified()
    assert (
        asker.ask("PUT", f"/Patient?{search}", {**mine, "id": "wish"})
        .headers["Content-Location"]
        .endswith("/Patient/wish/_history/1")
    )
    assert asker.ask("PUT", f"/Patient?{search}", {**mine, "id": "other"}).status_code == 400


def test_periods_are_found_by_every_day_that_they_touch(running: RunningSandbox, asker: Asker) -> None:
    running.store.put(
        reading("Patient/p1", id="during", effectivePeriod={"start": "2025-05-01"}, effectiveDateTime=None)
    )
    running.store.put(reading("Patient/p1", id="broken", effectiveDateTime="some day"))
    totals = [
        asker.total(f"/Observation?patient=p1&date={day}") for day in ("ge2025-06-01", "lt2025-05-01", "sa2025-04-30")
    ]
    assert totals == [1, 0, 1]
    assert asker.total("/Observation?_id=broken") == 1


def test_profiles_and_tags_are_found(running: RunningSandbox, asker: Asker) -> None:
    meta = {"profile": ["http://example.org/rom"], "tag": [{"system": "urn:t", "code": "synthetic"}]}
    running.store.put(patient("marked", meta=meta, active=True))
    queries = ("_profile=http://example.org/rom", "_tag=urn:t|synthetic", "active=true&_tag=synthetic")
    assert [asker.total(f"/Patient?{query}") for query in queries] == [1, 1, 1]

"""A page that is parted in one go has the entries that it has when each is looked at by itself."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sync_pages import pages
from horehab.fhir.wire.bundles import open_any, open_plain

RESOURCES = st.sampled_from(
    [
        {"resourceType": "Observation", "id": "1", "status": "final", "code": {"text": "Größe"}},
        {"resourceType": "Patient", "id": "2", "name": [{"text": 'the "OperationOutcome"'}]},
        {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "incomplete"}]},
        "no resource",
        None,
    ]
)
SEARCHES = st.sampled_from(
    [{"mode": "match"}, {"mode": "include"}, {"mode": "outcome"}, {"mode": 3}, {}, None, {"score": 0.5}, {"a": 1}]
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "resource": RESOURCES,
        "search": SEARCHES,
        "fullUrl": st.sampled_from(["urn:uuid:1", "", None, 7]),
        "response": st.just({"etag": 'W/"3"'}),
    },
)
OTHERS = st.fixed_dictionaries(
    {}, optional={"total": st.sampled_from([3, "3"]), "link": st.just([]), "meta": st.just({}), "type": st.just("x")}
)


def agree(body: bytes) -> bool:
    """Demand that both ways part a page alike where both do, and say whether it was parted in one go."""
    plain, other = open_plain(body), open_any(body)
    if plain is None:
        return False
    assert other is not None
    assert plain[1:] == other[1:]
    for name in ("resource_type", "link", "meta", "total"):
        assert getattr(plain[0], name) == getattr(other[0], name)
    return True


@given(st.lists(ENTRIES | st.just(None), max_size=4), OTHERS, st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_a_page_is_parted_in_one_go_as_it_is_entry_by_entry(
    entries: list[Any], others: dict[str, Any], length: int
) -> None:
    body = json.dumps({"resourceType": "Bundle", "entry": entries} | others, ensure_ascii=False).encode()
    agree(body)
    agree(body[:length])


def test_the_pages_of_an_ordinary_chart_are_parted_in_one_go() -> None:
    for found in pages(10)[0].values():
        assert all(agree(page) for page in found)


def test_where_the_server_speaks_of_the_search_each_entry_is_looked_at() -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "incomplete"}]}
    for entry in ({"resource": outcome}, {"resource": {}, "search": {"mode": "outcome"}}):
        assert not agree(json.dumps({"resourceType": "Bundle", "entry": [entry]}).encode())

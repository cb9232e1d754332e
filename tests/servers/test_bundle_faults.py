"""Each fault in what a server says does what its name says, before a real sandbox."""

from collections.abc import Iterator

import pytest
import requests

from tests.contracts.asking import Asker, patient, reading
from tests.servers import bundle_faults
from tests.servers.faults import FaultyProxy
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import start_sandbox

SEARCH = "/Observation?patient=p1&_count=2"


@pytest.fixture
def proxy() -> Iterator[FaultyProxy]:
    with start_sandbox() as running, faulty_proxy(running.url) as standing:
        running.store.put(patient("p1"))
        for number in range(3):
            running.store.put(reading("Patient/p1", id=f"o{number}"))
        running.store.put(reading("Patient/p1", id="gone"))
        running.store.remove("Observation/gone")
        yield standing


@pytest.fixture
def asker(proxy: FaultyProxy) -> Iterator[Asker]:
    with requests.Session() as session:
        yield Asker(base=proxy.url, session=session)


def test_it_counts_wrongly_or_not_at_all(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(bundle_faults.wrong_total(2))
    assert asker.ask("GET", SEARCH).json()["total"] == 5
    proxy.set(bundle_faults.no_total())
    assert "total" not in asker.ask("GET", SEARCH).json()


def test_it_hides_what_is_there(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(bundle_faults.hidden_from_search("Observation/o0"))
    names = [entry["resource"]["id"] for entry in asker.ask("GET", SEARCH).json()["entry"]]
    assert names == ["o1"]
    assert asker.ask("GET", "/Observation/o0").status_code == 200


def test_its_history_tells_no_deletion_or_nothing(proxy: FaultyProxy, asker: Asker) -> None:
    methods = [entry["request"]["method"] for entry in asker.ask("GET", "/Observation/_history").json()["entry"]]
    assert "DELETE" in methods
    proxy.set(bundle_faults.deletions_untold())
    methods = [entry["request"]["method"] for entry in asker.ask("GET", "/Observation/_history").json()["entry"]]
    assert methods == ["PUT"] * 4
    proxy.set(bundle_faults.no_history())
    assert asker.ask("GET", "/Observation/_history").status_code == 405


def test_it_always_has_another_page(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(bundle_faults.endless_pages())
    address, seen = SEARCH, set()
    for _ in range(5):
        links = {link["relation"]: link["url"] for link in asker.ask("GET", address).json()["link"]}
        address = str(links["next"])
        seen.add(address)
    assert len(seen) == 5


def test_it_speaks_of_what_is_missing_among_the_hits(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(bundle_faults.outcome_entry())
    entries = asker.ask("GET", SEARCH).json()["entry"]
    assert [entry["resource"]["resourceType"] for entry in entries] == ["Observation", "OperationOutcome"]


def test_it_sends_another_kind_and_tells_no_time(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(bundle_faults.wrong_kind(), bundle_faults.no_server_time())
    answer = asker.ask("GET", SEARCH)
    assert "Date" not in answer.headers
    for entry in answer.json()["entry"]:
        assert entry["resource"]["resourceType"] == "Basic"
        assert "lastUpdated" not in entry["resource"]["meta"]


def test_it_forgets_what_it_said_to_have_written_or_half_of_it(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(bundle_faults.forgotten_write())
    answer = asker.ask("PUT", "/Patient/p9", patient("p9"))
    assert (answer.status_code, answer.headers["ETag"]) == (201, 'W/"1"')
    proxy.set()
    assert asker.ask("GET", "/Patient/p9").status_code == 404
    proxy.set(bundle_faults.halved_write("gender"))
    asker.ask("PUT", "/Patient/p8", patient("p8"))
    assert "gender" not in asker.ask("GET", "/Patient/p8").json()

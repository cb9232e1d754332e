"""Each fault of the proxy does what its name says, before a real sandbox."""

import json
from collections.abc import Iterator

import pytest
import requests

from tests.contracts.asking import Asker, identified, patient, reading
from tests.servers import faults
from tests.servers.faults import FaultyProxy
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import start_sandbox


@pytest.fixture
def proxy() -> Iterator[FaultyProxy]:
    with start_sandbox() as running, faulty_proxy(running.url) as standing:
        running.store.put(patient("p1"))
        for number in range(3):
            running.store.put(reading("Patient/p1", id=f"o{number}"))
        running.store.put(patient("p2"))
        running.store.put(reading("Patient/p2", id="other"))
        yield standing


@pytest.fixture
def asker(proxy: FaultyProxy) -> Iterator[Asker]:
    with requests.Session() as session:
        yield Asker(base=proxy.url, session=session)


def _link(answer: requests.Response, relation: str) -> str:
    return next((str(link["url"]) for link in answer.json()["link"] if link["relation"] == relation), "")


def test_without_a_fault_it_passes_all_on_and_names_itself(proxy: FaultyProxy, asker: Asker) -> None:
    answer = asker.ask("GET", "/Observation?patient=p1&_count=2", Authorization="Bearer t")
    assert answer.json()["total"] == 3
    assert _link(answer, "next").startswith(f"{proxy.url}?")
    assert asker.ask("GET", _link(answer, "next")).json()["entry"][0]["fullUrl"].startswith(proxy.url)
    assert asker.ask("POST", "/Observation", reading("Patient/p1")).headers["Location"].startswith(proxy.url)
    assert proxy.requests("GET", "patient=p1")[0].headers["authorization"] == "Bearer t"


@pytest.mark.parametrize("retry_after", ["120", "Wed, 21 Oct 2026 07:28:00 GMT", "1792567680000"])
def test_it_answers_that_the_server_is_busy(proxy: FaultyProxy, asker: Asker, retry_after: str) -> None:
    proxy.set(faults.answers(503, retry_after=retry_after))
    answer = asker.ask("GET", "/Patient/p1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, retry_after)


def test_a_fault_can_strike_once_and_only_some_requests(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(faults.answers(429).only("GET", path="/Patient", times=1))
    statuses = [asker.ask("GET", path).status_code for path in ("/Observation/o1", "/Patient/p1", "/Patient/p1")]
    assert statuses == [200, 429, 200]


def test_it_cuts_the_connection_in_the_middle_of_an_answer(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(faults.cut_mid_body())
    with pytest.raises(requests.exceptions.RequestException):
        asker.ask("GET", "/Patient/p1")


def test_it_loses_the_answer_of_a_write_that_was_done(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(faults.lost_answer().only("PUT"))
    with pytest.raises(requests.exceptions.ConnectionError):
        asker.ask("PUT", "/Patient/p3", patient("p3"))
    assert asker.ask("GET", "/Patient/p3").status_code == 200


def test_it_answers_too_late(proxy: FaultyProxy) -> None:
    proxy.set(faults.slow(30))
    with pytest.raises(requests.exceptions.Timeout):
        requests.get(f"{proxy.url}/Patient/p1", timeout=0.2)


def test_it_answers_with_what_is_no_fhir(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(faults.html())
    assert asker.ask("GET", "/Patient/p1").headers["Content-Type"] == "text/html"
    proxy.set(faults.outcome_as_body())
    answer = asker.ask("GET", "/Patient/p1")
    assert (answer.status_code, answer.json()["resourceType"]) == (200, "OperationOutcome")
    proxy.set(faults.truncated_json())
    with pytest.raises(json.JSONDecodeError):
        json.loads(asker.ask("GET", "/Patient/p1").content)
    proxy.set(faults.oversize(1_000_000))
    assert len(asker.ask("GET", "/Patient/p1").content) > 1_000_000


def test_it_leads_astray_and_writes_down_who_followed(proxy: FaultyProxy, asker: Asker) -> None:
    search = "/Observation?patient=p1&_count=1"
    proxy.set(faults.next_link_elsewhere())
    following = _link(asker.ask("GET", search), "next")
    assert following.startswith(proxy.elsewhere)
    assert proxy.requests(origin="elsewhere") == []
    asker.ask("GET", following, Authorization="Bearer t")
    assert proxy.requests(origin="elsewhere")[0].headers["authorization"] == "Bearer t"
    proxy.set(faults.redirect_elsewhere())
    moved = requests.get(f"{proxy.url}/Patient/p1", allow_redirects=False, timeout=10)
    assert (moved.status_code, moved.headers["Location"]) == (307, f"{proxy.elsewhere}/fhir/Patient/p1")


def test_pages_go_round_in_circles_or_expire(proxy: FaultyProxy, asker: Asker) -> None:
    search = "/Observation?patient=p1&_count=1"
    proxy.set(faults.next_link_loop())
    assert _link(asker.ask("GET", search), "next") == proxy.url + search
    proxy.set(faults.expired_page())
    first = asker.ask("GET", search)
    assert (first.status_code, asker.ask("GET", _link(first, "next")).status_code) == (200, 410)


def test_headers_are_ignored(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(faults.ignored_header("If-Match"), faults.ignored_header("If-None-Match"))
    for headers in ({"If_Match": 'W/"9"'}, {"If_None_Match": "*"}):
        changed = patient("p1", active=headers == {"If_None_Match": "*"})
        assert asker.ask("PUT", "/Patient/p1", changed, **headers).status_code == 200


@pytest.mark.parametrize("name", ["patient", "_lastUpdated"])
def test_a_search_parameter_is_ignored(proxy: FaultyProxy, asker: Asker, name: str) -> None:
    proxy.set(faults.ignored_parameter(name))
    value = "p1" if name == "patient" else "gt2090-01-01"
    answer = asker.ask("GET", f"/Observation?{name}={value}&status=final")
    assert answer.json()["total"] == 4
    assert name not in _link(answer, "self")


def test_an_equal_search_is_answered_out_of_a_cache(proxy: FaultyProxy, asker: Asker) -> None:
    proxy.set(faults.stale_search())
    search = "/Observation?patient=p1"
    assert asker.total(search) == 3
    asker.made(reading("Patient/p1"))
    fresh = asker.ask("GET", search, Cache_Control="no-cache").json()["total"]
    asker.made(reading("Patient/p1"))
    assert (fresh, asker.total(search)) == (4, 4)


def test_a_post_is_delivered_twice(proxy: FaultyProxy, asker: Asker) -> None:
    mine, search = identified()
    proxy.set(faults.twice())
    asker.made(mine)
    assert asker.total(f"/Patient?{search}") == 2

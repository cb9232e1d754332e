"""The client is patient and polite with a server in trouble, and says in one sentence what failed."""

import gzip
import json

import pytest
import requests
import responses

from horehab.errors import EhrRefused, EhrUnavailable, NotAFhirServer
from horehab.fhir.wire.client import FORBIDDEN
from tests.fhir.hand_written_pages import BASE, PATIENT
from tests.fhir.ward import Naps, client_at


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_tried_again_while_the_server_is_away(wire: responses.RequestsMock, status: int) -> None:
    wire.get(f"{BASE}/Patient/1", status=status)
    wire.get(f"{BASE}/Patient/1", body=requests.ConnectionError("reset"))
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    naps = Naps()
    with client_at(BASE, naps=naps) as client:
        assert client.get("Patient/1").status == 200
    assert len(naps.slept) == 2
    assert 0.25 <= naps.slept[0] <= 0.5 <= naps.slept[1] <= 1.0


def test_a_read_is_tried_four_times_at_most(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", status=503)
    with client_at(BASE) as client, pytest.raises(EhrUnavailable, match="503"):
        client.get("Patient/1")
    assert len(wire.calls) == 4


def test_a_fault_of_the_server_itself_is_not_tried_again(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", status=500)
    with client_at(BASE) as client, pytest.raises(EhrUnavailable, match="500"):
        client.get("Patient/1")
    assert len(wire.calls) == 1


def test_a_write_is_sent_once(wire: responses.RequestsMock) -> None:
    wire.put(f"{BASE}/Patient/1", status=503, headers={"Retry-After": "17"})
    with client_at(BASE) as client, pytest.raises(EhrUnavailable) as caught:
        client.send("PUT", "Patient/1", PATIENT)
    assert caught.value.retry_after == 17.0
    assert len(wire.calls) == 1


def test_a_short_retry_after_is_waited_for_and_a_little_longer(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", status=429, headers={"Retry-After": "3"})
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    naps = Naps()
    with client_at(BASE, naps=naps) as client:
        client.get("Patient/1")
    (slept,) = naps.slept
    assert 3.0 < slept <= 3.3


@pytest.mark.parametrize(("header", "seconds"), [("900", 900.0), ("1767268800000", 900.0), ("120", 120.0)])
def test_a_long_retry_after_ends_the_pass_instead_of_sleeping(
    wire: responses.RequestsMock, header: str, seconds: float
) -> None:
    wire.get(f"{BASE}/Patient/1", status=503, headers={"Retry-After": header})
    naps = Naps()
    with client_at(BASE, naps=naps) as client, pytest.raises(EhrUnavailable) as caught:
        client.get("Patient/1")
    assert caught.value.retry_after == seconds
    assert naps.slept == []


@pytest.mark.parametrize(("status", "code"), [(401, "HR-1310"), (403, FORBIDDEN)])
def test_a_server_that_refuses_us_is_named_so(wire: responses.RequestsMock, status: int, code: str) -> None:
    wire.get(f"{BASE}/Patient/1", status=status)
    with client_at(BASE) as client, pytest.raises(EhrRefused, match=str(status)) as caught:
        client.get("Patient/1")
    assert caught.value.code == code
    assert "HOREHAB_" in caught.value.remedy
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!DOCTYPE html><html>Sign in</html>", "a web page"),
        ("", "cut off"),
        ('{"resourceType": "Patient", "name": [{"fam', "cut off"),
        ("[1, 2]", "no FHIR resource"),
        ('{"message": "hello"}', "no FHIR resource"),
        ('{"resourceType": 7}', "no FHIR resource"),
        ('{"a": NaN}', "no valid JSON"),
        ("[" * 70 + "]" * 70, "nested deeper than 64"),
        ("[" * 100_000, "nested deeper than 64"),
    ],
)
def test_an_answer_that_is_no_fhir_is_said_so(wire: responses.RequestsMock, body: str, words: str) -> None:
    wire.get(f"{BASE}/Patient/1", body=body)
    with client_at(BASE) as client, pytest.raises(NotAFhirServer, match=words) as caught:
        client.get("Patient/1").resource()
    assert "HOREHAB_FHIR_URL" in caught.value.remedy


def test_a_body_that_is_not_utf8_is_said_so(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", body=b'{"resourceType": "P\xff"}')
    with client_at(BASE) as client, pytest.raises(NotAFhirServer, match="UTF-8"):
        client.get("Patient/1").resource()


def test_an_answer_that_is_too_large_is_not_read_to_its_end(wire: responses.RequestsMock) -> None:
    packed = gzip.compress(b'{"resourceType": "Patient", "x": "' + b"a" * 5_000_000 + b'"}')
    wire.get(f"{BASE}/Patient/1", body=packed, headers={"Content-Encoding": "gzip"})
    with client_at(BASE, max_body=1_000_000) as client, pytest.raises(NotAFhirServer, match="larger than"):
        client.get("Patient/1")


def test_a_packed_answer_is_unpacked(wire: responses.RequestsMock) -> None:
    wire.get(
        f"{BASE}/Patient/1", body=gzip.compress(json.dumps(PATIENT).encode()), headers={"Content-Encoding": "gzip"}
    )
    with client_at(BASE) as client:
        assert client.get("Patient/1").resource() == PATIENT


@pytest.mark.parametrize(
    ("error", "words", "calls"),
    [
        (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"), "certificate", 1),
        (requests.exceptions.ProxyError("403 from proxy"), "proxy", 4),
        (requests.exceptions.ConnectTimeout("slow"), "did not answer within 30 s", 4),
        (requests.exceptions.ReadTimeout("slow"), "did not answer within 30 s", 4),
        (requests.ConnectionError("NameResolutionError: getaddrinfo"), "unknown", 4),
        (requests.ConnectionError("NewConnectionError: Connection refused"), "Nobody listens", 4),
        (requests.ConnectionError("Connection reset by peer"), "broke off", 4),
        (requests.exceptions.ChunkedEncodingError("IncompleteRead"), "broke off", 4),
        (requests.exceptions.ContentDecodingError("bad gzip"), "broke off", 4),
    ],
)
def test_each_failure_of_the_network_is_one_sentence_with_a_remedy(
    wire: responses.RequestsMock, error: Exception, words: str, calls: int
) -> None:
    wire.get(f"{BASE}/Patient", body=error)
    with client_at(BASE) as client, pytest.raises(EhrUnavailable, match=words) as caught:
        client.get("Patient", {"name": "CANARY"})
    assert caught.value.remedy
    assert "CANARY" not in str(caught.value)
    assert len(wire.calls) == calls


def test_a_port_where_nobody_listens_is_said_so(free_port: int) -> None:
    with client_at(f"http://127.0.0.1:{free_port}/fhir") as client, pytest.raises(EhrUnavailable) as caught:
        client.get("metadata")
    assert f"Nobody listens at 127.0.0.1:{free_port}" in caught.value.message


def test_requests_are_paced(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    naps = Naps()
    with client_at(BASE, naps=naps, requests_per_second=2) as client:
        for _ in range(3):
            client.get("Patient/1")
    assert len(naps.slept) == 2
    assert 0.8 < naps.slept[1] <= 1.0

"""The client on the wire: patient and polite with its own server, and silent towards every other."""

import gzip
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from horehab.errors import ConfigurationError, EhrRefused, EhrUnavailable, NotAFhirServer
from horehab.fhir.client import FORBIDDEN, Connection
from tests.fhir.ward import Naps, client_at

BASE = "https://ehr.example/fhir"
PATIENT = {"resourceType": "Patient", "id": "1"}


@pytest.fixture
def wire() -> Any:
    with responses.RequestsMock() as mock:
        yield mock


def test_a_read_asks_for_fhir_json_and_no_cached_answer(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    with client_at(BASE, bearer_token="t0ken", user_agent="horehab/1") as client:
        assert client.get("Patient/1").resource() == PATIENT
    sent = wire.calls[0].request.headers
    assert sent["Accept"] == "application/fhir+json"
    assert sent["Cache-Control"] == "no-cache"
    assert sent["Authorization"] == "Bearer t0ken"
    assert sent["User-Agent"] == "horehab/1"
    assert "Prefer" not in sent


def test_a_search_demands_strict_handling(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient", json={"resourceType": "Bundle"})
    with client_at(BASE) as client:
        client.get("Patient", {"_count": "1"}, is_search=True)
    assert wire.calls[0].request.headers["Prefer"] == "handling=strict"
    assert "Authorization" not in wire.calls[0].request.headers


def test_a_user_with_a_password_signs_in_by_basic(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    with client_at(BASE, basic_user="ward", basic_password="secret") as client:
        client.get("Patient/1")
    assert wire.calls[0].request.headers["Authorization"] == "Basic d2FyZDpzZWNyZXQ="


def test_environment_proxies_and_netrc_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wire: responses.RequestsMock
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine ehr.example login thief password booty\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    with client_at(BASE) as client:
        client.get("Patient/1")
    assert not wire.calls[0].request.req_kwargs["proxies"]  # type: ignore[attr-defined]  # responses adds it
    assert "Authorization" not in wire.calls[0].request.headers


def test_the_proxy_of_the_settings_is_used(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    with client_at(BASE, proxy="http://proxy.example:3128") as client:
        client.get("Patient/1")
    sent = wire.calls[0].request.req_kwargs  # type: ignore[attr-defined]  # responses adds it
    assert sent["proxies"]["https"] == "http://proxy.example:3128"


def test_a_redirect_on_the_same_origin_is_followed_for_a_read(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", status=307, headers={"Location": "/fhir/R4/Patient/1"})
    wire.get("https://ehr.example/fhir/R4/Patient/1", json=PATIENT)
    with client_at(BASE, bearer_token="t0ken") as client:
        assert client.get("Patient/1").resource() == PATIENT


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/fhir/Patient/1",
        "http://ehr.example/fhir/Patient/1",
        "https://ehr.example:8443/fhir/Patient/1",
        "//evil.example/fhir/Patient/1",
        "https://ehr.example:port/x",
    ],
)
def test_no_token_and_no_request_goes_to_another_origin(wire: responses.RequestsMock, target: str) -> None:
    wire.get(f"{BASE}/Patient/1", status=302, headers={"Location": target})
    with client_at(BASE, bearer_token="t0ken") as client, pytest.raises(NotAFhirServer, match="another server"):
        client.get("Patient/1")
    assert len(wire.calls) == 1


def test_an_absolute_address_on_another_origin_is_never_asked(wire: responses.RequestsMock) -> None:
    with client_at(BASE, bearer_token="t0ken") as client, pytest.raises(NotAFhirServer, match="another server"):
        client.get("https://evil.example/fhir/Patient/1")
    assert len(wire.calls) == 0


def test_a_search_may_name_an_address_of_somebody_elses(wire: responses.RequestsMock) -> None:
    """A code system is named by an address, which nobody is asked at."""
    wire.get(f"{BASE}/Patient?_tag=http://h.example/tags%7Crehab", json={"resourceType": "Bundle"})
    with client_at(BASE) as client:
        assert client.get("Patient?_tag=http://h.example/tags|rehab", is_search=True).status == 200


@pytest.mark.parametrize("scheme", ["ftp", "file", "HTTP", "httpx"])
def test_an_address_by_another_scheme_is_never_asked(wire: responses.RequestsMock, scheme: str) -> None:
    with client_at(BASE) as client, pytest.raises(NotAFhirServer, match="another server"):
        client.get(f"{scheme}://ehr.example/fhir/Patient/1")
    assert len(wire.calls) == 0


def test_redirects_in_circles_end(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", status=302, headers={"Location": f"{BASE}/Patient/1"})
    with client_at(BASE) as client, pytest.raises(NotAFhirServer, match="circles"):
        client.get("Patient/1")
    assert len(wire.calls) == 4


def test_a_write_follows_no_redirect(wire: responses.RequestsMock) -> None:
    wire.put(f"{BASE}/Patient/1", status=307, headers={"Location": f"{BASE}/elsewhere"})
    with client_at(BASE) as client, pytest.raises(NotAFhirServer, match="write"):
        client.send("PUT", "Patient/1", PATIENT)
    assert len(wire.calls) == 1


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


def test_addresses_and_queries_stay_out_of_the_log(sandbox: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.DEBUG)
    with client_at(sandbox.url) as client:
        assert client.get("Patient", {"_id": "CANARY"}).is_success
    assert "CANARY" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("urllib3")]


def test_what_urllib3_says_of_other_hosts_is_not_ours_to_drop(sandbox: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with client_at(sandbox.url):
        logging.getLogger("urllib3.connectionpool").debug("%s answers", "elsewhere.example")
    assert "elsewhere.example answers" in caplog.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://ehr.example/fhir", "plain http"),
        ("http://localhost.evil.example/fhir", "plain http"),
        ("ftp://ehr.example/fhir", "no web address"),
        ("ehr.example/fhir", "no web address"),
        ("https://ehr.example:many/fhir", "port"),
        ("https://ehr.example/fhir?tenant=1", "more than an address"),
        ("https://me:secret@ehr.example/fhir", "more than an address"),
    ],
)
def test_a_base_over_which_no_patient_data_may_travel_is_refused(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        Connection(url=url)
    assert "secret" not in str(caught.value)


def test_two_ways_to_sign_in_at_once_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="HOREHAB_BEARER_TOKEN and HOREHAB_BASIC_USER"):
        Connection(url=BASE, bearer_token="a", basic_user="b")


def test_a_token_with_a_line_break_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="line break"):
        Connection(url=BASE, bearer_token="a\nb")


def test_secrets_are_not_in_the_printed_form() -> None:
    printed = repr(Connection(url=BASE, bearer_token="t0ken")) + repr(
        Connection(url=BASE, basic_user="u5er", basic_password="pa55", proxy="http://u5er:pa55@proxy")
    )
    assert not any(secret in printed for secret in ("t0ken", "u5er", "pa55"))


@pytest.mark.parametrize("setting", ["ca_bundle", "client_certificate", "client_key"])
def test_a_certificate_file_that_is_not_there_is_named(setting: str) -> None:
    options: dict[str, Any] = {"client_certificate": __file__, setting: "/nowhere/ca.pem"}
    with pytest.raises(ConfigurationError, match=f"HOREHAB_{setting.upper()}"), client_at(BASE, **options):
        pass


def test_a_client_certificate_and_its_authority_are_handed_over(wire: responses.RequestsMock, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("ca", "cert", "key")}
    for file in files.values():
        file.write_text("PEM")
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    with client_at(
        BASE,
        ca_bundle=str(files["ca"]),
        client_certificate=str(files["cert"]),
        client_key=str(files["key"]),
    ) as client:
        client.get("Patient/1")
    sent = wire.calls[0].request.req_kwargs  # type: ignore[attr-defined]  # responses adds it
    assert sent["verify"] == str(files["ca"])
    assert sent["cert"] == (str(files["cert"]), str(files["key"]))


def test_requests_are_paced(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    naps = Naps()
    with client_at(BASE, naps=naps, requests_per_second=2) as client:
        for _ in range(3):
            client.get("Patient/1")
    assert len(naps.slept) == 2
    assert 0.8 < naps.slept[1] <= 1.0

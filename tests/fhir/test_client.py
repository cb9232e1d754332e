"""The client on the wire: it says who asks to its own server alone, and is silent towards every other."""

import logging
from pathlib import Path
from typing import Any

import pytest
import responses

from horehab.errors import NotAFhirServer
from tests.fhir.hand_written_pages import BASE, PATIENT, options_sent
from tests.fhir.ward import client_at


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
    assert not options_sent(wire)["proxies"]
    assert "Authorization" not in wire.calls[0].request.headers


def test_the_proxy_of_the_settings_is_used(wire: responses.RequestsMock) -> None:
    wire.get(f"{BASE}/Patient/1", json=PATIENT)
    with client_at(BASE, proxy="http://proxy.example:3128") as client:
        client.get("Patient/1")
    sent = options_sent(wire)
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

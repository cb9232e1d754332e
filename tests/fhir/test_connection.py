"""How the server is reached: by a safe address, one way to sign in, and files that are there."""

from pathlib import Path
from typing import Any

import pytest
import responses

from horehab.errors import ConfigurationError
from horehab.fhir.wire.client import Connection
from tests.fhir.hand_written_pages import BASE, PATIENT, options_sent
from tests.fhir.ward import client_at


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
    sent = options_sent(wire)
    assert sent["verify"] == str(files["ca"])
    assert sent["cert"] == (str(files["cert"]), str(files["key"]))

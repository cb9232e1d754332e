"""What an authorization server answers is a token only if it is one; where none comes, nothing is lost."""

import json
from contextlib import closing
from typing import Any

import pytest

from horehab.errors import EhrRefused, EhrUnavailable
from horehab.fhir.wire.answers import Answer
from horehab.fhir.wire.token_answers import read_token, refusal_of
from tests.fhir.signing_in.signed import Signed, desk_of
from tests.servers.faults import Fault, Reply, html
from tests.servers.proxying import faulty_proxy


@pytest.mark.parametrize(
    ("told", "seconds"), [(300, 300), ("120", 120), (None, 60), ("soon", 60), (-5, 60), (1e12, 86_400), (True, 1)]
)
def test_how_long_a_token_holds_is_read_or_assumed_to_be_a_minute(told: Any, seconds: float) -> None:
    body = json.dumps({"access_token": "abc", "token_type": "Bearer", "expires_in": told}).encode()
    answer = read_token(Answer(status=200, body=body), "https://ehr.example/token")
    assert (answer.token, answer.seconds, answer.scopes) == ("abc", seconds, "")


@pytest.mark.parametrize(
    "told",
    [
        {"access_token": "a b"},
        {"access_token": "abc\r\nX-Evil: 1"},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "abc", "token_type": "mac"},
        ["abc"],
    ],
)
def test_what_is_no_bearer_token_is_not_used(told: Any) -> None:
    with pytest.raises(EhrRefused) as refusal:
        read_token(Answer(status=200, body=json.dumps(told).encode()), "https://ehr.example/token")
    assert refusal.value.code == "HR-1362"


def test_a_refusal_quotes_no_assertion() -> None:
    proof = "eyJ" + "x" * 300
    body = json.dumps({"error": "invalid_client", "error_description": f"bad {proof} \u0007 sent"}).encode()
    refusal = refusal_of(Answer(status=401, body=body), "https://ehr.example/token")
    assert "(bad … sent)" in refusal.error.message
    assert proof not in str(refusal.error)


def test_a_page_for_people_is_no_token(signed: Signed) -> None:
    with faulty_proxy(signed.giver.issuer) as proxy:
        proxy.set(html())
        with closing(desk_of(signed, token_url=f"{proxy.url}/token")) as desk, pytest.raises(EhrRefused) as refusal:
            desk.granted()
    assert refusal.value.code == "HR-1362"
    assert "HOREHAB_TOKEN_URL" in refusal.value.remedy


def test_an_authorization_server_that_is_away_loses_nothing(signed: Signed, free_port: int) -> None:
    with (
        closing(desk_of(signed, token_url=f"http://127.0.0.1:{free_port}/token")) as desk,
        pytest.raises(EhrUnavailable, match=r"authorization server 127\.0\.0\.1 does not answer") as error,
    ):
        desk.granted()
    assert error.value.is_passing


def test_no_redirect_is_followed_with_an_assertion(signed: Signed) -> None:
    with faulty_proxy(signed.giver.issuer) as proxy:
        proxy.set(Fault(strike=lambda *_: Reply(status=307, headers={"Location": f"{proxy.elsewhere}/token"})))
        with (
            closing(desk_of(signed, token_url=f"{proxy.url}/token")) as desk,
            pytest.raises(EhrRefused, match="status 307"),
        ):
            desk.granted()
        assert proxy.requests(origin="elsewhere") == []

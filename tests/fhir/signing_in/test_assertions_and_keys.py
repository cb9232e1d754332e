"""Signing in at a real authorization server: an assertion by our key says who we are, once and not for long."""

import json
import logging
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from horehab.app import create_app
from horehab.clock import SetClock
from horehab.errors import ConfigurationError, EhrRefused
from horehab.fhir.wire.client_keys import make_keys, public_set, read_keys, retire_key, rotate_keys
from horehab.fhir.wire.tokens import LIFE_OF_AN_ASSERTION, assertion
from horehab.sandbox import serve
from horehab.settings import Settings
from tests.fhir.signing_in.signed import EVERYTHING, NOW, SCOPES, Signed, desk_of
from tests.servers.guarded import GuardedServer


def test_a_token_is_got_and_opens_the_chart(each: Signed) -> None:
    with each.client() as client:
        assert client.get("Patient/p1").resource()["id"] == "p1"
        assert client.send("PUT", "Patient/p2", {"resourceType": "Patient", "id": "p2"}).status == 201
        assert client.sign_in.desk is not None
        granted = client.sign_in.desk.granted()
    assert granted.algorithm == read_keys(each.keys)[0].algorithm
    assert granted.seconds == 300
    assert set(each.server.tokens) == {granted.token}
    assert granted.scopes == granted.asked == SCOPES


def test_the_same_assertion_is_taken_once(each: Signed) -> None:
    proof = assertion(read_keys(each.keys)[0], each.client_id, each.giver.token_endpoint, NOW.now())
    assert each.ask_for_token(proof).status_code == 200
    again = each.ask_for_token(proof)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


def test_an_assertion_for_somebody_else_is_refused(each: Signed) -> None:
    proof = assertion(read_keys(each.keys)[0], each.client_id, "https://elsewhere.example/token", NOW.now())
    assert each.ask_for_token(proof).status_code == 401


def test_an_assertion_that_ran_out_is_refused(each: Signed) -> None:
    late = NOW.now() - timedelta(seconds=LIFE_OF_AN_ASSERTION + 60)
    proof = assertion(read_keys(each.keys)[0], each.client_id, each.giver.token_endpoint, late)
    assert each.ask_for_token(proof).status_code == 401


def test_an_assertion_says_who_we_are_for_whom_and_for_less_than_five_minutes(each: Signed) -> None:
    key = read_keys(each.keys)[0]
    known: Any = public_set((key,))
    seen = set()
    for _ in range(50):
        proof = assertion(key, "us", "https://ehr.example/token", datetime(2026, 1, 1, tzinfo=UTC))
        signature = jws.deserialize_compact(proof, KeySet.import_key_set(known), [key.algorithm])
        claims = json.loads(signature.payload or b"")
        assert (claims["iss"], claims["sub"], claims["aud"]) == ("us", "us", "https://ehr.example/token")
        assert 0 < claims["exp"] - claims["iat"] <= 300
        assert signature.headers() == {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"}
        seen.add(claims["jti"])
    assert len(seen) == 50


def test_the_keys_are_rotated_without_a_restart(server: GuardedServer, tmp_path: Path) -> None:
    """The authorization server reads our keys at the address of our pages, and keeps its copy for a while."""
    keys = tmp_path / "keys.json"
    old = make_keys(keys, "ES384", NOW.now())
    pages = create_app(Settings(client_keys=str(keys), database_url=f"sqlite:///{tmp_path}/pages.sqlite3"))
    with serve(pages) as serving:
        address = f"{serving.url.removesuffix('/fhir')}/.well-known/jwks.json"
        client_id = server.giver.register(scope=EVERYTHING, jwks_uri=address)
        signed = Signed(giver=server.giver, server=server, keys=keys, client_id=client_id)
        with signed.client() as client:
            assert client.get("Patient/p1").is_success
            desk = client.sign_in.desk
            assert desk is not None
            assert desk.granted().kid == old.kid
            new = rotate_keys(keys, "RS384", NOW.now() + timedelta(seconds=1))
            server.not_taken.add(desk.granted().token)
            assert client.get("Patient/p1").is_success
            assert desk.granted().kid == old.kid  # it has a copy of our old set, and we go on with the old key
        fresh = Signed(
            giver=server.giver,
            server=server,
            keys=keys,
            client_id=server.giver.register(scope=EVERYTHING, jwks_uri=address),
        )
        retire_key(keys, old.kid)
        with fresh.client() as client:
            assert client.get("Patient/p1").is_success
            assert client.sign_in.desk is not None
            assert client.sign_in.desk.granted().kid == new.kid


def test_a_key_that_was_retired_there_signs_no_more(signed: Signed) -> None:
    rotate_keys(signed.keys, None, NOW.now())
    retire_key(signed.keys, read_keys(signed.keys)[-1].kid)
    with signed.client() as client, pytest.raises(EhrRefused, match="invalid_client") as refusal:
        client.get("Patient/p1")
    assert refusal.value.code == "HR-1360"
    assert "horehab keys public" in refusal.value.remedy


def test_a_clock_of_ours_that_is_off_is_made_up_for(signed: Signed) -> None:
    behind = SetClock(zone=ZoneInfo("UTC"), instant=NOW.now() - timedelta(days=200))
    with signed.client(clock=behind) as client:
        assert client.get("Patient/p1").is_success
        assert client.sign_in.desk is not None
        assert client.sign_in.desk.granted().ahead > timedelta(days=199)


def test_the_key_is_chosen_by_what_the_server_takes(signed: Signed) -> None:
    signed.server.smart["token_endpoint_auth_signing_alg_values_supported"] = ["RS384"]
    with closing(desk_of(signed)) as desk, pytest.raises(ConfigurationError, match="by RS384") as error:
        desk.granted()
    assert error.value.code == "HR-1363"
    assert "horehab keys rotate --alg" in error.value.remedy


def test_no_secret_is_in_a_log_or_in_a_printed_form(
    signed: Signed, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(logging.DEBUG), signed.client() as client:
        assert client.get("Patient/p1").is_success
        desk = client.sign_in.desk
        assert desk is not None
        granted = desk.granted()
        shown = f"{caplog.text} {granted!r} {client.connection!r} {read_keys(signed.keys)!r} {vars(desk)}"
    private = json.loads(signed.keys.read_text())["keys"][0]["d"]
    assert granted.token not in shown
    assert private not in shown
    assert "client_assertion=" not in shown
    assert [file.name for file in tmp_path.iterdir()] == ["keys.json"]

"""Signing in by SMART Backend Services at a real authorization server, before a server that checks its tokens."""

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from joserfc import jws
from joserfc.jwk import KeySet

from horehab.clock import SetClock, SystemClock
from horehab.errors import ConfigurationError, EhrRefused, EhrUnavailable
from horehab.fhir.answers import Answer
from horehab.fhir.bulk_fetching import opened
from horehab.fhir.client import Client
from horehab.fhir.client_keys import make_keys, public_set, read_keys, retire_key, rotate_keys
from horehab.fhir.connection import BackendService, Connection
from horehab.fhir.kinds import KINDS, PLACES, WRITTEN
from horehab.fhir.scopes import wanted_scopes
from horehab.fhir.smart import SmartOffer
from horehab.fhir.token_answers import read_token, refusal_of
from horehab.fhir.tokens import LIFE_OF_AN_ASSERTION, TokenDesk, assertion
from horehab.plugin import create_app
from horehab.sandbox import serve
from horehab.settings import Settings
from horehab.usecases.chart_copy import CopyFile
from horehab.usecases.ports import Clock
from tests.fhir.ward import PATIENT, Naps
from tests.servers.faults import Fault, Reply, answers, html
from tests.servers.guarded import GuardedServer, start_guarded
from tests.servers.oidc import AuthorizationServer
from tests.servers.proxying import faulty_proxy

NOW = SystemClock(zone=ZoneInfo("UTC"))
SCOPES = " ".join(wanted_scopes((), (), reads=(*KINDS, *PLACES), writes=WRITTEN))
EVERYTHING = " ".join(
    f"system/{kind}.{may}" for kind in ("*", *KINDS, *PLACES) for may in ("rs", "crus", "read", "write")
)


@dataclass(kw_only=True)
class Signed:
    """A client that is registered at the authorization server, with its key file and the FHIR server before it."""

    giver: AuthorizationServer
    server: GuardedServer
    keys: Path
    client_id: str

    def service(self, **options: Any) -> BackendService:
        return BackendService(client_id=self.client_id, keys=str(self.keys), **options)

    @contextmanager
    def client(self, *, clock: Clock = NOW, url: str = "", **options: Any) -> Iterator[Client]:
        """Open a client of the FHIR server that signs in."""
        connection = Connection(url=url or self.server.url, service=self.service(**options))
        client = Client(connection, clock, sleep=Naps(), dice=Random(7))  # jitter
        try:
            yield client
        finally:
            client.close()

    def ask_for_token(self, proof: str) -> requests.Response:
        """Show an assertion to the authorization server by hand."""
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form = {"grant_type": "client_credentials", "client_assertion_type": kind, "client_assertion": proof}
        return requests.post(self.giver.token_endpoint, data=form, timeout=30)


@pytest.fixture
def server(oidc: AuthorizationServer) -> Iterator[GuardedServer]:
    with start_guarded(oidc) as running:
        running.store.put(PATIENT)
        yield running


@pytest.fixture(params=["ES384", "RS384"])
def each(request: pytest.FixtureRequest, server: GuardedServer, tmp_path: Path) -> Signed:
    return sign_up(server, tmp_path, request.param)


@pytest.fixture
def signed(server: GuardedServer, tmp_path: Path) -> Signed:
    return sign_up(server, tmp_path, "ES384")


def sign_up(server: GuardedServer, folder: Path, algorithm: str, *, scope: str = EVERYTHING) -> Signed:
    keys = folder / "keys.json"
    make_keys(keys, algorithm, NOW.now())
    client_id = server.giver.register(scope=scope, jwks=public_set(read_keys(keys)))
    return Signed(giver=server.giver, server=server, keys=keys, client_id=client_id)


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


def desk_of(signed: Signed, *, clock: Clock = NOW, **options: Any) -> TokenDesk:
    service = signed.service(**options)
    return TokenDesk(Connection(url=signed.server.url, service=service), service, clock)


def all_at_once(desk: TokenDesk, threads: int = 32) -> list[str]:
    """Let so many threads ask for the token at the same moment; gives their tokens, or why there is none."""
    start = threading.Barrier(threads)

    def ask(_: int) -> str:
        start.wait()
        try:
            return desk.granted().token
        except (EhrRefused, EhrUnavailable) as error:
            return error.message

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(ask, range(threads)))


def test_thirty_two_threads_make_one_request_for_a_token(signed: Signed) -> None:
    with closing(desk_of(signed)) as desk:
        before = signed.giver.answered().count("POST /token 200")
        told = all_at_once(desk)
    assert len(told) == 32
    assert len(set(told)) == 1
    assert signed.giver.answered().count("POST /token 200") == before + 1


def test_those_who_wait_share_a_refusal(signed: Signed) -> None:
    with faulty_proxy(signed.giver.issuer) as proxy:
        proxy.set(answers(503))
        with closing(desk_of(signed, token_url=f"{proxy.url}/token")) as desk:
            told = all_at_once(desk)
            assert set(told) == {"The authorization server 127.0.0.1 answers with status 503."}
            assert len(proxy.requests("POST", "/token")) < 5


def test_a_token_is_replaced_shortly_before_it_runs_out(signed: Signed) -> None:
    ticks = [1000.0]
    service = signed.service()
    with closing(
        TokenDesk(Connection(url=signed.server.url, service=service), service, NOW, ticks=lambda: ticks[0])
    ) as desk:
        first = desk.granted().token
        ticks[0] += 269
        assert desk.granted().token == first
        ticks[0] += 2
        assert desk.granted().token != first


def test_a_token_that_is_no_longer_taken_is_replaced_in_the_midst_of_the_work(signed: Signed) -> None:
    with signed.client() as client:
        assert client.get("Patient/p1").is_success
        signed.server.not_taken.add(signed.server.tokens[-1])
        assert client.get("Patient/p1").is_success
        signed.server.not_taken.add(signed.server.tokens[-1])
        assert client.send("PUT", "Patient/p2", {"resourceType": "Patient", "id": "p2"}).status == 201
    assert len(set(signed.server.tokens)) == 3


def test_a_token_that_is_no_longer_taken_is_replaced_between_two_files_of_an_export(signed: Signed) -> None:
    """Fetching files takes longer than a token holds."""
    file = CopyFile(address=f"{signed.server.url}/Patient/p1", kind="Patient")
    with signed.client() as client:
        for _ in range(2):
            with opened(client, file) as stream:
                assert b'"p1"' in b"".join(stream.pieces)
            signed.server.not_taken.add(signed.server.tokens[-1])
        assert len(set(signed.server.tokens)) == 2
        signed.server.takes_none = True
        with pytest.raises(EhrRefused, match="does not know us"), opened(client, file):
            pass


def test_a_server_that_takes_no_token_is_asked_twice_and_said_in_a_sentence(signed: Signed) -> None:
    signed.server.takes_none = True
    before = signed.giver.answered().count("POST /token 200")
    with signed.client() as client, pytest.raises(EhrRefused, match="does not know us") as refusal:
        client.get("Patient/p1")
    assert "a token that its authorization server gave us" in refusal.value.message
    assert "HOREHAB_SCOPES" in refusal.value.remedy
    assert len(signed.server.tokens) == 2
    assert signed.giver.answered().count("POST /token 200") == before + 2


def test_a_token_is_sent_to_nobody_else(signed: Signed) -> None:
    with signed.client() as client:
        assert client.sign_in.headers(signed.server.url)
        assert client.sign_in.headers("https://elsewhere.example/fhir") == {}
        assert client.sign_in.headers(signed.giver.issuer) == {}
        with closing(client.stranger(signed.giver.issuer)) as stranger:
            assert stranger.sign_in.desk is None


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


def test_a_server_that_lists_scopes_of_the_first_version_is_asked_for_those(signed: Signed) -> None:
    signed.server.smart["scopes_supported"] = ["openid", "system/*.read", "system/*.write"]
    with closing(desk_of(signed)) as desk:
        granted = desk.granted()
    assert "system/Observation.read" in granted.scopes.split()
    assert "system/Condition.write" in granted.scopes.split()
    assert ".rs" not in granted.scopes


def test_where_nothing_is_written_no_writing_is_asked_for(signed: Signed) -> None:
    with closing(desk_of(signed, may_write=False)) as desk:
        assert not any(scope.endswith("crus") for scope in desk.granted().scopes.split())


def test_scopes_that_are_set_are_asked_for_as_they_are(signed: Signed) -> None:
    with closing(desk_of(signed, scopes="system/Patient.rs")) as desk:
        assert desk.granted().scopes == "system/Patient.rs"


def test_scopes_that_are_not_ours_are_refused_in_a_sentence(server: GuardedServer, tmp_path: Path) -> None:
    signed = sign_up(server, tmp_path, "ES384", scope="system/Patient.rs")
    with closing(desk_of(signed)) as desk, pytest.raises(EhrRefused) as refusal:
        desk.granted()
    assert "gives us no token: invalid_scope" in refusal.value.message
    assert "HOREHAB_SCOPES" in refusal.value.remedy


def test_the_key_is_chosen_by_what_the_server_takes(signed: Signed) -> None:
    signed.server.smart["token_endpoint_auth_signing_alg_values_supported"] = ["RS384"]
    with closing(desk_of(signed)) as desk, pytest.raises(ConfigurationError, match="by RS384") as error:
        desk.granted()
    assert error.value.code == "HR-1363"
    assert "horehab keys rotate --alg" in error.value.remedy


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("", "does not say where tokens are given"),
        ("https://login.example/token", "another host: https://login.example/token"),
        ("http://ehr.example/token", "plain http, on ehr.example"),
        ("ftp://127.0.0.1/token", "no web address"),
        ("http://[127.0.0.1/token", "no web address"),
    ],
)
def test_a_token_endpoint_that_cannot_be_trusted_is_not_asked(signed: Signed, named: str, words: str) -> None:
    signed.server.smart = {"token_endpoint": named, "capabilities": 7}
    with closing(desk_of(signed)) as desk, pytest.raises(ConfigurationError, match=words) as error:
        desk.granted()
    assert error.value.code == "HR-1361"
    assert "HOREHAB_TOKEN_URL" in error.value.remedy


def test_a_token_endpoint_that_is_named_needs_no_word_of_the_server(signed: Signed) -> None:
    signed.server.smart = {}
    with closing(desk_of(signed, token_url=signed.giver.token_endpoint)) as desk:
        assert desk.granted().endpoint == signed.giver.token_endpoint


def test_a_fhir_server_that_is_away_hinders_no_token_where_its_endpoint_is_named(
    signed: Signed, free_port: int
) -> None:
    away = f"http://127.0.0.1:{free_port}/fhir"
    for token_url in (signed.giver.token_endpoint, ""):
        service = signed.service(token_url=token_url)
        with closing(TokenDesk(Connection(url=away, service=service), service, NOW)) as desk:
            if token_url:
                assert desk.granted().token
            else:
                with pytest.raises(EhrUnavailable, match="Nobody listens"):
                    desk.granted()


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


def test_no_token_is_got_for_what_a_server_tells_to_all(signed: Signed) -> None:
    before = len(signed.giver.answered())
    with signed.client() as client:
        assert client.get("metadata").is_success
        assert len(signed.giver.answered()) == before
        signed.server.is_closed = True
        assert client.get("metadata").is_success
    assert len(signed.giver.answered()) == before + 1


def test_a_register_of_the_scope_is_asked_for_too(signed: Signed) -> None:
    scopes = desk_of(signed, reads_too=("Group", "List"))
    with closing(scopes) as desk:
        assert "system/Group.rs system/List.rs" in desk.scopes(SmartOffer())

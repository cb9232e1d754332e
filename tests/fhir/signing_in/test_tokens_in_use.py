"""A token is got once for all who wait, replaced when it holds no longer, and shown to nobody else."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from horehab.errors import EhrRefused, EhrUnavailable
from horehab.fhir.bulk.fetching import opened
from horehab.fhir.wire.connection import Connection
from horehab.fhir.wire.tokens import TokenDesk
from horehab.usecases.chart_copy import CopyFile
from tests.fhir.signing_in.signed import NOW, Signed, desk_of
from tests.servers.faults import answers
from tests.servers.proxying import faulty_proxy


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


def test_no_token_is_got_for_what_a_server_tells_to_all(signed: Signed) -> None:
    before = len(signed.giver.answered())
    with signed.client() as client:
        assert client.get("metadata").is_success
        assert len(signed.giver.answered()) == before
        signed.server.is_closed = True
        assert client.get("metadata").is_success
    assert len(signed.giver.answered()) == before + 1

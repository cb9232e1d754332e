"""What we ask to be allowed, and where we may ask for a token."""

from contextlib import closing
from pathlib import Path

import pytest

from horehab.errors import ConfigurationError, EhrRefused, EhrUnavailable
from horehab.fhir.wire.connection import Connection
from horehab.fhir.wire.smart import SmartOffer
from horehab.fhir.wire.tokens import TokenDesk
from tests.fhir.signing_in.signed import NOW, Signed, desk_of, sign_up
from tests.servers.guarded import GuardedServer


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


def test_a_register_of_the_scope_is_asked_for_too(signed: Signed) -> None:
    scopes = desk_of(signed, reads_too=("Group", "List"))
    with closing(scopes) as desk:
        assert "system/Group.rs system/List.rs" in desk.scopes(SmartOffer())

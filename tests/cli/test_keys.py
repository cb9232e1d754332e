"""`horehab keys`: made, rotated, retired and shown, without the private half ever leaving the file."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, says_one_sentence


@pytest.fixture
def key_desk(desk: Desk, tmp_path: Path) -> Desk:
    return Desk(desk.settings | {"HOREHAB_CLIENT_KEYS": f"{tmp_path}/keys.json"})


def test_the_life_of_a_key(key_desk: Desk) -> None:
    made = key_desk.run("keys", "new")
    assert made.exit_code == 0, made.output
    assert "HOREHAB_CLIENT_ID" in made.stdout
    (first,) = json.loads(key_desk.run("keys", "public").stdout)["keys"]
    assert first["alg"] == "ES384"
    assert "d" not in first
    rotated = key_desk.run("keys", "rotate", "--alg", "RS384")
    assert "signs from now on" in rotated.stdout
    listed = key_desk.run("keys", "list").stdout.splitlines()
    assert "signs, published" in listed[1]
    assert listed[2].startswith(first["kid"])
    retired = key_desk.run("keys", "retire", first["kid"])
    assert retired.exit_code == 0, retired.output
    (left,) = json.loads(key_desk.run("keys", "public").stdout)["keys"]
    assert left["alg"] == "RS384"
    assert left["kid"] in retired.stdout


def test_what_cannot_be_done_is_said_in_a_sentence(key_desk: Desk, desk: Desk) -> None:
    says_one_sentence(desk.run("keys", "new"), 3, "HOREHAB_CLIENT_KEYS")
    says_one_sentence(key_desk.run("keys", "public"), 3, "cannot be read", "horehab keys new")
    assert key_desk.run("keys", "new").exit_code == 0
    says_one_sentence(key_desk.run("keys", "new"), 2, "there already", "horehab keys rotate")
    says_one_sentence(key_desk.run("keys", "retire", "x"), 2, "no key 'x'")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"client_id": "us"}, ("HOREHAB_CLIENT_ID", "HOREHAB_CLIENT_KEYS", "horehab keys new")),
        ({"token_url": "https://login.example/token"}, ("HOREHAB_TOKEN_URL", "HOREHAB_CLIENT_ID")),
        ({"scopes": "system/*.rs"}, ("HOREHAB_SCOPES", "HOREHAB_CLIENT_ID")),
        (
            {"client_id": "us", "client_keys": "keys.json", "bearer_token": "t0ken"},
            ("HOREHAB_BEARER_TOKEN and HOREHAB_CLIENT_ID", "Keep one"),
        ),
        (
            {"client_id": "us", "client_keys": "keys.json", "basic_user": "us"},
            ("HOREHAB_BASIC_USER and HOREHAB_CLIENT_ID", "Keep one"),
        ),
    ],
)
def test_settings_of_signing_in_that_do_not_go_together_are_named(
    desk: Desk, settings: dict[str, str], words: tuple[str, ...]
) -> None:
    result = desk.run("sync", **settings)
    says_one_sentence(result, 3, *words)
    assert "t0ken" not in result.output

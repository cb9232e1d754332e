"""The file with our keys: private to its owner, replaced in one stroke, and published without its private half."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet, OctKey

from horehab.errors import ConfigurationError, InputError
from horehab.fhir.wire.client_keys import (
    ALGORITHMS,
    is_open_to_others,
    make_keys,
    public_set,
    read_keys,
    retire_key,
    rotate_keys,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_fresh_key_file_is_for_its_owner_alone(file: Path, algorithm: str) -> None:
    os.umask(0o000)
    try:
        made = make_keys(file, algorithm, NOW)
    finally:
        os.umask(0o022)
    assert file.stat().st_mode & 0o777 == 0o600
    assert not is_open_to_others(file)
    (read,) = read_keys(file)
    assert (read.kid, read.algorithm, read.made) == (made.kid, algorithm, NOW)
    assert made.kid.startswith("hr-20260101-")
    file.chmod(0o644)
    assert is_open_to_others(file)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_published_has_no_private_half(file: Path, algorithm: str) -> None:
    make_keys(file, algorithm, NOW)
    rotate_keys(file, None, NOW)
    known: Any = public_set(read_keys(file))
    for key in known["keys"]:
        assert not set(key) & PRIVATE
        assert set(key) >= {"kty", "kid", "use", "alg"}
    assert not any(key.is_private for key in KeySet.import_key_set(known).keys)
    private = json.loads(file.read_text())["keys"]
    assert all("d" in key for key in private)


def test_no_key_is_ever_overwritten(file: Path) -> None:
    make_keys(file, "ES384", NOW)
    before = file.read_bytes()
    with pytest.raises(InputError, match="there already"):
        make_keys(file, "ES384", NOW)
    assert file.read_bytes() == before


def test_the_newest_key_signs_and_the_old_ones_stay_until_they_are_retired(file: Path) -> None:
    old = make_keys(file, "ES384", NOW)
    new = rotate_keys(file, None, NOW + timedelta(days=1))
    third = rotate_keys(file, "RS384", NOW + timedelta(days=1))
    assert [key.kid for key in read_keys(file)] == [third.kid, new.kid, old.kid]
    assert new.algorithm == "ES384"
    assert [key.kid for key in retire_key(file, new.kid)] == [third.kid, old.kid]
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def whose(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_mode & 0o777, found.st_uid, found.st_gid


def test_who_may_read_the_keys_is_left_as_it_was_set(file: Path) -> None:
    """The service reads them by its group; whoever rotates them may be somebody else."""
    old = make_keys(file, "ES384", NOW)
    file.chmod(0o640)
    user, group = (12_345, 12_346) if os.geteuid() == 0 else (os.geteuid(), os.getgroups()[-1])
    os.chown(file, user, group)
    rotate_keys(file, None, NOW + timedelta(days=1))
    assert whose(file) == (0o640, user, group)
    retire_key(file, old.kid)
    assert whose(file) == (0o640, user, group)


def test_keys_of_an_owner_whom_we_cannot_give_them_to_are_left_as_they_are(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the service would stand before keys that it cannot read."""
    make_keys(file, "ES384", NOW)
    before = file.read_bytes()

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refused)
    real = Path.stat

    def of_somebody_else(self: Path, **options: Any) -> os.stat_result:
        found = list(real(self, **options))
        found[4] += self == file  # st_uid
        return os.stat_result(found)

    monkeypatch.setattr(Path, "stat", of_somebody_else)
    with pytest.raises(ConfigurationError, match="belongs to another user") as error:
        rotate_keys(file, None, NOW + timedelta(days=1))
    assert "user that the service runs as" in error.value.remedy
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_an_unknown_key_and_the_last_key_are_not_retired(file: Path) -> None:
    made = make_keys(file, "ES384", NOW)
    with pytest.raises(InputError, match="There is no key 'x'") as unknown:
        retire_key(file, "x")
    assert made.kid in unknown.value.remedy
    with pytest.raises(InputError, match="only key"):
        retire_key(file, made.kid)


def test_keys_that_somebody_else_made_are_taken(file: Path) -> None:
    made = make_keys(file, "RS384", NOW)
    (listed,) = json.loads(file.read_text())["keys"]
    bare = {name: value for name, value in listed.items() if name not in ("kid", "alg", "use", "iat")}
    file.write_text(json.dumps({"keys": [bare]}))
    (read,) = read_keys(file)
    assert (read.algorithm, read.made) == ("RS384", None)
    assert read.kid == made.key.thumbprint()
    newer = rotate_keys(file, None, NOW)
    assert [key.kid for key in read_keys(file)] == [newer.kid, read.kid]


def broken(file: Path) -> dict[str, str]:
    make_keys(file, "ES384", NOW)
    (key,) = json.loads(file.read_text())["keys"]
    public = {name: value for name, value in key.items() if name != "d"}
    return {
        "is no JWK set": "not JSON",
        "is no JWK set of": '{"keys": "none"}',
        "no JWK": json.dumps({"keys": [public]}),
        "no JWK set of private": json.dumps({"keys": [OctKey.generate_key(256).as_dict()]}),
        "of private ES384 or RS384": json.dumps({"keys": [{**key, "alg": "ES256"}]}),
        "ES384 or RS384 keys": json.dumps({"keys": [{**key, "x": "AAAA"}]}),
        "RS384 keys": json.dumps([key]),
        "holds no key": '{"keys": []}',
    }


def test_a_file_that_cannot_be_used_is_named_and_not_quoted(file: Path) -> None:
    for words, text in broken(file).items():
        file.write_text(text)
        with pytest.raises(ConfigurationError, match=words) as error:
            read_keys(file)
        assert error.value.code == "HR-1363"
        assert str(file) in error.value.message
        assert "horehab keys new" in error.value.remedy
        assert '"d"' not in str(error.value)


def test_a_file_that_is_not_there_and_a_folder_that_is_not_are_said(file: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_keys(file)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        make_keys(file.parent / "nowhere" / "keys.json", "ES384", NOW)

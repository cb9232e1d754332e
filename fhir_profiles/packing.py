"""Our profiles as files for others: the npm-shaped package that FHIR tools install, and one transaction Bundle."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from fhir_profiles import artefacts, version

_AGELESS = 0


def package_name() -> str:
    """Name the file of the package: "horehab.fhir-0.1.0.tgz"."""
    return f"horehab.fhir-{version()}.tgz"


def packed() -> bytes:
    """Pack the package as FHIR tools take it; the same bytes each time."""
    flat = io.BytesIO()
    with tarfile.open(fileobj=flat, mode="w") as archive:
        for name, file in sorted(_files(files("fhir_profiles").joinpath("package"), "package")):
            content = file.read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(content), _AGELESS, 0o644
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(flat.getvalue(), mtime=_AGELESS)


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _files(each, f"{path}/{each.name}")
        else:
            yield f"{path}/{each.name}", each


def as_transaction() -> dict[str, Any]:
    """Give all our artefacts, without the examples, as one transaction that puts each under its id."""
    entries = [
        {
            "fullUrl": artefact["url"],
            "resource": artefact,
            "request": {"method": "PUT", "url": f"{artefact['resourceType']}/{artefact['id']}"},
        }
        for artefact in artefacts()
    ]
    return {"resourceType": "Bundle", "id": "horehab-profiles", "type": "transaction", "entry": entries}

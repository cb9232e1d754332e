"""Small profiles made by hand, and a package of them: what ours do not use, somebody else's may."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

Row = dict[str, Any]

BASE = "https://hospital.example/fhir"
_STRUCTURE = "http://hl7.org/fhir/StructureDefinition"


def row(path: str, kind: str = "", low: int = 0, high: str = "1", **more: Any) -> Row:
    """Make an element; `path` is its id, where a slice has its name behind a colon. `most` is the base's limit."""
    plain = ".".join(step.partition(":")[0] for step in path.split("."))
    most = more.pop("most", high)
    found: Row = {"id": path, "path": plain, "min": low, "max": high, "base": {"path": plain, "min": 0, "max": most}}
    if ":" in path.rpartition(".")[2]:
        found["sliceName"] = path.rpartition(":")[2]
    return found | ({"type": [{"code": kind}]} if kind else {}) | more


def profile(name: str, kind: str, *rows: Row) -> Row:
    """Make a profile of these elements, and of no other."""
    return {
        "resourceType": "StructureDefinition", "url": f"{BASE}/StructureDefinition/{name}", "name": name,
        "type": kind, "kind": "resource", "derivation": "constraint", "baseDefinition": f"{_STRUCTURE}/{kind}",
        "snapshot": {"element": [row(kind, high="*"), *rows]},
    }  # fmt: skip


def sliced(path: str, how: str, where: str, **more: Any) -> Row:
    """Make a list of codings that is sliced."""
    slicing = {"discriminator": [{"type": how, "path": where}], "rules": "open"} | more.pop("slicing", {})
    return row(path, more.pop("kind", "Coding"), high="*", slicing=slicing, **more)


def package(folder: Path, *trees: Row, version: str = "4.0.1") -> Path:
    """Write a package with these definitions."""
    manifest = {"name": "hospital.fhir", "version": "1.0.0", "fhirVersions": [version]}
    files = {"package/package.json": manifest} | {f"package/{n}.json": tree for n, tree in enumerate(trees)}
    path = folder / "hospital.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, tree in files.items():
            content = json.dumps(tree).encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path

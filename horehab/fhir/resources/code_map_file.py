"""What local codes mean as a file that others understand: a FHIR ConceptMap (R4), written and read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fhir_profiles import CANONICAL
from horehab.domain.local_code import CodeMeaning, LocalCode
from horehab.errors import BadCodeMap
from horehab.fhir.basis.site import UNMATCHED, concept_map_of
from horehab.fhir.resources.local_codes import CodeMap, meaning_in


def write_code_map(file: Path, codes: CodeMap, *, version: str) -> None:
    """Write a file anew; BadCodeMap when it cannot be written."""
    try:
        file.write_text(json.dumps(to_concept_map(codes, version), ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise _bad(file, f"cannot be written ({error.strerror})", field="--export") from error


def read_code_map(file: Path) -> tuple[dict[LocalCode, CodeMeaning], tuple[str, ...]]:
    """Read meanings from a file, and beside them each code whose targets have none here; BadCodeMap."""
    try:
        tree = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise _bad(file, f"cannot be read ({error.strerror})", field="--import") from error
    except (ValueError, RecursionError) as error:
        raise _bad(file, "is no JSON", field="--import") from error
    if not isinstance(tree, dict) or tree.get("resourceType") != "ConceptMap":
        raise _bad(file, "is no ConceptMap", field="--import")
    found, strange = from_concept_map(tree)
    if not found and not strange:
        raise _bad(file, "maps no code", field="--import")
    return found, strange


def _bad(file: Path, problem: str, *, field: str) -> BadCodeMap:
    remedy = "Name a FHIR ConceptMap in JSON, such as `horehab map --export codes.json` writes."
    return BadCodeMap(f"{field}: the file {str(file)!r} {problem}.", field=field, value=str(file), remedy=remedy)


def to_concept_map(codes: CodeMap, version: str) -> dict[str, Any]:
    """Write what local codes mean as a FHIR ConceptMap (R4), a group for each pair of code systems."""
    groups: dict[tuple[str, str], dict[str, list[dict[str, str]]]] = {}
    for (system, code), targets in sorted(codes.items()):
        equivalence = "equivalent" if len(targets) == 1 else "wider"
        for target_system, target in targets:
            entry = {"code": target, "equivalence": equivalence}
            if (target_system, target) == UNMATCHED:
                entry = {"equivalence": "unmatched"}
            groups.setdefault((system, target_system), {}).setdefault(code, []).append(entry)
    return {
        "resourceType": "ConceptMap",
        "url": f"{CANONICAL}/ConceptMap/site",
        "version": version,
        "name": "HorehabSiteCodes",
        "title": "What the codes of this site mean to horehab",
        "status": "active",
        **({"group": [_group(pair, elements) for pair, elements in groups.items()]} if groups else {}),
    }


def _group(pair: tuple[str, str], elements: Mapping[str, list[dict[str, str]]]) -> dict[str, Any]:
    named = {name: system for name, system in zip(("source", "target"), pair, strict=True) if system}
    return {**named, "element": [{"code": code, "target": targets} for code, targets in elements.items()]}


def from_concept_map(tree: Mapping[str, Any]) -> tuple[dict[LocalCode, CodeMeaning], tuple[str, ...]]:
    """Read meanings out of a ConceptMap; beside them each code whose targets have no meaning here."""
    said: dict[LocalCode, CodeMeaning] = {}
    strange: list[str] = []
    for (system, code), targets in concept_map_of(tree).items():
        local, says = LocalCode(system=system, code=code), meaning_in(targets)
        if says:
            said[local] = says
        else:
            strange.append(str(local))
    return said, tuple(strange)

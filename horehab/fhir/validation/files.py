"""Resources in a file or on the standard input, each checked: one as JSON, many as NDJSON, many in a Bundle."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from horehab.errors import NotToBeChecked
from horehab.fhir.basis import verbatim
from horehab.fhir.validation import packages, validate
from horehab.fhir.validation.issues import Issue
from horehab.fhir.validation.present import shape_issue

_STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found in one resource of a file: where it stands ("line 3"), what it is, and the issues."""

    place: str
    reference: str
    issues: tuple[Issue, ...]

    @property
    def is_valid(self) -> bool:
        """Whether no rule is broken."""
        return not any(issue.is_error for issue in self.issues)


def check_rows(name: str, *, profile: str | None, package: str | None) -> Iterator[dict[str, Any]]:
    """Check what a file holds, with a further package of profiles in use, as plain values: place, resource, issues.

    As `check_file`, and BadPackage.
    """
    with packages.using(package):
        for found in check_file(name, profile=profile):
            issues = [asdict(issue) | {"severity": issue.severity.value} for issue in found.issues]
            yield {"place": found.place, "resource": found.reference, "issues": issues}


def check_file(name: str, *, profile: str | None = None) -> Iterator[Checked]:
    """Check what a file holds ("-" is the standard input), resource after resource.

    NotToBeChecked for a file that cannot be read, is empty or holds no JSON; UnknownProfile. A line of NDJSON that
    is no JSON is an issue of that line, and the others are checked.
    """
    body = _read(name)
    if not body.strip():
        raise _refused(name, "is empty", "Give a file with a FHIR resource in JSON.")
    lines = [(number, line) for number, line in enumerate(body.splitlines(), 1) if line.strip()]
    try:
        whole = verbatim.read(body)
    except verbatim.NotJson as error:
        if len(lines) == 1 or not _is_lines(lines[:2]):
            raise _refused(name, f"is {error}", "Give a FHIR resource in JSON, or one a line (NDJSON).") from error
        yield from (_checked_line(number, line, profile) for number, line in lines)
        return
    if not isinstance(whole, dict):
        raise _refused(name, "holds JSON, and no resource", "Give an object with a resourceType, or one a line.")
    yield _checked("", whole, profile)


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == _STANDARD_INPUT else Path(name).read_bytes()
    except OSError as error:
        remedy = "Name a file that you may read, or - for the standard input."
        raise _refused(name, f"cannot be read ({error.strerror})", remedy) from error


def _is_lines(lines: list[tuple[int, bytes]]) -> bool:
    """Say whether the first or the second line is an object by itself, so that the file is meant as NDJSON."""
    for _, line in lines:
        try:
            if isinstance(verbatim.read(line), dict):
                return True
        except verbatim.NotJson:
            continue
    return False


def _checked_line(number: int, line: bytes, profile: str | None) -> Checked:
    place = f"line {number}"
    try:
        return _checked(place, verbatim.read(line), profile)
    except verbatim.NotJson as error:
        return Checked(place=place, reference="", issues=(shape_issue("resource", f"it is {error}"),))


def _checked(place: str, tree: Any, profile: str | None) -> Checked:
    kind, ident = (tree.get(name) for name in ("resourceType", "id")) if isinstance(tree, dict) else (None, None)
    reference = f"{kind}/{ident}" if kind and ident else str(kind or "")
    return Checked(place=place, reference=reference, issues=validate(tree, profile=profile))


def _refused(name: str, problem: str, remedy: str) -> NotToBeChecked:
    shown = "the standard input" if name == _STANDARD_INPUT else f"the file {name!r}"
    return NotToBeChecked(f"{shown[:1].upper()}{shown[1:]} {problem}.", field="FILE", value=name, remedy=remedy)

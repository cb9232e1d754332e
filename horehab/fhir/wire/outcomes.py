"""What a server says of its own answer, in an entry beside the resources: an error, a doubt, or nothing of weight."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from horehab.fhir.wire.answers import is_incomplete, issues

_DOUBTS = (
    "incomplete",
    "not complete",
    "not be complete",
    "not contain",
    "not all",
    "entire record",
    "partial",
    "withheld",
    "suppressed",
    "redacted",
    "restricted",
    "filtered",
    "omitted",
)
"""Words by which servers say that a record may not be whole, such as message 4119 of one large EHR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said: `problem` when something was not sent, `note` when the record itself may not be whole."""

    problem: str = ""
    note: str = ""


def heard(outcome: Mapping[str, Any]) -> Heard:
    """Understand an OperationOutcome; its own words are told only as far as they are about no patient."""
    words = "; ".join(issues(outcome))
    if is_incomplete(outcome):
        return Heard(problem=words or "incomplete")
    if any(doubt in text.lower() for text in _texts(outcome) for doubt in _DOUBTS):
        return Heard(note=f"the server says that the record may be incomplete ({words})")
    return Heard()


def _texts(outcome: Mapping[str, Any]) -> Iterator[str]:
    for issue in _dicts(outcome.get("issue")):
        details = issue.get("details")
        concept = details if isinstance(details, dict) else {}
        said = [issue.get("code"), issue.get("diagnostics"), concept.get("text")]
        said += [coding.get("display") for coding in _dicts(concept.get("coding"))]
        yield from (text for text in said if isinstance(text, str))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

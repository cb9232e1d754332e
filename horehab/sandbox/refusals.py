"""How the sandbox says no: a status and one sentence, which become an OperationOutcome."""

from http import HTTPStatus
from types import MappingProxyType

_ISSUE_TYPES = MappingProxyType(
    {
        400: "invalid",
        404: "not-found",
        405: "not-supported",
        409: "conflict",
        410: "deleted",
        412: "conflict",
        413: "too-long",
        415: "not-supported",
        422: "processing",
    }
)


class Refusal(Exception):
    """A request that the sandbox does not carry out: HTTP status and what was wrong, in one sentence."""

    def __init__(self, status: int, diagnostics: str, *, reference: str = "") -> None:
        super().__init__(diagnostics)
        self.status = status
        self.diagnostics = diagnostics
        self.reference = reference


def outcome(status: int, diagnostics: str) -> dict[str, object]:
    """Make the OperationOutcome of a refusal, or of a success when the status is below 400."""
    is_refused = status >= HTTPStatus.BAD_REQUEST
    issue = {
        "severity": "error" if is_refused else "information",
        "code": _ISSUE_TYPES.get(status, "exception") if is_refused else "informational",
        "diagnostics": diagnostics,
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}

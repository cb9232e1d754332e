"""What checking finds: one sentence each, with where, which rule, and what to do about it."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

_SHOWN = 60
_MOST_WHOLE = 10**_SHOWN


class Severity(Enum):
    """How grave it is: an error breaks a rule; a warning should be looked at; what is not checked is said."""

    ERROR = "error"
    WARNING = "warning"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing found in a resource.

    `path` is where ("Observation.bodySite"). `rule` is the key of an invariant ("obs-6") or the kind of rule: shape,
    unknown, min, max, type, value, fixed, pattern, slice, order, binding, code, reference, extension, profile.
    `value` is what stands there, shortened; it may be about a patient, so it is shown and never logged.
    """

    severity: Severity
    path: str
    rule: str
    words: str
    remedy: str
    value: str = ""

    @property
    def is_error(self) -> bool:
        """Whether a rule is broken."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Say it in one line."""
        shown = f" (it is {self.value})" if self.value else ""
        return f"{self.severity.value}: {self.path}: {self.words}{shown} [{self.rule}]. {self.remedy}"


def shown(value: Any) -> str:
    """Give a value in at most 60 signs."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, int) and abs(value) >= _MOST_WHOLE:
        return "a huge whole number"
    text = " ".join(repr(value).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."

"""How a finding about a server is said: well, worth knowing, or not well with its remedy."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from horehab.usecases.exchange import Choice

_NO_DETAILS: Mapping[str, str] = MappingProxyType({})


class Part(Enum):
    """To which part of the work a finding belongs; `doctor` shows them in this order."""

    SERVER = "server"
    SIGNING_IN = "signing in"
    READING = "reading"
    WRITING = "writing"


def well(part: Part, subject: str, finding: str, details: Mapping[str, str] = _NO_DETAILS) -> Choice:
    """Say that something is well, or how it was chosen."""
    return Choice(subject=subject, is_well=True, finding=finding, part=part.value, details=dict(details))


def worth_knowing(part: Part, subject: str, finding: str, advice: str) -> Choice:
    """Say something that stops nothing and that a person should know; with what to do about it."""
    return Choice(subject=subject, is_well=True, finding=finding, remedy=advice, part=part.value)


def ill(part: Part, subject: str, finding: str, remedy: str) -> Choice:
    """Say that something is not well, with its remedy."""
    return Choice(subject=subject, is_well=False, finding=finding, remedy=remedy, part=part.value)

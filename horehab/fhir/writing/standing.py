"""What stands in the chart under one reference at this moment, with its numbers as they are written there."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from horehab.domain.entries import Delivery, Outcome
from horehab.fhir.wire.answers import Answer, version_of
from horehab.fhir.wire.client import Client


class Settled(Exception):
    """An entry's delivery is decided; caught by the courier alone."""

    def __init__(self, outcome: Outcome, detail: str, *, reference: str | None = None) -> None:
        super().__init__(detail)
        self.delivery = Delivery(outcome=outcome, detail=detail, reference=reference)


class Deleted(Settled):
    """What was to be changed was deleted in the chart: a person must say whether it is wanted."""

    def __init__(self, reference: str) -> None:
        why = "It was deleted in the chart; a person must say whether it is wanted."
        super().__init__(Outcome.CONFLICT, why, reference=reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One version of one resource as the server holds it."""

    reference: str
    version: str
    resource: Mapping[str, Any]


def read_standing(client: Client, reference: str) -> Standing | None:
    """Read what stands under a reference now; None when nothing ever did. Deleted when it was."""
    answer = client.get(reference)
    if answer.status == HTTPStatus.GONE:
        raise Deleted(reference)
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    if not answer.is_success:
        raise Settled(Outcome.REFUSED, f"The server does not show it ({answer.reason()}).")
    return as_standing(reference, answer)


def read_version(client: Client, reference: str, version: str) -> Standing | None:
    """Read one version of a resource; None when the server does not have it or does not show it."""
    answer = client.get(f"{reference}/_history/{version}")
    return as_standing(reference, answer) if answer.is_success else None


def as_standing(reference: str, answer: Answer) -> Standing:
    """Take the version out of an answer that shows one; NotAFhirServer when it shows none."""
    resource = answer.resource(keep_numbers=True)
    return Standing(reference=reference, version=version_of(resource) or answer.version or "", resource=resource)

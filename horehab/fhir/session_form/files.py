"""Forms of a session as files: one that was filled in elsewhere is read, one of ours is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from horehab.domain.range_of_motion import Reading
from horehab.domain.session import Session
from horehab.domain.signs import PainRating, Sign
from horehab.errors import InputError
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.elements import children, word
from horehab.fhir.basis.quarantine import CODES
from horehab.fhir.basis.references import patient_of
from horehab.fhir.basis.session_links import FORM
from horehab.fhir.basis.site import Site
from horehab.fhir.session_form.prefill import Prefilled, prefilled
from horehab.fhir.session_form.response import facts_in_response, is_our_form
from horehab.usecases.exchange import Unreadable
from horehab.usecases.filled_form import FilledForm


@dataclass(frozen=True, slots=True)
class FormDesk:
    """Where forms are read and filled in, as this site reads and writes its chart."""

    site: Site

    def read(self, text: str) -> FilledForm:
        """Read a QuestionnaireResponse to our form; InputError for anything else."""
        resource = _response(text)
        found = facts_in_response({"id": "form", **resource}, self.site)
        patient = patient_of(resource, self.site)
        if patient is None and resource.get("subject"):
            found = (*found, Unreadable(code="no-patient", path="subject", detail=CODES["no-patient"]))
        return FilledForm(
            name=_name(resource, text),
            patient=patient,
            session=next((each for each in found if isinstance(each, Session)), None),
            measured=tuple(each for each in found if isinstance(each, Reading | PainRating | Sign)),
            unreadable=tuple(each for each in found if isinstance(each, Unreadable)),
        )

    def fill(
        self, session: Session, measured: Iterable[Reading | PainRating | Sign], patient: str, *, is_done: bool
    ) -> Prefilled:
        """Write a session as a filled form; `is_done` unless somebody is to go on with it."""
        return prefilled(session, measured, patient, self.site, is_done=is_done)


def _response(text: str) -> dict[str, Any]:
    try:
        resource = verbatim.read(text.encode("utf-8", "replace"))
    except verbatim.NotJson as error:
        raise InputError(
            f"This is no JSON that can be read: {error}.", field="FILE", remedy="Give one resource as JSON."
        ) from error
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(resource, dict) or kind != "QuestionnaireResponse":
        said = (
            f"This is {f'a resource of type {kind}' if kind else 'no FHIR resource'}, and no QuestionnaireResponse."
        )
        raise InputError(said, field="FILE", value=kind, remedy="Give the filled form.")
    if not is_our_form(resource):
        asked = resource.get("questionnaire")
        said = f"It answers {asked or 'no questionnaire that it names'}, and not our form."
        raise InputError(said, field="questionnaire", value=asked, remedy=f"The form is {FORM}.")
    return resource


def _name(resource: dict[str, Any], text: str) -> str:
    for identifier in children(resource, "identifier"):
        if word(identifier, "value"):
            return f"{word(identifier, 'system') or ''}|{word(identifier, 'value')}"
    return word(resource, "id") or sha256(text.encode()).hexdigest()

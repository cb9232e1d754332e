"""The front door of all that is read: any resource in, what the ward needs of it out, never an exception."""

from collections.abc import Callable, Mapping
from typing import Any

from horehab.domain.record import NotCounted
from horehab.fhir.basis.elements import Tree, child, own_reference, word
from horehab.fhir.basis.quarantine import CODES, Found
from horehab.fhir.basis.references import own_key, patient_of
from horehab.fhir.basis.site import Site
from horehab.fhir.resources.appointment import facts_in_appointment
from horehab.fhir.resources.condition import facts_in_condition
from horehab.fhir.resources.encounter import facts_in_encounter
from horehab.fhir.resources.imaging import facts_in_report
from horehab.fhir.resources.observation import facts_in_observation
from horehab.fhir.resources.order import facts_in_care_plan, facts_in_order
from horehab.fhir.resources.patient import patient_from
from horehab.fhir.resources.procedure import facts_in_procedure
from horehab.fhir.resources.task import facts_in_task
from horehab.fhir.resources.unread import unread_in
from horehab.fhir.session_form.response import facts_in_response
from horehab.usecases.exchange import ChartItem, Unreadable

READERS: Mapping[str, Callable[[Tree, Site], Found]] = {
    "Appointment": facts_in_appointment,
    "CarePlan": facts_in_care_plan,
    "Condition": facts_in_condition,
    "DiagnosticReport": facts_in_report,
    "Encounter": facts_in_encounter,
    "Observation": facts_in_observation,
    "Procedure": facts_in_procedure,
    "QuestionnaireResponse": facts_in_response,
    "ServiceRequest": facts_in_order,
    "Task": facts_in_task,
}
"""The translators by kind of resource; any other kind is understood and none of our business."""


def understand(resource: dict[str, Any], source: bytes, site: Site) -> ChartItem:
    """Understand one resource of the chart; what is ours but cannot be read comes back as unreadable.

    `source` is the resource verbatim and is kept. Never raises, whatever the resource holds.
    """
    try:
        return _understand(resource, source, site)
    except Exception as error:  # noqa: BLE001  # one bad resource never stops the other n-1
        found = Unreadable(code="unexpected", path="", detail=f"{CODES['unexpected']} {type(error).__name__}.")
        reference = own_reference(resource)
        return ChartItem(reference=reference, version="", patient=None, source=source, unreadable=(found,))


def _understand(resource: Tree, source: bytes, site: Site) -> ChartItem:
    reference = own_reference(resource)
    meta = child(resource, "meta")
    kind = word(resource, "resourceType")
    identity = patient_from(resource, site) if kind == "Patient" else None
    patient = reference if identity else patient_of(resource, site)
    found = _found(resource, kind, site, patient)
    unread = unread_in(resource, found, site) if kind == "Observation" else ()
    if "/" not in reference:
        identity = None
    return ChartItem(
        reference=reference,
        version=word(meta, "versionId") or "",
        patient=patient,
        source=source,
        updated=word(meta, "lastUpdated"),
        identity=identity,
        facts=tuple(each for each in found if not isinstance(each, Unreadable)),
        unreadable=tuple(each for each in found if isinstance(each, Unreadable)),
        own_key=own_key(resource),
        unread=unread if patient is not None else (),
    )


def _found(resource: Tree, kind: str | None, site: Site, patient: str | None) -> Found:
    if kind is None:
        return (_refusal("not-a-resource", "resourceType"),)
    reader = READERS.get(kind)
    found = reader(resource, site) if reader else ()
    if patient is None or word(resource, "id") is None:  # what does not count is no loss where nobody could see it
        found = tuple(each for each in found if not isinstance(each, NotCounted))
    if not found and kind != "Patient":
        return ()
    if word(resource, "id") is None:
        return (_refusal("no-id", "id"),)
    if patient is None and any(not isinstance(each, Unreadable) for each in found):
        return (_refusal("no-patient", "subject"),)
    return found


def _refusal(code: str, path: str) -> Unreadable:
    return Unreadable(code=code, path=path, detail=CODES[code])

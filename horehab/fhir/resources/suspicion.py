"""Our suspicion as a Condition, and every ossification in the chart, whoever wrote it, read back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from horehab.domain.entries import SuspicionEntry
from horehab.domain.moment import Moment
from horehab.domain.record import ChartedOssification, ChartedStatus
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import Tree, child, children, extensions, own_reference, word
from horehab.fhir.basis.places import coded, written_place
from horehab.fhir.basis.references import IDENTIFIERS, own_key, patient_of, pointing_to, target_of
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import Meaning
from horehab.fhir.basis.terminology import coded as concept

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_SECURITY = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
_ACTIVE = frozenset({"active", "recurrence", "relapse"})


def suspicion_to_condition(entry: SuspicionEntry, site: Site, cited: Mapping[str, str]) -> dict[str, Any]:
    """Write a suspicion: unconfirmed, with its evidence and without an asserter; withdrawn, it is entered in error.

    Withdrawn it has no clinicalStatus (FHIR con-5). `cited` gives the references of entries of ours that
    stand in the chart (see `pointing_to`).
    """
    condition = ours.header("Condition", entry.condition_id, "ho-suspicion", site)
    if site.security_label:
        condition.setdefault("meta", {})["security"] = [coded((_SECURITY, site.security_label))]
    condition["extension"] = [
        {"url": ours.EPISODE, "valueInteger": entry.episode},
        {"url": ours.RULE_VERSION, "valueString": entry.rule_version},
        {"url": ours.STRENGTH, "valueInteger": entry.strength},
    ]
    condition["identifier"] = [{"system": f"{IDENTIFIERS}suspicion", "value": entry.condition_id}]
    if not entry.is_withdrawn:
        condition["clinicalStatus"] = status(CLINICAL, "active")
    condition["verificationStatus"] = status(
        VERIFICATION, "entered-in-error" if entry.is_withdrawn else "unconfirmed"
    )
    condition["category"] = [status(_CATEGORY, site.suspicion_category)]
    condition["code"] = {"text": f"Suspected heterotopic ossification, {entry.place}"}
    if site.suspicion_code:
        condition["code"]["coding"] = [_named(site.suspicion_code)]
    condition["bodySite"] = [written_place(entry.place, site)]
    condition["subject"] = {"reference": entry.patient}
    if entry.onset:
        condition["onsetDateTime"] = entry.onset.isoformat()
    condition["recordedDate"] = entry.recorded.isoformat()
    details = _distinct(pointing_to(each, cited) for each in entry.evidence)
    if details:
        condition["evidence"] = [{"detail": details}]
    if entry.sentence:
        condition["note"] = [{"text": entry.sentence}]
    return condition


def _named(coding: Coding) -> dict[str, str]:
    """Write the code of a suspicion; ours bears its name, for charts that show nothing else of a code.

    Which code a site writes is a setting: the confidence of our default is medium (codes.csv).
    """
    known = concept("heterotopic ossification").get(coding)
    return coded(coding) | ({"display": known.display} if known else {})


def status(system: str, code: str) -> dict[str, Any]:
    """Write a status as FHIR wants it: one coding."""
    return {"coding": [coded((system, code))]}


def ossification_from(
    resource: Tree, site: Site, says: Meaning, when: Moment | None, recorded: date
) -> ChartedOssification:
    """Read an ossification out of a Condition; `says` is what its codes and body sites say of the place."""
    key = own_key(resource) or ""
    verification = _code(resource, "verificationStatus")
    is_ours = key.startswith("suspicion:")
    return ChartedOssification(
        source=own_reference(resource),
        version=word(child(resource, "meta"), "versionId") or "",
        status=_charted(verification),
        is_active=_is_active(resource, verification),
        joint=next(iter(says.joints)) if len(says.joints) == 1 else None,
        side=next(iter(says.sides)) if len(says.sides) == 1 else None,
        when=when,
        known_on=recorded,
        is_ours=is_ours,
        episode=_episode(resource) if is_ours else None,
        evidence=_evidence(resource, site),
        patient=patient_of(resource, site),
    )


def _charted(verification: str | None) -> ChartedStatus:
    known = {each.value for each in ChartedStatus}
    return ChartedStatus(verification) if verification in known else ChartedStatus.PROVISIONAL


def _is_active(resource: Tree, verification: str | None) -> bool:
    if verification in ("entered-in-error", "refuted") or any(name.startswith("abatement") for name in resource):
        return False
    clinical = _code(resource, "clinicalStatus")
    return clinical is None or clinical in _ACTIVE


def _code(resource: Tree, name: str) -> str | None:
    return word(child(child(resource, name), "coding"), "code")


def _episode(resource: Tree) -> int | None:
    value = next((each.get("valueInteger") for each in extensions(resource, ours.EPISODE)), None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _evidence(resource: Tree, site: Site) -> tuple[str, ...]:
    # R5 says evidence[].reference where R4 says evidence[].detail[].
    details = [
        detail
        for each in children(resource, "evidence")
        for detail in [*children(each, "detail"), *children(each, "reference")]
    ]
    targets = (target_of(detail, site) for detail in details)
    return tuple(dict.fromkeys(target for target in targets if target))


def _distinct(references: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for reference in references:
        if reference not in kept:
            kept.append(reference)
    return kept

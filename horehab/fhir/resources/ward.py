"""On which ward a patient lies: the places of an Encounter that goes on, without those that they have left."""

from horehab.domain.ward_stay import WardStay
from horehab.fhir.basis.elements import Tree, child, children, numbered, own_reference, word
from horehab.fhir.basis.moments import known_on, span_at
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.references import called
from horehab.fhir.basis.site import Site

_LEFT_OR_TO_COME = frozenset({"planned", "reserved", "completed"})
_IN_A_WARD = frozenset({"bd", "ro"})
"""Bed and room, of HL7's code system location-physical-type: a therapist looks for the ward."""


def ward_stays(resource: Tree, site: Site) -> tuple[WardStay, ...]:
    """Read where the patient lies out of an Encounter that goes on; where nothing says since when, nothing.

    Nothing rests on a ward but a list that is narrowed by it: one that cannot be read leaves its patient on no ward,
    and is nothing that anybody would have to mend before a joint is judged.
    """
    stays = (_stay(resource, ward, place, site) for place, ward in numbered(resource, "location"))
    return tuple(stay for stay in stays if stay is not None)


def _stay(resource: Tree, ward: Tree, place: int, site: Site) -> WardStay | None:
    reference = child(ward, "location")
    key = called(reference, site)
    if key is None or word(ward, "status") in _LEFT_OR_TO_COME or _is_inside_a_ward(ward):
        return None
    try:
        since, until = span_at(ward, "period", site)
        if since is None:
            since, _end = span_at(resource, "period" if resource.get("period") else "actualPeriod", site)
    except CannotRead:
        return None
    if since is None or until is not None:
        return None
    return WardStay(
        source=f"{own_reference(resource)}#ward[{place}]",
        ward=key,
        name=word(reference, "display"),
        when=since,
        known_on=known_on(resource, None, since, site),
    )


def _is_inside_a_ward(ward: Tree) -> bool:
    codings = (coding for kind in children(ward, "physicalType") for coding in children(kind, "coding"))
    return any(coding.get("code") in _IN_A_WARD for coding in codings)

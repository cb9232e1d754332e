"""A Condition read: an ossification by whomever, an exposure, or background that matters to a joint."""

from datetime import date
from functools import partial

from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.moment import Moment
from horehab.domain.record import Fact
from horehab.fhir.basis.elements import Tree, child, children, own_reference, refuse_modifiers, said, word
from horehab.fhir.basis.moments import known_on, moment_at, moment_of
from horehab.fhir.basis.places import place_of, said_of
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.references import own_key
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import Meaning, codings
from horehab.fhir.resources.diagnoses import OSSIFICATION, Subject, place_said, subject_of
from horehab.fhir.resources.suspicion import ossification_from

_VERIFICATION = frozenset(
    {"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error", None}
)
_NOT_SO = frozenset({"refuted", "entered-in-error"})


def facts_in_condition(resource: Tree, site: Site) -> Found:
    """Read what a Condition tells of ossification, exposures and background; empty for anything else."""
    found = codings(children(resource, "code"), site)
    is_ours = (own_key(resource) or "").startswith("suspicion:")
    subject = OSSIFICATION if is_ours or site.suspicion_code in found else subject_of(found)
    if subject is None:
        return ()
    return each_alone([partial(_facts, resource, site, subject)])


def _facts(resource: Tree, site: Site, subject: Subject) -> tuple[Fact, ...]:
    refuse_modifiers(resource)
    verification = word(child(child(resource, "verificationStatus"), "coding"), "code")
    if verification not in _VERIFICATION:
        raise CannotRead("status", "verificationStatus", f"Found {str(verification)[:40]!r}.")
    if subject != OSSIFICATION and verification in _NOT_SO:
        return ()
    onset = moment_of(resource, "onset", site)
    recorded = moment_at(resource, "recordedDate", site)
    first = onset or recorded or moment_at(child(resource, "meta"), "lastUpdated", site)
    if first is None:
        raise CannotRead("no-time", "recordedDate")
    known = known_on(resource, recorded, first, site)
    if subject == OSSIFICATION:
        return (ossification_from(resource, site, _place(resource, site), onset, known),)
    if isinstance(subject, ExposureKind):
        end = moment_of(resource, "abatement", site)
        return (Exposure(source=own_reference(resource), kind=subject, start=first, end=end, known_on=known),)
    return (_background(resource, site, subject, onset or recorded, known),)


def _background(resource: Tree, site: Site, subject: Subject, start: Moment | None, known: date) -> Fact:
    kind = subject if isinstance(subject, BackgroundKind) else BackgroundKind.OTHER
    return Background(
        source=own_reference(resource),
        kind=kind,
        text=said(child(resource, "code")) or kind.value,
        start=start,
        end=moment_of(resource, "abatement", site),
        known_on=known,
        place=place_of(_place(resource, site)),
    )


def _place(resource: Tree, site: Site) -> Meaning:
    says = place_said(codings(children(resource, "code"), site))
    for concept in [*children(resource, "code"), *children(resource, "bodySite")]:
        says |= said_of(concept, site)
    return says

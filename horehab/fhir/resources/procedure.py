"""A Procedure read: a session, an exposure such as ventilation, or background such as a new hip."""

from functools import partial

from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.record import Fact
from horehab.fhir.basis.elements import Tree, child, children, own_reference, refuse_modifiers, said, word
from horehab.fhir.basis.moments import known_on, moment_of, span_at
from horehab.fhir.basis.places import place_of, said_of
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import codings
from horehab.fhir.resources.diagnoses import Subject, place_said, subject_of
from horehab.fhir.resources.session import Spell, session_from, session_kind

_HAPPENED = frozenset({"in-progress", "on-hold", "stopped", "completed"})
_DO_NOT_COUNT = frozenset({"preparation", "entered-in-error", "unknown"})


def facts_in_procedure(resource: Tree, site: Site) -> Found:
    """Read what a Procedure tells of sessions, exposures and background; empty for anything else."""
    found = codings([*children(resource, "code"), *children(resource, "category")], site)
    kind, subject = session_kind(found), subject_of(found)
    if kind is None and subject is None:
        return ()
    if word(resource, "status") in _DO_NOT_COUNT:
        return ()
    if kind is not None:
        return each_alone([lambda: session_from(resource, site, kind, _spell(resource, site))])
    return each_alone([partial(_other, resource, site, subject)])


def _other(resource: Tree, site: Site, subject: Subject | None) -> tuple[Fact, ...]:
    spell = _spell(resource, site)
    if word(resource, "status") not in _HAPPENED:
        return ()
    source = own_reference(resource)
    if isinstance(subject, ExposureKind):
        return (Exposure(source=source, kind=subject, start=spell.start, end=spell.end, known_on=spell.known_on),)
    if not isinstance(subject, BackgroundKind):
        return ()
    says = place_said(codings(children(resource, "code"), site))
    for concept in children(resource, "bodySite"):
        says |= said_of(concept, site)
    background = Background(
        source=source,
        kind=subject,
        text=said(child(resource, "code")) or subject.value,
        start=spell.start,
        known_on=spell.known_on,
        place=place_of(says),
    )
    return (background,)


def _spell(resource: Tree, site: Site) -> Spell:
    """Read when it was (R4 says performed[x], R5 occurrence[x]); CannotRead without a time or a sure status."""
    refuse_modifiers(resource)
    status = word(resource, "status") or ""
    if status not in _HAPPENED | {"not-done"}:
        raise CannotRead("status", "status", f"Found {status[:40]!r}.")
    for stem in ("performed", "occurrence"):
        start, end = span_at(resource, f"{stem}Period", site)
        begin = start or moment_of(resource, stem, site)
        if begin is not None:
            return Spell(start=begin, end=end, known_on=known_on(resource, None, begin, site))
    raise CannotRead("no-time", "performed[x]")

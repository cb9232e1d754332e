"""The circumstances of an Observation, shared by all of its parts: when, known when, by whom, in which session."""

from dataclasses import dataclass
from datetime import date

from fhir_profiles import CANONICAL
from horehab.domain.joints import Side
from horehab.domain.moment import Moment
from horehab.fhir.elements import Tree, child, children, extensions, own_reference, said
from horehab.fhir.moments import known_on, moment_at, moment_of
from horehab.fhir.quarantine import CannotRead
from horehab.fhir.references import called, own_key, target_of
from horehab.fhir.site import Coding, Site
from horehab.fhir.terminology import Meaning

BODY_POSITION = "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition"
_COUNT = frozenset({"final", "amended", "corrected"})
_DO_NOT_COUNT = frozenset({"registered", "preliminary", "cancelled", "entered-in-error", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When something was measured, from when it was known, by whom, with what, in which session."""

    reference: str
    when: Moment
    known_on: date
    assumptions: tuple[str, ...]
    session: str | None
    rater: str | None
    device: str | None
    position: str | None
    is_ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An Observation, or one component of it, with its codings and what they say together with their surroundings.

    `worded` are the sides that its words name (texts and displays), which must not contradict its codes.
    """

    path: str
    node: Tree
    codings: tuple[Coding, ...]
    says: Meaning
    worded: frozenset[Side] = frozenset()

    def of(self, occasion: Occasion) -> str:
        """Name the part as a source: "Observation/7#component[2]"."""
        return f"{occasion.reference}#{self.path}" if self.path else occasion.reference

    def refuse_other_side(self) -> None:
        """Refuse a part whose words name the one side and whose codes the other; CannotRead."""
        if len(self.worded) == 1 and self.says.sides and not self.worded & self.says.sides:
            raise CannotRead("sides-disagree", self.at("code"), f"Its words say {next(iter(self.worded)).value}.")

    def at(self, name: str) -> str:
        """Name a field of the part as a path in its resource."""
        return f"{self.path}.{name}" if self.path else name


def counts(resource: Tree) -> bool:
    """Say whether an Observation's status makes it count; CannotRead for a status that FHIR does not know."""
    status = resource.get("status")
    if isinstance(status, str) and status in _COUNT | _DO_NOT_COUNT:
        return status in _COUNT
    raise CannotRead("status", "status", f"Found {str(status)[:40]!r}.")


def occasion_of(resource: Tree, site: Site) -> Occasion:
    """Read the circumstances of an Observation; CannotRead when there is no time in it, or none that can be read."""
    measured, issued = moment_of(resource, "effective", site), moment_at(resource, "issued", site)
    when = measured or issued
    if when is None:
        raise CannotRead("no-time", "effective[x]")
    assumptions = [] if measured else ["no time of measurement is given: the time of issue is taken"]
    if when.is_zone_assumed:
        assumptions.append(f"the time is given without zone: {site.zone.key} is taken")
    position = next(iter(extensions(resource, BODY_POSITION)), {})
    sessions = (target_of(each, site) for each in children(resource, "partOf"))
    profiles = child(resource, "meta").get("profile")
    return Occasion(
        reference=own_reference(resource),
        when=when,
        known_on=known_on(resource, issued, when, site),
        assumptions=tuple(assumptions),
        session=next((each for each in sessions if each and each.startswith(("Procedure/", "urn:uuid:"))), None),
        rater=called(child(resource, "performer"), site),
        device=called(child(resource, "device"), site),
        position=said(child(position, "valueCodeableConcept")),
        is_ours=own_key(resource) is not None
        or (isinstance(profiles, list) and f"{CANONICAL}/StructureDefinition/horehab-rom" in profiles),
    )

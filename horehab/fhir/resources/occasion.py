"""The circumstances of an Observation, shared by all of its parts: when, known when, by whom, in which session."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from fhir_profiles import CANONICAL, uses
from horehab.domain.joints import Side
from horehab.domain.moment import Moment
from horehab.domain.record import NotCounted, WhyNotCounted
from horehab.domain.signs import PainOccasion
from horehab.fhir.basis.elements import Tree, child, children, own_reference, said, word
from horehab.fhir.basis.moments import known_on, moment_at, moment_of
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.references import called, own_key, target_of
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import Meaning
from horehab.fhir.resources.words import position_in

BODY_POSITION = "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition"
_POSITION_EXTENSIONS = frozenset({"observationbodyposition", "bodyposition"})
_SITTING = uses("position")[0][1][1]
_COUNT = frozenset({"final", "amended", "corrected"})
_DO_NOT_COUNT = MappingProxyType(
    {
        "registered": WhyNotCounted.NOT_FINAL,
        "preliminary": WhyNotCounted.NOT_FINAL,
        "cancelled": WhyNotCounted.CANCELLED,
        "entered-in-error": WhyNotCounted.WITHDRAWN,
        "unknown": WhyNotCounted.STATUS_UNKNOWN,
    }
)


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

    `worded` are the sides that its words name (texts and displays), which must not contradict its codes. `position`
    and `pain_occasion` were said in words; `assumptions` tell what was read from text; `refusal` is set when its
    words leave a doubt about what it is.
    """

    path: str
    node: Tree
    codings: tuple[Coding, ...]
    says: Meaning
    worded: frozenset[Side] = frozenset()
    position: str | None = None
    pain_occasion: PainOccasion | None = None
    assumptions: tuple[str, ...] = ()
    refusal: CannotRead | None = None

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
    if isinstance(status, str) and (status in _COUNT or status in _DO_NOT_COUNT):
        return status in _COUNT
    raise CannotRead("status", "status", f"Found {str(status)[:40]!r}.")


def not_counted(resource: Tree, site: Site) -> tuple[NotCounted, ...]:
    """Note an Observation that does not count, so that it can be shown; nothing when its time is not known."""
    try:
        measured, issued = moment_of(resource, "effective", site), moment_at(resource, "issued", site)
    except CannotRead:
        return ()
    when = measured or issued
    if when is None:
        return ()
    known = known_on(resource, issued, when, site)
    why = _DO_NOT_COUNT[str(resource.get("status"))]
    return (NotCounted(source=own_reference(resource), why=why, when=when, known_on=known),)


def occasion_of(resource: Tree, site: Site) -> Occasion:
    """Read the circumstances of an Observation; CannotRead when there is no time in it, or none that can be read."""
    measured, issued = moment_of(resource, "effective", site), moment_at(resource, "issued", site)
    when = measured or issued
    if when is None:
        raise CannotRead("no-time", "effective[x]")
    return Occasion(
        reference=own_reference(resource),
        when=when,
        known_on=known_on(resource, issued, when, site),
        assumptions=assumed(measured, when, site),
        session=session_of(resource, site),
        rater=called(child(resource, "performer"), site),
        device=called(child(resource, "device"), site),
        position=position_of(resource),
        is_ours=own_key(resource) is not None or has_our_profile(child(resource, "meta").get("profile")),
    )


def assumed(measured: Moment | None, when: Moment, site: Site) -> tuple[str, ...]:
    """Say in plain words what had to be assumed of the time of a measurement."""
    assumptions = [] if measured else ["no time of measurement is given: the time of issue is taken"]
    if when.is_zone_assumed:
        assumptions.append(f"the time is given without zone: {site.zone.key} is taken")
    return tuple(assumptions)


def session_of(resource: Tree, site: Site) -> str | None:
    """Name the session in which something was measured, where the chart says so."""
    found = (target_of(each, site) for each in children(resource, "partOf"))
    return next((each for each in found if each and each.startswith(("Procedure/", "urn:uuid:"))), None)


def has_our_profile(profiles: object) -> bool:
    """Say whether a resource claims our profile for range of motion."""
    return isinstance(profiles, list) and f"{CANONICAL}/StructureDefinition/horehab-rom" in profiles


def position_of(resource: Tree) -> str | None:
    """Read the position of the body by the ward's word for it where we know it, as it stands where we do not."""
    for extension in children(resource, "extension"):
        name = (word(extension, "url") or "").rpartition("/")[2].casefold().replace("-", "")
        if name not in _POSITION_EXTENSIONS:
            continue
        concept = child(extension, "valueCodeableConcept")
        text = said(concept) or word(extension, "valueString")
        codes = [word(coding, "code") for coding in children(concept, "coding")]
        if _SITTING in codes:
            return "sitting"
        if text:
            return position_in(text) or text
        return next((code for code in codes if code), None)
    return None

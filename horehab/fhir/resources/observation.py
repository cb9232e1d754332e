"""An Observation taken apart: its components each alone, each handed to the reader of what it measures."""

from collections.abc import Callable
from functools import partial

from horehab.domain.record import Fact
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import Tree, children, extensions, numbered, refuse_modifiers, word
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.site import UNMATCHED, Site
from horehab.fhir.basis.terminology import ROM_MODE, Meaning, codings, meaning, sides_worded
from horehab.fhir.resources.laboratory import analyte_of, read_laboratory
from horehab.fhir.resources.occasion import Occasion, Part, counts, not_counted, occasion_of
from horehab.fhir.resources.pain import is_pain, read_pain
from horehab.fhir.resources.range_of_motion import is_reading, is_unmapped_angle, read_reading, unmapped
from horehab.fhir.resources.signs import is_sign, read_sign
from horehab.fhir.resources.text_reader import needs_words, with_words
from horehab.fhir.resources.wording import Wording, wording_of

Reader = Callable[[Part, Occasion, Site], tuple[Fact, ...]]


def facts_in_observation(resource: Tree, site: Site) -> Found:
    """Read what an Observation tells of a joint, of pain, of a sign or of the laboratory; empty for anything else."""
    jobs = [(part, reader) for part in parts_of(resource, site) if (reader := reader_of(part))]
    if not jobs:
        return ()
    try:
        refuse_modifiers(resource)
        if not counts(resource):
            return not_counted(resource, site)
        occasion = occasion_of(resource, site)
    except CannotRead as refusal:
        return (refusal.unreadable,)
    return each_alone(partial(_read, part, occasion, site, reader) for part, reader in jobs)


def parts_of(resource: Tree, site: Site) -> list[Part]:
    """Take an Observation apart into itself and its components; a component inherits what is said of the whole."""
    own = codings(children(resource, "code"), site)
    around = _around(resource, site)
    worded = sides_worded([*children(resource, "code"), *children(resource, "bodySite")])
    whole = Part(path="", node=resource, codings=own, says=meaning(own) | around, worded=worded)
    components = numbered(resource, "component")
    wording = wording_of(resource) if components or needs_words(whole) else Wording()
    parts = [with_words(whole, wording)]
    for place, node in components:
        found = codings(children(node, "code"), site)
        says = meaning(found) | _around(node, site)
        part = Part(
            path=f"component[{place}]",
            node=node,
            codings=found,
            says=_within(says, whole.says),
            worded=worded | sides_worded(children(node, "code")),
        )
        parts.append(with_words(part, wording_of(node).within(wording)))
    return parts


def _around(node: Tree, site: Site) -> Meaning:
    concepts = [*children(node, "bodySite"), *children(node, "method")]
    sites = [node, *children(node, "bodySite")]
    coded = [each for site_ in sites for each in children(site_, "extension")]
    concepts += [concept for extension in coded for concept in children(extension, "valueCodeableConcept")]
    concepts += [{"coding": children(extension, "valueCoding")} for extension in coded]
    modes = [(ROM_MODE, word(each, "valueCode") or "") for each in extensions(node, ours.MODE)]
    return meaning([*codings(concepts, site), *modes])


def _within(says: Meaning, whole: Meaning) -> Meaning:
    is_range = says.is_range or bool(says.motions and whole.is_range)
    return Meaning(
        joints=says.joints | whole.joints,
        sides=says.sides | whole.sides,
        motions=says.motions,
        modes=says.modes | whole.modes,
        is_range=is_range,
    )


def reader_of(part: Part) -> Reader | None:
    """Find who reads a part; None for what is none of our business."""
    if UNMATCHED in part.codings:
        return None
    if part.refusal:
        return _refuse
    return next((reader for is_so, reader in _READERS if is_so(part)), None)


def _refuse(part: Part, _occasion: Occasion, _site: Site) -> tuple[Fact, ...]:
    raise part.refusal or unmapped(part)


_READERS: tuple[tuple[Callable[[Part], object], Reader], ...] = (
    (is_pain, read_pain),
    (is_sign, read_sign),
    (analyte_of, read_laboratory),
    (is_reading, read_reading),
    (is_unmapped_angle, _refuse),
)
"""Who reads what: the first that a part is, counts."""


def _read(part: Part, occasion: Occasion, site: Site, reader: Reader) -> tuple[Fact, ...]:
    if part.path:
        refuse_modifiers(part.node, part.path)
    part.refuse_other_side()
    return reader(part, occasion, site)

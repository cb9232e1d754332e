"""What this hospital does its own way: its zone, its local codes, its sign of extension, how it wants suspicions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from horehab.domain.joints import Joint, JointSide, Motion
from horehab.errors import ConfigurationError
from horehab.fhir.basis.elements import Tree, children, word
from horehab.fhir.basis.scope import EVERYTHING, Scope

Coding = tuple[str, str]
"""A code system and a code in it; the system is "" where a chart gives none."""

UNMATCHED: Coding = ("", "unmatched")
"""What the map gives for a code that is none of our business: an equivalence of FHIR, R5 says "noMap"."""

_CLOSE_ENOUGH = frozenset(
    {"equal", "equivalent", "wider", "subsumes", "source-is-narrower-than-target", "relatedto", None}
)
"""Equivalences of R4 and R5 that say at least as much of the source as the target does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How one hospital's chart is to be read and written.

    `base` is the server's address, under which absolute references are its own. `extension_sign` is ask,
    deficit or hyperextension (knee and elbow). `concept_map` gives, for a local coding, codings that are
    understood here. `limits` are the least and the most degrees that a motion can show. `icu_locations` are
    references of intensive care wards ("Location/3"). `suspicion_code` is None to write words alone;
    `body_sites` replaces our codes for a joint and side. `has_profiles` says that the server has our profiles
    installed, so that they may be named (HAPI refuses one that it does not know). `team` is whose our tasks are, a
    reference ("CareTeam/3") or a name, "" where the site names none. `reads_forms` that forms of a
    session which other systems filled in are read. `scope` says which patients are read. `validation` (off, warn,
    refuse) is what becomes of what breaks a rule of its profile before it is sent. `version` is this software's.
    """

    zone: ZoneInfo
    base: str = ""
    extension_sign: str = "ask"
    concept_map: Mapping[Coding, tuple[Coding, ...]] = field(default_factory=lambda: MappingProxyType({}))
    limits: Mapping[tuple[Joint, Motion], tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    icu_locations: frozenset[str] = frozenset()
    suspicion_code: Coding | None = ("http://snomed.info/sct", "128491006")
    suspicion_category: str = "encounter-diagnosis"
    body_sites: Mapping[JointSide, Coding] = field(default_factory=lambda: MappingProxyType({}))
    security_label: str = "DEVAST"
    known_by_last_updated: bool = False
    has_profiles: bool = False
    reads_forms: bool = False
    scope: Scope = EVERYTHING
    team: str = ""
    validation: str = "off"
    version: str = ""


def read_suspicion_code(text: str) -> Coding | None:
    """Read HOREHAB_SUSPICION_CODE, "system|code"; "off" writes words alone; ConfigurationError."""
    if text == "off":
        return None
    system, bar, code = text.partition("|")
    if not (system and bar and code):
        raise ConfigurationError(
            f"The setting HOREHAB_SUSPICION_CODE has the value {text!r}, which cannot be used.",
            remedy="Write system|code, such as http://snomed.info/sct|128491006, or off.",
        )
    return system, code


def read_team(text: str) -> str:
    """Read HOREHAB_TEAM, a reference to who may own a Task, or a name; ConfigurationError."""
    kind, slash, name = text.partition("/")
    is_reference = _OWNER.fullmatch(text) is not None
    if slash and not is_reference and (kind.isalpha() and _ID.fullmatch(name)):
        raise ConfigurationError(
            f"The setting HOREHAB_TEAM has the value {text!r}, which cannot own a Task.",
            remedy="Write one such as CareTeam/3, Organization/7 or PractitionerRole/9, or the team's name.",
        )
    return text.strip()


_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_OWNER = re.compile(rf"(CareTeam|Organization|HealthcareService|PractitionerRole|Practitioner)/{_ID.pattern}")


def read_concept_map(path: str) -> Mapping[Coding, tuple[Coding, ...]]:
    """Read a FHIR ConceptMap (JSON) that says what local codes mean; "" is an empty one; ConfigurationError."""
    if not path:
        return MappingProxyType({})
    try:
        tree = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(path, f"cannot be read ({error})") from error
    if not isinstance(tree, dict) or tree.get("resourceType") != "ConceptMap":
        raise _wrong(path, "is no ConceptMap")
    return concept_map_of(tree)


def concept_map_of(tree: Tree) -> Mapping[Coding, tuple[Coding, ...]]:
    """Take the codings out of a ConceptMap of R4 or R5; targets that mean less than their source are left out."""
    pairs: dict[Coding, tuple[Coding, ...]] = {}
    for group in children(tree, "group"):
        source, target = word(group, "source") or "", word(group, "target") or ""
        for element in children(group, "element"):
            code = word(element, "code")
            if code:
                known = pairs.get((source.split("|")[0], code), ())
                pairs[source.split("|")[0], code] = known + _targets(element, target.split("|")[0])
    return MappingProxyType({code: _settled(targets) for code, targets in pairs.items()})


def _settled(targets: tuple[Coding, ...]) -> tuple[Coding, ...]:
    """Let a code that means something in one group not be nothing by another."""
    known = tuple(target for target in targets if target != UNMATCHED)
    return known or targets


def _is_nothing(element: Tree) -> bool:
    """Say whether a code matches nothing anywhere; in a group with a target it only matches nothing there."""
    targets = children(element, "target")
    bare = [word(target, "equivalence") == "unmatched" and word(target, "code") is None for target in targets]
    return element.get("noMap") is True or (bool(bare) and all(bare))


def _targets(element: Tree, system: str) -> tuple[Coding, ...]:
    if not system and _is_nothing(element):
        return (UNMATCHED,)
    targets = [
        (system, word(target, "code"))
        for target in children(element, "target")
        if (word(target, "equivalence") or word(target, "relationship")) in _CLOSE_ENOUGH
    ]
    return tuple((system, code) for system, code in targets if code)


def _wrong(path: str, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"HOREHAB_CONCEPT_MAP: the file {path!r} {problem}.",
        remedy="Point it at a FHIR ConceptMap in JSON, or leave it empty.",
    )

"""How Observations with the same codes, words and units are written down: the tolerant translators find it, once.

An Observation is given blanks for its circumstances and read as any other. What comes of it, written down, is the
form into which the circumstances of all others of that shape are filled.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType
from typing import Any

from horehab.domain.laboratory import LabResult
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.elements import Tree, child, children
from horehab.fhir.basis.moments import moment
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.site import Site
from horehab.fhir.plain.forms import Form, form_of, json_text
from horehab.fhir.reading import understand
from horehab.fhir.resources.angles import degrees_in
from horehab.fhir.resources.observation import parts_of, reader_of
from horehab.fhir.resources.occasion import has_our_profile
from horehab.fhir.resources.range_of_motion import Measured, has_our_code, settled
from horehab.usecases.exchange import ChartItem

_SIGN = "blank-2f6d1c"
_TIME, _DAY = "1687-06-05T04:03:02+00:00", "1686-05-04"
_PERSONS = tuple(f"{kind}/{_SIGN}" for kind in ("Practitioner", "Device", "Procedure"))
_BLANKS: Mapping[str, Any] = MappingProxyType(
    {
        "id": f"{_SIGN}-id",
        "subject": {"reference": f"Patient/{_SIGN}"},
        "effectiveDateTime": _TIME,
        "issued": f"{_DAY}T12:00:00+00:00",
        "performer": [{"reference": _PERSONS[0]}],
        "device": {"reference": _PERSONS[1]},
        "partOf": [{"reference": _PERSONS[2]}],
    }
)
"""Filled in this order: id, number, moment, day from which it was known, performer, device, session."""
_MOST_NUMBERS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A fact that differs from value to value in one number alone.

    `settle` turns the number of an Observation into the one that is written down, and raises CannotRead for one
    that cannot be right; `known` are those that were written.
    """

    form: Form
    settle: Callable[[float], float]
    known: dict[float, str] = field(default_factory=dict)

    def number(self, value: float) -> str:
        """Write a number down; CannotRead for one that cannot be right."""
        text = json_text(self.settle(value))
        if value and len(self.known) < _MOST_NUMBERS:  # 0.0 and -0.0 are one key, and not written alike
            self.known[value] = text
        return text


@dataclass(slots=True, kw_only=True)
class Shape:
    """How all Observations of a shape are written down.

    `is_nothing` for what is none of our business, whatever its value. `numbered` are its facts where they differ by
    a number each; else there are `forms` for each value. `tries` counts Observations that were refused, of a shape
    that may never be read quickly.
    """

    is_nothing: bool = False
    numbered: tuple[Numbered, ...] = ()
    forms: dict[tuple[object, ...], tuple[Form, ...] | None] = field(default_factory=dict)
    tries: int = 0
    only: Numbered | None = field(init=False)
    """The fact of most: the one that there is."""

    def __post_init__(self) -> None:
        """Note the one fact of those that have no more."""
        self.only = self.numbered[0] if len(self.numbered) == 1 else None


def shape_of(source: bytes, site: Site, *, value: tuple[object, ...]) -> Shape | None:
    """Find out how an Observation and all of its shape are read; None when each has to be read by itself.

    `value` names the value that this one has.

    NotJson or CannotRead where the tolerant translators could not read this one either.
    """
    tree = verbatim.read(source)
    item = _with_blanks(tree, source, site)
    if item is None or tree["resourceType"] != "Observation":
        return None
    if not item.facts and "dataAbsentReason" not in tree and _is_nothing(tree, site):
        return Shape(is_nothing=True)
    numbered = _numbered(tree, item.facts, site)
    if numbered is None:
        return None
    return Shape(numbered=numbered) if numbered else Shape(forms={value: _forms(item, site)})


def _with_blanks(tree: dict[str, Any], source: bytes, site: Site) -> ChartItem | None:
    item = understand({**tree, **_BLANKS}, source, site)
    return None if item.unreadable or item.unread or item.own_key else item


def _is_nothing(tree: Tree, site: Site) -> bool:
    return all(reader_of(part) is None for part in parts_of(tree, site))


def _numbered(tree: Tree, facts: Sequence[Fact], site: Site) -> tuple[Numbered, ...] | None:
    """Write facts with a blank for their number; empty where more than numbers may differ, None where it cannot be.

    Of several components each has to be one fact.
    """
    nodes = children(tree, "component") or [tree]
    is_ours = has_our_profile(child(tree, "meta").get("profile"))
    if len(nodes) == len(facts) and all(map(_is_exact, nodes)) and (nodes == [tree] or "valueQuantity" not in tree):
        pairs = zip(nodes, facts, strict=True)
        found = [_settling(node, fact, is_ours=is_ours, site=site) for node, fact in pairs]
        forms = [_form(fact, site, has_number=True) for fact in facts] if None not in found else []
        if forms:
            both = zip(forms, found, strict=True)
            whole = tuple(Numbered(form=form, settle=settle) for form, settle in both if form and settle)
            return whole if len(whole) == len(facts) else None
    return () if nodes == [tree] else None


def _is_exact(node: Tree) -> bool:
    quantity = node.get("valueQuantity")
    return isinstance(quantity, dict) and quantity.get("comparator") is None


def _settling(node: Tree, fact: Fact, *, is_ours: bool, site: Site) -> Callable[[float], float] | None:
    """Find out how a number becomes the one that is written; None where more than the number may depend on it."""
    if isinstance(fact, LabResult):
        return _finite
    if not isinstance(fact, Reading):
        return None
    one = {"valueQuantity": {**child(node, "valueQuantity"), "value": 1.0}}
    factor, unit = degrees_in(one, "valueQuantity")
    measured = Measured(joint=fact.joint, side=fact.side, motion=fact.motion, mode=fact.mode)
    has_our_sign = is_ours or has_our_code(node)

    def settle(value: float) -> float:
        given = (value * factor, unit)
        return settled(given, measured, has_our_sign=has_our_sign, site=site, path="valueQuantity")[0]

    return settle


def _finite(value: float) -> float:
    if not isfinite(value):
        raise CannotRead("not-a-number", "valueQuantity.value")
    return value


def forms_of(source: bytes, site: Site) -> tuple[Form, ...] | None:
    """Write an Observation down with blanks; None where that cannot be done, so that each is read by itself."""
    item = _with_blanks(verbatim.read(source), source, site)
    return _forms(item, site) if item else None


def _forms(item: ChartItem, site: Site) -> tuple[Form, ...] | None:
    forms = [_form(fact, site, has_number=False) for fact in item.facts]
    return None if None in forms else tuple(form for form in forms if form is not None)


def _form(fact: Any, site: Site, *, has_number: bool) -> Form | None:
    """Write one fact with a blank wherever the circumstances, or its number, are written."""
    when = moment(_TIME, site.zone)
    name = "value" if isinstance(fact, LabResult) else "degrees"
    number = json_text(getattr(fact, name)) if has_number else ""
    blanks = (
        (f"{_SIGN}-id", "%s"),
        (f'"{name}":{number},', f'"{name}":%s,'),
        (json_text(when), "%s"),
        (f'"{_DAY}"', "%s"),
        *((f'"{person}"', "%s") for person in _PERSONS),
    )
    needed = frozenset({0, 1, 2, 3} if has_number else {0, 2, 3})
    return form_of(fact, blanks, sign=_SIGN, needed=needed) if fact.when == when else None

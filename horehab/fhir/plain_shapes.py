"""How Observations with the same codes, words and units are written down: the tolerant translators find it, once.

An Observation is given blanks for its circumstances and read as any other. What comes of it, written down, is the
form into which the circumstances of all others of that shape are filled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import msgspec

from horehab.domain.laboratory import LabResult
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact
from horehab.fhir import verbatim
from horehab.fhir.angles import degrees_in
from horehab.fhir.moments import moment
from horehab.fhir.observation import parts_of, reader_of
from horehab.fhir.occasion import has_our_profile
from horehab.fhir.quarantine import CannotRead
from horehab.fhir.range_of_motion import is_in_our_code, measured_by, settled
from horehab.fhir.reading import understand
from horehab.fhir.site import Site
from horehab.usecases.exchange import ChartItem

_ID = "blank-2f6d1c"
_TIME, _DAY = "1687-06-05T04:03:02+00:00", "1686-05-04"
_BLANKS: Mapping[str, Any] = MappingProxyType(
    {
        "id": f"{_ID}-id",
        "subject": {"reference": f"Patient/{_ID}-Patient"},
        "effectiveDateTime": _TIME,
        "issued": f"{_DAY}T12:00:00+00:00",
        "performer": [{"reference": f"Practitioner/{_ID}-Practitioner"}],
        "partOf": [{"reference": f"Procedure/{_ID}-Procedure"}],
        "device": {"reference": f"Device/{_ID}-Device"},
    }
)

Filling = tuple[str, ...]
"""What goes into the blanks: id, number, moment, day from which it was known, rater, device, session; as JSON."""


def json_text(value: object) -> str:
    """Write a value down as our memory writes facts down: JSON text of its fields in their order."""
    return msgspec.json.encode(value).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One fact with blanks; `take` picks from a filling what goes into them, in order."""

    kind: str
    text: str
    take: Callable[[Filling], Any]


@dataclass(slots=True, kw_only=True)
class Shape:
    """How all Observations of a shape are written down.

    `is_nothing` for what is none of our business, whatever its value. `settle` turns the number of an Observation
    into the one that is written down, where only that differs from value to value, and raises CannotRead for one
    that cannot be right; `numbers` are those that were written, `form` the one fact. Else there are `forms` for each
    value. `tries` counts Observations that were refused, of a shape that may never be read quickly.
    """

    is_nothing: bool = False
    settle: Callable[[float], float] | None = None
    form: Form | None = None
    numbers: dict[float, str] = field(default_factory=dict)
    forms: dict[tuple[object, ...], tuple[Form, ...] | None] = field(default_factory=dict)
    tries: int = 0


def shape_of(source: bytes, site: Site, *, has_components: bool) -> Shape | None:
    """Find out how an Observation and all of its shape are read; None when each has to be read by itself.

    NotJson or CannotRead where the tolerant translators could not read this one either.
    """
    tree = verbatim.read(source)
    item = _with_blanks(tree, source, site)
    if item is None or tree["resourceType"] != "Observation":
        return None
    if not item.facts and "dataAbsentReason" not in tree and _is_nothing(tree, site):
        return Shape(is_nothing=True)
    if has_components:
        return None
    settle = _settling(tree, item.facts, site)
    if settle is None:
        return Shape()
    form = _form_of(item.facts[0], site, has_number=True)
    return Shape(settle=settle, form=form) if form is not None else None


def _with_blanks(tree: dict[str, Any], source: bytes, site: Site) -> ChartItem | None:
    item = understand({**tree, **_BLANKS}, source, site)
    return None if item.unreadable or item.unread or item.own_key else item


def _is_nothing(tree: dict[str, Any], site: Site) -> bool:
    return all(reader_of(part) is None for part in parts_of(tree, site))


def _settling(tree: dict[str, Any], facts: tuple[Fact, ...], site: Site) -> Callable[[float], float] | None:
    """Find out how a number becomes the one that is written; None where more than the number may depend on it."""
    quantity = tree.get("valueQuantity")
    if len(facts) != 1 or not isinstance(quantity, dict) or quantity.get("comparator") is not None:
        return None
    if isinstance(facts[0], LabResult):
        return _finite
    if not isinstance(facts[0], Reading):
        return None
    part = parts_of(tree, site)[0]
    factor, unit = degrees_in({"valueQuantity": {**quantity, "value": 1.0}}, "valueQuantity")
    measured = measured_by(part)
    has_our_sign = is_in_our_code(part) or has_our_profile((tree.get("meta") or {}).get("profile"))

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
    forms = [_form_of(fact, site, has_number=False) for fact in item.facts] if item else [None]
    return None if None in forms else tuple(form for form in forms if form is not None)


def _form_of(fact: Any, site: Site, *, has_number: bool) -> Form | None:
    """Write one fact with a blank wherever the circumstances, or its number, are written."""
    when = moment(_TIME, site.zone)
    text = json_text(fact).replace("%", "%%")
    name = "value" if isinstance(fact, LabResult) else "degrees"
    number = json_text(getattr(fact, name)) if has_number else ""
    blanks = (
        (f"{_ID}-id", "%s"),
        (f'"{name}":{number},', f'"{name}":%s,'),
        (json_text(when), "%s"),
        (f'"{_DAY}"', "%s"),
        *((f'"{who}/{_ID}-{who}"', "%s") for who in ("Practitioner", "Device", "Procedure")),
    )
    places = sorted((text.find(blank), number) for number, (blank, _) in enumerate(blanks) if blank in text)
    for blank, written in blanks:
        text = text.replace(blank, written, 1)
    needed = {0, 1, 2, 3} if has_number else {0, 2, 3}
    if _ID in text or _DAY in text or fact.when != when or not needed <= {number for _, number in places}:
        return None
    return Form(kind=type(fact).__name__, text=text, take=itemgetter(*(number for _, number in places)))

"""A pain rating: 0-10 by number, 0-100 where the unit says so; read and written."""

from types import MappingProxyType
from typing import Any

from fhir_profiles import uses
from horehab.domain.signs import PainOccasion, PainRating
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import child, children, extensions, number, value_given, word
from horehab.fhir.basis.places import coded, place_of, written_place
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import UCUM
from horehab.fhir.resources.occasion import Occasion, Part

_CODES = frozenset(coding for _, coding in uses("pain"))
NUMERIC: Coding = next(coding for scale, coding in uses("pain") if scale == "numeric")
VISUAL: Coding = next(coding for scale, coding in uses("pain") if scale == "visual")
_TENTHS = MappingProxyType({"mm": 10.0, "cm": 1.0})
_POINTS = frozenset({"", "1", "{score}", "score", "/10", "points", "point", "pts", "puntos", "nrs"})
"""Units in which a rating that was recognised by its words alone may stand: minutes of pain are no score."""
_HIGHEST = 10.0
_HIGHEST_OF_A_HUNDRED = 100.0
"""The end of the other scale on which pain is rated."""


def is_pain(part: Part) -> bool:
    """Say whether a part rates pain, by its codes alone."""
    return any(coding in _CODES for coding in part.codings)


def read_pain(part: Part, occasion: Occasion, _site: Site) -> tuple[PainRating, ...]:
    """Read a rating; nothing when the chart says that there is none; CannotRead when its scale is not sure."""
    if part.node.get("dataAbsentReason"):
        return ()
    rating = PainRating(
        source=part.of(occasion),
        score=_score(part),
        occasion=_occasion(part),
        place=place_of(part.says),
        when=occasion.when,
        known_on=occasion.known_on,
        session=occasion.session,
        assumptions=part.assumptions,
    )
    return (rating,)


def pain_content(rating: PainRating, site: Site) -> dict[str, Any]:
    """Write what is particular to a rating; the rest of the Observation is the same for all measurements."""
    content: dict[str, Any] = {
        "code": {"coding": [coded(NUMERIC)], "text": f"Pain, {rating.occasion.value}"},
        "valueQuantity": {"value": rating.score, "unit": "{score}", "system": UCUM, "code": "{score}"},
    }
    if rating.occasion is not PainOccasion.UNSPECIFIED:
        code = rating.occasion.value.replace(" ", "-")
        content["extension"] = [{"url": ours.PAIN_OCCASION, "valueCode": code}]
    if rating.place:
        content["bodySite"] = written_place(rating.place, site)
    return content


def _score(part: Part) -> float:
    quantity = child(part.node, "valueQuantity")
    value = number(part.node, "valueInteger") if not quantity else number(quantity, "value")
    if value is None:
        given = value_given(part.node)
        raise CannotRead("not-a-number" if given else "no-value", part.at(given or "value[x]"))
    if quantity.get("comparator") is not None:
        raise CannotRead("comparator", part.at("valueQuantity.comparator"), "A rating is one number.")
    unit = word(quantity, "code") or word(quantity, "unit") or ""
    if part.assumptions and unit.casefold() not in _POINTS and unit not in _TENTHS:
        raise CannotRead("pain-scale", part.at("valueQuantity"), f"Found unit {unit[:40]!r}.")
    score = value / _scale(part, unit)
    if not 0 <= score <= _HIGHEST:
        raise CannotRead("pain-scale", part.at("value[x]"), f"Found {value:g}.")
    return score


def _scale(part: Part, unit: str) -> float:
    if unit in _TENTHS:
        return _TENTHS[unit]
    tops = [number(child(each, "high"), "value") for each in children(part.node, "referenceRange")]
    if _HIGHEST_OF_A_HUNDRED in tops:
        return 10.0
    if VISUAL in part.codings and _HIGHEST not in tops:
        raise CannotRead("pain-scale", part.at("valueQuantity"), f"Found unit {unit or 'none'!r}.")
    return 1.0


def _occasion(part: Part) -> PainOccasion:
    said = next((word(each, "valueCode") for each in extensions(part.node, ours.PAIN_OCCASION)), None)
    spelled = (said or "").replace("-", " ")
    if spelled in {each.value for each in PainOccasion}:
        return PainOccasion(spelled)
    return part.pain_occasion or PainOccasion.UNSPECIFIED

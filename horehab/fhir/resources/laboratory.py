"""A laboratory value with that laboratory's own upper limit, in units that are known; others are not interpreted."""

from dataclasses import dataclass
from types import MappingProxyType

from horehab.domain.laboratory import Analyte, LabResult
from horehab.fhir.basis.elements import Tree, child, children, number, value_given, word
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import coded
from horehab.fhir.resources.occasion import Occasion, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    measures: str
    factor: float


_ENZYME, _MASS, _MOLES = "enzyme", "mass", "moles"
_UNITS = MappingProxyType(
    {
        # 1 ukat/L = 60 U/L (clinical.md R16); an international unit of an enzyme is its U.
        **{unit: _Unit(measures=_ENZYME, factor=1.0) for unit in ("U/L", "[IU]/L", "IU/L", "UI/L", "mU/mL")},
        "kU/L": _Unit(measures=_ENZYME, factor=1000.0),
        "U/mL": _Unit(measures=_ENZYME, factor=1000.0),
        "ukat/L": _Unit(measures=_ENZYME, factor=60.0),
        "nkat/L": _Unit(measures=_ENZYME, factor=0.06),
        "mg/L": _Unit(measures=_MASS, factor=1.0),
        "ug/mL": _Unit(measures=_MASS, factor=1.0),
        "mg/dL": _Unit(measures=_MASS, factor=10.0),
        "umol/L": _Unit(measures=_MOLES, factor=1.0),
        "nmol/L": _Unit(measures=_MOLES, factor=0.001),
        "mmol/L": _Unit(measures=_MOLES, factor=1000.0),
    }
)
_BY_LOWER = MappingProxyType({unit.lower(): unit for unit in _UNITS})
_CONCEPTS = MappingProxyType(
    {
        "alkaline phosphatase": Analyte.ALKALINE_PHOSPHATASE,
        "creatine kinase": Analyte.CREATINE_KINASE,
        "gamma-glutamyl transferase": Analyte.GAMMA_GT,
        "bilirubin": Analyte.BILIRUBIN,
        "C reactive protein": Analyte.C_REACTIVE_PROTEIN,
    }
)
_MEASURED = MappingProxyType(
    {
        Analyte.ALKALINE_PHOSPHATASE: (_ENZYME,),
        Analyte.CREATINE_KINASE: (_ENZYME,),
        Analyte.GAMMA_GT: (_ENZYME,),
        Analyte.BILIRUBIN: (_MASS, _MOLES),
        Analyte.C_REACTIVE_PROTEIN: (_MASS,),
    }
)


def analyte_of(part: Part) -> Analyte | None:
    """Say which laboratory value a part is, by its codes alone; None for any that is not shown here."""
    for concept, analyte in _CONCEPTS.items():
        if any(coding in coded(concept) for coding in part.codings):
            return analyte
    return None


def analyte_with(coding: Coding) -> Analyte | None:
    """Say which laboratory value one code stands for; None for any that is not shown here."""
    return next((analyte for concept, analyte in _CONCEPTS.items() if coding in coded(concept)), None)


def coding_of(name: str) -> Coding:
    """Give one coding of a laboratory value that is named as the ward names it: "alkaline phosphatase"."""
    concept = next(concept for concept, analyte in _CONCEPTS.items() if analyte.value == name)
    return next(iter(coded(concept)))


def read_laboratory(part: Part, occasion: Occasion, _site: Site) -> tuple[LabResult, ...]:
    """Read a value; one given as "above" counts as that bound, one given as "below" is no value.

    CannotRead when there is no number. An unknown unit is kept and marked, so that nobody interprets it.
    """
    analyte = analyte_of(part)
    quantity = child(part.node, "valueQuantity")
    if part.node.get("dataAbsentReason") or quantity.get("comparator") in ("<", "<=") or analyte is None:
        return ()
    value = number(quantity, "value")
    if value is None:
        given = value_given(part.node)
        if given is None and any(part.node.get(name) for name in ("component", "hasMember")):
            return ()
        raise CannotRead("not-a-number" if given else "no-value", part.at(given or "value[x]"))
    text, unit = _unit(quantity)
    is_known = unit is not None and unit.measures in _MEASURED[analyte]
    if part.assumptions and not is_known:  # "PCR" is a protein in one language and a test for a virus in another
        raise CannotRead("lab-unit", part.at("valueQuantity"), f"Found {text[:40] or 'none'!r}.")
    result = LabResult(
        source=part.of(occasion),
        analyte=analyte,
        value=value,
        unit=text,
        upper_limit=_upper_limit(part.node, unit) if is_known else None,
        when=occasion.when,
        known_on=occasion.known_on,
        is_unit_known=is_known,
        assumptions=part.assumptions,
    )
    return (result,)


def _unit(quantity: Tree) -> tuple[str, _Unit | None]:
    """Take the unit by code, else in words; capitals and the sign for micro make no difference."""
    for name in ("code", "unit"):
        spelled = (word(quantity, name) or "").replace("µ", "u").replace("μ", "u").replace("[iU]", "IU")
        known = _BY_LOWER.get(spelled.lower())
        if known:
            return word(quantity, "unit") or known, _UNITS[known]
    return word(quantity, "unit") or word(quantity, "code") or "", None


def _upper_limit(node: Tree, unit: _Unit | None) -> float | None:
    """Take the one upper limit in the value's unit; None when there is none, or more than one that differ."""
    limits = set()
    for each in children(node, "referenceRange"):
        if not _is_normal(each):
            continue
        high = child(each, "high")
        value = number(high, "value")
        if value is None:
            continue
        text, own = _unit(high)
        own = own or (unit if not text else None)
        if unit is None or own is None or own.measures != unit.measures:
            return None
        limits.add(value if own == unit else value * own.factor / unit.factor)
    return limits.pop() if len(limits) == 1 else None


def _is_normal(limits: Tree) -> bool:
    types = [word(coding, "code") for coding in children(child(limits, "type"), "coding")]
    return not types or "normal" in types

"""Laboratory values as multiples of their own limit; what cannot be interpreted is kept and not interpreted."""

from typing import Any

import pytest

from horehab.domain.laboratory import Analyte, LabResult
from tests.fhir.charts import LOINC, concept, observation, understood, why_not

ALP = concept((LOINC, "6768-6"))


def result(value: dict[str, Any], *high: dict[str, Any], code: dict[str, Any] = ALP) -> LabResult:
    ranges = [{"high": each} for each in high]
    (fact,) = understood(observation(code=code, valueQuantity=value, referenceRange=ranges)).facts
    assert isinstance(fact, LabResult)
    return fact


@pytest.mark.parametrize(
    ("value", "multiple"), [(200, 200 / 126), (126, 1.0), (105, 105 / 126)]
)  # the published patients
def test_alkaline_phosphatase_is_a_multiple_of_its_own_limit(value: int, multiple: float) -> None:
    lab = result({"value": value, "code": "U/L"}, {"value": 126, "code": "U/L"})
    assert lab.analyte is Analyte.ALKALINE_PHOSPHATASE
    assert lab.multiple == pytest.approx(multiple)
    assert lab.is_elevated == (value > 126)


@pytest.mark.parametrize("unit", ["U/L", "IU/L", "UI/l", "[iU]/L", "U/l"])
def test_every_spelling_of_units_per_litre_is_known(unit: str) -> None:
    assert result({"value": 200, "unit": unit}, {"value": 100}).multiple == 2.0


def test_the_limit_is_converted_into_the_unit_of_the_value() -> None:
    lab = result({"value": 4, "code": "ukat/L"}, {"value": 120, "code": "U/L"})
    assert (lab.upper_limit, lab.multiple) == (2.0, 2.0)
    assert result({"value": 120, "code": "U/L"}, {"value": 1000, "unit": "nkat/L"}).multiple == pytest.approx(2.0)


def test_an_unknown_unit_is_kept_and_not_interpreted() -> None:
    lab = result({"value": 3, "unit": "King-Armstrong"}, {"value": 13, "unit": "King-Armstrong"})
    assert (lab.unit, lab.is_unit_known, lab.multiple) == ("King-Armstrong", False, None)
    assert not result({"value": 3}, {"value": 2}).is_unit_known
    assert not result({"value": 3, "code": "mg/L"}, {"value": 2}).is_unit_known


@pytest.mark.parametrize(
    "ranges",
    [
        [],
        [{"text": "34-126"}],
        [{"high": {"value": 126}}, {"high": {"value": 300}}],
        [{"high": {"value": 2, "code": "mg/L"}}],
        [{"high": {"value": 126}, "type": concept(("urn:x", "critical"))}],
    ],
)
def test_without_one_sure_limit_there_is_no_multiple(ranges: list[dict[str, Any]]) -> None:
    (fact,) = understood(
        observation(code=ALP, valueQuantity={"value": 200, "code": "U/L"}, referenceRange=ranges)
    ).facts
    assert isinstance(fact, LabResult)
    assert (fact.upper_limit, fact.is_elevated) == (None, False)


@pytest.mark.parametrize(
    ("code", "unit", "analyte"),
    [
        ("2157-6", "U/L", Analyte.CREATINE_KINASE),
        ("2324-2", "U/L", Analyte.GAMMA_GT),
        ("1975-2", "mg/dL", Analyte.BILIRUBIN),
        ("14631-6", "µmol/L", Analyte.BILIRUBIN),
        ("1988-5", "mg/L", Analyte.C_REACTIVE_PROTEIN),
    ],
)
def test_the_values_beside_it_are_read_too(code: str, unit: str, analyte: Analyte) -> None:
    lab = result({"value": 3, "unit": unit}, {"value": 2, "unit": unit}, code=concept((LOINC, code)))
    assert (lab.analyte, lab.multiple) == (analyte, 1.5)


def test_more_than_a_bound_counts_as_the_bound_and_less_than_is_no_value() -> None:
    assert result({"value": 900, "code": "U/L", "comparator": ">"}, {"value": 126}).is_elevated
    below = observation(code=ALP, valueQuantity={"value": 5, "code": "U/L", "comparator": "<"})
    assert (understood(below).facts, understood(below).unreadable) == ((), ())


@pytest.mark.parametrize(
    ("content", "code"), [({}, "no-value"), ({"valueString": "high"}, "not-a-number"), ({"status": "x"}, "status")]
)
def test_a_value_that_is_none_is_set_aside(content: dict[str, Any], code: str) -> None:
    assert why_not(observation(code=ALP, **content)) == [code]

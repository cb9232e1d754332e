"""Pain, bedside signs and blood values that a ward names in words alone."""

from typing import Any

import pytest

from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from tests.fhir.charts import LOINC, SNOMED, concept, degrees, observation, understood, why_not

REST, MOVEMENT, END = PainOccasion.REST, PainOccasion.MOVEMENT, PainOccasion.END_RANGE


@pytest.mark.parametrize(
    ("text", "place", "occasion"),
    [
        ("pain left hip", "left hip", None),
        ("Pain, right shoulder", "right shoulder", None),
        ("NRS pain left hip at rest", "left hip", REST),
        ("NRS left hip", "left hip", None),
        ("pain score right knee on movement (0-10)", "right knee", MOVEMENT),
        ("pain intensity left elbow end range", "left elbow", END),
        ("numeric pain rating scale L hip", "left hip", None),
        ("douleur hanche gauche", "left hip", None),
        ("douleur de la hanche droite au repos", "right hip", REST),
        ("douleur épaule D à la mobilisation", "right shoulder", MOVEMENT),
        ("échelle numérique douleur genou gauche", "left knee", None),
        ("EVN douleur hanche gauche, fin d'amplitude", "left hip", END),
        ("dolor cadera izquierda", "left hip", None),
        ("Dolor en la cadera derecha en reposo", "right hip", REST),
        ("intensidad del dolor hombro izq al movimiento", "left shoulder", MOVEMENT),
        ("escala numérica dolor rodilla dcha 0-10", "right knee", None),
        ("EVA 0-10 dolor cadera izquierda", "left hip", None),
        ("pain", "None", None),
        ("dolor en reposo", "None", REST),
    ],
)
def test_pain_is_read_by_its_words_with_joint_and_occasion(
    text: str, place: str, occasion: PainOccasion | None
) -> None:
    (fact,) = understood(observation(code={"text": text}, valueInteger=6)).facts
    assert isinstance(fact, PainRating)
    assert (str(fact.place), fact.score) == (place, 6.0)
    assert fact.occasion is (occasion or PainOccasion.UNSPECIFIED)
    assert fact.assumptions == (f"read from text: {text!r}",)


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("pain left hip after surgery", {"valueInteger": 6}, "words-in-doubt"),
        ("no pain left hip", {"valueInteger": 6}, "words-in-doubt"),
        ("pain goal left hip", {"valueInteger": 6}, "words-in-doubt"),
        ("douleur hanche gauche hier", {"valueInteger": 6}, "words-in-doubt"),
        ("pain hip", {"valueInteger": 6}, "no-side"),
        ("pain left", {"valueInteger": 6}, "no-joint"),
        ("pain left hip right knee", {"valueInteger": 6}, "joints-disagree"),
        ("pain left right hip", {"valueInteger": 6}, "sides-disagree"),
        ("pain left hip", {"valueInteger": 60}, "pain-scale"),
        ("pain left hip", {"valueQuantity": {"value": 6, "unit": "min"}}, "pain-scale"),
        ("EVA dolor cadera izquierda", {"valueQuantity": {"value": 6}}, "pain-scale"),
        ("pain left hip", {"valueString": "a lot"}, "not-a-number"),
        ("pain left hip", {"valueQuantity": degrees(40)}, "words-in-doubt"),
        ("pain left hip at rest on movement", {"valueInteger": 6}, "words-in-doubt"),
    ],
)
def test_pain_in_doubtful_words_is_set_aside(text: str, value: dict[str, Any], code: str) -> None:
    resource = observation(code={"text": text}, **value)
    assert understood(resource).facts == ()
    assert why_not(resource) == [code]


def test_coded_pain_takes_its_joint_from_a_text_without_doubt_and_only_from_such() -> None:
    numeric = (LOINC, "72514-3")
    for content in ({"code": concept(numeric, text="Pain left hip")}, {"bodySite": {"text": "Hanche gauche"}}):
        (fact,) = understood(observation(**{"code": concept(numeric), "valueInteger": 3} | content)).facts
        assert isinstance(fact, PainRating)
        assert str(fact.place) == "left hip"
        assert fact.assumptions
    vague = observation(code=concept(numeric, text="Pain severity reported"), valueInteger=3)
    (fact,) = understood(vague).facts
    assert isinstance(fact, PainRating)
    assert (fact.place, fact.assumptions) == (None, ())
    right = concept((SNOMED, "287579007"))
    torn = observation(code=concept(numeric, text="Pain left hip"), bodySite=right, valueInteger=3)
    assert why_not(torn) == ["sides-disagree"]


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("positive Lasègue left", SignKind.STRAIGHT_LEG_RAISE, "left hip"),
        ("Lasegue sign right", SignKind.STRAIGHT_LEG_RAISE, "right hip"),
        ("SLR left hip", SignKind.STRAIGHT_LEG_RAISE, "left hip"),
        ("straight leg raise test right", SignKind.STRAIGHT_LEG_RAISE, "right hip"),
        ("signe de Lasègue à gauche", SignKind.STRAIGHT_LEG_RAISE, "left hip"),
        ("Lasègue derecho positivo", SignKind.STRAIGHT_LEG_RAISE, "right hip"),
        ("firm end feel left hip", SignKind.FIRM_END_FEEL, "left hip"),
        ("arrêt dur hanche gauche", SignKind.FIRM_END_FEEL, "left hip"),
        ("tope duro cadera izquierda", SignKind.FIRM_END_FEEL, "left hip"),
        ("swelling left knee", SignKind.SWELLING, "left knee"),
        ("gonflement du genou gauche", SignKind.SWELLING, "left knee"),
        ("hinchazón de la rodilla derecha", SignKind.SWELLING, "right knee"),
        ("local warmth right hip", SignKind.WARMTH, "right hip"),
        ("chaleur locale hanche droite", SignKind.WARMTH, "right hip"),
        ("calor local cadera izquierda", SignKind.WARMTH, "left hip"),
        ("fever", SignKind.FEVER, "None"),
        ("fièvre", SignKind.FEVER, "None"),
        ("fiebre", SignKind.FEVER, "None"),
        ("new leg weakness", SignKind.LEG_WEAKNESS, "None"),
        ("debilidad de la pierna", SignKind.LEG_WEAKNESS, "None"),
        ("sensory loss", SignKind.SENSORY_LOSS, "None"),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_a_sign_is_read_by_its_words_with_a_yes_or_no(text: str, kind: SignKind, place: str, is_there: bool) -> None:
    (fact,) = understood(observation(code={"text": text}, valueBoolean=is_there)).facts
    assert isinstance(fact, Sign)
    assert (fact.kind, str(fact.place), fact.is_present) == (kind, place, is_there)
    assert fact.assumptions == (f"read from text: {text!r}",)


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("negative Lasègue left hip", {"valueBoolean": True}, "words-in-doubt"),
        ("no swelling left knee", {"valueBoolean": True}, "words-in-doubt"),
        ("swelling left knee wound", {"valueBoolean": True}, "words-in-doubt"),
        ("swelling warmth left knee", {"valueBoolean": True}, "words-in-doubt"),
        ("swelling knee", {"valueBoolean": True}, "no-side"),
        ("swelling left", {"valueBoolean": True}, "no-joint"),
        ("swelling left knee", {"valueQuantity": {"value": 38, "unit": "cm"}}, "sign-value"),
        ("swelling left knee", {"valueString": "a bit"}, "sign-value"),
    ],
)
def test_a_sign_in_doubtful_words_is_set_aside(text: str, value: dict[str, Any], code: str) -> None:
    resource = observation(code={"text": text}, **value)
    assert understood(resource).facts == ()
    assert why_not(resource) == [code]


@pytest.mark.parametrize(
    ("text", "analyte"),
    [
        ("ALP", Analyte.ALKALINE_PHOSPHATASE),
        ("Alkaline phosphatase", Analyte.ALKALINE_PHOSPHATASE),
        ("alk. phos., serum", Analyte.ALKALINE_PHOSPHATASE),
        ("phosphatases alcalines", Analyte.ALKALINE_PHOSPHATASE),
        ("PAL sérum", Analyte.ALKALINE_PHOSPHATASE),
        ("fosfatasa alcalina", Analyte.ALKALINE_PHOSPHATASE),
        ("Fosfatasa alcalina en suero", Analyte.ALKALINE_PHOSPHATASE),
        ("CK", Analyte.CREATINE_KINASE),
        ("créatine kinase", Analyte.CREATINE_KINASE),
        ("Gamma-GT", Analyte.GAMMA_GT),
        ("CRP", Analyte.C_REACTIVE_PROTEIN),
        ("proteína C reactiva", Analyte.C_REACTIVE_PROTEIN),
        ("bilirrubina total", Analyte.BILIRUBIN),
    ],
)
def test_a_blood_value_is_read_by_its_name(text: str, analyte: Analyte) -> None:
    unit = {Analyte.C_REACTIVE_PROTEIN: "mg/L", Analyte.BILIRUBIN: "mg/dL"}.get(analyte, "U/L")
    quantity, high = {"value": 200, "unit": unit}, {"high": {"value": 126}}
    (fact,) = understood(observation(code={"text": text}, valueQuantity=quantity, referenceRange=[high])).facts
    assert isinstance(fact, LabResult)
    assert (fact.analyte, fact.value) == (analyte, 200.0)
    assert fact.assumptions == (f"read from text: {text!r}",)


@pytest.mark.parametrize("text", ["CK-MB", "bone ALP", "direct bilirubin", "phosphatases alcalines osseuses"])
def test_a_relative_of_a_blood_value_is_none_of_our_business(text: str) -> None:
    item = understood(observation(code={"text": text}, valueQuantity={"value": 20, "unit": "U/L"}))
    assert (item.facts, item.unreadable) == ((), ())


def test_a_blood_value_in_words_needs_one_of_its_units() -> None:
    for quantity in ({"value": 25}, {"value": 25, "unit": "cycles"}, {"value": 25, "unit": "U/L"}):
        assert why_not(observation(code={"text": "PCR"}, valueQuantity=quantity)) == ["lab-unit"]


def test_a_blood_value_in_doubtful_words_is_set_aside_when_it_has_a_number() -> None:
    doubtful = {"text": "ALP before dialysis"}
    assert why_not(observation(code=doubtful, valueQuantity={"value": 200, "unit": "U/L"})) == ["words-in-doubt"]
    assert why_not(observation(code=doubtful, valueString="see note")) == []


@pytest.mark.parametrize(
    "text", ["pain abdomen", "swelling face", "hip circumference left", "shoe size", "fever chart"]
)
def test_what_only_shares_a_word_with_us_is_none_of_our_business(text: str) -> None:
    item = understood(observation(code={"text": text}, valueInteger=3))
    assert (item.facts, item.unreadable) == ((), ())

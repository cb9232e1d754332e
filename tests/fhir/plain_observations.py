"""Observations as servers send them, drawn at random: nearly all as they should be, some spoilt or damaged."""

import json
from typing import Any

from hypothesis import strategies as st

from horehab.demo.coding import Coding, observations
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.fhir.basis.site import Site
from horehab.rules import load_rules
from tests.fhir.charts import MADRID

CANONICAL = "https://horehab.org/fhir"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
LOCAL = "https://hospital.example/codes"
BASE = "https://ehr.example/fhir"
LIMITS = {motion: (numbers.lowest, numbers.highest) for motion, numbers in load_rules().motions.items()}
MAP = {(LOCAL, "KFL"): ((SNOMED, "364564000"), (LOINC, "41346-8")), (LOCAL, "GAIT"): (("", "unmatched"),)}
SITES = tuple(
    Site(zone=MADRID, base=BASE, limits=LIMITS, extension_sign=sign, concept_map=MAP if sign == "ask" else {})
    for sign in ("ask", "deficit", "hyperextension")
)
PLACES = [JointSide(joint=joint, side=side) for joint in (Joint.KNEE, Joint.ELBOW, Joint.HIP) for side in Side]
MOTIONS = [Motion.FLEXION, Motion.EXTENSION, Motion.INTERNAL_ROTATION]


def concept(system: str, code: str, text: str = "", display: str = "") -> dict[str, Any]:
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def coded_motions() -> list[dict[str, Any]]:
    """Code motions in each of the demo's habits: code, body site and extension of each."""
    values = [(place, motion, Mode.PASSIVE, 80) for place in PLACES[:3] for motion in MOTIONS[:2]]
    habits = (Coding.LOINC_SIDED, Coding.LOINC_SITE, Coding.OWN_PROFILE)
    found = [content for habit in habits for _, content in observations(habit, values)]
    return [{name: part for name, part in content.items() if name != "valueQuantity"} for content in found]


CODES: list[dict[str, Any]] = [
    *coded_motions(),
    {"code": concept(LOCAL, "KFL", "Knee flexion left")},
    {"code": concept(LOCAL, "GAIT", "Gait")},
    {"code": concept(LOCAL, "ROM-7", "Flexión pasiva de rodilla izquierda")},
    {"code": {"text": "PROM hip flexion right"}},
    {"code": {"text": "Shoulder"}},
    {"code": concept(LOINC, "72514-3", "Pain severity"), "bodySite": concept(SNOMED, "287679003")},
    {"code": concept(LOINC, "38214-3")},
    {"code": concept(LOINC, "6768-6", "Alkaline phosphatase")},
    {"code": concept(LOINC, "1988-5")},
    {"code": {"text": "PCR"}},
    {"code": concept(LOINC, "8867-4", "Heart rate", "Heart rate")},
    {"code": concept(SNOMED, "364564000"), "bodySite": concept(SNOMED, "82169009", "Left knee")},
    {"code": concept(f"{CANONICAL}/CodeSystem/horehab-sign", "swelling"), "bodySite": concept(SNOMED, "6757004")},
]
DEGREES = st.sampled_from([-20, -5, 0, 0.7, 1.5, 12, 45.5, 90, 130, 199, 260, 1e300])
UNITS = st.sampled_from(
    [
        {"unit": "deg", "system": UCUM, "code": "deg"},
        {"unit": "°", "system": UCUM, "code": "deg"},
        {"unit": "degrees"},
        {"unit": "rad", "system": UCUM, "code": "rad"},
        {"code": "deg", "system": "http://other.example"},
        {"unit": "deg", "code": "rad"},
        {"unit": "U/L", "system": UCUM, "code": "U/L"},
        {"unit": "mg/L", "system": UCUM, "code": "mg/L"},
        {"unit": "mm"},
        {"unit": None, "code": "deg"},
        {},
    ]
)
QUANTITIES = st.builds(
    lambda value, unit, rest: {"value": value, **unit, **rest},
    DEGREES,
    UNITS,
    st.sampled_from([{}, {}, {}, {}, {"comparator": "<"}, {"comparator": ">="}, {"comparator": "?"}]),
)
PLAIN_VALUES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.integers(-10, 90).map(lambda value: {"valueQuantity": {"value": value, "system": UCUM, "code": "deg"}}),
    st.integers(0, 10).map(lambda value: {"valueInteger": value}),
)
VALUES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    QUANTITIES.map(lambda quantity: {"valueQuantity": quantity}),
    QUANTITIES.map(lambda quantity: {"valueQuantity": quantity}),
    st.sampled_from(
        [
            {"valueInteger": 4},
            {"valueInteger": 40},
            {"valueBoolean": True},
            {"valueString": "yes"},
            {"valueCodeableConcept": concept(SNOMED, "52101004")},
            {"dataAbsentReason": {"coding": [{"code": "not-performed"}]}},
            {},
        ]
    ),
)
TIMES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"effectiveDateTime": "2026-03-02T10:15:00+01:00", "issued": "2026-03-03T12:30:00+01:00"},
        {"effectiveDateTime": "2026-03-02T10:15:00+01:00"},
        {"effectiveDateTime": "2026-03-02", "issued": None},
        {"effectiveDateTime": "2026-03"},
        {"effectiveDateTime": "2026-03-02T10:15"},
        {"effectiveDateTime": " 2026-03-02 "},
        {"effectiveDateTime": "yesterday", "issued": "2026-03-03T12:30:00+01:00"},
        {"effectiveDateTime": "", "issued": "2026-03-03T12:30:00+01:00"},
        {"effectivePeriod": {"start": "2026-03-02"}},
        {"issued": "2026-03-03T12:30:00+01:00"},
        {},
    ]
)
SUBJECTS = st.sampled_from(
    [
        {"reference": "Patient/1"},
        {"reference": f"{BASE}/Patient/1", "display": "X"},
        {"reference": " Patient/1 "},
        {"reference": "https://other.example/Patient/1"},
        {"reference": "Group/1"},
        {"display": "Nobody"},
        [{"reference": "Patient/1"}],
        None,
    ]
)
MODE = {"url": f"{CANONICAL}/StructureDefinition/rom-mode", "valueCode": "active"}
POSITION = {
    "url": "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition",
    "valueCodeableConcept": {"text": "prone"},
}
OWN = {"system": f"{CANONICAL}/id/measurement", "value": "0b6cbf9e"}
OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "extension": st.sampled_from(
            [
                [MODE],
                [POSITION],
                [MODE, POSITION],
                [{"url": f"{CANONICAL}/StructureDefinition/own-identifier", "valueIdentifier": OWN}],
                [{"url": f"{CANONICAL}/StructureDefinition/pain-occasion", "valueCode": "at-rest"}],
            ]
        ),
        "performer": st.sampled_from([[{"reference": "Practitioner/3"}], [{"display": "Anna"}], []]),
        "partOf": st.sampled_from([[{"reference": "Procedure/5"}], [{"identifier": OWN}], [{"reference": "Task/1"}]]),
        "device": st.sampled_from([{"display": "Goniometer 2"}, {"reference": "Device/8"}]),
        "identifier": st.sampled_from([[{"system": "urn:lab", "value": "7"}], [OWN], []]),
        "category": st.just([concept("http://terminology.hl7.org/CodeSystem/observation-category", "exam")]),
        "method": st.sampled_from([{"text": "passive"}, {"text": "prone"}, concept(SNOMED, "226060000")]),
        "referenceRange": st.sampled_from(
            [
                [{"high": {"value": 126, "unit": "U/L", "code": "U/L"}}],
                [{"high": {"value": 100}}],
                [{"low": {"value": 1}, "text": "any"}],
            ]
        ),
        "text": st.just({"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Ñ</div>'}),
        "note": st.just([{"text": "right side hurts"}]),
        "interpretation": st.just([{"text": "high"}]),
        "encounter": st.just({"reference": "Encounter/9"}),
        "modifierExtension": st.just([{"url": "urn:x", "valueBoolean": True}]),
        "component": st.sampled_from(
            [
                [],
                [{"code": concept(LOINC, "8480-6"), "valueQuantity": {"value": 120, "unit": "mmHg"}}],
                [{"code": concept(LOINC, "41346-8"), "valueQuantity": {"value": 80, "code": "deg"}}],
                [{"code": {"text": "knee flexion left"}, "valueQuantity": {"value": 80, "code": "deg"}}],
                [{"code": {"text": "hip flexion"}, "valueInteger": 3}],
            ]
        ),
        "implicitRules": st.just("urn:rules"),
        "contained": st.just([{"resourceType": "Device", "id": "d"}]),
        "hasMember": st.just([{"reference": "Observation/2"}]),
    },
)
_RARE = dict.fromkeys(("modifierExtension", "implicitRules", "contained", "hasMember", "identifier"), 30)
METAS = st.sampled_from(
    [
        {"versionId": "3", "lastUpdated": "2026-03-04T01:02:03.456Z", "source": "#a"},
        {"versionId": "3", "profile": [f"{CANONICAL}/StructureDefinition/horehab-rom"]},
        {"lastUpdated": " ", "tag": [{"code": "synthetic"}]},
        {"versionId": 3},
        {},
        None,
    ]
)
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", " ", 0, -1, 1e999, True, [], {}, "Patient/1", [None], [{}], {"coding": 1}, "\ud800"]
)


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an Observation, nearly always one that a server could send."""
    status = draw(st.sampled_from(["final", "final", "amended", "preliminary", "entered-in-error", "odd"]))
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": draw(st.sampled_from(["7", "8", "a.b-c", " 9 ", ""])),
    }
    made |= {"status": status, **draw(st.sampled_from(CODES)), **draw(TIMES)}
    often = draw(st.integers(0, 3)) > 0  # most are as they should be, so that most are read quickly
    plain: dict[str, Any] = {"subject": {"reference": "Patient/1"}, "meta": {"versionId": "1"}}
    made |= plain | draw(PLAIN_VALUES) if often else draw(VALUES)
    made |= {"status": "final", "id": "7", "effectiveDateTime": "2026-03-02T10:15:00+01:00"} if often else {}
    extra = draw(OTHERS)
    share = 3 if often else 1
    kept = {name: extra[name] for name in sorted(extra) if draw(st.integers(0, _RARE.get(name, share))) == 0}
    return {"subject": draw(SUBJECTS), "meta": draw(METAS)} | made | kept


@st.composite
def spoilt(draw: st.DrawFn, resource: dict[str, Any]) -> dict[str, Any]:
    """Change something somewhere in a resource."""
    changed: dict[str, Any] = json.loads(json.dumps(resource))
    node: Any = changed
    for _ in range(draw(st.integers(0, 3))):
        inner = [
            each for each in (node.values() if isinstance(node, dict) else node) if isinstance(each, dict | list)
        ]
        inner = [each for each in inner if each]
        if not inner:
            break
        node = draw(st.sampled_from(inner))
    name = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else list(range(len(node)))))
    way = draw(st.integers(0, 3))
    if way == 0:
        del node[name]
    elif way == 1:
        node[name] = draw(JUNK)
    elif way == 2 and isinstance(node, dict):
        node[draw(st.sampled_from(["bodySite", "x", "value", "valueInteger", "dataAbsentReason"]))] = node[name]
    else:
        node[name] = [node[name]]
    return changed


@st.composite
def families(draw: st.DrawFn) -> list[bytes]:
    """Draw some Observations that have much in common, as text, so that what is remembered of one meets another."""
    first = draw(resources())
    others = [draw(resources()) for _ in range(draw(st.integers(0, 1)))]
    alike = [first | draw(VALUES) | draw(TIMES) for _ in range(draw(st.integers(0, 2)))]
    changed = [draw(spoilt(first)) for _ in range(draw(st.integers(1, 3)))]
    is_ascii = draw(st.booleans())
    texts = [json.dumps(each, ensure_ascii=is_ascii) for each in (first, *alike, *changed, *others)]
    return [draw(bitten(text.encode("utf-8", "surrogatepass"))) for text in texts]


@st.composite
def bitten(draw: st.DrawFn, source: bytes) -> bytes:
    """Now and then damage a text in one place."""
    if draw(st.integers(0, 9)):
        return source
    place = draw(st.integers(0, len(source) - 1))
    piece = draw(st.sampled_from([b"", b"\xff", b"\xc3(", b"}", b"1e999", b"\\", b'"x":[[', b"\x00"]))
    return source[:place] + piece + source[place + draw(st.integers(0, 2)) :]

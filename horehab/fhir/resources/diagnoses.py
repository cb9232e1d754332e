"""What a code of a condition or a procedure stands for: ossification, an exposure, background; nothing by guess."""

import re
from collections.abc import Iterable, Mapping
from csv import DictReader
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from fhir_profiles import codes
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import Joint, Side
from horehab.fhir.basis.site import Coding
from horehab.fhir.basis.terminology import EXPOSURE, NOTHING, Meaning

OSSIFICATION = "ossification"
Subject = ExposureKind | BackgroundKind | str
"""An exposure, a background, or OSSIFICATION."""

ICD = ("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm")

_BY_CONCEPT: Mapping[str, Subject] = MappingProxyType(
    {
        "heterotopic ossification": OSSIFICATION,
        "heterotopic ossification, postoperative": OSSIFICATION,
        "myositis ossificans": OSSIFICATION,
        "fibrodysplasia ossificans progressiva (exclusion)": BackgroundKind.OTHER,
        "ankylosis": BackgroundKind.OTHER,
        "ankylosis of joint": BackgroundKind.OTHER,
        "contracture of joint": BackgroundKind.CONTRACTURE,
        "arthrofibrosis (differential)": BackgroundKind.CONTRACTURE,
        "joint stiffness": BackgroundKind.OTHER,
        "joint pain": BackgroundKind.JOINT_PAIN,
        "hip pain": BackgroundKind.JOINT_PAIN,
        "COVID-19": BackgroundKind.COVID19,
        "post-COVID condition": BackgroundKind.COVID19,
        "invasive mechanical ventilation": ExposureKind.VENTILATION,
        "artificial ventilation": ExposureKind.VENTILATION,
        "dependence on ventilator": ExposureKind.VENTILATION,
        "ventilation in prone position": ExposureKind.PRONE,
        "ECMO": ExposureKind.ECMO,
        "ECMO veno-venous": ExposureKind.ECMO,
        "ECMO veno-arterial": ExposureKind.ECMO,
        "ICU admission": ExposureKind.ICU_STAY,
        "critical illness polyneuropathy": BackgroundKind.POLYNEUROPATHY,
        "critical illness myopathy": BackgroundKind.MYOPATHY,
        "polyneuropathy": BackgroundKind.POLYNEUROPATHY,
        "Guillain-Barre syndrome": BackgroundKind.POLYNEUROPATHY,
        "brachial plexus disorder": BackgroundKind.PLEXUS_LESION,
        "spinal cord injury": BackgroundKind.CENTRAL_LESION,
        "traumatic brain injury": BackgroundKind.CENTRAL_LESION,
        "stroke": BackgroundKind.CENTRAL_LESION,
        "burn": BackgroundKind.BURN,
        "total hip arthroplasty": BackgroundKind.JOINT_REPLACEMENT,
        "deep venous thrombosis": BackgroundKind.DEEP_VEIN_THROMBOSIS,
        "DVT of lower extremity": BackgroundKind.DEEP_VEIN_THROMBOSIS,
        "sciatic neuropathy": BackgroundKind.SCIATIC_LESION,
        "pregnant": BackgroundKind.PREGNANCY,
    }
)
_OWN: Mapping[Coding, Subject] = MappingProxyType(
    {(EXPOSURE, kind.value): kind for kind in (ExposureKind.SEDATION, ExposureKind.IMMOBILISATION)}
)
"""What no public code that we are sure of says: sedation and immobilisation, in our own code system."""

_HIP_CONCEPTS = ("hip pain", "total hip arthroplasty")

# ICD-10-CM: fifth character the site, sixth the side (codes.csv holds examples of each, checked by a test).
# The thigh of M61 is ICD's "pelvic region and thigh", with the hip; its upper arm and lower leg hold elbow and knee.
_ICD_PLACE = re.compile(r"M(?:24|25|61)\.\d([1-7])([12])|Z96\.6([1-6])([12])")
_ICD_SITES = {"1": Joint.SHOULDER, "2": Joint.ELBOW, "5": Joint.HIP, "6": Joint.KNEE, "7": Joint.ANKLE}
_IMPLANT_SITES = {"1": Joint.SHOULDER, "2": Joint.ELBOW, "3": Joint.WRIST, "4": Joint.HIP, "5": Joint.KNEE}
_ICD_SIDES = {"1": Side.RIGHT, "2": Side.LEFT}


def subject_of(found: Iterable[Coding]) -> Subject | None:
    """Say what some codings stand for: ossification first, then exposure, then background; None for anything else."""
    subjects = [subject for subject in map(_subject, found) if subject is not None]
    return min(subjects, key=_rank, default=None)


def place_said(found: Iterable[Coding]) -> Meaning:
    """Say which joint and side the codes of diagnoses themselves name."""
    together = NOTHING
    for coding in found:
        together |= _place(coding)
    return together


def _rank(subject: Subject) -> int:
    if isinstance(subject, str):
        return 0
    return 1 if isinstance(subject, ExposureKind) else 2 if subject is not BackgroundKind.OTHER else 3


def _subject(coding: Coding) -> Subject | None:
    if coding[0] not in ICD:
        return _public().get(coding)
    prefixes = (coding[1][:length] for length in range(len(coding[1]), 0, -1))
    return next((_icd()[prefix] for prefix in prefixes if prefix in _icd()), None)


@cache
def _public() -> Mapping[Coding, Subject]:
    rows = ((row, _BY_CONCEPT.get(row.concept)) for row in codes())
    public = {(row.system, row.code): subject for row, subject in rows if subject is not None}
    return MappingProxyType({**public, **_OWN})


@cache
def _icd() -> Mapping[str, Subject]:
    lines = files("fhir_profiles").joinpath("diagnoses.csv").read_text(encoding="utf-8").splitlines()
    return MappingProxyType({row["prefix"]: _named(row["kind"]) for row in DictReader(lines)})


def _named(kind: str) -> Subject:
    if kind == OSSIFICATION:
        return OSSIFICATION
    if kind in {each.value for each in ExposureKind}:
        return ExposureKind(kind)
    return BackgroundKind(kind)


def _place(coding: Coding) -> Meaning:
    if coding in _hips():
        return Meaning(joints=frozenset({Joint.HIP}))
    match = _ICD_PLACE.fullmatch(coding[1]) if coding[0] in ICD else None
    if match is None:
        return NOTHING
    joint = _ICD_SITES.get(match[1]) if match[1] else _IMPLANT_SITES.get(match[3])
    side = _ICD_SIDES[match[2] or match[4]]
    return Meaning(joints=frozenset({joint} if joint else ()), sides=frozenset({side}))


@cache
def _hips() -> frozenset[Coding]:
    return frozenset((row.system, row.code) for row in codes() if row.concept in _HIP_CONCEPTS)

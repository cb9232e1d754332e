"""What a patient has been through, and what else is known: exposures that open surveillance, and background."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.joints import JointSide
from horehab.domain.moment import Moment


class ExposureKind(Enum):
    """An exposure that goes before ossification (clinical.md R01)."""

    ICU_STAY = "icu stay"
    VENTILATION = "ventilation"
    PRONE = "prone positioning"
    ECMO = "ecmo"
    SEDATION = "sedation"
    IMMOBILISATION = "immobilisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A span of intensive care, ventilation, prone positioning, ECMO, sedation or immobilisation.

    `end` is None while it goes on or when the chart does not say. `is_reported` marks what was entered by
    hand in our app instead of read from the chart.
    """

    source: str
    kind: ExposureKind
    start: Moment
    known_on: date
    end: Moment | None = None
    is_reported: bool = False


class BackgroundKind(Enum):
    """A condition that raises risk, explains a finding otherwise, or confounds a laboratory value."""

    COVID19 = "covid-19"
    POLYNEUROPATHY = "polyneuropathy"
    PLEXUS_LESION = "plexus lesion"
    CENTRAL_LESION = "central nervous lesion"
    MYOPATHY = "myopathy"
    SCIATIC_LESION = "sciatic lesion"
    DEEP_VEIN_THROMBOSIS = "deep vein thrombosis"
    FRACTURE = "fracture"
    INFECTION = "infection"
    CONTRACTURE = "contracture"
    BURN = "burn"
    PREGNANCY = "pregnancy"
    LIVER_DISEASE = "liver disease"
    ALCOHOL = "alcohol"
    JOINT_REPLACEMENT = "joint replacement"
    ARTHRODESIS = "arthrodesis"
    AMPUTATION = "amputation"
    JOINT_PAIN = "joint pain"
    SURGERY = "surgery"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """A condition or procedure in the chart that matters to the reading of a joint; `text` is the chart's.

    `place` is set when the chart gives joint and side; `end` when it says that it is over. `is_reported` as above.
    """

    source: str
    kind: BackgroundKind
    text: str
    start: Moment | None
    known_on: date
    end: Moment | None = None
    place: JointSide | None = None
    is_reported: bool = False

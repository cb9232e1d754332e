"""Patients made by hand for the tests of the benchmark: what was measured is written out, nothing is drawn."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from benchmarks.detection.story import (
    Entry,
    Fate,
    Known,
    Lab,
    Measurement,
    Ossification,
    Pain,
    SimulatedPatient,
    Status,
    Stay,
)
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode

HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
KNEE = JointSide(joint=Joint.KNEE, side=Side.RIGHT)

PLAIN = Measurement(
    id="m",
    visit="v20",
    day=20,
    known=20,
    place=HIP,
    motion=Motion.FLEXION,
    mode=Mode.PASSIVE,
    value=100.0,
)


def patient(
    entries: Sequence[Entry] = (), *, key: str = "p1", truth: Sequence[Ossification] = ()
) -> SimulatedPatient:
    """A woman of 61, nineteen days in intensive care, followed from day 20 to day 120."""
    return SimulatedPatient(
        id=key,
        age=61,
        sex="female",
        first=20,
        last=120,
        fates={each.place: Fate.OSSIFYING for each in truth},
        ossifications=tuple(truth),
        entries=tuple(entries),
        stays=(
            Stay(kind=ExposureKind.ICU_STAY, start=0, end=19),
            Stay(kind=ExposureKind.VENTILATION, start=1, end=15),
            Stay(kind=ExposureKind.PRONE, start=2, end=9),
            Stay(kind=ExposureKind.ECMO, start=3, end=8),
            Stay(kind=ExposureKind.SEDATION, start=1, end=12),
        ),
        known=(
            Known(kind=BackgroundKind.COVID19, day=0),
            Known(kind=BackgroundKind.DEEP_VEIN_THROMBOSIS, day=30, place=HIP),
            Known(kind=BackgroundKind.FRACTURE, day=5, place=KNEE),
        ),
    )


def course(values: Sequence[float], *, place: JointSide = HIP, every: int = 4, first: int = 20) -> list[Measurement]:
    """Flexion at visits a few days apart, by one rater."""
    days = count(first, every)
    return [
        replace(PLAIN, id=f"{place.joint.value}-{day}", visit=f"v{day}", day=day, known=day, place=place, value=value)
        for day, value in zip(days, values, strict=False)
    ]


def everything() -> list[Entry]:
    """One entry of each kind that a chart can hold, and each way in which an angle can be entered."""
    other = replace(PLAIN, id="other", visit="v24", day=24, known=31, rater="b", device="inclinometer", value=92.0)
    return [
        replace(PLAIN, rater="a"),
        replace(PLAIN, id="abduction", motion=Motion.ABDUCTION, value=35.0, rater="a"),
        replace(PLAIN, id="knee", place=KNEE, value=-4.0, motion=Motion.EXTENSION, rater="a"),
        replace(PLAIN, id="twice", rater="a"),
        replace(PLAIN, id="active", mode=Mode.ACTIVE, value=80.0, rater="a"),
        replace(PLAIN, id="assisted", mode=Mode.ACTIVE_ASSISTED, value=85.0, rater="a"),
        replace(PLAIN, id="modeless", mode=None, value=90.0, rater="a"),
        replace(PLAIN, id="turning", place=replace(KNEE, joint=Joint.ELBOW), motion=Motion.PRONATION, value=70.0),
        other,
        replace(other, id="radians", motion=Motion.ABDUCTION, value=0.5, unit="rad"),
        replace(other, id="side-lying", position="side-lying", value=88.0),
        replace(other, id="amended", status=Status.AMENDED, value=91.0, motion=Motion.EXTERNAL_ROTATION),
        replace(other, id="withdrawn", status=Status.ENTERED_IN_ERROR, value=10.0),
        Pain(id="pain", visit="v24", day=24, known=25, place=HIP, score=6),
        Pain(id="no-pain", visit="v24", day=24, known=25, place=KNEE, score=0, status=Status.ENTERED_IN_ERROR),
        Lab(id="alp", day=24, known=24, analyte=Analyte.ALKALINE_PHOSPHATASE, value=200.0, upper_limit=126.0),
        Lab(id="ck", day=25, known=26, analyte=Analyte.CREATINE_KINASE, value=90.0, upper_limit=170.0),
        Lab(id="ggt", day=25, known=26, analyte=Analyte.GAMMA_GT, value=30.0, upper_limit=40.0),
    ]

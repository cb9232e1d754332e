"""A simulated patient as values: what was measured and when it became known, and the truth that nobody was told.

Days are whole days since admission to intensive care (day 0). Every simulator makes these; artefacts change
them; `emit` turns them into FHIR resources; only the judge looks at the truth.
"""

from dataclasses import dataclass, field
from enum import Enum

from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import JointSide, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode


class Fate(Enum):
    """What really happens to a joint."""

    HEALTHY = "healthy"
    RECOVERING = "recovering"
    STABLE = "stable limited"
    CONTRACTURE = "contracture"
    STIFF_SHOULDER = "painful stiff shoulder"
    ACUTE = "acute event"
    WEAK = "weakness"
    OSSIFYING = "ossifying"


class Status(Enum):
    """What the chart says of an entry today."""

    FINAL = "final"
    AMENDED = "amended"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One angle as it was entered. `value` is in `unit` ("deg" or "rad"); `known` is the day on which it arrived.

    `position` is the posture if it was written down; `visit` joins what was measured on one occasion.
    """

    id: str
    visit: str
    day: int
    known: int
    place: JointSide
    motion: Motion
    mode: Mode | None
    value: float
    unit: str = "deg"
    rater: str | None = None
    device: str | None = None
    position: str | None = None
    status: Status = Status.FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """Pain at one joint, 0-10, as rated at a visit."""

    id: str
    visit: str
    day: int
    known: int
    place: JointSide
    score: int
    status: Status = Status.FINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A laboratory value with the upper limit of that laboratory, both in `unit`."""

    id: str
    day: int
    known: int
    analyte: Analyte
    value: float
    upper_limit: float
    unit: str = "U/L"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A span of intensive care, ventilation, prone positioning, ECMO or sedation."""

    kind: ExposureKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A condition in the chart from a day on."""

    kind: BackgroundKind
    day: int
    place: JointSide | None = None


Entry = Measurement | Pain | Lab


@dataclass(frozen=True, slots=True, kw_only=True)
class Ossification:
    """The truth about one ossifying joint. `recognised` is the day when half of the eventual loss is there."""

    place: JointSide
    onset: int
    recognised: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPatient:
    """One patient: everything that was entered, in any order, and the truth.

    `first` and `last` are the first and the last day of follow-up (the person-time that a false rate is
    counted over); `curves` gives by (place, motion) the true degrees on each day from 0 to `last`, passive,
    for pictures and for a detector that knows the generator.
    """

    id: str
    age: int
    sex: str
    first: int
    last: int
    fates: dict[JointSide, Fate]
    ossifications: tuple[Ossification, ...]
    entries: tuple[Entry, ...]
    stays: tuple[Stay, ...]
    known: tuple[Known, ...] = ()
    curves: dict[tuple[JointSide, Motion], tuple[float, ...]] = field(default_factory=dict)

    @property
    def months(self) -> float:
        """The months of follow-up, of 30.44 days."""
        return (self.last - self.first) / 30.44


@dataclass(frozen=True, slots=True, kw_only=True)
class WardPlan:
    """How a simulated ward is to be: size, seed, how noisy, and how many of its patients ossify.

    `noise` multiplies every measurement error. `fates` restricts non-ossifying joints to some fates (None
    for the ordinary mixture). `records_pain` False is a ward that never rates pain; `is_late` one that sees
    its patients late, the ossifying ones already stiff.
    """

    patients: int = 200
    seed: int = 1
    noise: float = 1.0
    ossifying: float = 0.3
    fates: tuple[Fate, ...] | None = None
    records_pain: bool = True
    is_late: bool = False

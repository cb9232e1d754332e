"""Laboratory values as multiples of their own upper limit; a normal or missing one never lowers a suspicion."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.moment import Moment


class Analyte(Enum):
    """A laboratory value that is shown beside a suspicion."""

    ALKALINE_PHOSPHATASE = "alkaline phosphatase"
    CREATINE_KINASE = "creatine kinase"
    GAMMA_GT = "gamma-glutamyl transferase"
    BILIRUBIN = "bilirubin"
    C_REACTIVE_PROTEIN = "C-reactive protein"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """A laboratory value in its own unit, with that laboratory's own upper limit in the same unit.

    `multiple` is `value / upper_limit` (126 with a limit of 126 is 1.00, and not elevated: clinical.md R11,
    R13); None when the limit or the unit is not known, and then the value is not interpreted. `assumptions` says
    in plain words what the reader had to assume.
    """

    source: str
    analyte: Analyte
    value: float
    unit: str
    upper_limit: float | None
    when: Moment
    known_on: date
    is_unit_known: bool = True
    assumptions: tuple[str, ...] = ()

    @property
    def multiple(self) -> float | None:
        """The value as a multiple of the upper limit, or None when it must not be interpreted."""
        if not self.is_unit_known or self.upper_limit is None or self.upper_limit <= 0:
            return None
        return self.value / self.upper_limit

    @property
    def is_elevated(self) -> bool:
        """Strictly above the upper limit; False also when that cannot be known."""
        multiple = self.multiple
        return multiple is not None and multiple > 1

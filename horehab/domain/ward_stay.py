"""On which ward a patient lies now, as the chart says."""

from dataclasses import dataclass
from datetime import date

from horehab.domain.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WardStay:
    """A stay that goes on: `ward` is the chart's name of the place ("Location/7"), `name` what it is called there.

    `when` is since when. A stay that is over is none: the next version of the same entry takes it away.
    """

    source: str
    ward: str
    when: Moment
    known_on: date
    name: str | None = None

    @property
    def words(self) -> str:
        """Call the ward as people do, or by the chart's own name of it where that is all there is."""
        return self.name or self.ward

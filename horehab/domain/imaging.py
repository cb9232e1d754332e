"""Imaging that a physician cites to confirm or refute a suspicion: its kind, day and finding, and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from types import MappingProxyType

from horehab.domain.exposure import Exposure
from horehab.domain.record import Imaging


class ImagingKind(Enum):
    """A kind of imaging that shows new bone, or how fast it forms (clinical.md R18-R20)."""

    SCINTIGRAPHY = "scintigraphy"
    CT = "CT"
    PLAIN_FILM = "plain film"
    MRI = "MRI"
    ULTRASOUND = "ultrasound"


_BY_MODALITY = MappingProxyType(
    {
        "NM": ImagingKind.SCINTIGRAPHY,
        "CT": ImagingKind.CT,
        "XR": ImagingKind.PLAIN_FILM,
        "MR": ImagingKind.MRI,
        "US": ImagingKind.ULTRASOUND,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedImaging:
    """Imaging as a physician cites it. `report` is the reference of its report in the chart, "" where there is none.

    `number` is what finds the study elsewhere, such as its accession number; `read_by` names who read it.
    """

    kind: ImagingKind
    day: date
    finding: str
    read_by: str = ""
    report: str = ""
    number: str = ""

    def __str__(self) -> str:
        """Say it in one line: "CT of 2026-05-19: ossification in front of the hip (read by Dr Sanz; ACC-7)"."""
        reader = f"read by {self.read_by}" if self.read_by else ""
        where = "; ".join(filter(None, (reader, self.report, self.number)))
        return f"{self.kind.value} of {self.day}: {self.finding}" + (f" ({where})" if where else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagingForm:
    """Imaging as it was filled in; what was left empty may stand in the report that was chosen."""

    kind: ImagingKind | None = None
    day: date | None = None
    finding: str = ""
    read_by: str = ""
    report: str = ""
    number: str = ""


def kind_of(image: Imaging) -> ImagingKind | None:
    """Say which kind of imaging a report of the chart is of; None when it does not say, or is of another."""
    return _BY_MODALITY.get(image.modality or "")


def completed(form: ImagingForm, image: Imaging) -> ImagingForm:
    """Take from a report what was left empty beside it."""
    return replace(
        form,
        kind=form.kind or kind_of(image),
        day=form.day or image.when.day,
        finding=form.finding or image.conclusion or "",
    )


def first_day_of_stay(exposures: Iterable[Exposure]) -> date | None:
    """Say on which day the first stay or treatment began that is known; None when none is."""
    return min((exposure.start.day for exposure in exposures), default=None)

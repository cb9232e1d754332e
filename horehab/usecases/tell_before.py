"""Enter by hand what a patient went through before, as it was told at the bedside; it is kept here alone."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from zoneinfo import ZoneInfo

from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.moment import local_moment
from horehab.domain.session_form import wrong_year
from horehab.errors import FormRefused, InputError
from horehab.usecases.bedside import Report, Told
from horehab.usecases.ports import Ports

REPORTABLE: tuple[ExposureKind | BackgroundKind, ...] = (
    *ExposureKind,
    BackgroundKind.POLYNEUROPATHY,
    BackgroundKind.PLEXUS_LESION,
    BackgroundKind.SCIATIC_LESION,
    BackgroundKind.CENTRAL_LESION,
    BackgroundKind.MYOPATHY,
    BackgroundKind.FRACTURE,
    BackgroundKind.BURN,
    BackgroundKind.SURGERY,
    BackgroundKind.DEEP_VEIN_THROMBOSIS,
    BackgroundKind.PREGNANCY,
)
"""What a physiotherapist may enter: intensive care and what went with it, lesions, pregnancy."""

SOURCE = "reported:"
"""References of what was told begin so: they lead nowhere in the EHR."""

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportForm:
    """What was told: since when, until when (None: not known, or still), and in which words.

    `token` is the form's UUID: sent twice, it is one report. `kind` is a value of `REPORTABLE`, `who` entered it.
    """

    token: str
    patient: str
    kind: str
    start: date | None
    end: date | None
    text: str
    who: str


def tell_before(ports: Ports, form: ReportForm) -> bool:
    """Keep what was told; False when this form was sent before; FormRefused with an error per field."""
    kind = _kind(form.kind)
    errors = _errors(form, kind, ports.clock.today())
    if kind is None or errors:
        raise FormRefused(tuple(errors))
    report = Report(
        report_id=form.token,
        patient=form.patient,
        fact=_fact(ports, form, kind),
        who=form.who,
        at=ports.clock.now(),
    )
    return ports.logbook.bedside.report(report)


def take_back_report(ports: Ports, report_id: str, *, patient: str, who: str) -> bool:
    """Take back what was told and was wrong; False when there is no such report that stands."""
    return ports.logbook.bedside.take_back(report_id, patient=patient, who=who, now=ports.clock.now())


def _kind(text: str) -> ExposureKind | BackgroundKind | None:
    return next((kind for kind in REPORTABLE if kind.value == text), None)


def _errors(form: ReportForm, kind: Enum | None, today: date) -> list[InputError]:
    errors = []
    if kind is None:
        errors.append(_error("kind", form.kind, "Nothing was chosen.", "Choose from the list."))
    if form.start is None and isinstance(kind, ExposureKind):
        errors.append(_error("start", "", "When it began is not said.", "Write the day, at least about."))
    if form.start is not None and form.start > today:
        errors.append(
            _error("start", form.start.isoformat(), "This day lies in the future.", "Write the day it was.")
        )
    if form.end is not None and (form.end > today or (form.start is not None and form.end < form.start)):
        said = "It ended before it began, or in the future."
        errors.append(_error("end", form.end.isoformat(), said, "Write its last day, or nothing while it goes on."))
    errors += wrong_year("start", form.start) if form.start else []
    if len(form.text) > LONGEST_TEXT:
        said = f"This text is longer than {LONGEST_TEXT} characters."
        errors.append(_error("text", len(form.text), said, "Shorten it."))
    return errors


def _fact(ports: Ports, form: ReportForm, kind: ExposureKind | BackgroundKind) -> Told:
    zone, today = ZoneInfo(ports.zone), ports.clock.today()
    start = local_moment(form.start, None, zone) if form.start else None
    end = local_moment(form.end, None, zone) if form.end else None
    source = f"{SOURCE}{form.token}"
    if isinstance(kind, BackgroundKind):
        text = form.text.strip() or kind.value
        return Background(source=source, kind=kind, text=text, start=start, end=end, known_on=today, is_reported=True)
    assert start is not None  # _errors refuses an exposure without it
    return Exposure(source=source, kind=kind, start=start, end=end, known_on=today, is_reported=True)


def _error(field: str, value: object, message: str, remedy: str) -> InputError:
    return InputError(message, field=field, value=value, remedy=remedy)

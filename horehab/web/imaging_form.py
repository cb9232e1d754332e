"""The imaging that a physician cites: what was typed of it, how it is said again, and which reports the chart has."""

from collections.abc import Mapping
from datetime import date

from horehab.domain.entries import DecisionEntry
from horehab.domain.imaging import ImagingForm, ImagingKind, kind_of
from horehab.domain.record import Imaging, PatientRecord
from horehab.errors import FormRefused, InputError
from horehab.usecases.decide_suspicion import cited_imaging, questions_about_imaging
from horehab.web.language import day
from horehab.web.language import gettext as _
from horehab.web.room import room

AGAIN = "again.imaging_day"
_LONGEST_LINE, _LONGEST_TEXT = 200, 2000
_TEXTS = {"imaging_finding": _LONGEST_TEXT, "imaging_read_by": _LONGEST_LINE, "imaging_number": _LONGEST_LINE}


def imaging_in(typed: Mapping[str, str]) -> ImagingForm:
    """Take the imaging as it was typed; FormRefused names each field that cannot be read."""
    errors = [_too_long(name, most) for name, most in _TEXTS.items() if len(typed.get(name, "")) > most]
    words = typed.get("imaging_day", "").strip()
    try:
        taken = date.fromisoformat(words) if words else None
    except ValueError:
        taken = None
        said = _("“%(value)s” is not a date.", value=words[:_LONGEST_LINE])
        errors.append(InputError(said, field="imaging_day", value=words, remedy=_("Write it as in 2026-03-31.")))
    kind = typed.get("imaging_kind", "")
    if kind and kind not in {each.value for each in ImagingKind}:
        said = _("“%(value)s” is not in the list.", value=kind[:_LONGEST_LINE])
        errors.append(InputError(said, field="imaging_kind", value=kind, remedy=_("Choose from the list.")))
    if errors:
        raise FormRefused(tuple(errors))
    return ImagingForm(
        kind=ImagingKind(kind) if kind else None,
        day=taken,
        finding=typed.get("imaging_finding", "").strip(),
        read_by=typed.get("imaging_read_by", ""),
        report=typed.get("imaging_report", ""),
        number=typed.get("imaging_number", ""),
    )


def unconfirmed(form: ImagingForm, typed: Mapping[str, str], record: PatientRecord) -> tuple[InputError, ...]:
    """Ask about a day that surprises and was not confirmed as it is now; FormRefused for what cannot be cited."""
    cited = cited_imaging(form, record, today=room().today())
    if typed.get(AGAIN, "") == cited.day.isoformat():
        return ()
    return questions_about_imaging(cited, record)


def reports_of(record: PatientRecord) -> list[tuple[str, str]]:
    """List the imaging reports of the chart as one can choose among them, the newest first."""
    images = sorted(record.images, key=lambda image: (image.when.earliest, image.source), reverse=True)
    return [(image.source, _told(image)) for image in images]


def kind_word(kind: ImagingKind) -> str:
    """Name a kind of imaging."""
    return {
        ImagingKind.SCINTIGRAPHY: _("Scintigraphy"),
        ImagingKind.CT: _("CT"),
        ImagingKind.PLAIN_FILM: _("Plain film"),
        ImagingKind.MRI: _("MRI"),
        ImagingKind.ULTRASOUND: _("Ultrasound"),
    }[kind]


def image_word(image: Imaging) -> str:
    """Say of which kind a report of the chart is, such as "CT"; by its own title where that is not known."""
    kind = kind_of(image)
    return kind_word(kind) if kind else image.text


def imaging_words(decision: DecisionEntry) -> str:
    """Say in one line which imaging a decision cites; "" for none."""
    cited = decision.cited
    if cited is None:
        return decision.imaging or ""
    head = _(
        "%(kind)s of %(day)s: %(finding)s", kind=kind_word(cited.kind), day=day(cited.day), finding=cited.finding
    )
    reader = _("read by %(who)s", who=cited.read_by) if cited.read_by else ""
    more = "; ".join(filter(None, (reader, cited.number)))
    return f"{head} ({more})" if more else head


def _told(image: Imaging) -> str:
    said = f"{day(image.when.day)} · {image.text}"
    return f"{said} · {image.conclusion[: _LONGEST_LINE // 2]}" if image.conclusion else said


def _too_long(name: str, most: int) -> InputError:
    said = _("This text is longer than %(most)s characters.", most=most)
    return InputError(said, field=name, value=most, remedy=_("Shorten it."))

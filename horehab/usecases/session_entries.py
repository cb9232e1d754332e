"""What a filled-in form becomes for the chart, one session and each measurement in it; and the way back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from horehab.domain.entries import Measured, MeasurementEntry, SessionEntry
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Reading
from horehab.domain.session import Session
from horehab.domain.session_form import Angle, PainAnswer, SessionForm, SignAnswer, measurement_id
from horehab.domain.signs import PainRating, Sign


def entries_of(
    form: SessionForm, moment: Moment, known_on: date
) -> tuple[SessionEntry, tuple[MeasurementEntry, ...]]:
    """Make of a form the session and its measurements, for the chart."""
    return _session_entry(form, moment, known_on), _measurements(form, moment, known_on)


def _session_entry(form: SessionForm, moment: Moment, today: date) -> SessionEntry:
    places = form.places or tuple(dict.fromkeys(angle.place for angle in form.angles))
    session = Session(
        source=f"urn:uuid:{form.token}",
        kind=form.kind,
        status=form.status,
        when=moment,
        known_on=today,
        minutes=form.minutes,
        repetitions=form.repetitions,
        intensity=form.intensity,
        places=places,
        mobility_level=form.mobility_level,
        exertion=form.exertion,
        sedation=form.sedation,
        performer=form.performer,
        reason_not_done=form.reason_not_done,
        adverse_event=form.adverse_event,
        note=form.note,
    )
    return SessionEntry(session_id=form.token, patient=form.patient, session=session, performer=form.performer)


def _measurements(form: SessionForm, moment: Moment, today: date) -> tuple[MeasurementEntry, ...]:
    entries = [_entry(form, angle.field, _reading(form, angle, moment, today)) for angle in form.angles]
    for pain in form.pains:
        rating = PainRating(
            source="", score=pain.score, occasion=pain.occasion, place=pain.place, when=moment, known_on=today
        )
        entries.append(_entry(form, pain.field, rating))
    for answer in form.signs:
        sign = Sign(
            source="", kind=answer.kind, is_present=answer.is_present, place=answer.place, when=moment, known_on=today
        )
        entries.append(_entry(form, answer.field, sign))
    return tuple(entries)


def _reading(form: SessionForm, angle: Angle, moment: Moment, today: date) -> Reading:
    return Reading(
        source="",
        joint=angle.place.joint,
        side=angle.place.side,
        motion=angle.motion,
        mode=angle.mode,
        degrees=angle.degrees,
        when=moment,
        known_on=today,
        rater=form.rater or form.performer,
        device=form.device,
        position=form.position,
    )


def _entry(form: SessionForm, field: str, fact: Measured) -> MeasurementEntry:
    """Name a measurement after its session and field: until the chart has it, that is its reference."""
    name = measurement_id(form.token, field)
    return MeasurementEntry(
        measurement_id=name,
        session_id=form.token,
        patient=form.patient,
        fact=replace(fact, source=f"urn:uuid:{name}", session=f"urn:uuid:{form.token}"),
        performer=form.performer,
    )


def form_of(session: Session, facts: Iterable[Measured], zone: ZoneInfo, *, token: str, patient: str) -> SessionForm:
    """Give a session, and what was measured in it, as the form that would have been filled in for it.

    `field` is the item of another system's form that a fact is from, else empty; `zone` is where it was filled in.
    """
    readings, pains, signs = [], [], []
    for fact in facts:
        match fact:
            case Reading():
                readings.append(fact)
            case PainRating():
                pains.append(fact)
            case Sign():
                signs.append(fact)
    is_exact = session.when.earliest == session.when.latest
    local = session.when.earliest.astimezone(zone)
    return SessionForm(
        token=token,
        patient=patient,
        performer=session.performer or "",
        kind=session.kind,
        status=session.status,
        day=session.when.day,
        at=local.time().replace(second=0, microsecond=0) if is_exact else None,
        minutes=session.minutes,
        repetitions=session.repetitions,
        intensity=session.intensity,
        mobility_level=session.mobility_level,
        exertion=session.exertion,
        sedation=session.sedation,
        reason_not_done=session.reason_not_done,
        adverse_event=session.adverse_event,
        note=session.note,
        angles=tuple(
            Angle(field=item_of(r), place=r.place, motion=r.motion, mode=r.mode, degrees=r.degrees) for r in readings
        ),
        pains=tuple(PainAnswer(field=item_of(p), place=p.place, occasion=p.occasion, score=p.score) for p in pains),
        signs=tuple(SignAnswer(field=item_of(s), kind=s.kind, place=s.place, is_present=s.is_present) for s in signs),
    )


def item_of(fact: Measured) -> str:
    """Name the item of another system's form that a fact is from; "" of what came otherwise."""
    return fact.source.partition("#")[2]

"""What a physiotherapist fills in after a session, what of it cannot be, and what should be measured again."""

from dataclasses import dataclass
from datetime import date, time
from hashlib import sha256

from horehab.domain.joints import MOTIONS, JointSide, Motion
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, SignKind
from horehab.domain.thresholds import Rules
from horehab.errors import InputError

_LONGEST_SESSION = 600  # minutes; a typing error beyond it
_MOST_REPETITIONS = 1000  # a typing error beyond it
_EARLIEST_YEAR = 1900
_TOP_OF_SCALES = 10  # of mobility, exertion and pain, which all begin at 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Angle:
    """One angle of the form, in degrees. `field` names the input, for an error beside it."""

    field: str
    place: JointSide
    motion: Motion
    mode: Mode
    degrees: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PainAnswer:
    """Pain 0-10 at one joint (or at none in particular) on one occasion."""

    field: str
    place: JointSide | None
    occasion: PainOccasion
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignAnswer:
    """A sign that was looked for, and whether it was there."""

    field: str
    kind: SignKind
    place: JointSide | None
    is_present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionForm:
    """One session as filled in. `token` is the form's UUID: sent twice, it is one session.

    `minutes` of exercise, `repetitions`, `intensity` in words, `mobility_level` on the ICU Mobility Scale 0-10,
    `exertion` 0-10. Angles, pains and signs only as far as they were taken: what is not there was not looked for.
    """

    token: str
    patient: str
    performer: str
    kind: SessionKind
    status: SessionStatus
    day: date
    at: time | None = None
    minutes: float | None = None
    repetitions: int | None = None
    intensity: str | None = None
    places: tuple[JointSide, ...] = ()
    mobility_level: int | None = None
    exertion: float | None = None
    sedation: str | None = None
    reason_not_done: str | None = None
    adverse_event: str | None = None
    note: str | None = None
    device: str | None = None
    rater: str | None = None
    position: str | None = None
    angles: tuple[Angle, ...] = ()
    pains: tuple[PainAnswer, ...] = ()
    signs: tuple[SignAnswer, ...] = ()


def wrong_year(field: str, day: date) -> list[InputError]:
    """Refuse a day before whoever is treated now can have been treated: its year was typed wrongly, such as 0026."""
    remedy = "Write all four digits of the year, as in 2026-03-31."
    return [_error(field, day.isoformat(), "This year cannot be.", remedy)] if day.year < _EARLIEST_YEAR else []


def errors_in(form: SessionForm, rules: Rules, *, today: date) -> tuple[InputError, ...]:
    """Find everything in a form that cannot be, one error per field, in the order of the form."""
    return (*_errors_of_session(form, today), *_errors_of_angles(form, rules), *_errors_of_answers(form))


def _errors_of_session(form: SessionForm, today: date) -> list[InputError]:
    errors = wrong_year("day", form.day)
    if form.day > today:
        errors.append(_error("day", form.day.isoformat(), "The session lies in the future.", "Write the day it was."))
    if form.minutes is not None and not 0 < form.minutes <= _LONGEST_SESSION:
        errors.append(_error("minutes", form.minutes, "This length cannot be.", f"Write 1 to {_LONGEST_SESSION}."))
    if form.repetitions is not None and not 0 < form.repetitions <= _MOST_REPETITIONS:
        said = "This number of repetitions cannot be."
        errors.append(_error("repetitions", form.repetitions, said, f"Write 1 to {_MOST_REPETITIONS}."))
    if form.mobility_level is not None and not 0 <= form.mobility_level <= _TOP_OF_SCALES:
        errors.append(_error("mobility_level", form.mobility_level, "The scale ends at 10.", "Write 0 to 10."))
    if form.exertion is not None and not 0 <= form.exertion <= _TOP_OF_SCALES:
        errors.append(_error("exertion", form.exertion, "The scale ends at 10.", "Write 0 to 10."))
    if form.status is SessionStatus.NOT_DONE and not form.reason_not_done:
        errors.append(_error("reason_not_done", "", "A session that was not done needs its reason.", "Say why."))
    if form.status is SessionStatus.NOT_DONE and form.angles:
        errors.append(_error("status", "not-done", "Angles were measured in a session that was not done.", "Choose."))
    return errors


def _errors_of_angles(form: SessionForm, rules: Rules) -> list[InputError]:
    errors = []
    for angle in form.angles:
        joint = angle.place.joint.value
        limits = rules.limits(angle.place.joint, angle.motion)
        if limits is None or angle.motion not in MOTIONS[angle.place.joint]:
            message = f"The {joint} has no {angle.motion.value}."
            errors.append(_error(angle.field, angle.degrees, message, "Choose a motion of this joint."))
        elif not limits[0] <= angle.degrees <= limits[1]:
            message = f"{angle.degrees:g}° is beyond what {angle.motion.value} of the {joint} can be."
            errors.append(_error(angle.field, angle.degrees, message, f"Write {limits[0]:g} to {limits[1]:g}."))
    return errors


def _errors_of_answers(form: SessionForm) -> list[InputError]:
    return [
        _error(pain.field, pain.score, "Pain is rated from 0 to 10.", "Write 0 to 10.")
        for pain in form.pains
        if not 0 <= pain.score <= _TOP_OF_SCALES
    ]


def to_measure_again(form: SessionForm, readings: tuple[Reading, ...], rules: Rules) -> tuple[InputError, ...]:
    """Find angles that differ from the last one of their series by more than the error of measurement.

    They are not wrong: the form asks "measured again?", and takes them when the answer is yes.
    """
    asked = []
    for angle in form.angles:
        last = _last_of_series(angle, readings)
        numbers = rules.of(angle.place.joint, angle.motion)
        if last is None or numbers is None:
            continue
        error = numbers.same_rater if _is_measured_alike(form, last) else numbers.different_rater
        if abs(angle.degrees - last.degrees) > error:
            message = (
                f"Last time ({last.when.day}) it was {last.degrees:g}°, and {error:g}° can be error of measurement."
            )
            asked.append(_error(angle.field, angle.degrees, message, "Measure again, then confirm."))
    return tuple(asked)


def _is_measured_alike(form: SessionForm, last: Reading) -> bool:
    """Say whether the same person measures with the same device, so that less is error (clinical.md 4.3)."""
    return last.rater == (form.rater or form.performer) and last.device is not None and last.device == form.device


def _last_of_series(angle: Angle, readings: tuple[Reading, ...]) -> Reading | None:
    series = [
        r
        for r in readings
        if r.place == angle.place and r.motion is angle.motion and r.mode is angle.mode and not r.bound
    ]
    return max(series, key=lambda r: (r.when.earliest, r.source), default=None)


def measurement_id(token: str, field: str) -> str:
    """Name one measurement of a form, the same however often the form is sent: a UUID-shaped hash."""
    digits = sha256(f"{token}|{field}".encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"


def _error(field: str, value: object, message: str, remedy: str) -> InputError:
    return InputError(message, field=field, value=value, remedy=remedy)

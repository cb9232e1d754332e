"""Read what was typed into the session form; what cannot be read is refused beside its field, nothing is lost."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from typing import TypeVar

from horehab.domain.joints import MOTIONS, Joint, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.session_form import Angle, PainAnswer, SessionForm, SignAnswer
from horehab.domain.signs import PainOccasion, SignKind
from horehab.errors import InputError
from horehab.web.language import gettext as _
from horehab.web.room import slug

MEASURED_MODES = (Mode.PASSIVE, Mode.ACTIVE)
OCCASIONS = (PainOccasion.REST, PainOccasion.MOVEMENT, PainOccasion.END_RANGE)
LEG_SIGNS = (SignKind.STRAIGHT_LEG_RAISE, SignKind.LEG_WEAKNESS, SignKind.SENSORY_LOSS)
JOINT_SIGNS = (SignKind.FIRM_END_FEEL, SignKind.SWELLING, SignKind.WARMTH)
PLACES = tuple(JointSide(joint=joint, side=side) for joint in Joint for side in Side)
_LONGEST_TEXT = 500
_LARGEST_NUMBER = 1e6
"""What lies beyond is nothing that a person measures: infinity, or a key that stuck."""
_E = TypeVar("_E", bound=Enum)


@dataclass(slots=True, kw_only=True)
class Typed:
    """The fields as they were typed, and what in them could not be read so far."""

    fields: Mapping[str, str]
    errors: list[InputError] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """Take a text; None when the field is empty; no longer than a note may be."""
        words = self.fields.get(name, "").strip()
        if len(words) > _LONGEST_TEXT:
            said = _("This text is longer than %(most)s characters.", most=_LONGEST_TEXT)
            self._refuse(name, words, said, _("Shorten it."))
        return words or None

    def number(self, name: str) -> float | None:
        """Take a number, with a comma or a point; None when the field is empty."""
        words = self.fields.get(name, "").strip().replace("\N{MINUS SIGN}", "-").replace(",", ".").rstrip("°")
        if not words:
            return None
        try:
            value = float(words)
        except ValueError:
            value = float("nan")
        if math.isnan(value) or abs(value) > _LARGEST_NUMBER:
            self._refuse(name, words, _("“%(value)s” is not a number.", value=words), _("Write a number."))
            return None
        return value

    def whole(self, name: str) -> int | None:
        """Take a whole number; None when the field is empty."""
        value = self.number(name)
        if value is not None and value != int(value):
            self._refuse(name, value, _("This is not a whole number."), _("Write a whole number."))
            return None
        return None if value is None else int(value)

    def choice(self, name: str, kind: type[_E], default: _E) -> _E:
        """Take one of a list."""
        words = self.fields.get(name, "")
        for member in kind:
            if member.value == words:
                return member
        if words:
            self._refuse(name, words, _("“%(value)s” is not in the list.", value=words), _("Choose from the list."))
        return default

    def day(self, name: str, default: date) -> date:
        """Take a day."""
        words = self.fields.get(name, "").strip()
        try:
            return date.fromisoformat(words)
        except ValueError:
            said = _("“%(value)s” is not a date.", value=words)
            self._refuse(name, words, said, _("Write it as in 2026-03-31."))
            return default

    def clock(self, name: str) -> time | None:
        """Take a time of day; None when the field is empty."""
        words = self.fields.get(name, "").strip()
        try:
            return time.fromisoformat(words) if words else None
        except ValueError:
            self._refuse(name, words, _("“%(value)s” is not a time.", value=words), _("Write it as in 14:30."))
            return None

    def _refuse(self, name: str, value: object, message: str, remedy: str) -> None:
        self.errors.append(InputError(message, field=name, value=value, remedy=remedy))


def angle_field(mode: Mode, place: JointSide, motion: Motion) -> str:
    """Name the field of one angle."""
    return f"angle.{mode.value}.{slug(place)}.{motion.value.replace(' ', '-')}"


def pain_field(place: JointSide, occasion: PainOccasion) -> str:
    """Name the field of one pain rating."""
    return f"pain.{slug(place)}.{occasion.value.replace(' ', '-')}"


def sign_field(place: JointSide | None, kind: SignKind) -> str:
    """Name the field of one sign."""
    return f"sign.{slug(place) if place else 'general'}.{kind.value}"


def signs_of(joint: Joint) -> tuple[SignKind, ...]:
    """List the signs that are asked for at a joint: those of the nerve at hip and knee only."""
    return (*JOINT_SIGNS, *LEG_SIGNS) if joint is Joint.HIP else JOINT_SIGNS


def form_of(typed: Typed, *, patient: str, performer: str, today: date) -> SessionForm:
    """Put together the session that was typed; `typed.errors` tells what could not be read.

    How it was measured is carried forward, and says something only where an angle was measured.
    """
    angles = _angles(typed)
    device, rater, position = map(typed.text, ("device", "rater", "position"))
    return SessionForm(
        token=typed.fields.get("token", ""),
        patient=patient,
        performer=performer,
        kind=typed.choice("kind", SessionKind, SessionKind.OTHER),
        status=typed.choice("status", SessionStatus, SessionStatus.COMPLETED),
        day=typed.day("day", today),
        at=typed.clock("at"),
        minutes=typed.number("minutes"),
        repetitions=typed.whole("repetitions"),
        intensity=typed.text("intensity"),
        mobility_level=typed.whole("mobility_level"),
        exertion=typed.number("exertion"),
        sedation=typed.text("sedation"),
        reason_not_done=typed.text("reason_not_done"),
        adverse_event=typed.text("adverse_event"),
        note=typed.text("note"),
        device=device if angles else None,
        rater=rater if angles else None,
        position=position if angles else None,
        angles=angles,
        pains=_pains(typed),
        signs=_signs(typed),
    )


def fields_of(form: SessionForm) -> dict[str, str]:
    """Write a form down as it would have been typed."""
    plain = (
        "minutes", "repetitions", "intensity", "mobility_level", "exertion", "sedation", "reason_not_done",
        "adverse_event", "note", "device", "rater", "position",
    )  # fmt: skip
    typed = {name: written(getattr(form, name)) for name in plain}
    typed |= {
        "kind": form.kind.value,
        "status": form.status.value,
        "day": form.day.isoformat(),
        "at": form.at.strftime("%H:%M") if form.at else "",
    }
    typed |= {angle_field(a.mode, a.place, a.motion): written(a.degrees) for a in form.angles}
    typed |= {pain_field(p.place, p.occasion): written(p.score) for p in form.pains if p.place}
    typed |= {sign_field(s.place, s.kind): "yes" for s in form.signs if s.is_present}
    return typed | {looked_field(s.place): "yes" for s in form.signs if not s.is_present}


def written(value: object) -> str:
    """Write a value as it is typed; nothing for none."""
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def looked_field(place: JointSide | None) -> str:
    """Name the field that says that all signs of a joint were looked for."""
    return f"looked.{slug(place) if place else 'general'}"


def _angles(typed: Typed) -> tuple[Angle, ...]:
    found = []
    for place in PLACES:
        for motion in MOTIONS[place.joint]:
            for mode in MEASURED_MODES:
                name = angle_field(mode, place, motion)
                value = typed.number(name)
                if value is not None:
                    found.append(Angle(field=name, place=place, motion=motion, mode=mode, degrees=value))
    return tuple(found)


def _pains(typed: Typed) -> tuple[PainAnswer, ...]:
    found = []
    for place in PLACES:
        for occasion in OCCASIONS:
            name = pain_field(place, occasion)
            score = typed.number(name)
            if score is not None:
                found.append(PainAnswer(field=name, place=place, occasion=occasion, score=score))
    return tuple(found)


def _signs(typed: Typed) -> tuple[SignAnswer, ...]:
    """Take ticked signs as present; unticked ones as absent only where "all were looked for" is ticked."""
    asked: list[tuple[JointSide | None, SignKind]] = [(p, k) for p in PLACES for k in signs_of(p.joint)]
    asked.append((None, SignKind.FEVER))
    found = []
    for place, kind in asked:
        name = sign_field(place, kind)
        is_present = name in typed.fields
        if is_present or looked_field(place) in typed.fields:
            found.append(SignAnswer(field=name, kind=kind, place=place, is_present=is_present))
    return tuple(found)

"""Say in the reader's language which value of a session is meant, and what it is."""

from collections.abc import Iterable
from datetime import date, time
from enum import Enum

from horehab.domain.joints import JointSide
from horehab.domain.session_form import SessionForm
from horehab.domain.signs import SignKind
from horehab.usecases.session_changes import Key, values_of
from horehab.web.language import day, degrees, number
from horehab.web.language import gettext as _
from horehab.web.session_page import Difference
from horehab.web.words import sign_word, word


def differences(keys: Iterable[Key], theirs: SessionForm, mine: SessionForm) -> tuple[Difference, ...]:
    """Say each value in which two versions of a session differ."""
    saved, typed = values_of(theirs), values_of(mine)
    return tuple(
        Difference(what=value_name(key), theirs=_said(key, saved.get(key)), mine=_said(key, typed.get(key)))
        for key in keys
    )


def value_name(key: Key) -> str:
    """Name a value of a session: "Minutes", "Left hip, flexion, passive"."""
    kind = str(key[0])
    if kind in ("angle", "pain", "sign"):
        place, *rest = key[1:]
        named = [word(place)] if isinstance(place, JointSide) else []
        head = [_("Pain")] if kind == "pain" else []
        return ", ".join([*head, *named, *(_part(part) for part in rest)])
    return {
        "kind": _("Kind of session"),
        "status": _("Was it done?"),
        "day": _("Day"),
        "at": _("Time"),
        "minutes": _("Minutes"),
        "repetitions": _("Repetitions"),
        "intensity": _("Intensity"),
        "mobility_level": _("ICU mobility, highest"),
        "exertion": _("Exertion, 0 to 10"),
        "sedation": _("Sedation"),
        "reason_not_done": _("Reason, if not done or stopped"),
        "adverse_event": _("Adverse event"),
        "note": _("Note"),
        "device": _("Device"),
        "position": _("Position"),
        "rater": _("Measured by"),
    }[kind]


def _part(part: object) -> str:
    return sign_word(part) if isinstance(part, SignKind) else word(part)


def _said(key: Key, value: object) -> str:
    """Write a value; an angle with its degrees, a missing one as such."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return _("present") if value else _("absent")
    if isinstance(value, float):
        return degrees(value) if key[0] == "angle" else number(value, 1)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, time):
        return value.isoformat("minutes")
    return word(value) if isinstance(value, Enum) else str(value)

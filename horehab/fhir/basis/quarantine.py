"""Why something in the chart could not be read: a fixed list of codes, each with a plain sentence."""

from collections.abc import Callable, Iterable
from types import MappingProxyType

from horehab.domain.record import Fact
from horehab.usecases.exchange import Unreadable

CODES = MappingProxyType(
    {
        "not-a-resource": "This is no FHIR resource: it has no resourceType.",
        "no-id": "The resource has no id, so that nothing could point to it.",
        "modifier": "It carries a modifier that horehab does not know and that may change its meaning.",
        "no-patient": "It does not say whose it is, or not in a way that can be followed here.",
        "status": "Its status is none that FHIR knows.",
        "no-time": "It does not say when it was.",
        "bad-time": "Its time cannot be read as a date or time.",
        "no-value": "It holds no value, and does not say why.",
        "not-a-number": "Its value is not a number with a unit.",
        "no-unit": "Its value has no unit; degrees are never assumed.",
        "unit": "Its unit is no angle that converts exactly to degrees, or its two units disagree.",
        "radians": "The value is labelled degrees but looks like radians.",
        "comparator": "Its comparator is none of <, <=, >=, >.",
        "limits": "The value lies outside what the joint can do.",
        "extension-sign": (
            "At knee and elbow this extension may be a deficit or hyperextension; set HOREHAB_EXTENSION_SIGN."
        ),
        "no-joint": "It does not say which joint was measured.",
        "no-side": "It does not say whether left or right was measured.",
        "no-motion": "It does not say which motion was measured.",
        "no-such-motion": "The joint has no such motion.",
        "joints-disagree": "Its codes or words name different joints.",
        "sides-disagree": "Its codes or words name both left and right.",
        "motions-disagree": "Its codes or words name different motions.",
        "modes-disagree": "Its codes or words say both active and passive.",
        "code-not-mapped": "An angle was measured under a code that is not known (horehab map).",
        "words-in-doubt": "Its words leave a doubt about what was measured, so that nothing is read from them.",
        "positions-disagree": "It names two different positions of the body.",
        "pain-scale": "The pain rating is not on a scale of 0-10 or 0-100 that it names.",
        "lab-unit": "A blood value that is named in words alone is read only in a unit in which it is measured.",
        "sign-value": "It does not say whether the sign was there.",
        "form-choice": "The form of a session does not offer this answer, or has two that differ.",
        "form-item": "An answer stands under an item that the form of a session does not have.",
        "unexpected": "It could not be read for a reason that nobody foresaw; please report it.",
    }
)
"""Code -> sentence. A code is never used for anything else later."""

Found = tuple[Fact | Unreadable, ...]
"""What a translator found in one resource: facts, and parts that it could not read."""


class CannotRead(Exception):
    """A part of a resource cannot be read; caught beside the part, so that the other parts are read."""

    def __init__(self, code: str, path: str, detail: str = "") -> None:
        super().__init__(code, path, detail)
        self.unreadable = Unreadable(code=code, path=path, detail=f"{CODES[code]} {detail}".strip())


def each_alone(readers: Iterable[Callable[[], Iterable[Fact]]]) -> Found:
    """Read part after part; one that cannot be read is set aside and stops none of the others."""
    found: list[Fact | Unreadable] = []
    for read in readers:
        try:
            found += read()
        except CannotRead as refusal:
            found.append(refusal.unreadable)
    return tuple(found)

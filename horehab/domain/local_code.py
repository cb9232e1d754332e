"""What a ward's own code means, in words: "hip-flexion-passive-left", "pain-knee", "bilirubin", "nothing"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from horehab.domain.joints import MOTIONS, Joint, Motion, Side
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from horehab.domain.signs import SignKind
from horehab.errors import NotAMeaning

MODES = (Mode.PASSIVE, Mode.ACTIVE, Mode.ACTIVE_ASSISTED)
"""The modes that a code can mean; a code that names none leaves the mode unknown."""
_NOTHING, _PAIN = "nothing", "pain"
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCode:
    """A code of the ward's own system; `system` is "" where the chart gives none, or words instead of a code."""

    system: str
    code: str

    def __str__(self) -> str:
        """Name the code with its system, as charts do."""
        return f"{self.system}|{self.code}" if self.system else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMeaning:
    """What a code stands for. What is None is left open: the side to the body site, the mode as unknown.

    A joint alone or a side alone is a body site. `is_nothing` says that it is none of our business, such as the
    axis of a heart, which is an angle too.
    """

    joint: Joint | None = None
    motion: Motion | None = None
    mode: Mode | None = None
    side: Side | None = None
    is_pain: bool = False
    sign: SignKind | None = None
    analyte: Analyte | None = None
    is_nothing: bool = False

    def __str__(self) -> str:
        """Write the meaning as it is typed: subject or joint, motion, mode, side."""
        if self.is_nothing:
            return _NOTHING
        parts = (self.sign, self.analyte, self.joint, self.motion, self.mode, self.side)
        return "-".join([*([_PAIN] if self.is_pain else []), *names_of(part for part in parts if part)])

    def shared(self, other: "CodeMeaning") -> "CodeMeaning | None":
        """Keep what two meanings have in common; None when that is nothing at all."""
        whole = CodeMeaning(
            joint=self.joint if self.joint is other.joint else None,
            motion=self.motion if self.motion is other.motion else None,
            mode=self.mode if self.mode is other.mode else None,
            side=self.side if self.side is other.side else None,
            is_pain=self.is_pain and other.is_pain,
            sign=self.sign if self.sign is other.sign else None,
            analyte=self.analyte if self.analyte is other.analyte else None,
            is_nothing=self.is_nothing and other.is_nothing,
        )
        return whole if str(whole) else None


def meaning_of(text: str, *, field: str = "--as") -> CodeMeaning:
    """Read a meaning as a person types it; order and blanks make no difference. NotAMeaning says what is wrong."""
    words = [word for word in text[:_LONGEST].casefold().replace("_", "-").replace(" ", "-").split("-") if word]
    found: dict[str, Enum | str] = {}
    at = 0
    while at < len(words):
        kind, value, length = _match(words, at, text, field)
        if kind in found and found[kind] != value:
            raise _wrong(text, field, f"names both {_name(found[kind])} and {_name(value)}")
        found[kind] = value
        at += length
    return _checked(found, text, field)


def names_of(values: Iterable[Enum]) -> tuple[str, ...]:
    """Write joints, motions, modes and sides as they are typed: "internal-rotation"."""
    return tuple(map(_name, values))


def joint_with(motion: Motion) -> Joint | None:
    """Name the joint of a motion that no other joint has, such as the ankle's dorsiflexion; None for any other."""
    joints = [joint for joint, motions in MOTIONS.items() if motion in motions]
    return joints[0] if len(joints) == 1 else None


def _match(words: list[str], at: int, text: str, field: str) -> tuple[str, Enum | str, int]:
    known = _vocabulary()
    for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        entry = known.get("-".join(words[at : at + length]))
        if entry:
            return (*entry, length)
    near = get_close_matches(words[at], known, n=3, cutoff=0.6)
    hint = f" (perhaps {' or '.join(near)})" if near else ""
    raise _wrong(text, field, f"holds {words[at][:40]!r}, which is not known{hint}")


def _checked(found: Mapping[str, Enum | str], text: str, field: str) -> CodeMeaning:
    subjects = [kind for kind in ("pain", "sign", "analyte", "nothing") if kind in found]
    others = [kind for kind in found if kind not in subjects]
    if not found:
        raise _wrong(text, field, "is empty")
    if len(subjects) > 1 or (subjects in (["analyte"], ["nothing"]) and others):
        named = ", ".join(map(_name, found.values()))
        raise _wrong(text, field, f"names {named}, which do not belong together")
    if subjects and {"motion", "mode"} & set(others):
        raise _wrong(text, field, f"names a motion or a mode, which {_name(found[subjects[0]])} does not have")
    joint, motion = found.get("joint"), found.get("motion")
    if isinstance(joint, Joint) and isinstance(motion, Motion) and motion not in MOTIONS[joint]:
        has = ", ".join(names_of(MOTIONS[joint]))
        raise _wrong(text, field, f"names {_name(motion)}, which the {joint.value} does not have; it has {has}")
    if joint is None and isinstance(motion, Motion) and (only := joint_with(motion)):
        found = {**found, "joint": only}
    parts: dict[str, Any] = {kind: value for kind, value in found.items() if isinstance(value, Enum)}
    return CodeMeaning(**parts, is_pain="pain" in found, is_nothing="nothing" in found)


def _wrong(text: str, field: str, problem: str) -> NotAMeaning:
    return NotAMeaning(f"{field} {text[:80]!r} {problem}.", field=field, value=text, remedy=_remedy())


@cache
def _remedy() -> str:
    motions = dict.fromkeys(motion for several in MOTIONS.values() for motion in several)
    return (
        f"Write joint-motion-mode-side, such as hip-flexion-passive-left; leave out what the code does not say. "
        f"Joints: {', '.join(names_of(Joint))}. Motions: {', '.join(names_of(motions))}. Modes: "
        f"{', '.join(names_of(MODES))}. Sides: {', '.join(names_of(Side))}. Or: pain (pain-hip-left), a sign "
        f"({', '.join(names_of(SignKind))}), a blood value ({', '.join(names_of(Analyte))}), or nothing, for what "
        f"is none of our business."
    )


@cache
def _vocabulary() -> Mapping[str, tuple[str, Enum | str]]:
    kinds: dict[str, Iterable[Enum]] = {
        "joint": Joint, "motion": Motion, "mode": MODES, "side": Side, "sign": SignKind, "analyte": Analyte,
    }  # fmt: skip
    table: dict[str, tuple[str, Enum | str]] = {_name(v): (kind, v) for kind, values in kinds.items() for v in values}
    return MappingProxyType(table | {_PAIN: ("pain", _PAIN), _NOTHING: ("nothing", _NOTHING)})


_LONGEST_NAME = 3


def _name(value: Enum | str) -> str:
    return value if isinstance(value, str) else str(value.value).replace(" ", "-").casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCode:
    """A local code in an entry of the chart that looks like a measurement of ours and could not be read.

    `text` are the words beside it, `day` when it was measured (None when that cannot be told), `offered` the
    meaning that its words suggest ("" for none, and never all of it when they leave a doubt), `why` the reason.
    """

    local: LocalCode
    text: str = ""
    day: date | None = None
    offered: str = ""
    why: str = ""

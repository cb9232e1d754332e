"""Reading rules.toml into Rules: every number named, typed, in its range, with a source; or one clear refusal."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

from horehab.domain.engine_file import engine_numbers
from horehab.domain.joints import MOTIONS, Joint, Motion
from horehab.domain.thresholds import (
    AttendanceNumbers,
    Basis,
    Calendar,
    Gate,
    LaboratoryNumbers,
    LossNumbers,
    MotionNumbers,
    PainNumbers,
    Policy,
    Rules,
    StepNumbers,
)
from horehab.domain.verdict_numbers import verdict_numbers
from horehab.domain.verdict_text import canonical
from horehab.errors import ConfigurationError

_GROUPS: dict[str, type] = {
    "gate": Gate,
    "loss": LossNumbers,
    "pain": PainNumbers,
    "laboratory": LaboratoryNumbers,
    "calendar": Calendar,
    "attendance": AttendanceNumbers,
    "steps": StepNumbers,
    "policy": Policy,
}
_HIGHEST = 1000
_MIDNIGHT = 23
_RISING = (
    ("loss.clear_floor", "loss.suspect_floor"),
    ("loss.suspect_floor", "loss.large_degrees"),
    ("pain.rise", "pain.rise_at_once"),
    ("calendar.biweekly_until", "calendar.monthly_until"),
    ("calendar.monthly_until", "calendar.last_visit"),
    ("calendar.escalate_nerve_after", "calendar.escalate_after"),
    ("attendance.message_after", "attendance.call_after"),
    ("attendance.call_after", "attendance.letter_after"),
    ("attendance.letter_after", "attendance.forget_after"),
)


def load_rules(path: str = "") -> Rules:
    """Read the clinical numbers from a file, or from the packaged one when no path is given.

    The numbers of the detection engine stand in two packaged files beside it. The version is the declared one,
    "+", and 8 hex digits of these two and of what a verdict reads in the first, so that it names the numbers that
    judged, and moving the day of a reminder makes no new one (decision 017). Raises ConfigurationError that names
    key, value and remedy.
    """
    content = _content(path)
    try:
        tree = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The rules file {path or 'rules.toml'!r} is no TOML ({error}).",
            remedy="Correct that line, or leave HOREHAB_RULES_FILE empty to use the packaged rules.",
        ) from error
    engine = files("horehab") / "detection"
    courses, score = (engine / "courses.toml").read_bytes(), (engine / "score.json").read_bytes()
    rules = _rules(tree, (tomllib.loads(courses.decode()), json.loads(score)))
    read = canonical(verdict_numbers(rules)).encode()
    return replace(rules, version=f"{rules.version}+{_fingerprint(read, courses, score)}")


def _fingerprint(*contents: bytes) -> str:
    digest = sha256()
    for content in contents:
        digest.update(content.replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:8]


def _content(path: str) -> bytes:
    if not path:
        return files("horehab").joinpath("rules.toml").read_bytes()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The rules file {path!r} cannot be read ({error.strerror}).",
            remedy="Point HOREHAB_RULES_FILE at a readable file, or leave it empty to use the packaged rules.",
        ) from error


def _rules(tree: Mapping[str, Any], engine: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Rules:
    _only_known(tree, {*_GROUPS, "version", "differentials", "motion"}, "")
    declared = tree.get("version")
    if not isinstance(declared, str) or not declared:
        raise _wrong("version", declared, 'Write a name such as version = "2026.2".')
    bases: dict[str, Basis] = {}
    groups = {name: _group(name, kind, tree.get(name), bases) for name, kind in _GROUPS.items()}
    _check_order(groups)
    numbers, engine_bases = engine_numbers(*engine)
    return Rules(
        version=declared,
        motions=_motions(tree.get("motion")),
        differentials=_differentials(tree.get("differentials")),
        bases=bases | engine_bases,
        engine=numbers,
        **groups,
    )


def _group(name: str, kind: type, table: Any, bases: dict[str, Basis]) -> Any:
    if not isinstance(table, Mapping):
        raise _wrong(name, table, f"Add the table [{name}] as in the packaged rules.toml.")
    wanted = {field.name: field.type for field in fields(kind)}
    _only_known(table, set(wanted), f"{name}.")
    values = {}
    for key, number_type in wanted.items():
        path = f"{name}.{key}"
        values[key] = _number(path, table.get(key), whole=number_type is int)
        bases[path] = _basis(path, table[key])
    return kind(**values)


def _number(path: str, entry: Any, *, whole: bool) -> float:
    value = entry.get("value") if isinstance(entry, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        raise _wrong(path, value, f"Write {{ value = <{'whole ' if whole else ''}number>, unit, source, checked }}.")
    if not 0 < value <= _HIGHEST:
        raise _wrong(path, value, f"Write a number above 0 and at most {_HIGHEST}.")
    return value


def _basis(path: str, entry: Mapping[str, Any]) -> Basis:
    source, checked = entry.get("source"), entry.get("checked")
    if not isinstance(source, str) or not source:
        raise _wrong(f"{path}.source", source, 'Say where the number comes from; "policy" if nowhere.')
    if not isinstance(checked, date):
        raise _wrong(f"{path}.checked", checked, "Write the day on which the source was looked at: 2026-11-21.")
    return Basis(source=source, unit=str(entry.get("unit", "deg")), checked=checked.isoformat())


def _check_order(groups: Mapping[str, Any]) -> None:
    def value(path: str) -> float:
        group, _, key = path.partition(".")
        return float(getattr(groups[group], key))

    for low, high in _RISING:
        if value(low) > value(high):
            raise _wrong(low, value(low), f"It may not be above {high} ({value(high):g}).")
    if value("calendar.due_hour") > _MIDNIGHT:
        raise _wrong("calendar.due_hour", value("calendar.due_hour"), "Write an hour from 1 to 23.")


def _differentials(listed: Any) -> tuple[str, ...]:
    if not isinstance(listed, list) or not listed or not all(isinstance(word, str) and word for word in listed):
        raise _wrong("differentials", listed, 'Write a list of codes such as ["contracture", "infection"].')
    return tuple(listed)


def _motions(listed: Any) -> dict[tuple[Joint, Motion], MotionNumbers]:
    if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
        raise _wrong("motion", listed, "Write one [[motion]] table per joint and motion.")
    found: dict[tuple[Joint, Motion], MotionNumbers] = {}
    for entry in listed:
        key = _joint_motion(entry)
        if key in found:
            raise _wrong("motion", _named(*key), "Give each joint and motion once.")
        found[key] = _motion_numbers(_named(*key), entry)
    for joint, motions in MOTIONS.items():
        for motion in motions:
            if (joint, motion) not in found:
                raise _wrong("motion", _named(joint, motion), "It is missing: add its [[motion]] table.")
    return found


def _joint_motion(entry: Mapping[str, Any]) -> tuple[Joint, Motion]:
    try:
        joint, motion = Joint(entry.get("joint")), Motion(entry.get("motion"))
    except ValueError as error:
        raise _wrong("motion", f"{entry.get('joint')} {entry.get('motion')}", "Name a joint and motion.") from error
    if motion not in MOTIONS[joint]:
        raise _wrong("motion", _named(joint, motion), f"The {joint.value} has no such motion.")
    return joint, motion


def _motion_numbers(name: str, entry: Mapping[str, Any]) -> MotionNumbers:
    limits, error, norm = (_sourced(name, key, entry.get(key)) for key in ("limits", "error", "norm"))
    lowest, highest = _pair(f"{name}.limits", limits["value"])
    same, different = _pair(f"{name}.error", error["value"])
    if same <= 0:
        raise _wrong(f"{name}.error", [same, different], "Write degrees above 0.")
    return MotionNumbers(
        lowest=lowest,
        highest=highest,
        same_rater=same,
        different_rater=different,
        error_source=error["source"],
        norm=_optional(f"{name}.norm", norm.get("value")),
        norm_aged=_optional(f"{name}.norm.aged", norm.get("aged")),
        norm_source=norm["source"],
    )


def _sourced(name: str, key: str, entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping) or "value" not in entry:
        raise _wrong(f"{name}.{key}", entry, "Write { value, source, checked }.")
    _basis(f"{name}.{key}", entry)
    return entry


def _pair(path: str, value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or not all(_is_number(v) for v in value):
        raise _wrong(path, value, "Write two numbers of degrees, the smaller one first.")
    numbers = [float(v) for v in value]
    if len(numbers) != len(("first", "second")) or any(low > high for low, high in pairwise(numbers)):
        raise _wrong(path, value, "Write two numbers of degrees, the smaller one first.")
    return numbers[0], numbers[1]


def _optional(path: str, value: Any) -> float | None:
    if value is None or _is_number(value):
        return value if value is None else float(value)
    raise _wrong(path, value, "Write a number of degrees, or leave it out.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _only_known(table: Mapping[str, Any], known: set[str], prefix: str) -> None:
    for key in table:
        if key not in known:
            raise _wrong(f"{prefix}{key}", "(unknown key)", f"Known here: {', '.join(sorted(known))}.")


def _named(joint: Joint, motion: Motion) -> str:
    return f"{joint.value} {motion.value}"


def _wrong(key: str, value: object, remedy: str) -> ConfigurationError:
    return ConfigurationError(
        f"The rules file has {key} = {value!r}, which cannot be used.", remedy=remedy, code="HR-1320"
    )

"""Checking the engine's numbers as they stand in their two files: every one named, in its range, with a source."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from itertools import pairwise
from math import isfinite
from typing import Any, TypeGuard

from horehab.domain.engine_numbers import (
    FEATURES,
    KINDS,
    LAWS,
    LOGARITHMIC,
    CourseKind,
    EngineNumbers,
    ErrorNumbers,
    ScoreCard,
    Span,
    Tree,
)
from horehab.domain.thresholds import Basis
from horehab.errors import ConfigurationError

_COURSES = "courses.toml"
_SCORE = "score.json"
_MOST_COURSES = 5000
_SPANS = tuple(field.name for field in fields(CourseKind) if field.type is Span)
_AT = ("suspect_at", "corroborated_at", "watch_at")
_FROM_ZERO = ("support_cap", "sign_points", "quiet_loss", "free_limit", "quiet_pain")
_STRENGTHS = 3
_ROUNDING = 1e-9
"""How far a product of decimal fractions may lie from the whole number that it is."""


def engine_numbers(courses: Mapping[str, Any], score: Mapping[str, Any]) -> tuple[EngineNumbers, dict[str, Basis]]:
    """Take the two files as read, and give the engine's numbers with the basis of each by its name.

    Raises ConfigurationError that names file, field, value and remedy.
    """
    _only_known(_COURSES, courses, {"course", "error"}, "")
    bases: dict[str, Basis] = {}
    numbers = EngineNumbers(
        kinds=_kinds(courses.get("course"), bases),
        errors=_errors(courses.get("error"), bases),
        score=score_card(score),
    )
    return numbers, bases


def _kinds(listed: Any, bases: dict[str, Basis]) -> tuple[CourseKind, ...]:
    if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
        raise _wrong(_COURSES, "course", listed, "Write one [[course]] table per kind of course.")
    names = tuple(entry.get("kind") for entry in listed)
    if names != KINDS:
        raise _wrong(_COURSES, "course.kind", names, f"Give each kind once, in this order: {', '.join(KINDS)}.")
    return tuple(_kind(entry, bases) for entry in listed)


def _kind(entry: Mapping[str, Any], bases: dict[str, Basis]) -> CourseKind:
    name = entry["kind"]
    _only_known(_COURSES, entry, {"kind", "weight", "courses", *_SPANS}, f"{name}.")
    weight = _above_zero(f"{name}.weight", entry.get("weight"), bases)
    count = _above_zero(f"{name}.courses", entry.get("courses"), bases)
    if count != int(count) or count > _MOST_COURSES:
        raise _wrong(_COURSES, f"{name}.courses", count, f"Write a whole number up to {_MOST_COURSES}.")
    spans = {key: _span(f"{name}.{key}", entry.get(key), bases) for key in _SPANS}
    return CourseKind(name=name, weight=weight, courses=int(count), **spans)


def _span(path: str, entry: Any, bases: dict[str, Basis]) -> Span:
    if not isinstance(entry, Mapping):
        raise _wrong(_COURSES, path, entry, "Write { law, low, high, unit, source, checked }.")
    law, low, high = entry.get("law"), entry.get("low"), entry.get("high")
    if law not in LAWS:
        raise _wrong(_COURSES, f"{path}.law", law, f"Write one of: {', '.join(LAWS)}.")
    if not _is_number(low) or not _is_number(high) or low > high:
        raise _wrong(_COURSES, path, [low, high], "Write two numbers, low and high, the smaller one first.")
    if low <= 0 and (law == LOGARITHMIC or (path.endswith("_days") and not path.endswith("lag_days"))):
        raise _wrong(_COURSES, f"{path}.low", low, "Write a number above 0.")
    bases[path] = _basis(path, entry)
    return Span(law=law, low=float(low), high=float(high))


def _errors(table: Any, bases: dict[str, Basis]) -> ErrorNumbers:
    if not isinstance(table, Mapping):
        raise _wrong(_COURSES, "error", table, "Add the table [error] as in the packaged courses.toml.")
    names = tuple(field.name for field in fields(ErrorNumbers))
    _only_known(_COURSES, table, set(names), "error.")
    values = {name: _above_zero(f"error.{name}", table.get(name), bases) for name in names}
    errors = ErrorNumbers(**values)
    for name in ("motion_temper", "pain_temper"):
        quarters = quarter_powers(values[name], errors.tail)
        if quarters is None:
            raise _wrong(
                _COURSES,
                f"error.{name}",
                values[name],
                "Choose it so that 2 x temper x (tail + 1) is a whole number: with a tail of 4, a multiple of 0.1.",
            )
    return errors


def quarter_powers(temper: float, tail: float) -> int | None:
    """Say to how many quarters of a power a tempered Student t falls; None when that is no whole number of them.

    Quarters need square roots and products alone, which every machine rounds alike.
    """
    quarters = 2 * temper * (tail + 1)
    whole = round(quarters)
    return whole if whole >= 1 and abs(quarters - whole) < _ROUNDING else None


def _above_zero(path: str, entry: Any, bases: dict[str, Basis]) -> float:
    value = entry.get("value") if isinstance(entry, Mapping) else None
    if not _is_number(value) or value <= 0:
        raise _wrong(_COURSES, path, value, "Write { value = <number above 0>, unit, source, checked }.")
    bases[path] = _basis(path, entry)
    return float(value)


def _basis(path: str, entry: Mapping[str, Any]) -> Basis:
    source, unit, checked = entry.get("source"), entry.get("unit"), entry.get("checked")
    if not isinstance(source, str) or not source:
        raise _wrong(_COURSES, f"{path}.source", source, 'Say where it comes from; "assumption" if nowhere.')
    if not isinstance(unit, str) or not unit:
        raise _wrong(_COURSES, f"{path}.unit", unit, 'Write the unit, such as "days".')
    if not isinstance(checked, date):
        raise _wrong(_COURSES, f"{path}.checked", checked, "Write the day of the look at the source: 2026-11-21.")
    return Basis(source=source, unit=unit, checked=checked.isoformat())


def score_card(tree: Mapping[str, Any]) -> ScoreCard:
    """Take score.json as read; ConfigurationError names field, value and remedy."""
    _only_known(_SCORE, tree, {field.name for field in fields(ScoreCard)}, "")
    for name in ("made_by", "date"):
        if not isinstance(tree.get(name), str) or not tree[name]:
            raise _wrong(_SCORE, name, tree.get(name), "Write what made the score, and on which day: 2026-11-21.")
    if not isinstance(tree.get("seed"), int):
        raise _wrong(_SCORE, "seed", tree.get("seed"), "Write the whole number that the fitting began with.")
    marks = {name: _finite(name, tree.get(name)) for name in (*_AT, *_FROM_ZERO)}
    for name in _FROM_ZERO:
        if marks[name] < 0:
            raise _wrong(_SCORE, name, marks[name], "Write 0 or a number above it.")
    for low, high in pairwise(("watch_at", "corroborated_at", "suspect_at")):
        if marks[low] > marks[high]:
            raise _wrong(_SCORE, low, marks[low], f"It may not be above {high} {marks[high]}.")
    return ScoreCard(
        made_by=tree["made_by"],
        seed=tree["seed"],
        date=tree["date"],
        trees=_trees(tree.get("trees")),
        strength_at=_strengths(tree.get("strength_at"), marks["suspect_at"]),
        **marks,
    )


def _strengths(listed: Any, suspect_at: float) -> tuple[float, ...]:
    marks = _finites("strength_at", listed)
    if len(marks) != _STRENGTHS or any(low >= high for low, high in pairwise((suspect_at, *marks))):
        raise _wrong(_SCORE, "strength_at", listed, "Write three rising scores above suspect_at, for 3, 4 and 5.")
    return marks


def _trees(listed: Any) -> tuple[Tree, ...]:
    if not isinstance(listed, list) or not listed or not all(isinstance(entry, Mapping) for entry in listed):
        raise _wrong(_SCORE, "trees", listed, "Write a list of { features, limits, points }.")
    found = tuple(_tree(f"trees[{number}]", entry) for number, entry in enumerate(listed))
    if len({len(tree.points) for tree in found}) > 1:
        raise _wrong(_SCORE, "trees", "(of several depths)", "Lay all trees out to the same depth.")
    return found


def _tree(path: str, entry: Mapping[str, Any]) -> Tree:
    _only_known(_SCORE, entry, {"features", "limits", "points"}, f"{path}.")
    names, limits = entry.get("features"), _finites(f"{path}.limits", entry.get("limits"))
    if not isinstance(names, list) or any(name not in FEATURES for name in names):
        raise _wrong(_SCORE, f"{path}.features", names, f"Name features; known: {', '.join(FEATURES)}.")
    points = entry.get("points")
    if not isinstance(points, list) or not all(isinstance(each, int) for each in points):
        raise _wrong(_SCORE, f"{path}.points", points, "Write a list of whole numbers: millionths of a point.")
    asks = len(names)
    if len(limits) != asks or len(points) != 2 * asks + 1 or asks & (asks + 1) or not asks:
        remedy = "Lay it out in full: 2^d - 1 features and limits, 2^(d+1) - 1 points."
        raise _wrong(_SCORE, path, f"{asks} features", remedy)
    return Tree(features=tuple(FEATURES.index(name) for name in names), limits=limits, points=tuple(points))


def _finites(path: str, listed: Any) -> tuple[float, ...]:
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise _wrong(_SCORE, path, listed, "Write a list of numbers.")
    return tuple(_finite(path, value) for value in listed)


def _finite(path: str, value: Any) -> float:
    if not _is_number(value):
        raise _wrong(_SCORE, path, value, "Write a number.")
    return float(value)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _only_known(file: str, table: Mapping[str, Any], known: set[str], prefix: str) -> None:
    for key in table:
        if key not in known:
            raise _wrong(file, f"{prefix}{key}", "(unknown key)", f"Known here: {', '.join(sorted(known))}.")


def _wrong(file: str, key: str, value: object, remedy: str) -> ConfigurationError:
    return ConfigurationError(
        f"The engine's file {file} has {key} = {value!r}, which cannot be used.", remedy=remedy, code="HR-1321"
    )

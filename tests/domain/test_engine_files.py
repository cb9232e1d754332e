"""The engine's two files: every number named and sourced, and a wrong one refused by its name."""

import json
import tomllib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from horehab.domain.engine_file import engine_numbers, quarter_powers
from horehab.domain.engine_numbers import FEATURES, KINDS, LAWS, SUPPORT
from horehab.errors import ConfigurationError
from horehab.rules import load_rules

DETECTION = Path(__file__).parents[2] / "horehab" / "detection"
COURSES = tomllib.loads((DETECTION / "courses.toml").read_text(encoding="utf-8"))
SCORE = json.loads((DETECTION / "score.json").read_text(encoding="utf-8"))
RULES = load_rules()

Change = Callable[[Any], object]


def test_every_kind_of_course_and_every_error_says_where_it_comes_from() -> None:
    assert tuple(kind.name for kind in RULES.engine.kinds) == KINDS
    for name in ("ossifying.onset_day", "stiff.weight", "acute.courses", "error.tail"):
        assert RULES.bases[name].source
        assert RULES.bases[name].unit
    assert {span["law"] for kind in COURSES["course"] for span in kind.values() if "law" in span} == set(LAWS)


def test_support_is_about_the_whole_patient_and_its_names_are_features() -> None:
    assert set(SUPPORT) < set(FEATURES)
    assert len(set(FEATURES)) == len(FEATURES)


def test_a_temper_must_be_a_whole_number_of_quarter_powers() -> None:
    assert quarter_powers(0.5, 4.0) == 5
    assert quarter_powers(0.55, 4.0) is None
    assert quarter_powers(0.0, 4.0) is None


def _put(*path: str | int, value: Any) -> Change:
    def change(tree: Any) -> None:
        for step in path[:-1]:
            tree = tree[step]
        tree[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_put("surprise", value=1), "surprise"),
        (_put("course", value=7), "course"),
        (_put("course", value=[7]), "course"),
        (_put("course", 0, "kind", value="acute"), "course.kind"),
        (_put("course", 0, "surprise", value=1), "recovering.surprise"),
        (_put("course", 0, "weight", value=0.5), "recovering.weight"),
        (_put("course", 0, "weight", "value", value=0), "recovering.weight"),
        (_put("course", 0, "weight", "value", value=True), "recovering.weight"),
        (_put("course", 0, "weight", "source", value=""), "recovering.weight.source"),
        (_put("course", 0, "weight", "unit", value=None), "recovering.weight.unit"),
        (_put("course", 0, "weight", "checked", value="today"), "recovering.weight.checked"),
        (_put("course", 0, "courses", "value", value=1.5), "recovering.courses"),
        (_put("course", 0, "courses", "value", value=99_999), "recovering.courses"),
        (_put("course", 4, "onset_day", value=18), "ossifying.onset_day"),
        (_put("course", 4, "onset_day", "law", value="odd"), "ossifying.onset_day.law"),
        (_put("course", 4, "onset_day", "low", value="soon"), "ossifying.onset_day"),
        (_put("course", 4, "onset_day", "high", value=None), "ossifying.onset_day"),
        (_put("course", 4, "onset_day", "low", value=999), "ossifying.onset_day"),
        (_put("course", 4, "onset_day", "low", value=-1), "ossifying.onset_day.low"),
        (_put("course", 0, "worsening_days", "low", value=0), "recovering.worsening_days.low"),
        (_put("error", value=None), "error"),
        (_put("error", "surprise", value=1), "error.surprise"),
        (_put("error", "tail", value=4), "error.tail"),
        (_put("error", "pain_temper", "value", value=0.55), "error.pain_temper"),
    ],
)
def test_a_wrong_number_of_the_courses_is_refused_by_its_name(change: Change, named: str) -> None:
    courses = deepcopy(COURSES)
    change(courses)
    with pytest.raises(ConfigurationError, match=r"courses\.toml") as refused:
        engine_numbers(courses, SCORE)
    assert f"{named} =" in str(refused.value)
    assert refused.value.remedy


def test_a_lag_of_pain_may_go_before_the_loss() -> None:
    courses = deepcopy(COURSES)
    courses["course"][4]["pain_lag_days"]["low"] = -30
    assert engine_numbers(courses, SCORE)[0].kinds[4].pain_lag_days.low == -30


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_put("surprise", value=1), "surprise"),
        (_put("made_by", value=""), "made_by"),
        (_put("date", value=7), "date"),
        (_put("seed", value="7"), "seed"),
        (_put("suspect_at", value="high"), "suspect_at"),
        (_put("suspect_at", value=float("nan")), "suspect_at"),
        (_put("support_cap", value=-1), "support_cap"),
        (_put("watch_at", value=99), "watch_at"),
        (_put("strength_at", value="123"), "strength_at"),
        (_put("strength_at", value=[1, 2]), "strength_at"),
        (_put("strength_at", value=[98, 97, 99]), "strength_at"),
        (_put("trees", value=7), "trees"),
        (_put("trees", value=[]), "trees"),
        (_put("trees", value=[7]), "trees"),
        (_put("trees", 0, value={"features": ["lo"], "limits": [0], "points": [0, 0, 0]}), "trees"),
        (_put("trees", 0, "surprise", value=1), "trees[0].surprise"),
        (_put("trees", 0, "features", value="lo"), "trees[0].features"),
        (_put("trees", 0, "features", 0, value="age"), "trees[0].features"),
        (_put("trees", 0, "limits", value=7), "trees[0].limits"),
        (_put("trees", 0, "limits", 0, value=None), "trees[0].limits"),
        (_put("trees", 0, "points", value=7), "trees[0].points"),
        (_put("trees", 0, "points", 0, value=0.5), "trees[0].points"),
        (_put("trees", 0, "points", value=[1]), "trees[0]"),
        (_put("trees", 0, value={"features": [], "limits": [], "points": [1]}), "trees[0]"),
        (_put("trees", 0, value={"features": ["lo"] * 2, "limits": [0, 1], "points": [1] * 5}), "trees[0]"),
    ],
)
def test_a_wrong_number_of_the_score_is_refused_by_its_name(change: Change, named: str) -> None:
    score = deepcopy(SCORE)
    change(score)
    with pytest.raises(ConfigurationError, match=r"score\.json") as refused:
        engine_numbers(COURSES, score)
    assert f"{named} =" in str(refused.value)
    assert refused.value.remedy

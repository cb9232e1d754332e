"""`python -m benchmarks.detection.fitting`: fit the score of the engine on simulated patients and write score.json.

Boosted trees of a few questions each, over the features of horehab.detection.features. Whatever speaks for
ossification may only add points (monotone constraints), so that no tree learns that a raised value or more pain
clears a joint. A first fit finds the days on which a joint without ossification looks most like one with it, and
these weigh most in the fit that is kept: one such day is enough for a false suspicion. The marks from which a joint
is watched and suspected are chosen on wards that were held out, for at most so many false suspicions on clean wards
and on those where everything goes wrong, in the worse of both worlds.
"""

import argparse
import json
import pickle
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from benchmarks.detection.operating_point import chosen
from benchmarks.detection.training import Lesson, Rows, learned, lessons
from horehab.detection.evidence import Doubles, Ints
from horehab.detection.score import NOTHING_ELSE
from horehab.domain.engine_numbers import FEATURES

SCORE = Path("horehab/detection/score.json")
SEED = 20_260_101
DEPTH = 4
TREES = 160
FIRST_TREES = 100
MILLION = 10**6
UNKNOWN_STAYS = 4

WORST_DAYS = 0.65
"""The part of the weight of a joint without ossification that goes to the days on which it looks most like one."""

MOST_TIMES = 6.0
"""How often its own weight one such day may count at most."""

MORE = frozenset({
    "lo", "lo_m", "lo_p", "vs_con", "vs_acute", "vs_stiff", "vs_rec", "eloss", "drop", "drop2", "dropmax", "slope",
    "steep", "maxmdc", "mdc2", "nfrac", "pain", "painmiss", "painrise", "painhold", "alp", "ck", "opp", "asym",
    "elsewhere", "stay",
})  # fmt: skip
"""Features that may only add points the larger they are."""

LESS = frozenset({"rebound"})
"""Features that may only take points away the larger they are: motion that came back."""

_SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.1,
    "max_depth": DEPTH,
    "num_leaves": 2**DEPTH,
    "min_data_in_leaf": 150,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "seed": SEED,
    "verbose": -1,
    "monotone_constraints": [1 if name in MORE else -1 if name in LESS else 0 for name in FEATURES],
    "monotone_constraints_method": "basic",
}


def fitted(rows: Sequence[Rows], *, trees: int = TREES) -> list[dict[str, Any]]:
    """Fit the trees on the rows of several wards and lay each out level by level, ready for score.json."""
    return laid_out(trained(rows, trees=trees))


def trained(rows: Sequence[Rows], *, trees: int, is_bound: bool = True) -> lightgbm.Booster:
    """Fit so many trees on the rows of several wards; unbound, any feature may add points or take them away."""
    shown = np.round(np.concatenate([_with_unknown_stays(each) for each in rows]), 6)
    is_true = np.concatenate([each.is_true for each in rows])
    weight = np.concatenate([each.weight for each in rows])
    settings = _SETTINGS if is_bound else _SETTINGS | {"monotone_constraints": [0] * len(FEATURES)}
    data = lightgbm.Dataset(shown, label=is_true, weight=weight, feature_name=list(FEATURES), free_raw_data=True)
    first = lightgbm.train(settings, data, num_boost_round=FIRST_TREES)
    likeness = np.exp(np.asarray(first.predict(shown, raw_score=True), dtype=np.float64))
    data.set_weight(weight_of_worst_days(rows, likeness))
    return lightgbm.train(settings, data, num_boost_round=trees)


def weight_of_worst_days(rows: Sequence[Rows], likeness: Doubles) -> Doubles:
    """Give each row's weight where those of a joint without ossification are shifted to the days most like it.

    A suspicion that one day raises is as false as one that many days would have raised. `likeness` is above 0, row
    by row; days with ossification keep their weight, and no joint gains any.
    """
    is_true = np.concatenate([each.is_true for each in rows]) > 0
    weight = np.concatenate([each.weight for each in rows])
    joint = _joints(rows)
    alike = np.where(is_true, 0.0, weight * likeness)
    held = np.bincount(joint, weights=np.where(is_true, 0.0, weight))
    among = np.bincount(joint, weights=alike)
    share = alike / np.where(among > 0, among, 1.0)[joint]
    shifted = np.minimum(held[joint] * share, MOST_TIMES * weight)
    return np.asarray(np.where(is_true, weight, weight + WORST_DAYS * (shifted - weight)))


def _joints(rows: Sequence[Rows]) -> Ints:
    """Number the joints of all patients of all wards, row by row."""
    places = [np.insert(each.when[:, :2], 0, ward, axis=1) for ward, each in enumerate(rows)]
    return np.asarray(np.unique(np.concatenate(places), axis=0, return_inverse=True)[1])


def _with_unknown_stays(rows: Rows) -> Doubles:
    """Take the stay of one patient in so many as unknown: many charts do not say it, and no score may lean on it."""
    shown = rows.shown.copy()
    shown[rows.when[:, 0] % UNKNOWN_STAYS == 0, FEATURES.index("stay")] = NOTHING_ELSE["stay"]
    return shown


def laid_out(model: lightgbm.Booster) -> list[dict[str, Any]]:
    """Lay out all trees of a model as score.json has them."""
    return [_laid_out(each["tree_structure"]) for each in model.dump_model()["tree_info"]]


def _laid_out(root: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a tree out in full: a place that asks nothing any more sends every answer to the same points."""
    asks = 2**DEPTH - 1
    features, limits, points = [FEATURES[0]] * asks, [0.0] * asks, [0] * (2 * asks + 1)

    def put(place: int, node: Mapping[str, Any]) -> None:
        points[place] = round(MILLION * node.get("leaf_value", node.get("internal_value", 0.0)))
        if place >= asks:
            return
        is_leaf = "leaf_value" in node
        if not is_leaf:
            features[place], limits[place] = FEATURES[node["split_feature"]], float(node["threshold"])
        put(2 * place + 1, node if is_leaf else node["left_child"])
        put(2 * place + 2, node if is_leaf else node["right_child"])

    put(0, root)
    return {"features": features, "limits": limits, "points": points}


def card_of(asked: Iterable[tuple[Lesson, Rows]], *, today: str, trees: int = TREES) -> dict[str, Any]:
    """Make the whole of score.json from the rows of the wards, with so many trees."""
    pairs = list(asked)
    fit = fitted([rows for lesson, rows in pairs if not lesson.is_held_out], trees=trees)
    kept = [pair for pair in pairs if pair[0].is_held_out]
    return {
        "made_by": "python -m benchmarks.detection.fitting",
        "seed": SEED,
        "date": today,
        **chosen(fit, kept),
        "trees": fit,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the wards, fit, choose the marks and write score.json, saying how far it is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.fitting", description=__doc__)
    parser.add_argument("--patients", type=int, default=180, help="patients on each ward to learn from (180)")
    parser.add_argument("--processes", type=int, default=2, help="how many wards at a time (2)")
    parser.add_argument("--date", default="", help="the day that stands in score.json (the one there now)")
    parser.add_argument("--out", type=Path, default=SCORE, help=f"where it goes ({SCORE})")
    parser.add_argument("--rows", type=Path, help="keep what was learned from in a file as well")
    asked = parser.parse_args(arguments)
    todo = lessons(asked.patients)
    done = []
    for number, (lesson, rows) in enumerate(zip(todo, learned(todo, processes=asked.processes), strict=True), 1):
        done.append((lesson, rows))
        print(f"{number:3} of {len(todo)}: {lesson.world} world, {lesson.ward}", file=sys.stderr, flush=True)
    today = asked.date or json.loads(SCORE.read_text(encoding="utf-8"))["date"]
    if asked.rows:
        asked.rows.write_bytes(pickle.dumps(done))
    card = card_of(done, today=date.fromisoformat(today).isoformat())
    asked.out.write_text(json.dumps(card, separators=(",", ":")).replace('{"features"', '\n{"features"') + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks.detection.own_world`: how far the features go where the score knows its world.

The score that horehab ships is fitted on both worlds at once, and nothing that speaks for ossification may take
points away. Here trees are fitted on one world alone and bound by nothing, and judged on wards of that world which
they have not seen, at the same false rates. What lies between the two is the price of travelling and of being
explained; what lies above the second, trees over these features do not find even so.
"""

import argparse
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.detection.fitting import trained
from benchmarks.detection.judge import Figures
from benchmarks.detection.operating_point import (
    MOST_FALSE,
    MOST_FALSE_IN_FIELD,
    figures_at,
    least_mark,
    pooled_rows,
)
from benchmarks.detection.training import Lesson, Rows, learned, lessons
from benchmarks.detection.wards import WORLDS
from horehab.domain.engine_numbers import FEATURES

TREES = 160


def reached(pairs: Sequence[tuple[Lesson, Rows]], world: str, kind: str, *, is_own: bool) -> Figures:
    """Judge trees on the held-out wards of one kind: of their world alone and unbound, or as horehab ships them."""
    asked = [rows for lesson, rows in pairs if not lesson.is_held_out and (lesson.world == world or not is_own)]
    model = trained(asked, trees=TREES, is_bound=not is_own)
    rows = pooled_rows([pair for pair in pairs if pair[0].is_held_out], world, kind)
    score = np.asarray(model.predict(np.round(rows.shown, 6), raw_score=True), dtype=np.float64)
    most = MOST_FALSE if kind == "clean" else MOST_FALSE_IN_FIELD
    return figures_at(rows, score, least_mark(rows, score, most))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print found, in time and lead of both, ward by ward."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection.own_world", description=__doc__)
    parser.add_argument("--patients", type=int, default=180, help="patients on each ward to learn from (180)")
    parser.add_argument("--rows", type=Path, help="what `make fit-score FIT='--rows FILE'` kept; else made anew")
    asked = parser.parse_args(arguments)
    if asked.rows:
        pairs = pickle.loads(asked.rows.read_bytes())  # a file that this machine wrote
    else:
        todo = lessons(asked.patients)
        pairs = list(zip(todo, learned(todo), strict=True))
    print(f"| held-out wards | shipped way: {_HEAD} | own world, unbound: {_HEAD} |\n| --- | --- | --- |")
    for world in WORLDS:
        for kind in ("clean", "field"):
            both = [reached(pairs, world, kind, is_own=is_own) for is_own in (False, True)]
            print(f"| {world}, {kind} | {' | '.join(map(_shown, both))} |", flush=True)
    print(f"{len(FEATURES)} features, {TREES} trees.")
    return 0


_HEAD = "false, found / in time / lead"


def _shown(found: Figures) -> str:
    return f"{found.false:.1f}, {found.found:.2f} / {found.in_time:.2f} / {found.lead:.0f}"


if __name__ == "__main__":
    sys.exit(main())

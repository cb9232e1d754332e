"""`python -m benchmarks.detection`: judge the engine and its baselines on simulated wards and print the tables."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.detection.document import document, written_into
from benchmarks.detection.run import COMPARED, Outcome, Task, outcomes
from benchmarks.detection.speed import speeds
from benchmarks.detection.summary import WorldSummary, summary
from benchmarks.detection.table import figures_as_data
from benchmarks.detection.wards import BY_NAME, WARDS, WORLDS

DOCS = Path("docs/detection.md")
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for and print it; 130 when it is interrupted."""
    asked = _asked(arguments)
    try:
        return _run(asked)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return _INTERRUPTED


def _run(asked: argparse.Namespace) -> int:
    begun = time.perf_counter()
    found = _progress(_tasks(asked), asked.processes)
    worlds = {world: summary([o for o in found if o.task.world == world]) for world in _worlds(asked)}
    text = document(worlds, patients=asked.patients, seeds=asked.seeds, speed=speeds(few=asked.quick))
    print(text)
    print(f"\nAll of it took {time.perf_counter() - begun:.0f} seconds.")
    if asked.json:
        asked.json.write_text(json.dumps(_data(worlds), indent=1) + "\n", encoding="utf-8")
    if asked.write_docs:
        DOCS.write_text(written_into(DOCS.read_text(encoding="utf-8"), text), encoding="utf-8")
    return 0


def _tasks(asked: argparse.Namespace) -> list[Task]:
    return [
        Task(
            world=world,
            ward=ward,
            seed=seed,
            patients=asked.patients,
            compared=ward in COMPARED and not asked.alone,
        )
        for world in _worlds(asked)
        for ward in asked.wards
        for seed in asked.seeds
    ]


def _progress(tasks: Sequence[Task], processes: int) -> list[Outcome]:
    found = []
    for number, each in enumerate(outcomes(tasks, processes=processes), start=1):
        found.append(each)
        task = each.task
        print(
            f"{number:4} of {len(tasks)}: {task.world} world, {task.ward}, seed {task.seed} ({each.seconds:.0f} s)",
            file=sys.stderr,
            flush=True,
        )
    return found


def _worlds(asked: argparse.Namespace) -> tuple[str, ...]:
    return tuple(WORLDS) if asked.world == "both" else (asked.world,)


def _data(worlds: dict[str, WorldSummary]) -> dict[str, object]:
    return {
        world: {
            "wards": {name: figures_as_data(one) for name, one in found.wards.items()},
            "compared": {
                ward: {name: figures_as_data(one) for name, one in detectors.items()}
                for ward, detectors in found.compared.items()
            },
            "seeds": {ward: {n: figures_as_data(one) for n, one in of.items()} for ward, of in found.seeds.items()},
            "ceilings": {name: figures_as_data(one) for name, one in found.ceilings.items()},
            "strengths": {f"{tier} {strength}": counts for (tier, strength), counts in found.reliability.items()},
            "set aside": found.set_aside,
            "differing": found.differing,
            "tuned thresholds": found.thresholds,
        }
        for world, found in worlds.items()
    }


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--patients", type=int, help="patients on each ward (200; 40 with --quick)")
    parser.add_argument("--seeds", type=int, nargs="+", help="one ward of each kind for each seed (1 2 3; 1)")
    parser.add_argument("--world", choices=[*WORLDS, "both"], default="both", help="which simulator")
    parser.add_argument("--wards", nargs="+", choices=list(BY_NAME), metavar="WARD", help=f"of: {', '.join(BY_NAME)}")
    parser.add_argument("--quick", action="store_true", help="few patients, one seed, clean and field wards only")
    parser.add_argument("--alone", action="store_true", help="the engine alone, without baselines and ablations")
    parser.add_argument("--processes", type=int, default=2, help="how many wards at a time (2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    parser.add_argument("--write-docs", action="store_true", help=f"put the tables into {DOCS}")
    asked = parser.parse_args(arguments)
    asked.patients = asked.patients or (40 if asked.quick else 200)
    asked.seeds = asked.seeds or ([1] if asked.quick else [1, 2, 3])
    asked.wards = asked.wards or (list(COMPARED) if asked.quick else [ward.name for ward in WARDS])
    return asked


if __name__ == "__main__":
    sys.exit(main())

"""The sync benchmark: searchset pages from a loopback server into a SQLite file, horehab beside what else there is.

`python -m benchmarks.sync` runs each contender in a process of its own on the same pages, demands that all keep the
same facts, and prints entries a second, processor time for each entry, memory, and horehab's ratio to each.
"""

import argparse
import sys
from collections import defaultdict

import msgspec

from benchmarks.sync_interpret import Row
from benchmarks.sync_pages import Mix, pages
from benchmarks.sync_runs import NAMES, OURS, Run, run_alone, run_here
from benchmarks.sync_server import serving
from benchmarks.sync_table import goals, table, told, write_docs

_WARM_PAGES = 5


def main() -> int:
    """Run the benchmark; 1 when contenders disagree about the facts, or with --check when a goal is missed."""
    asked = _arguments()
    if asked.contender:
        name, base, warm, path = asked.contender
        print(msgspec.json.encode(run_here(name, base, warm=warm, path=path)).decode())
        return 0
    names = [OURS, *(name for name in asked.only or NAMES if name != OURS)]
    mix = pages(asked.pages)[1]
    many, few = _measure(names, asked)
    words = _words(mix, asked, table(many, few))
    reached = goals(many, few)
    told_goals = "\n".join(told(goal) for goal in reached)
    print(f"{words}\n\n{told_goals}")
    if asked.write_docs:
        write_docs(f"{words}\n\n{told_goals}")
    return int(asked.check and not all(goal.is_reached for goal in reached))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync", description=__doc__)
    parser.add_argument("--pages", type=int, default=200, help="pages of 100 entries (200)")
    parser.add_argument("--few", type=int, default=20, help="pages of the small run, to see memory grow (20)")
    parser.add_argument(
        "--rounds", type=int, default=5, help="runs of each contender, of which the median counts (5)"
    )
    parser.add_argument("--only", nargs="*", choices=NAMES, help="contenders beside horehab (all)")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    parser.add_argument("--contender", nargs=4, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(names: list[str], asked: argparse.Namespace) -> tuple[dict[str, list[Run]], dict[str, Run]]:
    many: dict[str, list[Run]] = defaultdict(list)
    few: dict[str, Run] = {}
    with (
        serving(pages(_WARM_PAGES)[0]) as warm,
        serving(pages(asked.few)[0]) as small,
        serving(pages(asked.pages)[0]) as large,
    ):
        for name in names:
            few[name] = run_alone(name, small, warm)[0]
        for number in range(asked.rounds):
            expected: set[Row] | None = None
            for name in names:
                run, rows = run_alone(name, large, warm)
                many[name].append(run)
                expected = rows if expected is None else expected
                _demand_equal(name, rows, expected)
                print(f"round {number + 1}: {name}: {run.cpu / run.entries * 1e6:.1f} us", file=sys.stderr)
    return many, few


def _demand_equal(name: str, rows: set[Row], expected: set[Row]) -> None:
    if rows != expected:
        some = [*sorted(map(str, rows - expected))[:3], *sorted(map(str, expected - rows))[:3]]
        message = f"{name} kept other facts than {OURS}: {len(rows - expected)} more, {len(expected - rows)} fewer;"
        raise SystemExit("\n".join([message, *some]))


def _words(mix: Mix, asked: argparse.Namespace, lines: str) -> str:
    share = f"{mix.plain / mix.entries:.0%} of them one motion in the plain shape"
    rounds = f"medians of {asked.rounds} rounds, each contender in a process of its own; all kept the same facts"
    return f"{mix.entries:,} entries on {asked.pages} pages, {share};\n{rounds}.\n\n{lines}"


if __name__ == "__main__":
    sys.exit(main())

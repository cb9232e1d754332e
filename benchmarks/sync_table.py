"""The table of the sync benchmark, its goals, and the place in docs/performance.md where both stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.sync_runs import OURS, Run, title_of

DOCS = Path(__file__).parents[1] / "docs" / "performance.md"
_BEGIN = "<!-- sync: made by `make bench-sync BENCH=--write-docs` -->"
_END = "<!-- sync: end -->"
_LEAST = {"fhir.resources": 15.0, "fhirpy": 6.0, "dicts": 2.0}
_LEAST_AGAIN = 1.5
_FLAT = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal, what was measured, and whether it is reached."""

    words: str
    least: float
    measured: float
    is_most: bool = False

    @property
    def is_reached(self) -> bool:
        """Say whether the figure is on the right side of the goal."""
        return self.measured <= self.least if self.is_most else self.measured >= self.least


def table(many: Mapping[str, Sequence[Run]], few: Mapping[str, Run]) -> str:
    """Write one line for each contender: medians over the runs; ratios by processor time within the same round."""
    lines = [
        "| contender | entries/s | CPU us per entry | again: CPU us | MB, few pages | MB, many pages | CPU ratio |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [_line(name, runs, few[name], many[OURS]) for name, runs in many.items()]
    return "\n".join(lines)


def goals(many: Mapping[str, Sequence[Run]], few: Mapping[str, Run]) -> list[Goal]:
    """Compare with the goals of the sync path."""
    found = [
        Goal(words=f"times the speed of {title_of(name)}", least=least, measured=_ratio(many[OURS], many[name]))
        for name, least in _LEAST.items()
        if name in many
    ]
    ours = many[OURS]
    again = median(run.cpu / run.cpu_again for run in ours)
    growth = median(run.peak for run in ours) / few[OURS].peak
    found.append(Goal(words="unchanged pages again, times as fast as first", least=_LEAST_AGAIN, measured=again))
    found.append(Goal(words="peak memory of many pages over that of few", least=_FLAT, measured=growth, is_most=True))
    return found


def told(goal: Goal) -> str:
    """Say a goal in one line."""
    side = "at most" if goal.is_most else "at least"
    verdict = "reached" if goal.is_reached else "NOT reached"
    return f"- {goal.words}: {goal.measured:.2f} (goal: {side} {goal.least:g}, {verdict})"


def write_docs(words: str) -> None:
    """Put the figures into docs/performance.md, in place of the last ones."""
    text = DOCS.read_text(encoding="utf-8") if DOCS.exists() else "# Performance\n"
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    DOCS.write_text(f"{before.rstrip()}\n\n{_BEGIN}\n{words}\n{_END}\n{after.lstrip(chr(10))}", encoding="utf-8")


def _line(name: str, runs: Sequence[Run], few: Run, ours: Sequence[Run]) -> str:
    cells = [
        title_of(name),
        f"{median(run.entries / run.wall for run in runs):,.0f}",
        f"{median(run.cpu / run.entries for run in runs) * 1e6:.1f}",
        f"{median(run.cpu_again / run.entries for run in runs) * 1e6:.1f}",
        f"{few.peak:.0f}",
        f"{median(run.peak for run in runs):.0f}",
        "" if name == OURS else f"{_ratio(ours, runs):.1f}x",
    ]
    return f"| {' | '.join(cells)} |"


def _ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """Give the median over the rounds of how much less processor time an entry costs us."""
    return median((b.cpu / b.entries) / (a.cpu / a.entries) for a, b in zip(ours, theirs, strict=True))

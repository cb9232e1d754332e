"""The table of the caseload benchmark, its goals, and the place in docs/performance.md where both stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sync_table import Goal
from horehab.usecases.exchange import CaseloadQuery

DOCS = Path(__file__).parents[1] / "docs" / "performance.md"
_BEGIN = "<!-- caseload on {}: made by `make bench-caseload BENCH=--write-docs` -->"
_END = "<!-- caseload on {}: end -->"
_MOST = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One way to look at the caseload, in words and as it is asked for."""

    words: str
    query: CaseloadQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many patients stand on the first page in the small and in the large hospital, and the seconds of its pages.

    `seconds` are medians by "<query or page> <few or many> <first or last>"; `has_more_pages` of the large one.
    """

    view: View
    few: int
    many: int
    has_more_pages: bool
    seconds: Mapping[str, float]

    @property
    def is_comparable(self) -> bool:
        """Whether the first page shows as many patients in both."""
        return self.few == self.many

    def growth(self, what: str) -> float:
        """Give how many times longer the first page takes in the large hospital."""
        return self.seconds[f"{what} many first"] / self.seconds[f"{what} few first"]

    def depth(self, what: str) -> float:
        """Give how many times longer the last page takes than the first, in the large hospital."""
        return self.seconds[f"{what} many last"] / self.seconds[f"{what} many first"]


def table(database: str, figures: Sequence[Figure], *, rounds: int) -> str:
    """Write one line for each view."""
    lines = [
        f"On {_NAMES[database]}; medians of {rounds} rounds, in ms of processor time.",
        "",
        "| view | on the page | query | query, large | ratio | page | page, large | ratio | last/first | page |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    return "\n".join(lines + [_line(figure) for figure in figures])


_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def goals(figures: Sequence[Figure]) -> list[Goal]:
    """Compare the worst of all views that show as many patients with the goals."""
    alike = [figure for figure in figures if figure.is_comparable]
    deep = [figure for figure in figures if figure.has_more_pages]
    found = []
    for what, words in (("query", "the query"), ("page", "the whole page")):
        worst = max(figure.growth(what) for figure in alike)
        found.append(_goal(f"{words}, large over small hospital, worst view", worst))
        found.append(_goal(f"{words}, last page over first, worst view", max(f.depth(what) for f in deep)))
    return found


def _goal(words: str, measured: float) -> Goal:
    return Goal(words=words, least=_MOST, measured=measured, is_most=True)


def _line(figure: Figure) -> str:
    cells = [figure.view.words, f"{figure.few} / {figure.many}"]
    for what in ("query", "page"):
        cells += [f"{figure.seconds[f'{what} {size} first'] * 1e3:.1f}" for size in ("few", "many")]
        cells.append(f"{figure.growth(what):.2f}" if figure.is_comparable else "-")
    cells += [f"{figure.depth(what):.2f}" if figure.has_more_pages else "-" for what in ("query", "page")]
    return f"| {' | '.join(cells)} |"


def write_docs(database: str, words: str) -> None:
    """Put the figures of one database into docs/performance.md, in place of the last ones."""
    begin, end = _BEGIN.format(_NAMES[database]), _END.format(_NAMES[database])
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    DOCS.write_text(f"{before}{begin}\n{words}\n{end}{rest.partition(end)[2]}", encoding="utf-8")

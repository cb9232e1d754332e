"""The table of the caseload benchmark, its goals, and the place in docs/performance.md where both stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

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
    """How many patients stand on the first page in the small and in the large hospital, and what each request took.

    `times` in seconds by "<query or page> <few or many> <first or last>"; `has_more_pages` of the large one.
    """

    view: View
    few: int
    many: int
    has_more_pages: bool
    times: Mapping[str, Sequence[float]]

    @property
    def is_comparable(self) -> bool:
        """Whether the first page shows as many patients in both."""
        return self.few == self.many

    def seconds(self, asked: str) -> float:
        """Give the median of what was asked so."""
        return median(self.times[asked])

    def growth(self, what: str) -> float:
        """Give how many times longer the first page takes in the large hospital."""
        return _ratio([self], f"{what} many first", f"{what} few first")

    def depth(self, what: str) -> float:
        """Give how many times longer the last page takes than the first, in the large hospital."""
        return _ratio([self], f"{what} many last", f"{what} many first")


def _ratio(figures: Sequence[Figure], asked: str, beside: str) -> float:
    """Divide the median of all requests of some views, asked in one way, by that of all asked in another."""
    over, under = (median(second for f in figures for second in f.times[name]) for name in (asked, beside))
    return over / under


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
    """Compare with the goals: the p50 over all requests of views that show as many patients, and the worst view."""
    alike = [figure for figure in figures if figure.is_comparable]
    deep = [figure for figure in figures if figure.has_more_pages]
    found = []
    for what, words in (("query", "the query"), ("page", "the whole page")):
        larger, later = f"{words}, large over small hospital", f"{words}, last page over first"
        found += [
            _goal(f"{larger}, p50 over all requests", _ratio(alike, f"{what} many first", f"{what} few first")),
            _goal(f"{larger}, worst view", max(figure.growth(what) for figure in alike)),
            _goal(f"{later}, p50 over all requests", _ratio(deep, f"{what} many last", f"{what} many first")),
            _goal(f"{later}, worst view", max(figure.depth(what) for figure in deep)),
        ]
    return found


def _goal(words: str, measured: float) -> Goal:
    return Goal(words=words, least=_MOST, measured=measured, is_most=True)


def _line(figure: Figure) -> str:
    cells = [figure.view.words, f"{figure.few} / {figure.many}"]
    for what in ("query", "page"):
        cells += [f"{figure.seconds(f'{what} {size} first') * 1e3:.1f}" for size in ("few", "many")]
        cells.append(f"{figure.growth(what):.2f}" if figure.is_comparable else "-")
    cells += [f"{figure.depth(what):.2f}" if figure.has_more_pages else "-" for what in ("query", "page")]
    return f"| {' | '.join(cells)} |"


def write_docs(database: str, words: str) -> None:
    """Put the figures of one database into docs/performance.md, in place of the last ones."""
    begin, end = _BEGIN.format(_NAMES[database]), _END.format(_NAMES[database])
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    DOCS.write_text(f"{before}{begin}\n{words}\n{end}{rest.partition(end)[2]}", encoding="utf-8")

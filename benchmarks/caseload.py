"""The caseload benchmark: a page of it in a hospital of 10,000 patients and in one of 100,000, in one run.

`python -m benchmarks.caseload` fills two stores with synthetic patients and their assessments through the store's own
writing functions, on SQLite; a private PostgreSQL takes over the same rows. Then it asks each of them in turn, view
by view, for the first and for the last page: once the logbook alone, once the page as a browser gets it. Which of the
stores is asked first changes from round to round. Time is of the processor, of ours and of the database's, so that it
does not go by what else the machine does.
"""

import argparse
import tempfile
import time
from base64 import urlsafe_b64encode
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import product
from pathlib import Path
from string import ascii_lowercase

from flask import Flask
from flask.testing import FlaskClient
from msgspec import json

from benchmarks.caseload_copy import copied
from benchmarks.caseload_table import Figure, View, goals, table, write_docs
from benchmarks.caseload_ward import ZONE, fill
from benchmarks.processor import Processor
from benchmarks.sync_table import told
from horehab import HoRehab
from horehab.domain.suspicion import Tier
from horehab.plugin import Role, Viewer
from horehab.store import SqlLogbook, adopt, open_logbook
from horehab.store.ranks import ranks_of
from horehab.usecases.exchange import CaseloadQuery
from horehab.web.caseload import narrowed
from tests.servers.postgresql import start_postgresql

VIEWS = (
    View(words="all, as they come", query=CaseloadQuery()),
    *(View(words=f"tier: {tier.value}", query=CaseloadQuery(tier=tier)) for tier in Tier),
    View(words="joint: hip", query=CaseloadQuery(joint="hip")),
    View(words="joint: elbow, tier: watch", query=CaseloadQuery(joint="elbow", tier=Tier.WATCH)),
    View(words="joint: knee, tier: quiet", query=CaseloadQuery(joint="knee", tier=Tier.QUIET)),
    View(words="one ward", query=CaseloadQuery(ward="Location/0003")),
    View(words="one therapist", query=CaseloadQuery(therapist="Practitioner/0003")),
    View(words="one therapist, tier: quiet", query=CaseloadQuery(therapist="Practitioner/0003", tier=Tier.QUIET)),
    View(words='search "garcia"', query=CaseloadQuery(text="garcia")),
    View(words='search "mar"', query=CaseloadQuery(text="mar")),
    View(words='search "mar", joint: hip', query=CaseloadQuery(text="mar", joint="hip")),
    View(words="search a record number", query=CaseloadQuery(text="SYN-0000047")),
    View(words='search "zzz" (nobody)', query=CaseloadQuery(text="zzz")),
)
_ADDRESS = "http://127.0.0.1:1/fhir"
_BEGINNINGS = ["", *map("".join, product(ascii_lowercase, repeat=2))]
_POSITIONS = range(ranks_of(Tier.QUIET).stop * len(_BEGINNINGS))
"""Places in the order of the caseload, from its beginning to its end: each need, with each beginning of a name."""


def _cursor(position: int) -> str:
    """Write a place in the order of the caseload as its links do."""
    need, beginning = divmod(position, len(_BEGINNINGS))
    return urlsafe_b64encode(json.encode((need, _BEGINNINGS[beginning], ""))).decode().rstrip("=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hospital:
    """A filled store, and a browser before the pages over it."""

    url: str
    logbook: SqlLogbook
    browser: FlaskClient


def main() -> int:
    """Run the benchmark; 1 when a goal is missed and --check is said."""
    asked = _arguments()
    is_reached = True
    for name in asked.database or ("sqlite", "postgresql"):
        with _folder(asked.keep) as folder:
            figures = measured(name, sizes=(asked.few, asked.many), rounds=asked.rounds, folder=folder)
        reached = goals(figures)
        words = "\n".join([table(name, figures, rounds=asked.rounds), "", *map(told, reached)])
        is_reached &= all(goal.is_reached for goal in reached)
        print(words)
        if asked.write_docs:
            write_docs(name, words)
    return int(asked.check and not is_reached)


def measured(database: str, *, sizes: tuple[int, int], rounds: int, folder: Path) -> list[Figure]:
    """Fill two stores of one kind, and time every view of both."""
    with ExitStack() as stack:
        urls = [filled(folder, size) for size in sizes]
        if database == "postgresql":
            server = stack.enter_context(start_postgresql())
            urls = [copied(url, stack.enter_context(server.fresh_database())) for url in urls]
        few, many = (stack.enter_context(hospital(url)) for url in urls)
        return [_figure(view, few, many, rounds=rounds) for view in VIEWS]


def filled(folder: Path, patients: int) -> str:
    """Give the URL of a SQLite store with so many patients; one that is there already is used again."""
    file = folder / f"{patients}.sqlite3"
    url = f"sqlite:///{file}"
    if not file.exists():
        began = time.process_time()
        logbook = open_logbook(url, zone=ZONE)
        fill(logbook, patients)
        logbook.close()
        print(f"{patients:,} patients written in {time.process_time() - began:.0f} s of processor time", flush=True)
    adopt(url, address=_ADDRESS)
    return url


@contextmanager
def hospital(url: str) -> Iterator[Hospital]:
    """Open a store, and the pages over it."""
    logbook = open_logbook(url, zone=ZONE)
    app = Flask("benchmark", static_folder=None)
    app.config.update(
        SECRET_KEY="only for figures",
        HOREHAB_DATABASE_URL=url,
        HOREHAB_FHIR_URL=_ADDRESS,
        HOREHAB_TIME_ZONE=str(ZONE),
    )
    who = Viewer(name="bench", display="Benchmark", role=Role.PHYSIOTHERAPIST, practitioner="Practitioner/0003")
    HoRehab(app, current_user=lambda: who)
    yield Hospital(url=url, logbook=logbook, browser=app.test_client())
    app.extensions["horehab"].ports().logbook.close()
    logbook.close()


def _figure(view: View, few: Hospital, many: Hospital, *, rounds: int) -> Figure:
    asks: dict[str, Callable[[], object]] = {}
    for size, place in (("few", few), ("many", many)):
        for page, query in (("first", view.query), ("last", last_page(place, view.query))):
            asks[f"query {size} {page}"] = _query(place, query)
            asks[f"page {size} {page}"] = _page(place, query)
    first, large = (place.logbook.caseload(view.query) for place in (few, many))
    times = _timed(asks, rounds, database=many.url)
    found = Figure(view=view, few=len(first.rows), many=len(large.rows), has_more_pages=bool(large.next), times=times)
    print(f"  {view.words}: {found.seconds('page many first') * 1e3:.0f} ms", flush=True)
    return found


def _timed(asks: Mapping[str, Callable[[], object]], rounds: int, *, database: str) -> Mapping[str, Sequence[float]]:
    """Time each ask once a round, after one that does not count; the order is turned round each time."""
    took: dict[str, list[float]] = {name: [] for name in asks}
    for ask in asks.values():
        ask()
    processor = Processor(database)
    for number in range(rounds):
        for name in sorted(asks, reverse=bool(number % 2)):
            began = processor.seconds()
            asks[name]()
            took[name].append(processor.seconds() - began)
    return took


def _query(place: Hospital, query: CaseloadQuery) -> Callable[[], object]:
    return lambda: place.logbook.caseload(query)


def _page(place: Hospital, query: CaseloadQuery) -> Callable[[], object]:
    with place.browser.application.test_request_context():
        address = narrowed(query, after=query.after)

    def ask() -> None:
        answer = place.browser.get(address)
        assert answer.status_code == HTTPStatus.OK, answer.status

    return ask


def last_page(place: Hospital, query: CaseloadQuery) -> CaseloadQuery:
    """Give the query of the last page of a view, as full as the first: its beginning is looked for by halves."""

    def left(position: int) -> int:
        found = place.logbook.caseload(replace(query, after=_cursor(position), limit=query.limit + 1))
        return len(found.rows)

    late = bisect_left(_POSITIONS, x=1 - query.limit, key=lambda position: -left(position))
    here = replace(query, after=_cursor(max(late - 1, 0)))
    while True:
        found = place.logbook.caseload(here)
        if found.next is None:
            return here
        rest = place.logbook.caseload(replace(here, after=found.next))
        if rest.next is None and len(rest.rows) < query.limit:
            ahead = place.logbook.caseload(replace(here, limit=max(len(rest.rows), 1)))
            return replace(here, after=ahead.next)
        here = replace(here, after=found.next)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="horehab-bench-") as name:
        yield Path(name)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.caseload", description=__doc__)
    parser.add_argument("--few", type=int, default=10_000, help="patients of the small hospital (10,000)")
    parser.add_argument("--many", type=int, default=100_000, help="patients of the large one (100,000)")
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for (15)")
    parser.add_argument("--database", action="append", choices=("sqlite", "postgresql"), help="on this one only")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the filled stores there for the next run")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

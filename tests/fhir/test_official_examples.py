"""Every official example of R4, whole and spoilt, is read, ignored, or set aside with a reason."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from horehab.fhir.wire.answers import Answer
from horehab.fhir.wire.pages import _read
from horehab.store import SqlLogbook, open_logbook
from tests.fhir.charts import MADRID
from tests.fhir.mutants import Mutants
from tests.fhir.reading_mutants import FATES, fate_of, keep, read_mutants, read_one
from tests.fhir.test_understanding_never_raises import WHOLE
from tests.servers.official_examples import official_examples

PAGES = 1_500
MUTANTS = 100_000
"""About twenty seconds; `make soak` reads a million."""


@pytest.fixture
def logbook(tmp_path: Path) -> Iterator[SqlLogbook]:
    """A fresh memory."""
    opened = open_logbook(f"sqlite:///{tmp_path}/horehab.sqlite3", zone=MADRID)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def examples() -> tuple[dict[str, Any], ...]:
    """The official examples of the kinds that we read."""
    return official_examples()


def test_every_official_example_is_read_ignored_or_set_aside_with_its_reason(
    examples: tuple[dict[str, Any], ...], logbook: SqlLogbook
) -> None:
    items = [read_one(each["resourceType"], json.dumps(each).encode()) for each in examples]
    fates = Counter(map(fate_of, items))
    assert sum(fates.values()) == len(examples) > 200
    assert fates["read"] > 20
    keep(logbook, items)


def test_spoilt_examples_are_read_ignored_or_set_aside_and_none_stops_the_work(
    examples: tuple[dict[str, Any], ...], logbook: SqlLogbook
) -> None:
    originals = (*examples, *WHOLE * 4)
    fates = read_mutants(Mutants(originals=originals, seed=1), MUTANTS, logbook)
    assert sum(fates.values()) == MUTANTS
    assert min(fates[fate] for fate in FATES) > MUTANTS / 50


def test_spoilt_pages_are_read_as_far_as_they_go_and_say_what_is_wrong(examples: tuple[dict[str, Any], ...]) -> None:
    """The frame of a Bundle is spoilt, too: its links, its entries, what it counts."""
    dice = Random(2)
    pages = [_page_of(dice.sample(examples, 5)) for _ in range(40)]
    mutants = Mutants(originals=pages, seed=2)
    fates: Counter[str] = Counter()
    for _ in range(PAGES):
        _, text = mutants.next()
        page, following = _read(Answer(status=200, body=text), 1)
        assert following is None or isinstance(following, str)
        assert all(isinstance(problem, str) for problem in page.problems)
        fates.update(fate_of(read_one("Observation", entry.source)) for entry in page.entries)
        fates["not whole"] += bool(page.problems)
    assert fates["not whole"] > PAGES / 50
    assert fates.total() > 2 * PAGES


def _page_of(resources: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [{"fullUrl": f"https://ehr.example/fhir/x/{n}", "resource": each} for n, each in enumerate(resources)]
    links = [{"relation": name, "url": f"https://ehr.example/fhir?{name}"} for name in ("self", "next")]
    return {"resourceType": "Bundle", "type": "searchset", "total": 5, "link": links, "entry": entries}

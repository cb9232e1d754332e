"""The benchmark of the caseload asks for what it says: full pages, of every view, the last as full as the first."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import caseload
from benchmarks.caseload import VIEWS, filled, hospital, last_page, measured
from benchmarks.caseload_table import Figure, View, goals, table
from horehab.domain.suspicion import Tier
from horehab.usecases.exchange import CaseloadQuery


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hospitals")


def test_the_last_page_is_the_end_of_the_list_and_as_full_as_the_first(folder: Path) -> None:
    with hospital(filled(folder, 130)) as place:
        for query in (CaseloadQuery(limit=9), CaseloadQuery(tier=Tier.QUIET, limit=9), CaseloadQuery(limit=500)):
            everybody = [row.key for row in place.logbook.caseload(replace(query, limit=500)).rows]
            last = place.logbook.caseload(last_page(place, query))
            assert last.next is None
            assert [row.key for row in last.rows] == everybody[-query.limit :]


def test_every_view_is_timed_in_both_hospitals_and_told_in_a_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [view for view in VIEWS if view.words in ("all, as they come", 'search "mar"')]
    monkeypatch.setattr(caseload, "VIEWS", some)
    figures = measured("sqlite", sizes=(70, 130), rounds=1, folder=folder)
    assert [figure.view for figure in figures] == some
    assert (figures[0].few, figures[0].many, figures[0].has_more_pages) == (50, 50, True)
    assert all(second > 0 for figure in figures for each in figure.times.values() for second in each)
    assert len(goals(figures)) == 8
    assert "| all, as they come | 50 / 50 |" in table("sqlite", figures, rounds=1)


def test_the_p50_is_over_all_requests_of_all_views_and_the_worst_view_stands_beside_it() -> None:
    few, many = (2.0, 2.0, 2.0), {"quick": (2.0, 2.0, 9.0), "slow": (8.0, 2.0, 8.0)}
    figures = [
        Figure(
            view=View(words=words, query=CaseloadQuery()), few=50, many=50, has_more_pages=True,
            times={f"{what} {place}": took for what in ("query", "page") for place, took in (
                ("few first", few), ("many first", times), ("many last", times)
            )},
        )
        for words, times in many.items()
    ]  # fmt: skip
    found = {goal.words: goal.measured for goal in goals(figures)}
    assert found["the whole page, large over small hospital, p50 over all requests"] == (2 + 8) / 2 / 2
    assert found["the whole page, large over small hospital, worst view"] == 8 / 2
    assert found["the query, last page over first, p50 over all requests"] == 1

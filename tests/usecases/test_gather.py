"""Small pages are kept together; none is lost, none waits for long, and a broken reading keeps what it has."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.errors import EhrUnavailable
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.gather import AT_ONCE, gathered


def page(kind: str, first: int, count: int, *, is_last: bool = False, problem: str = "") -> ChartPage:
    """Make a page with numbered items."""
    items = tuple(ChartItem(reference=f"{kind}/{n}", version="1", patient=None) for n in range(first, first + count))
    mark = "then" if is_last else None
    return ChartPage(kind=kind, items=items, mark=mark, problems=(problem,) if problem else (), is_last=is_last)


def test_pages_of_one_kind_are_joined_until_there_are_enough() -> None:
    pages = [page("Observation", n * 100, 100) for n in range(45)] + [page("Observation", 4500, 7, is_last=True)]
    joined = list(gathered(pages))
    assert [len(each.items) for each in joined] == [AT_ONCE, AT_ONCE, 507]
    assert [each.is_last for each in joined] == [False, False, True]
    assert [each.mark for each in joined] == [None, None, "then"]


def test_a_page_larger_than_usual_is_passed_on_whole() -> None:
    joined = list(gathered([page("Task", 0, 10), page("Task", 10, AT_ONCE + 5), page("Task", 3000, 1)]))
    assert [len(each.items) for each in joined] == [10, AT_ONCE + 5, 1]


def test_kinds_stay_apart_and_a_problem_is_passed_on_at_once() -> None:
    asked: list[str] = []

    def pages() -> Iterator[ChartPage]:
        for each in (page("Patient", 0, 1), page("Task", 0, 1, problem="cut off"), page("Task", 1, 1)):
            asked.append(each.kind)
            yield each

    joined = gathered(pages())
    assert next(joined).kind == "Patient"
    assert next(joined).problems == ("cut off",)
    assert asked == ["Patient", "Task"]
    assert [item.reference for item in next(joined).items] == ["Task/1"]


def test_what_was_read_before_the_ehr_fell_silent_is_passed_on_first() -> None:
    def pages() -> Iterator[ChartPage]:
        yield page("Observation", 0, 3)
        raise EhrUnavailable("It does not answer.", remedy="Wait.")

    joined = gathered(pages())
    assert len(next(joined).items) == 3
    with pytest.raises(EhrUnavailable):
        next(joined)


def test_a_reading_that_breaks_off_at_once_says_so_and_nothing_else() -> None:
    def pages() -> Iterator[ChartPage]:
        yield page("Observation", 0, 3, is_last=True)
        raise EhrUnavailable("It does not answer.", remedy="Wait.")

    joined = gathered(pages())
    assert next(joined).is_last
    with pytest.raises(EhrUnavailable):
        next(joined)


@given(st.lists(st.tuples(st.sampled_from(["Patient", "Task"]), st.integers(0, 700), st.booleans(), st.booleans())))
def test_nothing_is_lost_doubled_or_put_out_of_order(drawn: list[tuple[str, int, bool, bool]]) -> None:
    pages, first = [], 0
    for kind, count, is_last, has_problem in drawn:
        pages.append(page(kind, first, count, is_last=is_last, problem=f"p{first}" if has_problem else ""))
        first += count
    joined = list(gathered(pages))
    assert [item for each in joined for item in each.items] == [item for each in pages for item in each.items]
    assert [p for each in joined for p in each.problems] == [p for each in pages for p in each.problems]
    assert sum(each.is_last for each in joined) == sum(each.is_last for each in pages)
    assert all(len({item.reference.split("/")[0] for item in each.items}) <= 1 for each in joined)

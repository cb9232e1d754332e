"""The board of our processes holds on every database: nobody overwrites what another wrote, and copies are one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import timedelta

from horehab.store import SqlLogbook, open_logbook
from horehab.usecases.signals import Breaker
from tests.contracts.conftest import MADRID
from tests.store.making import NOW

OPEN = Breaker(failures=3, since=NOW, open_until=NOW + timedelta(minutes=4), why="Nobody listens at ehr:443.")


def test_a_fresh_board_says_that_the_ehr_answers(logbook: SqlLogbook) -> None:
    assert logbook.signals.breaker() == Breaker()


def test_what_one_process_wrote_another_reads_as_it_was(logbook: SqlLogbook, database_url: str) -> None:
    assert logbook.signals.change_breaker(Breaker(), OPEN)
    with closing(open_logbook(database_url, zone=MADRID)) as other:
        assert other.signals.breaker() == OPEN


def test_who_read_before_another_wrote_changes_nothing(logbook: SqlLogbook) -> None:
    read = logbook.signals.breaker()
    assert logbook.signals.change_breaker(read, OPEN)
    assert not logbook.signals.change_breaker(read, replace(OPEN, failures=9))
    assert logbook.signals.breaker() == OPEN


def test_an_ehr_that_answers_again_leaves_nothing_on_the_board(logbook: SqlLogbook) -> None:
    logbook.signals.change_breaker(Breaker(), OPEN)
    assert logbook.signals.change_breaker(OPEN, Breaker())
    assert logbook.signals.breaker() == Breaker()


@contextmanager
def _eight(url: str) -> Iterator[list[SqlLogbook]]:
    """Eight processes of one installation, as far as the database can tell."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(open_logbook(url, zone=MADRID))) for _ in range(8)]


def _at_once(books: list[SqlLogbook], ask: Callable[[SqlLogbook], bool]) -> list[bool]:
    with ThreadPoolExecutor(len(books)) as crowd:
        return list(crowd.map(ask, books))


def test_of_eight_who_want_to_try_one_is_let_through(logbook: SqlLogbook, database_url: str) -> None:
    logbook.signals.change_breaker(Breaker(), OPEN)
    with _eight(database_url) as books:
        trying = replace(OPEN, probe_until=NOW + timedelta(minutes=9))
        won = _at_once(books, lambda book: book.signals.change_breaker(OPEN, trying))
    assert won.count(True) == 1


def test_any_number_of_hints_is_one_and_is_taken_once(logbook: SqlLogbook, database_url: str) -> None:
    assert not logbook.signals.take_hint()
    with _eight(database_url) as books:

        def ring(book: SqlLogbook) -> bool:
            book.signals.hint(now=NOW)
            return book.signals.is_hinted()

        assert all(_at_once(books, ring))
        assert _at_once(books, lambda book: book.signals.take_hint()).count(True) == 1
    assert not logbook.signals.is_hinted()


def test_a_hint_after_the_look_began_waits_for_the_next_look(logbook: SqlLogbook) -> None:
    logbook.signals.hint(now=NOW)
    assert logbook.signals.take_hint()
    logbook.signals.hint(now=NOW)
    assert logbook.signals.take_hint()
    assert not logbook.signals.take_hint()

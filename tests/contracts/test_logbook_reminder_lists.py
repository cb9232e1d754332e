"""The lists of reminders hold what all reminders together say: counts, parts, order, pages; nothing of others."""

from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.store import SqlLogbook
from horehab.usecases.reminder_lists import ListLine, ListPage, ListQuery, Part
from horehab.usecases.reminding import Outcome
from tests.store.making import ANA, DAY, NOW, page, person, reminder, review

EVA = "Patient/eva"
PEOPLE = [f"Patient/p{number:02}" for number in range(11)]
RULES = (ReminderRule.MEASURE_ROM, ReminderRule.NON_ATTENDANCE)


def asked(patient: str, days: int, *, rule: ReminderRule = RULES[0], void: int = 7) -> Reminder:
    due = DAY + timedelta(days=days)
    return reminder(patient, f"{rule.value}{due}", rule=rule, due_day=due, void_after=due + timedelta(days=void))


@pytest.fixture
def logbook(logbook: SqlLogbook) -> SqlLogbook:
    """A ward of eleven, each to be reminded of two or three things between two weeks ago and one week ahead."""
    logbook.keep(page(*map(person, (*PEOPLE, ANA, EVA))), now=NOW)
    wanted = [
        asked(patient, days=(at * 5) % 21 - 14 + again, rule=RULES[(at + again) % 2])
        for at, patient in enumerate(PEOPLE)
        for again in range(2 + at % 2)
    ]
    wanted += [asked("Patient/gone", 0), asked(ANA, 1)]
    logbook.log(patient=ANA, entries=(), reminders=wanted, now=NOW)
    logbook.keep(page(person(ANA, version=2, replaced_by=EVA)), now=NOW)
    claimed = logbook.due_reminders(owner="a", now=NOW - timedelta(days=10), limit=3)
    begun = logbook.reminding.begin(claimed, now=NOW)
    logbook.reminding.settle([Outcome(row=row, state=ReminderState.SENT) for row in begun], now=NOW)
    return logbook


def query(state: ReminderState = ReminderState.DUE, **rest: Any) -> ListQuery:
    values: dict[str, Any] = {"state": state, "rule": None, "today": DAY, "now": NOW, "most": 4}
    return ListQuery(**(values | rest))


def turned(logbook: SqlLogbook, wanted: ListQuery) -> list[ListPage]:
    """Turn all pages of a list."""
    first = logbook.reminding.lists.page(wanted)
    rest = [
        logbook.reminding.lists.page(query(wanted.state, rule=wanted.rule, sees=wanted.sees, number=number))
        for number in range(2, first.pages + 1)
    ]
    return [first, *rest]


def expected(logbook: SqlLogbook, wanted: ListQuery) -> list[tuple[Part, str, tuple[int, ...]]]:
    """Read everything and sort it out here, as slowly as that is."""
    heaps: dict[tuple[Part, str], list[int]] = {}
    for row in logbook.reminders():
        is_over = row.state is ReminderState.DUE and row.reminder.void_after < DAY
        stands = ReminderState.EXPIRED if is_over else row.state
        is_seen = wanted.sees(row.reminder.patient) if wanted.sees else True
        if stands is wanted.state and wanted.rule in (None, row.reminder.rule) and is_seen:
            heaps.setdefault((wanted.part_of(row), row.reminder.patient), []).append(row.row)
    parts = sorted(heaps, key=lambda line: line[0])
    return [(part, name, tuple(heaps[part, name])) for part, name in parts]


def told(line: ListLine) -> tuple[Part, str, tuple[int, ...]]:
    return line.part, line.patient, tuple(row.row for row in line.rows)


def test_all_pages_together_are_what_stands_in_the_ledger(logbook: SqlLogbook) -> None:
    hidden = {PEOPLE[1], PEOPLE[4], EVA, "Patient/gone"}
    states = (ReminderState.DUE, ReminderState.EXPIRED, ReminderState.SENT, ReminderState.FAILED)
    for state, rule, sees in product(states, (None, *RULES), (None, lambda patient: patient not in hidden)):
        wanted = query(state, rule=rule, sees=sees)
        pages = turned(logbook, wanted)
        lines = [told(line) for each in pages for line in each.lines]
        assert lines == expected(logbook, wanted)
        assert Counter(part for part, *_rest in lines) == pages[0].patients
        assert [each.number for each in pages] == list(range(1, pages[0].pages + 1))
        assert all(len(each.lines) == wanted.most for each in pages[:-1])
        totals = logbook.reminding.lists.totals(now=NOW, sees=sees)
        counted = sum(count for (stands, kind), count in totals.items() if stands is state and rule in (None, kind))
        assert counted == sum(len(rows) for *_line, rows in lines)


def test_the_ward_of_these_tests_has_something_in_every_part(logbook: SqlLogbook) -> None:
    found = {part for each in turned(logbook, query()) for part in each.patients}
    assert found == {Part.TODAY, Part.OVERDUE, Part.COMING}
    assert {state for state, _rule in logbook.reminding.lists.totals(now=NOW)} == {
        ReminderState.DUE,
        ReminderState.EXPIRED,
        ReminderState.SENT,
    }


def test_a_number_too_high_is_the_last_page(logbook: SqlLogbook) -> None:
    last = turned(logbook, query())[-1]
    assert logbook.reminding.lists.page(query(number=999)) == last
    assert last.number == last.pages > 1


def test_a_line_says_who_it_is_about_and_of_who_is_gone_nothing(logbook: SqlLogbook) -> None:
    lines = {line.patient: line for each in turned(logbook, query()) for line in each.lines}
    eva = lines[EVA].known
    assert eva is not None
    assert (eva.key, eva.patient) == (logbook.key_of(EVA), logbook.record(EVA).patient)
    assert lines[EVA].rows[0].reminder.keyed_to == ANA
    assert lines["Patient/gone"].known is None
    assert ANA not in lines


def test_a_line_says_when_they_were_measured_last_and_whether_that_was_reviewed(logbook: SqlLogbook) -> None:
    measured = date(2026, 3, 1)
    logbook.finish_pass(marks={}, reviews=[review(EVA, last_measured=measured)], now=NOW, problems=())
    (known,) = (line.known for each in turned(logbook, query()) for line in each.lines if line.patient == EVA)
    assert known is not None
    assert (known.last_measured, known.is_reviewed) == (measured, True)
    logbook.keep(page(person(EVA, version=3)), now=NOW)
    (known,) = (line.known for each in turned(logbook, query()) for line in each.lines if line.patient == EVA)
    assert known is not None
    assert (known.last_measured, known.is_reviewed) == (measured, False)


def test_one_is_found_by_its_row_and_none_by_a_row_that_is_not_there(logbook: SqlLogbook) -> None:
    for row in logbook.reminders():
        assert logbook.reminding.lists.one(row.row) == row
    assert logbook.reminding.lists.one(999_999) is None

"""What a logbook says that it holds, and what it keeps of the words of a pass."""

from horehab.store import SqlLogbook
from horehab.store.patients import CHUNK
from tests.store.making import ANA, NOW, broken, gone, item, page, person

BEN = "Patient/ben"


def test_what_is_held_of_a_kind_is_named_in_order_and_what_is_gone_is_not(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), item("Observation/2"), item("Observation/1"), broken("Observation/3")), now=NOW)
    logbook.keep(page(gone("Observation/2")), now=NOW)
    assert list(logbook.held("Observation")) == ["Observation/1", "Observation/3"]
    assert list(logbook.held("Patient")) == [ANA]
    assert list(logbook.held("Condition")) == []


def test_what_is_held_can_be_asked_of_some_patients(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), item("Observation/1"), item("Observation/2", patient=BEN)), now=NOW)
    assert list(logbook.held("Observation", patients=[BEN])) == ["Observation/2"]
    assert set(logbook.held("Observation", patients=[ANA, BEN])) == {"Observation/1", "Observation/2"}
    assert list(logbook.held("Observation", patients=[])) == []


def test_all_that_is_held_is_named_however_much_it_is(logbook: SqlLogbook) -> None:
    names = [f"Observation/{number:05}" for number in range(2 * CHUNK + 1)]
    logbook.keep(page(*(item(name) for name in names)), now=NOW)
    assert list(logbook.held("Observation")) == names


def test_what_is_to_be_known_of_a_pass_is_kept_and_is_no_problem(logbook: SqlLogbook) -> None:
    note = "Observation: the server says that the record may be incomplete"
    logbook.finish_pass(marks={"Observation": "m"}, reviews=[], now=NOW, problems=("Task: no",), notes=(note,))
    health = logbook.health(now=NOW)
    assert health.problems == ("Task: no",)
    assert health.details["notes"] == note
    logbook.finish_pass(marks={}, reviews=[], now=NOW, problems=())
    assert logbook.health(now=NOW).details["notes"] == ""


def test_marks_are_kept_however_many_patients_are_followed(logbook: SqlLogbook) -> None:
    many = {f"followed Patient/{number}": "yes" for number in range(40_000)}
    for marks in (many, {"followed Patient/7": "no"}):
        logbook.finish_pass(marks=marks, reviews=[], now=NOW, problems=())
    assert logbook.marks() == many | {"followed Patient/7": "no"}

"""What a logbook promises of a pass: closed in one piece, no change lost, and the caseload that comes of it."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.suspicion import Reason, Tier
from horehab.errors import InputError
from horehab.store import SqlLogbook
from horehab.usecases.exchange import CaseloadQuery, CaseloadRow
from tests.store.making import ANA, DAY, LEFT_HIP, NOW, item, page, person, review, suspicion, verdict

BEN = "Patient/ben"
KNEE = JointSide(joint=Joint.KNEE, side=Side.RIGHT)


def close(logbook: SqlLogbook, *reviews: object, **parts: Any) -> None:
    values: dict[str, Any] = {"marks": {}, "reviews": reviews, "now": NOW, "problems": (), **parts}
    logbook.finish_pass(**values)


def shown(logbook: SqlLogbook, **query: Any) -> list[str]:
    """Walk through all pages and name the patients in order."""
    names: list[str] = []
    after = None
    while True:
        page_ = logbook.caseload(CaseloadQuery(after=after, limit=2, **query))
        names += [row.patient.reference.removeprefix("Patient/") for row in page_.rows]
        after = page_.next
        if after is None:
            return names


def first_row(logbook: SqlLogbook) -> CaseloadRow:
    return logbook.caseload(CaseloadQuery()).rows[0]


def test_marks_move_only_for_the_kinds_that_are_handed_over(logbook: SqlLogbook) -> None:
    close(logbook, marks={"Observation": "1", "Patient": "1"})
    close(logbook, marks={"Observation": "2"})
    assert logbook.marks() == {"Observation": "2", "Patient": "1"}


def test_the_last_review_is_the_latest_day_that_was_closed(logbook: SqlLogbook) -> None:
    assert logbook.last_review() is None
    logbook.keep(page(person()), now=NOW)
    close(logbook, review(as_of=DAY))
    close(logbook, review(as_of=DAY - timedelta(days=5)))
    close(logbook)
    assert logbook.last_review() == DAY


def test_what_a_review_rested_on_is_kept_until_the_next_one_that_was_acted_on(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    assert logbook.basis(ANA) is None
    close(logbook, review(basis="rule-1 evidence"))
    close(logbook, review(basis=None))
    assert logbook.basis(ANA) == "rule-1 evidence"


def test_a_patient_is_due_once_on_each_ward_day(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), person(BEN)), now=NOW)
    close(logbook, review(ANA), review(BEN))
    assert logbook.patients_to_review(day=DAY) == ()
    next_day = DAY + timedelta(days=1)
    close(logbook, review(ANA, as_of=next_day))
    assert logbook.patients_to_review(day=next_day) == (BEN,)


def test_a_change_that_comes_between_reading_and_closing_is_not_lost(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), item()), now=NOW)
    logbook.record(ANA)
    logbook.keep(page(item(version=2)), now=NOW)
    close(logbook, review())
    assert logbook.patients_to_review() == (ANA,)
    logbook.record(ANA)
    close(logbook, review())
    assert logbook.patients_to_review() == ()


def test_a_page_that_looks_at_the_record_meanwhile_hides_no_change(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), item()), now=NOW)
    logbook.record(ANA)
    logbook.keep(page(item(version=2)), now=NOW)
    looking = threading.Thread(target=logbook.record, args=(ANA,))
    looking.start()
    looking.join()
    close(logbook, review())
    assert logbook.patients_to_review() == (ANA,)


def test_a_pass_that_fails_in_its_middle_leaves_nothing_of_itself(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    with pytest.raises(KeyError, match="object"):
        close(logbook, review(entries=(suspicion(), object())), marks={"Observation": "1"})
    assert logbook.marks() == {}
    assert logbook.outbox() == ()
    assert logbook.last_review() is None
    assert first_row(logbook).verdicts == ()


def test_verdicts_of_reviewed_patients_are_replaced_and_others_stay(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), person("Patient/ben")), now=NOW)
    close(logbook, review(verdicts=(verdict(), verdict(place=KNEE))), review("Patient/ben"))
    close(logbook, review(verdicts=(verdict(Tier.QUIET),)))
    rows = {row.patient.reference: row.verdicts for row in logbook.caseload(CaseloadQuery()).rows}
    assert rows == {ANA: (verdict(Tier.QUIET),), "Patient/ben": (verdict(),)}


def test_patients_stand_by_need_then_name_on_every_page(logbook: SqlLogbook) -> None:
    flag = (Reason(code="nerve"),)
    wards = {
        "quiet": (verdict(Tier.QUIET),),
        "unjudged": (verdict(Tier.CANNOT_JUDGE),),
        "watched": (verdict(Tier.WATCH, strength=5),),
        "weak": (verdict(strength=1),),
        "strong": (verdict(strength=5), verdict(Tier.QUIET, place=KNEE)),
        "nerve": (verdict(strength=1, red_flags=flag),),
        "zoe": (verdict(strength=5),),
    }
    logbook.keep(page(*(person(f"Patient/{name}", name=name) for name in wards)), now=NOW)
    close(logbook, *(review(f"Patient/{name}", verdicts=verdicts) for name, verdicts in wards.items()))
    assert shown(logbook) == ["nerve", "strong", "zoe", "weak", "watched", "unjudged", "quiet"]
    assert shown(logbook, tier=Tier.SUSPECT) == ["nerve", "strong", "zoe", "weak"]
    assert shown(logbook, joint="hip") == ["nerve", "strong", "zoe", "weak", "watched"]
    assert shown(logbook, joint="knee", tier=Tier.QUIET) == ["strong"]
    counts = logbook.caseload(CaseloadQuery(tier=Tier.WATCH)).counts
    assert counts == {"cannot judge": 1, "quiet": 1, "watch": 1, "suspect": 4}


def test_nobody_is_left_out_before_the_first_review_and_nobody_looks_normal(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), item("Observation/5", patient="Patient/nameless")), now=NOW)
    assert shown(logbook) == ["ana", "nameless"]
    assert {row.need.tier for row in logbook.caseload(CaseloadQuery()).rows} == {Tier.CANNOT_JUDGE}


def test_counts_follow_at_once_when_patients_come_and_change(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    assert logbook.caseload(CaseloadQuery()).counts["cannot judge"] == 1
    close(logbook, review())
    assert logbook.caseload(CaseloadQuery()).counts["suspect"] == 1
    logbook.keep(page(person(version=2, replaced_by="Patient/ben"), person("Patient/ben")), now=NOW)
    assert logbook.caseload(CaseloadQuery()).counts == {"cannot judge": 1, "quiet": 0, "watch": 0, "suspect": 0}


@pytest.mark.parametrize("text", ["núñez", "NUNEZ", "nun ana", "mrn-0077", "0077", " ana "])
def test_a_patient_is_found_by_the_beginnings_of_name_and_record_number(logbook: SqlLogbook, text: str) -> None:
    logbook.keep(page(person(), person("Patient/ben", name="Ben", record_number="X-1")), now=NOW)
    assert shown(logbook, text=text) == ["ana"]


@pytest.mark.parametrize("text", ["unez", "ana ben", "%", "'; DROP TABLE horehab_patient; --"])
def test_a_text_that_names_nobody_finds_nobody_or_everybody_and_breaks_nothing(
    logbook: SqlLogbook, text: str
) -> None:
    logbook.keep(page(person(), person("Patient/ben", name="Ben")), now=NOW)
    assert shown(logbook, text=text) in ([], ["ana", "ben"])


def test_a_row_tells_when_was_last_measured_and_what_waits_for_the_chart(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    close(logbook, review(entries=(suspicion(),)))
    row = first_row(logbook)
    assert (row.last_measured, row.waiting, row.need.tier) == (DAY, 1, Tier.SUSPECT)
    assert row.key == logbook.key_of(ANA)
    assert row.verdicts[0].place == LEFT_HIP


@pytest.mark.parametrize("query", [{"after": "nonsense"}, {"after": "e30"}, {"joint": "nose"}])
def test_a_page_or_a_joint_that_is_none_is_said_in_a_sentence(logbook: SqlLogbook, query: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="is none"):
        logbook.caseload(CaseloadQuery(**query))

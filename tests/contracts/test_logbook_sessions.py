"""What a logbook promises of sessions that were logged here: what counts now, what was told, one change at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from horehab.domain.amendment import AmendmentEntry, Change, Validity
from horehab.domain.entries import Delivery, Outcome
from horehab.store import SqlLogbook
from tests.contracts.test_logbook_outbox import DONE, put, walk
from tests.store.making import ANA, NOW, item, logged, measured, page, person


def change(revision: int = 1, token: str = "t1") -> AmendmentEntry:
    return AmendmentEntry(
        amendment_id=f"a{revision}",
        token=token,
        session_id="s1",
        patient=ANA,
        change=Change.CORRECT,
        revision=revision,
        by="Practitioner/3",
        reason="typing error",
        recorded=NOW,
        has_session=True,
    )


def amend(logbook: SqlLogbook, revision: int = 0, token: str = "t1", minutes: float = 45) -> bool:
    entry = replace(logged(minutes=minutes), validity=Validity.CORRECTED, before=logged().session)
    return logbook.sessions.amend(
        (entry, change(revision + 1, token)), revision=revision, now=NOW + timedelta(minutes=1)
    )


def minutes(logbook: SqlLogbook) -> list[float | None]:
    return [session.minutes for session in logbook.record(ANA).sessions]


def in_the_chart(logbook: SqlLogbook, version: int) -> None:
    """Let the session be delivered as Procedure/s1, and be read back in its first version."""
    logbook.keep(page(person()), now=NOW)
    put(logbook, logged(), measured())
    walk(logbook, {"session:s1": replace(DONE, reference="Procedure/s1", version="1")})
    charted = replace(logged().session, source="Procedure/s1")
    logbook.keep(page(item("Procedure/s1", version, ANA, facts=(charted,), own_key="session:s1")), now=NOW)


def test_a_session_stands_as_logged_until_it_is_changed(logbook: SqlLogbook) -> None:
    put(logbook, logged(), measured())
    found = logbook.sessions.logged("s1")
    assert found is not None
    assert found.session == logged().session
    assert list(found.facts) == ["m1"]
    assert set(found.told) == {"session:s1", "measurement:m1"}
    assert logbook.sessions.of(ANA) == {"urn:uuid:s1": "s1"}
    assert logbook.sessions.logged("s2") is None


def test_a_change_counts_at_once_and_until_the_chart_was_read_again(logbook: SqlLogbook) -> None:
    in_the_chart(logbook, 1)
    assert amend(logbook)
    assert minutes(logbook) == [45]
    walk(logbook, {"session:s1": replace(DONE, reference="Procedure/s1", version="2")})
    assert minutes(logbook) == [45], "we still hold the version before"
    theirs = replace(logged(minutes=50).session, source="Procedure/s1")
    logbook.keep(page(item("Procedure/s1", 3, ANA, facts=(theirs,), own_key="session:s1")), now=NOW)
    assert minutes(logbook) == [50], "a version that is not ours is a person's"


def test_a_change_that_ended_in_conflict_does_not_hide_what_the_chart_says(logbook: SqlLogbook) -> None:
    in_the_chart(logbook, 1)
    amend(logbook)
    walk(logbook, {"session:s1": Delivery(outcome=Outcome.CONFLICT, detail="theirs")})
    assert minutes(logbook) == [logged().session.minutes]


def test_what_the_chart_was_told_last_is_remembered_through_changes_that_wait(logbook: SqlLogbook) -> None:
    in_the_chart(logbook, 1)
    amend(logbook)
    amend(logbook, 1, "t2", 50)
    found = logbook.sessions.logged("s1")
    assert found is not None
    assert found.told["session:s1"] == logged()
    assert (found.revision, [each.token for each in found.amendments]) == (2, ["t1", "t2"])
    assert minutes(logbook) == [50]


def test_of_many_who_change_a_session_at_once_one_is_first(logbook: SqlLogbook) -> None:
    put(logbook, logged())
    with ThreadPoolExecutor(max_workers=6) as people:
        saved = list(people.map(lambda n: amend(logbook, 0, f"t{n}", 40 + n), range(6)))
    assert sum(saved) == 1
    found = logbook.sessions.logged("s1")
    assert found is not None
    assert found.revision == 1
    assert minutes(logbook) == [40 + saved.index(True)]


def test_a_session_that_was_taken_back_stands_no_more_also_after_a_rebuild(logbook: SqlLogbook) -> None:
    in_the_chart(logbook, 1)
    gone = replace(logged(), validity=Validity.IN_ERROR, before=logged().session)
    lost = replace(measured(), validity=Validity.IN_ERROR, before=measured().fact)
    assert logbook.sessions.amend((lost, gone, change()), revision=0, now=NOW)
    assert minutes(logbook) == []
    assert logbook.record(ANA).readings == ()
    logbook.rebuild()
    logbook.keep(page(person()), now=NOW)
    assert minutes(logbook) == []

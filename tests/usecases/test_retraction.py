"""Evidence that is corrected, withdrawn, deleted or somebody else's takes along the suspicion that rests on it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from horehab.domain.reminder import ReminderState
from horehab.usecases.keep_step import StepOrder, keep_step
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion, mistaken, pain, visits
from tests.usecases.retracting import activities, all_deleted, everything, reviews_asked, states


def amended(ward: Ward) -> None:
    for visit, day, _ in visits():
        ward.chart(
            flexion(f"rom-{visit}", day, 111) | {"status": "amended"},
            pain(f"pain-{visit}", day, 2) | {"status": "amended"},
        )


def deleted(ward: Ward) -> None:
    for visit, _, _ in visits():
        ward.server.store.remove(f"Observation/rom-{visit}")
        ward.server.store.remove(f"Observation/pain-{visit}")


def given_to_another(ward: Ward) -> None:
    ward.chart(PATIENT | {"id": "ben"})
    for visit, day, degrees in visits():
        whose = {"subject": {"reference": "Patient/ben"}}
        ward.chart(flexion(f"rom-{visit}", day, degrees) | whose, pain(f"pain-{visit}", day, 6) | whose)
    ward.chart(PATIENT | {"id": "ben", "deceasedBoolean": True})


RETRACTIONS = [mistaken, amended, deleted, all_deleted, given_to_another]


@pytest.mark.parametrize("retract", RETRACTIONS, ids=lambda retract: retract.__name__)
def test_a_suspicion_falls_with_its_evidence_within_one_step(
    suspected: Ward, retract: Callable[[Ward], None]
) -> None:
    assert reviews_asked(suspected) == ({"requested"}, {ReminderState.DUE})
    retract(suspected)
    assert keep_step(suspected.ports).is_complete
    (condition,) = suspected.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in condition
    assert activities(suspected) == ["raise", "withdraw"]
    assert reviews_asked(suspected) == ({"cancelled"}, {ReminderState.CANCELLED})
    stands = everything(suspected)
    for _ in range(2):
        keep_step(suspected.ports, StepOrder(patient="Patient/ana"))
    assert everything(suspected) == stands


@pytest.mark.parametrize("retract", [mistaken, all_deleted], ids=lambda retract: retract.__name__)
def test_also_when_what_is_left_is_too_old_to_raise_anything(
    suspected: Ward, retract: Callable[[Ward], None]
) -> None:
    suspected.on(suspected.clock.today() + timedelta(days=suspected.ports.rules.stale_after_days + 20))
    keep_step(suspected.ports)
    assert states(suspected) == ["unconfirmed"]
    retract(suspected)
    keep_step(suspected.ports)
    assert states(suspected) == ["entered-in-error"]


def test_a_suspicion_that_holds_without_a_part_of_its_evidence_cites_it_no_more(suspected: Ward) -> None:
    suspected.chart(pain("pain-5", DAY_ONE + timedelta(days=20), 6) | {"status": "entered-in-error"})
    keep_step(suspected.ports)
    (condition,) = suspected.conditions()
    cited = {item["reference"] for evidence in condition["evidence"] for item in evidence["detail"]}
    assert states(suspected) == ["unconfirmed"]
    assert "Observation/pain-5" not in cited
    assert "Observation/rom-5" in cited
    assert activities(suspected) == ["raise", "update"]


def test_what_comes_back_after_a_withdrawal_is_a_new_episode(suspected: Ward) -> None:
    mistaken(suspected)
    keep_step(suspected.ports)
    for visit, day, degrees in visits():
        suspected.chart(flexion(f"rom-{visit}", day, degrees), pain(f"pain-{visit}", day, 6))
    keep_step(suspected.ports)
    assert states(suspected) == ["entered-in-error", "unconfirmed"]


def test_of_a_deceased_patient_nothing_is_written_and_the_reminders_end(suspected: Ward) -> None:
    stands = everything(suspected)
    suspected.chart(PATIENT | {"deceasedBoolean": True})
    mistaken(suspected)
    keep_step(suspected.ports)
    assert everything(suspected) == stands
    assert reviews_asked(suspected)[1] == {ReminderState.CANCELLED}


def test_what_was_deleted_at_the_ehr_needs_no_withdrawal(suspected: Ward) -> None:
    (condition,) = suspected.conditions()
    for each in suspected.resources("Provenance"):
        suspected.server.store.remove(f"Provenance/{each['id']}")
    suspected.server.store.remove(f"Condition/{condition['id']}")
    mistaken(suspected)
    keep_step(suspected.ports)
    assert not suspected.conditions()
    assert [row.key for row in suspected.ports.logbook.queue.listed()] == []

"""The Task that asks for a review says about which suspicion it is, and whose it is."""

from datetime import timedelta
from typing import Any

from horehab.usecases.keep_step import keep_step
from tests.usecases.conftest import Ward, pain

REVIEW = "review-suspicion"


def _reviews(ward: Ward) -> list[dict[str, Any]]:
    return [r for r in ward.resources("Task") if r["code"]["coding"][0]["code"] == REVIEW]


def test_a_review_points_to_the_suspicion_and_names_who_treated_the_patient_last(suspected: Ward) -> None:
    (condition,) = suspected.conditions()
    (task,) = _reviews(suspected)
    assert task["focus"] == {"reference": f"Condition/{condition['id']}"}
    assert task["owner"] == {"display": "pt-1"}


def test_a_review_stays_whose_it_was_when_somebody_else_measures(suspected: Ward) -> None:
    (before,) = _reviews(suspected)
    suspected.on(suspected.clock.today() + timedelta(days=1))
    other = pain("by-another", suspected.clock.today(), 6) | {"performer": [{"display": "pt-2"}]}
    suspected.chart(other)
    keep_step(suspected.ports)
    (after,) = _reviews(suspected)
    assert (after["owner"], after["focus"]) == (before["owner"], before["focus"])


def test_who_is_merely_given_a_review_is_not_said_to_have_settled_it(suspected: Ward) -> None:
    (task,) = _reviews(suspected)
    del task["meta"]
    suspected.chart(task | {"status": "completed"})
    keep_step(suspected.ports)
    details = {r.detail for r in suspected.ports.logbook.reminders() if r.reminder.rule.value == REVIEW}
    assert details == {f"acknowledged in the EHR on {suspected.clock.today()}"}

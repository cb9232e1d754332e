"""Steps over ward days: a newer rule, one patient alone, and reminders that were answered."""

from dataclasses import replace
from datetime import timedelta

from horehab.domain.reminder import ReminderState
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.ports import Ports
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion


def _with_rule(ward: Ward, version: str) -> Ports:
    return replace(ward.ports, rules=replace(ward.ports.rules, version=version))


def _blind(rules: Rules) -> Rules:
    """An older rule that no course, however steep, brings to suspect."""
    marks = replace(rules.engine.score, suspect_at=99.0, corroborated_at=99.0)
    return replace(rules, version="1", engine=replace(rules.engine, score=marks))


def test_a_newer_rule_alone_neither_raises_nor_withdraws_until_there_is_new_evidence(ward: Ward) -> None:
    day = falling(ward)
    first = keep_step(replace(ward.ports, rules=_blind(ward.ports.rules)))
    assert Tier.SUSPECT not in {v.tier for review in first.reviews for v in review.verdicts}
    for days in (1, 2):
        ward.on(day + timedelta(days=days))
        shown = keep_step(_with_rule(ward, "2"))
        assert Tier.SUSPECT in {v.tier for review in shown.reviews for v in review.verdicts}
        assert not ward.conditions()
    ward.chart(flexion("rom-6", ward.clock.today(), 79))
    keep_step(_with_rule(ward, "2"))
    assert len(ward.conditions()) == 1


def test_a_person_who_names_the_patient_applies_a_newer_rule(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    report = keep_step(_with_rule(ward, "2"), StepOrder(patient="Patient/ana"))
    assert [str(review.basis).split()[0] for review in report.reviews] == ["2"]


def test_a_review_of_one_patient_leaves_the_others_to_the_days_review(ward: Ward) -> None:
    ward.chart(PATIENT | {"id": "ben"})
    keep_step(ward.ports)
    ward.on(DAY_ONE + timedelta(days=1))
    keep_step(ward.ports, StepOrder(patient="Patient/ana"))
    rest = keep_step(ward.ports)
    assert [review.patient for review in rest.reviews] == ["Patient/ben"]


def _calendar_reminders(ward: Ward) -> set[ReminderState]:
    rows = ward.ports.logbook.reminders()
    return {row.state for row in rows if row.reminder.window.startswith("from-")}


def test_a_reminder_to_measure_ends_when_it_was_measured(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 110))
    keep_step(ward.ports)
    ward.on(DAY_ONE + timedelta(days=8))
    keep_step(ward.ports)
    assert _calendar_reminders(ward) == {ReminderState.DUE}
    ward.on(DAY_ONE + timedelta(days=12))
    ward.chart(flexion("rom-again", ward.clock.today(), 110))
    keep_step(ward.ports)
    assert _calendar_reminders(ward) == {ReminderState.CANCELLED}

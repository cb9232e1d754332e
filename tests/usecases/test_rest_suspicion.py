"""A suspicion that rests urges nobody until its day; its task stays, and a sign of a nerve never rests."""

from dataclasses import replace
from datetime import timedelta

import pytest

from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.errors import InputError
from horehab.usecases.keep_step import keep_step
from horehab.usecases.rest_suspicion import RestForm, rest_suspicion, without_resting
from tests.usecases.conftest import Ward, falling

HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
FORM = RestForm(token="r-1", patient="Patient/ana", place=HIP, days="14", reason="CT is booked", who="ruiz")


@pytest.fixture
def suspected(ward: Ward) -> Ward:
    falling(ward)
    keep_step(ward.ports)
    return ward


def urging(ward: Ward) -> list[Reminder]:
    rows = ward.ports.logbook.reminders(patient="Patient/ana")
    mine = (row for row in rows if row.state is ReminderState.DUE and row.reminder.channel != "task")
    return [row.reminder for row in mine if row.reminder.rule is ReminderRule.REVIEW_SUSPICION]


def test_a_rest_takes_away_the_urging_until_its_day_and_leaves_the_task(suspected: Ward) -> None:
    before = urging(suspected)
    tasks = [
        row for row in suspected.ports.logbook.reminders(patient="Patient/ana") if row.reminder.channel == "task"
    ]
    assert before
    assert rest_suspicion(suspected.ports, FORM)
    keep_step(suspected.ports)
    assert urging(suspected) == []
    still = [
        row for row in suspected.ports.logbook.reminders(patient="Patient/ana") if row.reminder.channel == "task"
    ]
    assert [(r.reminder.key, r.state) for r in still] == [(r.reminder.key, r.state) for r in tasks]
    suspected.on(suspected.ports.clock.today() + timedelta(days=14))
    keep_step(suspected.ports)
    assert [reminder.key for reminder in urging(suspected)] == [reminder.key for reminder in before]


def test_a_rest_needs_an_open_suspicion_and_a_time(suspected: Ward) -> None:
    for changed in ({"days": "90"}, {"reason": "x" * 501}, {"place": HIP.opposite}):
        with pytest.raises(InputError):
            rest_suspicion(suspected.ports, replace(FORM, **changed))


def test_a_sign_of_a_nerve_never_rests(suspected: Ward) -> None:
    rest_suspicion(suspected.ports, FORM)
    (one, *_) = urging(suspected)
    nerve = replace(one, window="nerve-2026-03-22")
    today = suspected.ports.clock.today()
    assert without_resting(suspected.ports, "Patient/ana", (one, nerve), today) == (nerve,)
    assert without_resting(suspected.ports, "Patient/ana", (), today) == ()

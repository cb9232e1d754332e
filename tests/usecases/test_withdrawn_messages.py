"""What the EHR's messenger was asked to send and has not sent is taken back within a tick once nobody wants it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from horehab.domain.entries import Delivery, Outcome
from horehab.domain.message import MessageRequestEntry
from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState
from horehab.errors import EhrUnavailable
from horehab.usecases.decide_reminder import Decided, ReminderDecision, decide_reminder
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.find_contact import ContactPolicy
from horehab.usecases.hear_back import hear_stop
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Ports
from horehab.usecases.send_reminders import send_reminders
from scheduler.postboxes.ehr import EhrPostbox
from scheduler.postboxes.office import Office, Site
from scheduler.texts import read_texts
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion

LATER = Delivery(outcome=Outcome.LATER)
REACHED = {"telecom": [{"system": "phone", "use": "mobile", "value": "+34 600 000 001"}]}
NOSHOW = {
    "resourceType": "Appointment", "id": "a1", "status": "noshow", "created": f"{DAY_ONE}T08:00:00Z",
    "start": f"{DAY_ONE + timedelta(days=2)}T09:00:00Z",
    "participant": [{"actor": {"reference": "Patient/ana"}, "status": "accepted"}],
}  # fmt: skip


def _send(ward: Ward) -> None:
    """Let a tick of the reminders pass, on a ward whose only way to patients is the EHR."""
    office = Office(
        ports=ward.ports,
        policy=ContactPolicy(messages_by=(Medium.EHR,), is_consent_assumed=True),
        texts=read_texts(),
        site=Site(clinic="Clinic", phone="+34910000000"),
        carriers={Medium.EHR: EhrPostbox(ports=ward.ports)},
    )
    send_reminders(ward.ports, office)


def _to_her(ward: Ward) -> ReminderRow:
    return next(row for row in ward.ports.logbook.reminders() if row.reminder.channel == "message")


def _asked(ward: Ward) -> MessageRequestEntry:
    entries = [row.entry for row in ward.ports.logbook.outbox()]
    return next(entry for entry in entries if isinstance(entry, MessageRequestEntry))


def _at_the_ehr(ward: Ward) -> list[str]:
    return [str(each["status"]) for each in ward.resources("CommunicationRequest")]


def _waiting(ward: Ward) -> list[str]:
    return [row.key for row in ward.ports.logbook.outbox() if row.key.startswith("request:")]


@pytest.fixture
def asking(ward: Ward) -> Ward:
    """A ward in which a message to Ana waits in the outbox for the EHR's messenger."""
    ward.chart(PATIENT | REACHED, flexion("rom", DAY_ONE, 100), NOSHOW)
    ward.on(DAY_ONE + timedelta(days=3))
    keep_step(ward.ports)
    ward.ports.logbook.reminding.release(who="Eva", now=ward.clock.now())
    _send(ward)
    assert _to_her(ward).state is ReminderState.DUE
    assert len(_waiting(ward)) == 1
    return ward


def _stop(ward: Ward) -> None:
    assert hear_stop(ward.ports, "+34600000001", "STOP")


def test_a_message_that_is_wanted_is_asked_for_and_then_sent(asking: Ward) -> None:
    keep_step(asking.ports)
    assert _at_the_ehr(asking) == ["active"]
    asking.clock.instant += timedelta(minutes=2)
    _send(asking)
    assert _to_her(asking).state is ReminderState.SENT


def test_one_that_the_ehr_refuses_failed_and_goes_when_a_person_sends_it_again(asking: Ward) -> None:
    for row in asking.ports.logbook.claim_entries(owner="me", now=asking.clock.now(), limit=10):
        no = Delivery(outcome=Outcome.REFUSED, detail="The server does not take it (status 400).")
        asking.ports.logbook.settle(row, no if row.key.startswith("request:") else LATER, now=asking.clock.now())
    asking.clock.instant += timedelta(minutes=2)
    _send(asking)
    failed = _to_her(asking)
    assert (failed.state, "status 400" in failed.detail) == (ReminderState.FAILED, True)
    decide_reminder(
        asking.ports, ReminderDecision(row=failed.row, what=Decided.SEND_AGAIN, who="Eva", why="it takes them now")
    )
    for _ in range(2):
        _send(asking)
        keep_step(asking.ports)
        asking.clock.instant += timedelta(minutes=2)
    assert (_to_her(asking).state, _at_the_ehr(asking)) == (ReminderState.SENT, ["active"])


def _no_consent(ward: Ward) -> None:
    ward.ports.logbook.contacts.record_consent("Patient/ana", is_given=False, who="Eva", now=ward.clock.now())


def _stopped_by_a_person(ward: Ward) -> None:
    key = _to_her(ward).reminder.key
    assert ward.ports.logbook.reminding.stop(key, who="Eva", why="rang her", now=ward.clock.now())


def _died(ward: Ward) -> None:
    ward.chart(PATIENT | REACHED | {"deceasedBoolean": True})


@pytest.mark.parametrize("why", [_stop, _no_consent, _stopped_by_a_person])
def test_what_is_not_wanted_any_more_never_reaches_the_ehr(asking: Ward, why: Any) -> None:
    why(asking)
    keep_step(asking.ports)
    assert (_at_the_ehr(asking), _waiting(asking)) == ([], [])
    assert _to_her(asking).state is ReminderState.CANCELLED


@pytest.mark.parametrize("why", [_stop, _no_consent, _died])
def test_where_a_person_lets_each_round_go_it_is_taken_back_before_they_do(asking: Ward, why: Any) -> None:
    why(asking)
    keep_step(replace(asking.ports, needs_approval=True))
    assert _asked(asking).is_withdrawn
    deliver_entries(asking.ports)
    assert (_at_the_ehr(asking), _waiting(asking)) == ([], [])


def test_a_consent_that_was_taken_back_in_the_chart_alone_is_heeded_right_before_it_leaves(asking: Ward) -> None:
    refusing = replace(asking.ports, consents=lambda _name: False)
    assert deliver_entries(refusing).refused == 0
    assert (_at_the_ehr(asking), _waiting(asking)) == ([], [])


def test_while_the_chart_cannot_be_asked_for_the_consent_the_message_waits(asking: Ward) -> None:
    def silent(_name: str) -> bool | None:
        raise EhrUnavailable("The EHR is down.")

    assert deliver_entries(replace(asking.ports, consents=silent)).later == 1
    assert (_at_the_ehr(asking), len(_waiting(asking))) == ([], 1)


def _written_and_forgotten(ports: Ports, entry: MessageRequestEntry) -> None:
    """Write the request and crash before it was noted."""
    assert ports.chart.deliver(entry, own_versions=frozenset(), target=None).reference


def test_one_that_reached_the_ehr_in_a_crash_is_revoked_there_and_asked_for_anew_when_she_wants_it(
    asking: Ward,
) -> None:
    _written_and_forgotten(asking.ports, _asked(asking))
    _stop(asking)
    keep_step(asking.ports)
    assert _at_the_ehr(asking) == ["revoked"]
    assert asking.ports.logbook.contacts.resume(Medium.SMS, "+34600000001")
    keep_step(asking.ports)
    _send(asking)
    assert _to_her(asking).state is ReminderState.DUE, "it is not taken for sent"
    keep_step(asking.ports)
    assert _at_the_ehr(asking) == ["active"]


def test_one_that_the_messenger_has_sent_already_is_left_as_it_is(asking: Ward) -> None:
    _written_and_forgotten(asking.ports, _asked(asking))
    (theirs,) = asking.resources("CommunicationRequest")
    asking.chart(theirs | {"status": "completed"})
    _stop(asking)
    report = keep_step(asking.ports)
    assert (_at_the_ehr(asking), report.conflicts) == (["completed"], 0)


def test_one_whose_reminder_went_another_way_is_not_sent_twice(asking: Ward) -> None:
    (row,) = [r for r in asking.ports.logbook.due_reminders(owner="me", now=_later(asking), limit=9) if _is_hers(r)]
    asking.ports.logbook.settle_reminder(row, ReminderState.SENT, detail="by SMS", now=_later(asking))
    keep_step(asking.ports)
    assert (_at_the_ehr(asking), _waiting(asking)) == ([], [])


def test_a_request_for_which_no_reminder_stands_is_not_sent(asking: Ward) -> None:
    orphan = replace(_asked(asking), message="nobody-asks")
    asking.ports.logbook.log(patient="Patient/ana", entries=(orphan,), reminders=(), now=asking.clock.now())
    keep_step(asking.ports)
    assert (_at_the_ehr(asking), _waiting(asking)) == (["active"], [])


def _later(ward: Ward) -> Any:
    return ward.clock.now() + timedelta(minutes=2)


def _is_hers(row: ReminderRow) -> bool:
    return row.reminder.channel == "message"

"""The post office: whom a reminder reaches, when, by which way and in which words; over a real store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from horehab.domain.entries import Delivery, Outcome
from horehab.domain.recipient import MESSAGES, Medium
from horehab.domain.record import Patient
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.errors import EhrUnavailable
from horehab.usecases.conflict_queue import Settlement
from horehab.usecases.contacts import Stop
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.letters import Letter, message_name
from horehab.usecases.ports import Receipt
from scheduler.postboxes.ehr import EhrPostbox
from scheduler.postboxes.office import Site
from tests.scheduler.letters import REMINDER
from tests.scheduler.office_desk import ANA, MADRID, NOON, WAYS, Bag, Desk


def test_a_patient_with_consent_gets_an_sms_in_their_language(desk: Desk) -> None:
    desk.consent()
    appointment = replace(REMINDER, rule=ReminderRule.APPOINTMENT, about=datetime(2026, 4, 2, 16, 30, tzinfo=MADRID))
    assert desk.office.send(appointment).state is ReminderState.SENT
    (letter,) = desk.sms.letters
    assert letter.address == "+34600000001"
    assert letter.text.startswith("Clinica: su cita es el 02/04/2026 a las 16:30.")
    assert "BAJA" in letter.text


def test_who_missed_an_appointment_is_told_its_day_and_not_the_day_of_the_message(desk: Desk) -> None:
    desk.consent()
    was = datetime(2026, 3, 27, 16, 30, tzinfo=MADRID)
    desk.office.send(replace(REMINDER, rule=ReminderRule.NON_ATTENDANCE, about=was))
    assert desk.sms.letters[0].text.startswith("Clinica: no le vimos en su cita del 27/03/2026.")


@pytest.mark.parametrize("is_given", [None, False])
def test_without_consent_nothing_goes_to_a_patient_and_the_reason_is_told(desk: Desk, is_given: bool | None) -> None:
    if is_given is not None:
        desk.consent(is_given=is_given)
    receipt = desk.office.send(REMINDER)
    assert (receipt.state, receipt.is_tried) == (ReminderState.CANCELLED, False)
    assert "consent" in receipt.detail or "does not want" in receipt.detail
    assert desk.sms.letters + desk.mail.letters == []


def test_where_the_site_assumes_consent_only_an_objection_counts(desk: Desk) -> None:
    assuming = replace(desk.office, policy=replace(desk.office.policy, is_consent_assumed=True))
    assert assuming.send(REMINDER).state is ReminderState.SENT
    desk.consent(is_given=False)
    assert assuming.send(REMINDER).state is ReminderState.CANCELLED


@pytest.mark.parametrize("subject", ["+34600000001", ANA])
def test_after_a_stop_nothing_goes_by_any_way_until_it_is_taken_back(desk: Desk, subject: str) -> None:
    desk.consent()
    memory = desk.ports.logbook.contacts
    memory.stop(Stop(medium=Medium.SMS, subject=subject, since=NOON, how="by a message of theirs"))
    assert desk.office.send(REMINDER).state is ReminderState.CANCELLED
    assert (len(desk.sms.letters), len(desk.mail.letters)) == (0, 0)
    assert memory.resume(Medium.SMS, subject)
    assert desk.office.send(REMINDER).state is ReminderState.SENT


def test_a_mail_to_a_patient_asks_for_a_call_and_for_no_reply_that_nobody_hears(desk: Desk) -> None:
    desk.consent()
    desk.office.send(replace(REMINDER, channel="email"))
    (letter,) = desk.mail.letters
    assert letter.text.endswith("Para no recibir avisos, llame al mismo número.")
    assert "BAJA" not in letter.text


def test_a_no_and_a_stop_follow_the_patient_through_a_merge(desk: Desk) -> None:
    """Ana was merged into Eva: what either of them said is what one person said, here and in the chart."""
    eva = "Patient/8"
    merged = [Patient(reference=ANA, ways=WAYS, replaced_by=eva), Patient(reference=eva, ways=WAYS)]
    items = tuple(ChartItem(reference=p.reference, version="2", patient=p.reference, identity=p) for p in merged)
    desk.ports.logbook.keep(ChartPage(kind="Patient", items=items, mark=""), now=NOON)
    desk.consent()
    of_eva = replace(REMINDER, patient=eva)
    assert [desk.office.send(one).state for one in (REMINDER, of_eva)] == [ReminderState.SENT] * 2, "a yes of either"
    denied = replace(desk.ports, consents={ANA: False, eva: None}.__getitem__)
    assert replace(desk.office, ports=denied).send(of_eva).state is ReminderState.CANCELLED
    desk.ports.logbook.contacts.stop(Stop(medium=Medium.SMS, subject=ANA, since=NOON, how="by phone"))
    assert desk.office.send(of_eva).state is ReminderState.CANCELLED
    assert desk.ports.logbook.contacts.resume(Medium.SMS, eva)
    desk.ports.logbook.contacts.record_consent(eva, is_given=False, who="ruiz", now=NOON)
    assert [desk.office.send(one).state for one in (REMINDER, of_eva)] == [ReminderState.CANCELLED] * 2
    assert len(desk.sms.letters) == 2


def test_at_night_it_waits_for_the_morning_and_nothing_was_tried(desk: Desk) -> None:
    desk.consent()
    desk.clock.instant = datetime(2026, 3, 30, 20, tzinfo=UTC)
    receipt = desk.office.send(REMINDER)
    assert (receipt.state, receipt.is_tried) == (ReminderState.DUE, False)
    assert receipt.until == datetime(2026, 3, 31, 6, tzinfo=UTC)
    assert desk.sms.letters == []


def test_a_zone_that_does_not_exist_is_taken_for_the_wards(desk: Desk) -> None:
    desk.consent()
    desk.clock.instant = datetime(2026, 3, 30, 20, tzinfo=UTC)
    for zone in ("Mars/Base", "../etc/passwd", ""):
        assert desk.office.send(replace(REMINDER, zone=zone)).until == datetime(2026, 3, 31, 6, tzinfo=UTC)


def test_a_patient_of_whom_nothing_is_known_failed_for_want_of_an_address(desk: Desk) -> None:
    desk.ports.logbook.contacts.record_consent("Patient/none", is_given=True, who="ruiz", now=NOON)
    receipt = desk.office.send(replace(REMINDER, patient="Patient/none"))
    assert receipt.state is ReminderState.FAILED
    assert "no mobile number or e-mail address" in receipt.detail


@pytest.mark.parametrize(("channel", "words"), [("call", "call list"), ("letter", "letter list")])
def test_a_call_or_a_letter_stands_on_its_list_until_a_person_worked_it_off(
    desk: Desk, channel: str, words: str
) -> None:
    receipt = desk.office.send(replace(REMINDER, channel=channel))
    assert (receipt.state, receipt.is_tried) == (ReminderState.SENT, False)
    assert words in receipt.detail


@pytest.mark.parametrize("missing", ["HOREHAB_CLINIC_NAME", "HOREHAB_CLINIC_PHONE"])
def test_a_text_that_lacks_a_setting_waits_and_names_it(desk: Desk, missing: str) -> None:
    desk.consent()
    site = Site(clinic="" if "NAME" in missing else "x", phone="" if "PHONE" in missing else "1")
    receipt = replace(desk.office, site=site).send(REMINDER)
    assert receipt.state is ReminderState.DUE
    assert missing in receipt.detail


@pytest.mark.parametrize(
    ("channel", "setting"),
    [("sms", "HOREHAB_SMS_URL"), ("email", "HOREHAB_SMTP_HOST"), ("ehr", "HOREHAB_MESSAGES_BY")],
)
def test_a_way_that_is_not_set_up_leaves_it_due_and_names_the_setting(desk: Desk, channel: str, setting: str) -> None:
    desk.consent()
    policy = replace(desk.office.policy, messages_by=MESSAGES)
    receipt = replace(desk.office, policy=policy, carriers={}).send(replace(REMINDER, channel=channel))
    assert receipt.state is ReminderState.DUE
    assert setting in receipt.detail


def test_a_report_that_comes_before_the_gateways_own_answer_counts(desk: Desk) -> None:
    desk.consent()
    memory = desk.ports.logbook.contacts

    class Quick(Bag):
        def carry(self, letter: Letter) -> Receipt:
            memory.report(letter.message, ReminderState.FAILED, detail="not delivered", now=NOON)
            return Receipt(state=ReminderState.SENT)

    assert replace(desk.office, carriers={Medium.SMS: Quick()}).send(REMINDER).state is ReminderState.FAILED
    assert desk.office.send(REMINDER).state is ReminderState.SENT, "handed over anew, the old report counts no more"


def test_the_chart_is_told_of_a_message_once_and_only_where_the_site_wants_it(desk: Desk) -> None:
    desk.consent()
    desk.office.send(REMINDER)
    assert desk.ports.logbook.outbox() == ()
    noting = replace(desk.office, policy=replace(desk.office.policy, notes_messages=True))
    noting.send(REMINDER)
    noting.send(REMINDER)
    keys = {row.key for row in desk.ports.logbook.outbox()}
    assert keys == {f"message:{message_name(REMINDER)}"}
    done = Delivery(outcome=Outcome.DONE, reference="Communication/1", version="1")
    for row in desk.ports.logbook.claim_entries(owner="me", now=NOON, limit=10):
        desk.ports.logbook.settle(row, done, now=NOON)
    noting.send(REMINDER)
    assert desk.ports.logbook.outbox() == ()


def test_what_the_ehr_shall_send_waits_until_the_request_stands_there(desk: Desk) -> None:
    desk.consent()
    policy = replace(desk.office.policy, messages_by=(Medium.EHR,), notes_messages=True)
    office = replace(desk.office, policy=policy, carriers={Medium.EHR: EhrPostbox(ports=desk.ports)})
    asked = REMINDER
    for _ in range(2):
        receipt = office.send(asked)
        assert (receipt.state, receipt.is_tried) == (ReminderState.DUE, False)
    (row,) = desk.ports.logbook.outbox()
    assert row.key == f"request:{message_name(asked)}"
    for row in desk.ports.logbook.claim_entries(owner="me", now=NOON, limit=10):
        done = Delivery(outcome=Outcome.DONE, reference="CommunicationRequest/1", version="1")
        desk.ports.logbook.settle(row, done, now=NOON)
    assert office.send(asked).state is ReminderState.SENT
    assert desk.ports.logbook.outbox() == (), "the EHR knows of the message that it sends"
    assert office.deduplicates
    assert not desk.office.deduplicates


def test_what_waits_for_a_person_before_the_ehr_takes_it_says_so_and_failed_when_they_keep_it_out(desk: Desk) -> None:
    desk.consent()
    policy = replace(desk.office.policy, messages_by=(Medium.EHR,))
    office = replace(desk.office, policy=policy, carriers={Medium.EHR: EhrPostbox(ports=desk.ports)})
    office.send(REMINDER)
    for row in desk.ports.logbook.claim_entries(owner="me", now=NOON, limit=10):
        clash = Delivery(outcome=Outcome.CONFLICT, detail="Something that is not ours stands there.")
        desk.ports.logbook.settle(row, clash, now=NOON)
    waits = office.send(REMINDER)
    assert (waits.state, "not ours stands there" in waits.detail) == (ReminderState.DUE, True)
    (row,) = desk.ports.logbook.queue.listed()
    desk.ports.logbook.queue.settle(row.row, Settlement.KEEP_THEIRS, now=NOON)
    kept = office.send(REMINDER)
    assert (kept.state, "a person keeps" in kept.detail) == (ReminderState.FAILED, True)


def test_the_ehr_sends_only_what_can_go_by_no_other_way_and_nothing_after_a_stop(desk: Desk) -> None:
    desk.consent()
    bag = Bag(deduplicates=True)
    office = replace(
        desk.office,
        policy=replace(desk.office.policy, messages_by=MESSAGES),
        carriers={**desk.office.carriers, Medium.EHR: bag},
    )
    office.send(REMINDER)
    assert (len(desk.sms.letters), bag.letters) == (1, [])
    silent = ChartItem(reference=ANA, version="2", patient=ANA, identity=Patient(reference=ANA, language="es"))
    desk.ports.logbook.keep(ChartPage(kind="Patient", items=(silent,), mark=""), now=NOON)
    office.send(REMINDER)
    (letter,) = bag.letters
    assert (letter.address, "BAJA" in letter.text) == (ANA, False)
    assert desk.office.send(REMINDER).detail == "no mobile number or e-mail address is known for the recipient"
    desk.ports.logbook.contacts.stop(Stop(medium=Medium.SMS, subject=ANA, since=NOON, how="by phone"))
    assert office.send(REMINDER).state is ReminderState.CANCELLED


def test_a_patient_is_reached_only_by_ways_that_the_site_allows(desk: Desk) -> None:
    desk.consent()
    by_mail = replace(desk.office, policy=replace(desk.office.policy, messages_by=(Medium.EMAIL,)))
    by_mail.send(REMINDER)
    assert (len(desk.sms.letters), len(desk.mail.letters)) == (0, 1)


def test_a_notice_for_another_program_needs_no_address_of_a_person(desk: Desk) -> None:
    bag = Bag(deduplicates=True)
    office = replace(
        desk.office, policy=replace(desk.office.policy, has_webhook=True), carriers={Medium.WEBHOOK: bag}
    )
    assert office.send(replace(replace(REMINDER, recipient="team"), channel="webhook")).state is ReminderState.SENT
    assert bag.letters[0].address == ""


@pytest.mark.parametrize(
    ("in_chart", "here", "state"),
    [
        (True, None, ReminderState.SENT),
        (True, False, ReminderState.CANCELLED),
        (False, True, ReminderState.CANCELLED),
        (None, True, ReminderState.SENT),
        (None, None, ReminderState.CANCELLED),
    ],
)
def test_a_no_in_the_chart_or_here_is_a_no(
    desk: Desk, in_chart: bool | None, here: bool | None, state: ReminderState
) -> None:
    if here is not None:
        desk.consent(is_given=here)
    asking = replace(desk.office, ports=replace(desk.ports, consents=lambda _: in_chart))
    assert asking.send(REMINDER).state is state


def test_while_the_chart_cannot_be_asked_messages_to_patients_wait(desk: Desk) -> None:
    def away(_patient: str) -> bool | None:
        raise EhrUnavailable("no answer")

    asking = replace(desk.office, ports=replace(desk.ports, consents=away))
    receipt = asking.send(REMINDER)
    assert (receipt.state, receipt.is_tried) == (ReminderState.DUE, False)
    assert receipt.until == NOON + timedelta(minutes=5)

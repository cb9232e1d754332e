"""The post office: whom a reminder reaches, when, by which way and in which words; then a carrier has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from horehab.domain.recipient import Contact, Fate, Medium, Way, route
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.errors import HorehabError
from horehab.usecases.daily_digest import (
    digest_medium,
    is_for_all,
    is_in_digest,
    is_told,
    next_digest,
    told_by,
    waiting_for,
)
from horehab.usecases.find_contact import ContactPolicy, find_contact
from horehab.usecases.letters import Carrier, Letter, message_name
from horehab.usecases.note_message import note_message
from horehab.usecases.ports import Ports, Receipt
from scheduler.texts import Filling, Texts, fields_of

_MISSING = {
    Medium.EMAIL: "no mail server is set (HOREHAB_SMTP_HOST)",
    Medium.SMS: "no SMS gateway is set (HOREHAB_SMS_URL or HOREHAB_SMS_TEMPLATE)",
    Medium.WEBHOOK: "no webhook is set (HOREHAB_WEBHOOK_URL)",
    Medium.EHR: "messages by the EHR are not switched on (HOREHAB_MESSAGES_BY)",
}
_ASK_AGAIN = timedelta(minutes=5)
_LISTS = {Medium.CALL: "stands on the call list", Medium.LETTER: "stands on the letter list"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How the site calls itself in messages: a name that tells no diagnosis, and the number to call."""

    clinic: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Every way by which a reminder may leave. `deduplicates` only when each carrier does."""

    ports: Ports
    policy: ContactPolicy
    texts: Texts
    site: Site = field(default_factory=Site)
    carriers: Mapping[Medium, Carrier] = field(default_factory=dict)

    @property
    def deduplicates(self) -> bool:
        """Whether a repeat is dropped on its way, whichever that is."""
        return all(carrier.deduplicates for carrier in self.carriers.values())

    def send(self, reminder: Reminder) -> Receipt:
        """Send a reminder to where its recipient is reached now, or say why not: it waits, is cancelled or failed."""
        if is_in_digest(reminder):
            names = told_by(reminder.recipient, self.ports, self.policy)
            if names or is_for_all(reminder.recipient, self.ports):
                return self._in_digest(reminder, names)
        try:
            contact = find_contact(self.ports, reminder, self.policy)
        except HorehabError:
            again = self.ports.clock.now() + _ASK_AGAIN
            return _waits("the EHR cannot be asked for the patient's consent now", until=again)
        decided = route(reminder.channel, contact, self.ports.clock.now())
        if decided.fate is Fate.WAIT:
            return _waits(decided.reason, until=decided.until)
        way = decided.way
        if way is None:
            state = ReminderState.CANCELLED if _is_refused(contact) else ReminderState.FAILED
            return Receipt(state=state, detail=decided.reason, is_tried=False)
        if way.medium in _LISTS:
            return Receipt(state=ReminderState.SENT, detail=_LISTS[way.medium], is_tried=False)
        return self._carried(reminder, contact, way)

    def _carried(self, reminder: Reminder, contact: Contact, way: Way) -> Receipt:
        carrier = self.carriers.get(way.medium)
        if carrier is None:
            return _waits(_MISSING[way.medium])
        if reminder.rule is ReminderRule.DIGEST and not waiting_for(reminder.recipient, self.ports):
            return Receipt(state=ReminderState.CANCELLED, detail="nothing waits any more", is_tried=False)
        letter = self.letter(reminder, contact, way)
        if isinstance(letter, Receipt):
            return letter
        memory, now = self.ports.logbook.contacts, self.ports.clock.now()
        memory.hand_over(letter.message, key=reminder.key, medium=way.medium, now=now)
        receipt = carrier.carry(letter)
        if receipt.state in (ReminderState.SENT, ReminderState.UNKNOWN):
            # A gateway's report may be quicker than the end of its own answer.
            reported = memory.reported(letter.message)
            receipt = Receipt(state=reported[0], detail=reported[1]) if reported else receipt
        is_ours = contact.is_patient and way.medium is not Medium.EHR
        if receipt.state is ReminderState.SENT and is_ours and self.policy.notes_messages:
            note_message(self.ports, letter)
        return receipt

    def letter(self, reminder: Reminder, contact: Contact, way: Way) -> Letter | Receipt:
        """Put a reminder into words; a receipt says which setting its text still lacks."""
        text = self.texts.find(
            reminder.rule, is_patient=contact.is_patient, language=contact.language, medium=way.medium
        )
        for name, setting in (("clinic", "HOREHAB_CLINIC_NAME"), ("phone", "HOREHAB_CLINIC_PHONE")):
            if name in fields_of(text.text) and not getattr(self.site, name):
                return _waits(f"{setting} is not set, and its text names it")
        is_digest = reminder.rule is ReminderRule.DIGEST
        filling = Filling(
            day=reminder.about.date() if reminder.about else reminder.due_day,
            at=reminder.about.time() if reminder.about else reminder.due_time,
            clinic=self.site.clinic,
            phone=self.site.phone,
            count=waiting_for(reminder.recipient, self.ports) if is_digest else 0,
        )
        subject, words = self.texts.filled(text, filling, contact.language)
        return Letter(
            message=message_name(reminder),
            medium=way.medium,
            address=way.address,
            language=contact.language,
            subject=subject,
            text=words,
            reminder=reminder,
        )

    def _in_digest(self, reminder: Reminder, names: tuple[str, ...]) -> Receipt:
        """Look whether everybody's digest counted this; until then it stays due, and says so."""
        if not names:
            return _waits("nobody's e-mail address is set (HOREHAB_TEAM_EMAIL)")
        medium = digest_medium(names, self.policy)
        if medium not in self.carriers:
            return _waits(_MISSING[medium])
        if is_told(reminder, names, self.ports):
            return Receipt(state=ReminderState.SENT, detail="told in the daily summary", is_tried=False)
        return _waits("waits for the daily summary", until=next_digest(self.ports, self.policy))


def _waits(why: str, *, until: datetime | None = None) -> Receipt:
    return Receipt(state=ReminderState.DUE, detail=why, until=until, is_tried=False)


def _is_refused(contact: Contact) -> bool:
    """Whether it does not go because of what the recipient wants, rather than because it cannot."""
    return contact.is_patient and (contact.consent.value != "yes" or bool(contact.stopped))

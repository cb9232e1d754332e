"""Messages by the EHR's own messenger: we put a request into the chart, and the EHR sends it."""

from dataclasses import dataclass
from datetime import timedelta

from horehab.domain.message import MessageRequestEntry
from horehab.domain.reminder import ReminderState
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Ports, Receipt
from horehab.usecases.send_reminders import WRITING_IS_OFF

_NEXT_LOOK = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class EhrPostbox:
    """A request in the chart, through the outbox; the same message is asked for once."""

    ports: Ports
    deduplicates: bool = True

    def carry(self, letter: Letter) -> Receipt:
        """Put the request down once, and look whether it stands in the chart; until then it stays due."""
        now, patient = self.ports.clock.now(), letter.reminder.patient
        rows = self.ports.logbook.outbox(patient=patient, open_only=False)
        said = [entry for row in rows if isinstance(entry := row.entry, MessageRequestEntry)]
        last = next((entry for entry in reversed(said) if entry.message == letter.message), None)
        is_asked = last is not None and not last.is_withdrawn
        if is_asked and self.ports.logbook.delivered_reference(f"request:{letter.message}"):
            return Receipt(state=ReminderState.SENT, detail="as a request in the EHR, which sends it")
        if not is_asked:
            entry = MessageRequestEntry(message=letter.message, patient=patient, text=letter.text, asked=now)
            self.ports.logbook.log(patient=patient, entries=(entry,), reminders=(), now=now)
        why = "its request is not in the EHR yet" if self.ports.may_write else WRITING_IS_OFF
        return Receipt(state=ReminderState.DUE, detail=why, until=now + _NEXT_LOOK, is_tried=False)

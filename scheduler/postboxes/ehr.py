"""Messages by the EHR's own messenger: we put a request into the chart, and the EHR sends it."""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from horehab.domain.message import MessageRequestEntry
from horehab.domain.reminder import ReminderState
from horehab.usecases.exchange import OutboxRow
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Ports, Receipt
from horehab.usecases.send_reminders import WRITING_IS_OFF

_NEXT_LOOK = timedelta(seconds=60)
_NOT_YET = "its request is not in the EHR yet"
_NEVER = MappingProxyType(
    {"refused": "the EHR refuses its request", "kept": "a person keeps its request out of the EHR"}
)
"""What became of an entry that nobody tries again, by the state of its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EhrPostbox:
    """A request in the chart, through the outbox; the same message is asked for once."""

    ports: Ports
    deduplicates: bool = True

    def carry(self, letter: Letter) -> Receipt:
        """Put the request down once, and look what became of it; until it stands in the chart it stays due.

        FAILED when the EHR refused it for good, or a person keeps it out of the chart.
        """
        now, patient = self.ports.clock.now(), letter.reminder.patient
        asked = self._asked(letter)
        if asked is None:
            entry = MessageRequestEntry(message=letter.message, patient=patient, text=letter.text, asked=now)
            self.ports.logbook.log(patient=patient, entries=(entry,), reminders=(), now=now)
        elif self.ports.logbook.delivered_reference(f"request:{letter.message}"):
            return Receipt(state=ReminderState.SENT, detail="as a request in the EHR, which sends it")
        elif asked.state in _NEVER:
            return Receipt(state=ReminderState.FAILED, detail=_with(_NEVER[asked.state], asked.detail))
        why = _with(_NOT_YET, asked.detail if asked else "") if self.ports.may_write else WRITING_IS_OFF
        return Receipt(state=ReminderState.DUE, detail=why, until=now + _NEXT_LOOK, is_tried=False)

    def _asked(self, letter: Letter) -> OutboxRow | None:
        """Find where the request for this letter stands; None when it was not put down, or was taken back since."""
        last = None
        for row in self.ports.logbook.outbox(patient=letter.reminder.patient, open_only=False):
            if isinstance(row.entry, MessageRequestEntry) and row.entry.message == letter.message:
                last = None if row.entry.is_withdrawn else row
        return last


def _with(words: str, detail: str) -> str:
    return f"{words}: {detail}" if detail else words

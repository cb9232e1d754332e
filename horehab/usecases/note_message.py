"""Let the chart know that a message went to a patient: when and by which way, and nothing of what is suspected."""

from horehab.domain.message import MessageEntry
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Ports


def note_message(ports: Ports, letter: Letter) -> None:
    """Put down for the chart that a message was sent to a patient; the same message is noted once."""
    now = ports.clock.now()
    entry = MessageEntry(
        message=letter.message, patient=letter.reminder.patient, medium=letter.medium, text=letter.text, sent=now
    )
    if ports.logbook.delivered_reference(f"message:{letter.message}") is None:
        ports.logbook.log(patient=entry.patient, entries=(entry,), reminders=(), now=now)

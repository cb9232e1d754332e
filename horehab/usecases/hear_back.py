"""What comes back from whom we reminded: a gateway's report of a delivery, and a patient's STOP."""

from horehab.domain.recipient import Medium, phone_number
from horehab.domain.reminder import ReminderState
from horehab.usecases.contacts import Stop
from horehab.usecases.ports import Ports

ARRIVED = frozenset({"1", "delivered", "delivrd"})
FAILED = frozenset({"2", "16", "failed", "undelivered", "undeliv", "rejected", "rejectd", "expired"})
"""What gateways say in the end: Kannel's kinds of report (user's guide, table 7-1), and the usual words."""

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "end", "quit", "baja", "alto", "parar", "arret", "arrêt"})
"""What ends the messages, in the languages in which we write; the first word of a message counts."""


_NOT_DELIVERED = "the gateway reports that it was not delivered"


def hear_report(ports: Ports, message: str, status: str, *, why_failed: str = _NOT_DELIVERED) -> bool:
    """Note what a gateway says became of a message; False when it says nothing final, or of none of ours.

    `why_failed` stands beside the reminder of one that failed; it names no address.
    """
    said = status.strip().lower()
    if said in ARRIVED:
        outcome, detail = ReminderState.SENT, "delivered, as the gateway reports"
    elif said in FAILED:
        outcome, detail = ReminderState.FAILED, why_failed
    else:
        return False
    return ports.logbook.contacts.report(message, outcome, detail=detail, now=ports.clock.now())


def hear_stop(ports: Ports, sender: str, text: str) -> bool:
    """Note that somebody wrote STOP from a number: nothing goes there any more. False for any other message.

    A patient with that number gets no message by any other way either, until a person takes the STOP back.
    What else was written is neither kept nor read.
    """
    first = "".join(sign if sign.isalpha() else " " for sign in text.lower()).split()[:1]
    written = sender.strip()
    number = phone_number(written if written.startswith(("+", "00")) else f"+{written}")
    if not first or first[0] not in STOP_WORDS or number is None:
        return False
    stop = Stop(medium=Medium.SMS, subject=number, since=ports.clock.now(), how="by a message of theirs")
    if ports.logbook.contacts.stop(stop):
        ports.logbook.audit(who="SMS gateway", what="STOP received", patient=None, now=ports.clock.now())
    return True

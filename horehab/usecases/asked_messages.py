"""Messages that the EHR's own messenger is asked to send: taken back as soon as nobody wants them to go any more."""

from horehab.domain.message import MessageRequestEntry
from horehab.usecases.letters import message_name
from horehab.usecases.ports import Ports
from horehab.usecases.review_joints import review_patient

_NOBODY_ASKS = "nobody asks for it any more"
_UNWANTED = "the patient does not want to be reminded"


def why_not_asked(ports: Ports, entry: MessageRequestEntry) -> str:
    """Look, right before the EHR is asked, why a message is not to be sent after all; "" where it is.

    Its reminder was settled meanwhile, or holds no longer by what is known now. UnknownPatient while the chart
    is read anew; EhrUnavailable, EhrRefused where it is to be asked for the consent, and cannot be.
    """
    rows = ports.logbook.reminders(patient=entry.patient)
    row = next((each for each in rows if message_name(each.reminder) == entry.message), None)
    if row is None or not row.state.is_waiting:
        return (row.detail if row else "") or _NOBODY_ASKS
    void = dict(review_patient(ports, row.reminder.patient, ports.clock.today()).why_void)
    return void.get(row.reminder.key, "") or _objection(ports, row.reminder.patient)


def _objection(ports: Ports, patient: str) -> str:
    names = ports.logbook.contacts.known_as(patient)
    is_against = any(ports.logbook.contacts.consent(name) is False for name in names)
    is_against |= ports.consents is not None and any(ports.consents(name) is False for name in names)
    return _UNWANTED if is_against else ""

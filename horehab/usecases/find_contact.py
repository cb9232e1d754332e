"""Find how the recipient of a reminder is reached: a patient by the chart, staff by what is noted of them here."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from horehab.domain.follow_up_desk import LEAD, TEAM
from horehab.domain.recipient import (
    PATIENT,
    Consent,
    Contact,
    ContactWay,
    Medium,
    QuietHours,
    Way,
    is_mail_address,
    usable_ways,
)
from horehab.domain.record import Patient
from horehab.domain.reminder import Reminder
from horehab.errors import UnknownPatient
from horehab.usecases.contacts import StaffContact
from horehab.usecases.ports import Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPolicy:
    """What the site decided about reaching people.

    `is_consent_assumed`: patients were informed otherwise, and only who objects is not reminded. `prefix` is the
    country's, for numbers written without one. `quiet` None means that nobody sleeps. `messages_by`: the ways by
    which a message to a patient may go; the EHR's own messenger is the last of them. `notes_messages`: the chart is
    told of each message that we sent to a patient.
    """

    language: str = "en"
    quiet: QuietHours | None = None
    is_consent_assumed: bool = False
    prefix: str = ""
    team_email: str = ""
    digest_at: time = time(8)
    has_webhook: bool = False
    messages_by: tuple[Medium, ...] = (Medium.SMS, Medium.EMAIL)
    notes_messages: bool = False


def find_contact(ports: Ports, reminder: Reminder, policy: ContactPolicy) -> Contact:
    """Find how the recipient of a reminder is reached today, and what they said about it.

    EhrUnavailable, EhrRefused when the chart is to be asked for the consent, and cannot be.
    """
    zone = zone_or(reminder.zone, ZoneInfo(ports.zone))
    if reminder.recipient == PATIENT:
        found = _patient(ports, reminder.patient, policy, zone)
    else:
        found = _staff(ports, reminder.recipient, policy, zone)
    ways = (*found.ways, *([Way(medium=Medium.WEBHOOK, address="")] if policy.has_webhook else []))
    subjects = {way.address for way in found.ways}
    if found.is_patient:
        subjects |= set(ports.logbook.contacts.known_as(reminder.patient))
    stopped: dict[Medium, datetime] = {}
    for stop in ports.logbook.contacts.stops(subjects):
        stopped.setdefault(stop.medium, stop.since)
    return replace(found, ways=ways, stopped=tuple(stopped.items()))


def zone_or(name: str, otherwise: ZoneInfo) -> ZoneInfo:
    """Find a zone by its IANA name; a name that is none gives the other, so that nobody stays without a reminder."""
    try:
        return ZoneInfo(name) if name else otherwise
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise


def _patient(ports: Ports, reference: str, policy: ContactPolicy, zone: ZoneInfo) -> Contact:
    try:
        patient = ports.logbook.record(reference).patient
    except UnknownPatient:
        patient = Patient(reference=reference)
    listed = usable_ways(listed_ways(patient), ports.clock.today(), prefix=policy.prefix)
    ways = [way for way in listed if way.medium in (Medium.CALL, *policy.messages_by)]
    if Medium.EHR in policy.messages_by:
        ways.append(Way(medium=Medium.EHR, address=reference))
    return Contact(
        is_patient=True,
        language=patient.language or policy.language,
        zone=zone,
        ways=tuple(ways),
        quiet=policy.quiet,
        consent=_consent(ports, reference, policy),
    )


def listed_ways(patient: Patient) -> tuple[ContactWay, ...]:
    """List the ways that the chart gives; of an older reading that kept only two, these."""
    if patient.ways:
        return patient.ways
    older = (("email", patient.email), ("phone", patient.phone))
    return tuple(ContactWay(system=system, value=value) for system, value in older if value)


def _consent(ports: Ports, reference: str, policy: ContactPolicy) -> Consent:
    """Take together what is recorded here and in the chart, of all who were merged: a no anywhere is a no."""
    memory = ports.logbook.contacts
    names = memory.known_as(reference)
    said = {memory.consent(name) for name in names}
    said |= {ports.consents(name) for name in names} if ports.consents else set()
    if False in said:
        return Consent.NO
    return Consent.YES if True in said or policy.is_consent_assumed else Consent.UNKNOWN


def _staff(ports: Ports, recipient: str, policy: ContactPolicy, zone: ZoneInfo) -> Contact:
    noted = next((one for one in ports.logbook.contacts.staff() if one.name == recipient), None)
    if noted is None:
        email = policy.team_email if recipient in (TEAM, LEAD) else recipient
        noted = StaffContact(name=recipient, email=email if is_mail_address(email) else "")
    ways = [Way(medium=Medium.EMAIL, address=noted.email)] if noted.email else []
    ways += [Way(medium=Medium.SMS, address=noted.mobile)] if noted.mobile else []
    return Contact(
        language=noted.language or policy.language,
        zone=zone_or(noted.zone, zone),
        ways=tuple(ways),
        quiet=policy.quiet,
    )

"""Let a suspicion rest for some days: kept here only; it stays suspected, and nobody is urged before that."""

from dataclasses import dataclass
from datetime import date, timedelta

from horehab.domain.joints import JointSide
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.errors import InputError
from horehab.usecases.bedside import Snooze
from horehab.usecases.ports import Ports
from horehab.usecases.standings import open_suspicion, standings_of

REST_DAYS = (3, 7, 14)
"""For how many days a suspicion may rest: two weeks at most, as measured every two weeks (clinical.md 6; policy)."""

LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RestForm:
    """What a person asks for. `token` is the form's UUID: sent twice, it is one rest."""

    token: str
    patient: str
    place: JointSide
    days: str
    reason: str
    who: str


def rest_suspicion(ports: Ports, form: RestForm) -> bool:
    """Let an open suspicion rest; False when this form was sent before; InputError."""
    days = next((days for days in REST_DAYS if str(days) == form.days), None)
    if days is None:
        raise InputError("No time was chosen.", field="days", value=form.days, remedy="Choose from the list.")
    if len(form.reason) > LONGEST_TEXT:
        said = f"This text is longer than {LONGEST_TEXT} characters."
        raise InputError(said, field="rest_reason", value=len(form.reason), remedy="Shorten it.")
    record = ports.logbook.record(form.patient)
    if open_suspicion(standings_of(ports.logbook, record).at(form.place)) is None:
        raise InputError(
            f"There is no open suspicion at the {form.place}.",
            field="days",
            value=str(form.place),
            remedy="Look at the joint again: it may have been decided or withdrawn meanwhile.",
        )
    rest = Snooze(
        snooze_id=form.token,
        patient=form.patient,
        place=form.place,
        until=ports.clock.today() + timedelta(days=days),
        reason=form.reason.strip(),
        who=form.who,
        at=ports.clock.now(),
    )
    return ports.logbook.bedside.snooze(rest)


def without_resting(ports: Ports, patient: str, reminders: tuple[Reminder, ...], day: date) -> tuple[Reminder, ...]:
    """Leave out who would be urged about a suspicion that rests; its task stays, a sign of a nerve never rests.

    What is left out is asked for again by the first review after the rest.
    """
    urging = [reminder for reminder in reminders if _urges(reminder)]
    if not urging:
        return reminders
    resting = {rest.place for rest in ports.logbook.bedside.snoozes(patient) if rest.until > day}
    return tuple(r for r in reminders if r not in urging or r.place not in resting)


def _urges(reminder: Reminder) -> bool:
    is_review = reminder.rule is ReminderRule.REVIEW_SUSPICION and reminder.channel != "task"
    return is_review and not reminder.window.startswith("nerve-")

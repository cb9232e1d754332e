"""A person decides about reminders: lets the first ones go, stops one, moves it, or has it sent again."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import Enum

from horehab.domain.reminder import ReminderRule
from horehab.errors import InputError, UnknownPatient
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.ports import Ports
from horehab.usecases.reminding import GoingLive, NewTime

LONGEST_WHY = 500
FARTHEST = timedelta(days=366)
"""How far ahead a reminder may be put off."""


class Decided(Enum):
    """What a person may decide about one reminder."""

    STOP = "stop"
    MOVE = "move"
    SEND_AGAIN = "send again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDecision:
    """What somebody decided about the reminder in row `row`, and why; `day` and `at` are its new local time.

    Without a day one that is sent again is due today, without a time at the hour at which it was.
    """

    row: int
    what: Decided
    who: str
    why: str
    day: date | None = None
    at: time | None = None


def release_reminders(ports: Ports, *, who: str) -> GoingLive:
    """Let the reminders of a fresh installation go; gives how things stood before. InputError without a name.

    Those whose last day is over are not sent any more, whoever releases them.
    """
    if not who.strip():
        raise InputError("Reminders are let go by somebody.", field="who", value="", remedy="Give your name.")
    before, now = ports.logbook.reminding.going_live(), ports.clock.now()
    if before.released is None:
        ports.logbook.audit(who=who.strip(), what="released the reminders", patient=None, now=now)
        ports.logbook.reminding.release(who=who.strip(), now=now)
    return before


def decide_reminder(ports: Ports, decision: ReminderDecision) -> ReminderRow:
    """Do what a person decided about one reminder, and note who and why; gives the row as it stood.

    InputError for a row that is not there, a state in which that cannot be decided, a day that is over, too far away
    or not before the appointment, a decision without a name or a reason, and for sending again to who died.
    """
    found = _checked(ports, decision)
    ledger, now, key = ports.logbook.reminding, ports.clock.now(), found.reminder.key
    what = f"{decision.what.value}: reminder {found.row} ({found.reminder.rule.value}); {decision.why.strip()}"
    ports.logbook.audit(who=decision.who.strip(), what=what, patient=found.reminder.patient, now=now)
    who, when = decision.who.strip(), _when(ports, decision, found)
    if decision.what is Decided.STOP:
        done = ledger.stop(key, who=who, why=decision.why.strip(), now=now)
    elif decision.what is Decided.MOVE:
        done = ledger.reschedule(key, when, who=who, now=now)
    else:
        done = ledger.send_again(key, when, who=who, now=now)
    if not done:
        raise _not_so(found)
    return found


def _checked(ports: Ports, decision: ReminderDecision) -> ReminderRow:
    for name in ("who", "why"):
        if not getattr(decision, name).strip():
            said = "A decision about a reminder needs a name and a reason."
            raise InputError(said, field=name, value="", remedy="Say who decides and why.")
    if len(decision.why) > LONGEST_WHY:
        said = f"The reason has {len(decision.why)} characters."
        raise InputError(said, field="why", value=len(decision.why), remedy=f"Say it in {LONGEST_WHY} at most.")
    _check_day(decision.day, ports.clock.today())
    found = ports.logbook.reminding.lists.one(decision.row)
    if found is None:
        remedy = "Look at the list of reminders again."
        raise InputError(
            f"There is no reminder {decision.row}.", field="row", value=decision.row, remedy=remedy
        )  # fmt: skip
    if found.state.is_waiting is (decision.what is Decided.SEND_AGAIN):
        raise _not_so(found)
    if decision.what is Decided.SEND_AGAIN and _has_died(ports, found.reminder.patient):
        said = "The patient died: nothing is sent again."
        raise InputError(said, field="row", value=decision.row, remedy="Leave it as it is.")
    if decision.what is not Decided.STOP:
        _check_appointment(found, _day_of(ports, decision, found))
    return found


def _check_day(day: date | None, today: date) -> None:
    if day is not None and day < today:
        said = f"{day} is over."
        raise InputError(said, field="day", value=day.isoformat(), remedy="Choose today or a later day.")
    if day is not None and day > today + FARTHEST:
        said, remedy = f"{day} is too far away.", f"Choose a day until {today + FARTHEST}."
        raise InputError(said, field="day", value=day.isoformat(), remedy=remedy)


def _check_appointment(found: ReminderRow, day: date) -> None:
    booked = _booked_for(found)
    if booked is not None and day >= booked:
        said = f"The appointment is on {booked}: {day} is too late to remind of it."
        raise InputError(said, field="day", value=day.isoformat(), remedy="Choose a day before the appointment.")


def _booked_for(found: ReminderRow) -> date | None:
    """Tell the day of the appointment that a reminder must come before; None for one that is about none to come."""
    about = found.reminder.about
    return about.date() if about is not None and found.reminder.rule is ReminderRule.APPOINTMENT else None


def _has_died(ports: Ports, patient: str) -> bool:
    try:
        return ports.logbook.record(patient).patient.is_deceased
    except UnknownPatient:  # a summary for staff is about no patient
        return False


def _day_of(ports: Ports, decision: ReminderDecision, found: ReminderRow) -> date:
    return decision.day or (found.reminder.due_day if decision.what is Decided.MOVE else ports.clock.today())


def _when(ports: Ports, decision: ReminderDecision, found: ReminderRow) -> NewTime:
    day = _day_of(ports, decision, found)
    void = day + timedelta(days=ports.rules.calendar.expires_after)
    booked = _booked_for(found)
    last = booked - timedelta(days=1) if booked else max(void, found.reminder.void_after)
    return NewTime(day=day, at=decision.at or found.reminder.due_time, void_after=last)


def _not_so(found: ReminderRow) -> InputError:
    return InputError(
        f"Reminder {found.row} is {found.state.value}: that cannot be decided about it now.",
        field="row",
        value=found.row,
        remedy="Stop or move what is due; send again what was settled.",
    )

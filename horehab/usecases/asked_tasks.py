"""What people are asked to do in the EHR: each such reminder as a task, about which suspicion, and whose it is."""

from collections.abc import Iterable
from datetime import date

from horehab.domain.entries import ChartEntry, SuspicionEntry, TaskEntry
from horehab.domain.follow_up_desk import TASK
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.whereabouts import therapist_of
from horehab.usecases.standings import Standings, open_suspicion


def tasks_of(
    reminders: Iterable[Reminder], standings: Standings, decided: Iterable[ChartEntry], day: date
) -> tuple[TaskEntry, ...]:
    """Make the tasks of a review; `decided` is what it writes into the chart: what is just raised, too."""
    raised = {e.place: e.condition_id for e in decided if isinstance(e, SuspicionEntry) and not e.is_withdrawn}
    owner = therapist_of(standings.known)
    return tuple(
        TaskEntry(
            key=reminder.key,
            patient=standings.known.patient.reference,
            rule=reminder.rule,
            place=reminder.place,
            condition_id=_suspicion(reminder, standings, raised.get(reminder.place)) if reminder.place else None,
            due=reminder.due_day,
            authored=day,
            text=reminder.reason,
            owner=owner,
        )
        for reminder in reminders
        if reminder.channel == TASK
    )


def _suspicion(reminder: Reminder, standings: Standings, raised: str | None) -> str | None:
    """Name the suspicion that a review is about: the one that is just raised, else the one that is open."""
    if reminder.rule is not ReminderRule.REVIEW_SUSPICION or reminder.place is None:
        return None
    found = None if raised else open_suspicion(standings.at(reminder.place))
    return found.condition_id if found else raised

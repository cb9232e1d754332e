"""Requests that no longer hold: measured meanwhile, or about a suspicion that is withdrawn or decided about."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from horehab.domain.entries import ChartEntry, SuspicionEntry, TaskEntry
from horehab.domain.follow_up_desk import LEAD
from horehab.domain.joints import JointSide
from horehab.domain.record import PatientRecord
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.suspicion import Verdict
from horehab.domain.thresholds import Rules
from horehab.usecases.standings import Standings, waits_for_review

_NERVE = "nerve-"
MEASURING = (ReminderRule.MEASURE_ROM, ReminderRule.FOLLOW_UP_VISIT)


def ended_tasks(standings: Standings, asked: Iterable[ChartEntry], rules: Rules, day: date) -> tuple[TaskEntry, ...]:
    """Cancel the tasks that we gave and that no longer hold, as of what this review asks for (`asked`).

    A task to measure ends when it was measured; one to review a suspicion when that is withdrawn or was decided
    about, not when the joint improves; either when a later one asks for the same.
    """
    asked = tuple(asked)
    tasks = [entry for entry in asked if isinstance(entry, TaskEntry)]
    wanted = {task.key for task in tasks}
    again = {(task.rule, task.place) for task in tasks}
    raised = {e.place for e in asked if isinstance(e, SuspicionEntry) and not e.is_withdrawn}
    withdrawn = {e.place for e in asked if isinstance(e, SuspicionEntry) and e.is_withdrawn}

    def is_over(task: TaskEntry) -> bool:
        if (task.rule, task.place) in again:
            return True
        if task.rule in MEASURING:
            return is_answered(task.due, task.place, standings.known, rules)
        if not _is_about_a_suspicion(task) or task.place is None:
            return False
        is_open = task.place in raised or waits_for_review(standings.at(task.place))
        return task.place in withdrawn or not is_open

    left = (task for task in standings.tasks if not task.is_cancelled and task.key not in wanted)
    return tuple(replace(task, is_cancelled=True, authored=day) for task in left if is_over(task))


def _is_about_a_suspicion(task: TaskEntry) -> bool:
    """Tell a request to review an open suspicion from other questions to people, which they alone answer."""
    return task.rule is ReminderRule.REVIEW_SUSPICION and task.key.rpartition("|")[2].startswith("since-")


def still_asked(
    reminders: Iterable[Reminder], standings: Standings, decided: Iterable[ChartEntry], verdicts: Iterable[Verdict]
) -> tuple[Reminder, ...]:
    """Leave out requests to review what people decided about already; a nerve in danger is always asked about.

    The lead is not asked about a nerve once somebody decided about that joint on the day of the sign, or since.
    """
    raised = {e.place for e in decided if isinstance(e, SuspicionEntry) and not e.is_withdrawn}
    flagged = {verdict.place for verdict in verdicts if verdict.red_flags}

    def is_seen(reminder: Reminder) -> bool:
        if reminder.place is None or reminder.recipient != LEAD:
            return False
        days = [decision.decided for decision in standings.at(reminder.place).decisions]
        return any(f"{_NERVE}{day}" >= reminder.window for day in days if reminder.window.startswith(_NERVE))

    def is_decided(place: JointSide | None) -> bool:
        if place is None or place in raised or place in flagged:
            return False
        standing = standings.at(place)
        return bool(standing.ossifications) and not waits_for_review(standing)

    return tuple(
        r for r in reminders if r.rule is not ReminderRule.REVIEW_SUSPICION or not (is_decided(r.place) or is_seen(r))
    )


def is_answered(due: date, place: JointSide | None, known: PatientRecord, rules: Rules) -> bool:
    """Say whether what was asked to be measured was measured in the week before it was due, or since."""
    since = due - timedelta(days=rules.calendar.after_watch)
    return any(r.when.day > since for r in known.readings if place in (None, r.place))

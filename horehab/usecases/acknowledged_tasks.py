"""Reminders that a person has answered in the EHR already, by settling the task that asks for the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from horehab.domain.acknowledgement import OURS_TOO, Acknowledgement
from horehab.domain.joints import JointSide
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.standings import Standings

_SUSPICION = "suspicion:"
_PARTS_OF_A_KEY = 6

_Asked = tuple[str, str, str]
"""What a task asks for, whoever is asked: rule, subject and window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """What people settled: `keys` of tasks, what these `asked` for, and suspicions that stand as tasks, by joint."""

    keys: frozenset[str]
    asked: Mapping[_Asked, Acknowledgement]
    suspicions: Mapping[JointSide, Acknowledgement]

    def of(self, reminder: Reminder) -> Acknowledgement | None:
        """Find who answered a reminder: by the task that asks for the same, or by that of the suspicion itself."""
        found = self.asked.get(_asked_by(reminder.key))
        if found is None and reminder.rule is ReminderRule.REVIEW_SUSPICION and reminder.place is not None:
            found = self.suspicions.get(reminder.place)
            day = reminder.window.partition("-")[2]  # "since-2026-03-05": a later worsening asks anew
            return found if found is not None and day <= found.when.day.isoformat() else None
        return found

    def unanswered(self, reminders: Iterable[Reminder]) -> tuple[Reminder, ...]:
        """Leave out what was answered."""
        return tuple(reminder for reminder in reminders if self.of(reminder) is None)

    def why_void(self, rows: Iterable[ReminderRow]) -> dict[str, str]:
        """Tell by key which reminders that wait were answered, and by whom; what a person has sent again goes."""
        waiting = (row.reminder for row in rows if row.state.is_waiting and not row.reminder.repeats)
        return {reminder.key: found.words for reminder in waiting if (found := self.of(reminder))}


def acknowledged_tasks(standings: Standings) -> Acknowledged:
    """Find the tasks of ours that people settled; what only we changed is an echo.

    To whom we gave a task need not be who settled it, and is not named as such.
    """
    ours = {task.key: task.owner for task in standings.tasks}
    settled = [
        replace(each, by=None) if each.by and each.by == ours.get(each.key) else each
        for each in standings.known.acknowledgements
        if not _is_echo(each, standings)
    ]
    places = {entry.condition_id: entry.place for _, entry in standings.rows}
    asked = {_asked_by(each.key): each for each in settled if not each.key.startswith(_SUSPICION)}
    suspicions = {places.get(each.key.removeprefix(_SUSPICION)): each for each in settled}
    return Acknowledged(
        keys=frozenset(each.key for each in settled),
        asked=asked,
        suspicions={place: each for place, each in suspicions.items() if place is not None},
    )


def _is_echo(settled: Acknowledgement, standings: Standings) -> bool:
    if settled.answer not in OURS_TOO:
        return False
    said = any(task.key == settled.key and task.is_cancelled for task in standings.tasks)
    return said or settled.version in standings.logbook.own_versions(settled.source)


def _asked_by(key: str) -> _Asked:
    """Take the patient, recipient and channel out of a reminder's key; of another key nothing is left."""
    parts = key.split("|")
    return (parts[1], parts[2], parts[5]) if len(parts) == _PARTS_OF_A_KEY else ("", "", key)

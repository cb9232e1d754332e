"""After patients were merged, or a merge was taken back: one suspicion per joint, one set of reminders, none lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from horehab.domain.entries import SuspicionEntry, TaskEntry
from horehab.domain.episode import Standing, is_of_another
from horehab.domain.joints import JointSide
from horehab.domain.record import ChartedOssification, ChartedStatus, PatientRecord
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.usecases.exchange import ReminderRow

DOUBLE = "two patients were merged: the other suspicion of this joint goes on"
_UNSENT = (ReminderState.DUE, ReminderState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reunited:
    """One place after a merge: what stands there without the doubles, and the doubles as they are to be withdrawn."""

    standing: Standing
    doubles: tuple[SuspicionEntry, ...] = ()


def as_survivor(known: PatientRecord) -> PatientRecord:
    """Follow up somebody whose new record was not read yet as the person they are: reminders go on meanwhile."""
    return replace(known, patient=replace(known.patient, replaced_by=None))


def reunite(standing: Standing) -> Reunited:
    """Let one suspicion of a joint go on where each of the merged patients had one: the accepted, else the oldest.

    The others are withdrawn if nobody has touched them, which their delivery makes sure of.
    """
    ours = [o for o in standing.ossifications if o.is_ours_and_open]
    others = sorted(ours, key=lambda o: (o.status is ChartedStatus.UNCONFIRMED, o.known_on, o.source))[1:]
    if not others or not any(_is_of_another(o, standing) for o in ours):
        return Reunited(standing=standing)
    doubles = [o for o in others if o.status is ChartedStatus.UNCONFIRMED and standing.written_of(o)]
    ids = {o.condition_id for o in doubles}
    withdrawn = (replace(standing.written[name], is_withdrawn=True, patient=standing.patient) for name in sorted(ids))
    left = replace(
        standing,
        ossifications=tuple(o for o in standing.ossifications if o not in doubles),
        written={name: entry for name, entry in standing.written.items() if name not in ids},
    )
    return Reunited(standing=left, doubles=tuple(withdrawn))


def ask_whose_it_is(standing: Standing, place: JointSide, *, day: date, due: timedelta) -> tuple[TaskEntry, ...]:
    """Ask a person about a suspicion that they decided about and that still stands under a merged patient.

    What a person has set is not changed by us, not even whose it is. Asked once for each.
    """
    astray = [o for o in standing.ossifications if _is_a_persons(o, standing) and _stands_under_another(o, standing)]
    return tuple(
        TaskEntry(
            key=f"{standing.patient}|review-suspicion|{place}|team|task|merged-{o.condition_id}",
            patient=standing.patient,
            rule=ReminderRule.REVIEW_SUSPICION,
            place=place,
            condition_id=None,
            due=day + due,
            authored=day,
            text="This patient was merged with another, and a suspicion that somebody decided about still stands "
            "under the other record: please check whose it is.",
        )
        for o in astray
    )


def under_known_keys(wanted: Iterable[Reminder], rows: Sequence[ReminderRow]) -> tuple[Reminder, ...]:
    """Give each reminder the key under which the same was made for a patient who was merged since, if it was.

    One that was sent, or is just leaving, comes before one that waits, so that it is not sent once more.
    """
    known: dict[tuple[object, ...], ReminderRow] = {}
    for row in sorted(rows, key=lambda row: (row.state in _UNSENT, row.row)):
        if row.state is not ReminderState.CANCELLED:
            known.setdefault(_what(row.reminder), row)
    return tuple(_keyed(reminder, known.get(_what(reminder))) for reminder in wanted)


def _keyed(reminder: Reminder, row: ReminderRow | None) -> Reminder:
    """Keep the key of the row that is there; its own where there is none, or where it is its own anyway."""
    if row is None or row.reminder.key == reminder.key:
        return reminder
    return replace(reminder, keyed_to=row.reminder.keyed_to or row.reminder.patient)


def no_longer_asked(wanted: Sequence[Reminder], rows: Sequence[ReminderRow]) -> tuple[str, ...]:
    """Name the waiting reminders of merged patients that the survivor's own take the place of.

    The calendar is the survivor's alone; a joint is asked about once. What only the other's asked stays.
    """
    keys = {reminder.key for reminder in wanted}
    asked = {(reminder.rule, reminder.place) for reminder in wanted}
    same = {_what(reminder) for reminder in wanted}
    return tuple(
        row.reminder.key
        for row in rows
        if row.state.is_waiting
        and row.reminder.key not in keys
        and (_what(row.reminder) in same or (_was_of_another(row.reminder) and _is_replaced(row.reminder, asked)))
    )


def moved_tasks(patient: str, tasks: Iterable[TaskEntry], *, but: Iterable[TaskEntry]) -> tuple[TaskEntry, ...]:
    """Move the tasks that were given for a merged patient, and still hold, to the survivor; `but` say otherwise."""
    said = {task.key for task in but}
    return tuple(
        replace(task, patient=patient)
        for task in tasks
        if task.patient != patient and not task.is_cancelled and task.key not in said
    )


def _was_of_another(reminder: Reminder) -> bool:
    return reminder.keyed_to not in (None, reminder.patient)


def _is_replaced(reminder: Reminder, asked: set[tuple[ReminderRule, JointSide | None]]) -> bool:
    return reminder.place is None or (reminder.rule, reminder.place) in asked


def _what(reminder: Reminder) -> tuple[object, ...]:
    """Say what a reminder is about, whoever it was made for."""
    return (reminder.rule, reminder.place, reminder.recipient, reminder.channel, reminder.window)


def _is_of_another(charted: ChartedOssification, standing: Standing) -> bool:
    written = standing.written_of(charted)
    return _stands_under_another(charted, standing) or (written is not None and is_of_another(written, standing))


def _stands_under_another(charted: ChartedOssification, standing: Standing) -> bool:
    return charted.patient is not None and charted.patient != standing.patient


def _is_a_persons(charted: ChartedOssification, standing: Standing) -> bool:
    """Say whether it is ours and open, but a person decided about it; what we accepted for them is moved by us."""
    if not charted.is_ours_and_open or charted.status is ChartedStatus.UNCONFIRMED:
        return False
    is_own = charted.version in standing.own_versions.get(charted.source, frozenset())
    return not (is_own and charted.status is ChartedStatus.PROVISIONAL)

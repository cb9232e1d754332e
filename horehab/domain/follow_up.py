"""The follow-up calendar: when joints are to be measured again, and who is asked to look at a suspicion.

Days count from the end of intensive care, or from the first reading where that is not known. Windows are nominal
slots of the calendar, so that looking twice on a day, or a day later, asks for the same thing once.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from horehab.domain.attendance import attendance_reminders
from horehab.domain.follow_up_desk import EMAIL, LEAD, Desk, Slot, To, clamped
from horehab.domain.joints import WATCHED_JOINTS, WATCHED_PLACES, JointSide
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import Attendance, PatientRecord
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.surveillance import surveillance
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.thresholds import Calendar, Rules

_FROM = "from-"
GENTLE = "pain-free range, no forceful stretching"
"""Stands in every request to measure (screens.md)."""


def follow_up(
    record: PatientRecord, verdicts: Iterable[Verdict], rules: Rules, as_of: date, *, zone: str
) -> tuple[Reminder, ...]:
    """Tell what is due for a patient as of a ward day; nothing for a deceased or merged one.

    The current slot of the calendar while it is not yet measured; each joint under watch again within 7 days;
    each suspicion to be reviewed, on the same day when a nerve is in danger, and by the lead when nobody does; joints
    never measured; appointments of those who are followed up, booked, missed, or not logged.
    """
    if record.patient.is_deceased or record.patient.replaced_by is not None:
        return ()
    known = record.as_known_on(as_of)
    desk = Desk(
        patient=record.patient.reference,
        calendar=rules.calendar,
        attendance=rules.attendance,
        as_of=as_of,
        zone=zone,
    )
    asked = [*_calendar(known, rules, desk), *_blind_spots(known, rules, desk)]
    if slot_on(known, rules, as_of) is not None:
        asked += attendance_reminders(known, desk)
    for verdict in verdicts:
        asked += [*_of_verdict(verdict, desk), *_after_improvement(verdict, desk)]
        asked += _imaging_again(known, verdict, desk, rules)
    return tuple(sorted(asked, key=lambda r: (r.due_day, r.key)))


def _of_verdict(verdict: Verdict, desk: Desk) -> list[Reminder]:
    asked = _nerve(verdict, desk) if verdict.red_flags else []
    if verdict.tier is Tier.SUSPECT and not verdict.red_flags:
        since = verdict.since or verdict.as_of
        due = _newest_day(verdict) + timedelta(days=desk.calendar.review_within)
        slot = clamped(f"since-{since}", since, due, verdict.as_of)
        reason = f"Suspicion at the {verdict.place} waits for a clinician's review."
        asked += _reviewed(verdict, slot, desk, reason=reason, escalate_after=desk.calendar.escalate_after)
    if verdict.tier is Tier.WATCH:
        asked.append(_watched(verdict, desk))
    return asked


def _nerve(verdict: Verdict, desk: Desk) -> list[Reminder]:
    """A sign of a nerve in danger is looked at on the same day, whatever else is asked about the joint."""
    newest = _newest_day(verdict, of=verdict.red_flags)
    name = f"nerve-{newest}"
    slot = clamped(name, newest, newest, verdict.as_of)
    words = f"A sign of the nerve at the {verdict.place} waits for review on the same day."
    return _reviewed(verdict, slot, desk, reason=words, escalate_after=desk.calendar.escalate_nerve_after)


def _reviewed(verdict: Verdict, slot: Slot, desk: Desk, *, reason: str, escalate_after: int) -> list[Reminder]:
    """Ask the team to review, and the lead when nobody has done so some days after that was due."""
    rule = ReminderRule.REVIEW_SUSPICION
    later = timedelta(days=escalate_after)
    earliest = (slot.earliest or slot.due) + later
    again = Slot(name=slot.name, start=slot.start, due=slot.due + later, earliest=earliest)
    words = f"Nobody has reviewed the {verdict.place} since {slot.due}."
    to = To(recipient=LEAD, channel=EMAIL)
    return [
        desk.reminder(rule, slot, reason, place=verdict.place),
        desk.reminder(rule, again, words, place=verdict.place, to=to),
    ]


def _watched(verdict: Verdict, desk: Desk) -> Reminder:
    """Ask for another measurement within 7 days of what set the watch off."""
    newest = _newest_day(verdict)
    due = newest + timedelta(days=desk.calendar.after_watch)
    slot = clamped(f"watch-{newest}", newest, due, verdict.as_of)
    reason = f"Measure passive motion of the {verdict.place} and its opposite again: {GENTLE}."
    return desk.reminder(ReminderRule.MEASURE_ROM, slot, reason, place=verdict.place)


def _after_improvement(verdict: Verdict, desk: Desk) -> list[Reminder]:
    """Ask to measure and to consider imaging four months after motion was won back: it can worsen again (R29)."""
    days = [date.fromisoformat(str(r.figure("day"))) for r in verdict.against if r.code == "won-back"]
    measure = f"Four months after improvement, measure the {verdict.place} again: {GENTLE}."
    image = f"Four months after improvement, consider imaging the {verdict.place} again."
    asked = []
    for day in days:
        due = day + timedelta(days=desk.calendar.after_improvement)
        slot = Slot(name=f"improved-{day}", start=day, due=due)
        asked.append(desk.reminder(ReminderRule.MEASURE_ROM, slot, measure, place=verdict.place))
        asked.append(desk.reminder(ReminderRule.REPEAT_IMAGING, slot, image, place=verdict.place))
    return asked


def _imaging_again(record: PatientRecord, verdict: Verdict, desk: Desk, rules: Rules) -> list[Reminder]:
    """Early imaging can be negative and wrong: while a suspicion stands, ask about imaging it again (R20)."""
    if verdict.tier is not Tier.SUSPECT or verdict.since is None:
        return []
    taken = [image.when.day for image in record.images if image.when.day >= verdict.since]
    if not taken:
        return []
    due = max(taken) + timedelta(weeks=rules.steps.reimage_until_week)
    slot = Slot(name=f"imaged-{max(taken)}", start=max(taken), due=due)
    words = (
        f"If imaging of the {verdict.place} was negative, consider repeating it: early imaging can be negative too."
    )
    return [desk.reminder(ReminderRule.REPEAT_IMAGING, slot, words, place=verdict.place)]


def _newest_day(verdict: Verdict, *, of: Sequence[Reason] | None = None) -> date:
    days = [
        date.fromisoformat(str(value))
        for reason in (of if of is not None else (*verdict.reasons, *verdict.red_flags))
        for name, value in reason.figures
        if name == "day"
    ]
    return max(days, default=verdict.as_of)


def _calendar(record: PatientRecord, rules: Rules, desk: Desk) -> list[Reminder]:
    slot = slot_on(record, rules, desk.as_of)
    if slot is None or any(day >= slot.start for day in measured_days(record)):
        return []
    rule = ReminderRule.FOLLOW_UP_VISIT if slot.is_visit else ReminderRule.MEASURE_ROM
    return [desk.reminder(rule, slot, f"Measure passive motion of hips, shoulders, knees and elbows: {GENTLE}.")]


def _blind_spots(record: PatientRecord, rules: Rules, desk: Desk) -> list[Reminder]:
    """Ask once for the joints of a patient under surveillance that nobody has ever measured passively."""
    slot = slot_on(record, rules, desk.as_of)
    never = never_measured(record)
    if slot is None or not never or len(never) == len(WATCHED_PLACES):
        return []
    blind = Slot(name="never-measured", start=slot.start, due=slot.due)
    words = f"Never measured passively: {', '.join(str(place) for place in never)}. {GENTLE.capitalize()}."
    return [desk.reminder(ReminderRule.MEASURE_ROM, blind, words)]


def never_measured(record: PatientRecord) -> tuple[JointSide, ...]:
    """List the watched joints without any passive reading, in the order of the caseload."""
    seen = {r.place for r in record.readings if r.mode is Mode.PASSIVE}
    return tuple(place for place in WATCHED_PLACES if place not in seen)


def measured_days(record: PatientRecord) -> tuple[date, ...]:
    """List the ward days on which any watched joint was measured passively, in order."""
    watched = (r for r in record.readings if r.mode is Mode.PASSIVE and r.joint in WATCHED_JOINTS)
    return tuple(sorted({r.when.day for r in watched}))


def overdue_since(record: PatientRecord, rules: Rules, as_of: date) -> date | None:
    """Say since when the calendar's measurement is overdue: the due day of the first slot since the last measurement.

    None while none is overdue, and for whom none is asked for.
    """
    if record.patient.is_deceased:
        return None
    last = max(measured_days(record), default=None)
    missed = (slot for slot in _slots(record, rules, as_of) if last is None or last < slot.start)
    return next((slot.due for slot in missed if slot.due < as_of), None)


def slot_on(record: PatientRecord, rules: Rules, as_of: date) -> Slot | None:
    """Find the slot of the calendar that a ward day falls into; None outside the calendar."""
    slots = _slots(record, rules, as_of)
    return slots[-1] if slots else None


def calendar_windows(record: PatientRecord, rules: Rules, as_of: date) -> frozenset[str]:
    """Name the slots of the calendar that have begun by a ward day, as it stands now."""
    return frozenset(slot.name for slot in _slots(record, rules, as_of))


def is_of_the_calendar(reminder: Reminder) -> bool:
    """Whether a reminder is one of the calendar's own slots."""
    return reminder.place is None and reminder.window.startswith(_FROM)


def _slots(record: PatientRecord, rules: Rules, as_of: date) -> Sequence[Slot]:
    """List the slots that have begun by a ward day, the last being the current one; none after the calendar's end.

    A slot is named by its nominal first day, which moves only when the chart moves the end of intensive care.
    """
    start = _start(record, rules, as_of)
    if start is None or (as_of - start).days > rules.calendar.last_visit + rules.calendar.expires_after:
        return ()
    begun = []
    for opens, due, is_visit in _offsets(rules.calendar, is_inpatient=_is_inpatient(record, start, as_of)):
        first = start + timedelta(days=opens)
        if first > as_of:
            break
        begun.append(Slot(name=f"{_FROM}{first}", start=first, due=start + timedelta(days=due), is_visit=is_visit))
    return begun


def _offsets(calendar: Calendar, *, is_inpatient: bool) -> Iterable[tuple[int, int, bool]]:
    """Give first day, due day and is-a-visit of each slot: weekly in hospital, two-weekly, monthly, once more."""
    day = 0
    step = calendar.inpatient_every if is_inpatient else calendar.biweekly_every
    while day < calendar.biweekly_until:
        yield day, day + step, False
        day += step
    while day < calendar.monthly_until:
        yield day, day + calendar.monthly_every, True
        day += calendar.monthly_every
    yield day, calendar.last_visit, True


def _start(record: PatientRecord, rules: Rules, as_of: date) -> date | None:
    """Count from the end of intensive care; where no exposure is known, from the first passive reading."""
    watched = surveillance(record, rules, as_of)
    if watched.is_exposure_known:
        return watched.start
    return min(measured_days(record), default=None)


def _is_inpatient(record: PatientRecord, start: date, as_of: date) -> bool:
    """Take a patient as still in hospital until they went home, or had an appointment, since the calendar began."""
    return not any(
        start <= v.when.day <= as_of and v.attendance is not Attendance.CANCELLED for v in record.visits
    )  # fmt: skip

"""The follow-up calendar: when joints are to be measured again, and who is asked to look at a suspicion.

Days count from the end of intensive care, or from the first reading where that is not known. Windows are nominal
slots of the calendar, so that looking twice on a day, or a day later, asks for the same thing once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from horehab.domain.joints import WATCHED_JOINTS, WATCHED_PLACES, JointSide
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import PatientRecord
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.surveillance import surveillance
from horehab.domain.suspicion import Tier, Verdict
from horehab.domain.thresholds import Calendar, Rules

GENTLE = "pain-free range, no forceful stretching"
"""Stands in every request to measure (screens.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One nominal slot of the calendar: its name, first day and due day; `is_visit` from the monthly ones on."""

    name: str
    start: date
    due: date
    is_visit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """For whom, when and where reminders are made."""

    patient: str
    calendar: Calendar
    as_of: date
    zone: str

    def reminder(self, rule: ReminderRule, slot: Slot, reason: str, *, place: JointSide | None = None) -> Reminder:
        return Reminder(
            patient=self.patient,
            rule=rule,
            place=place,
            recipient="team",
            channel="email" if place is None else "task",
            window=slot.name,
            due_day=slot.due,
            due_time=time(self.calendar.due_hour),
            zone=self.zone,
            void_after=slot.due + timedelta(days=self.calendar.expires_after),
            reason=reason,
        )


def follow_up(
    record: PatientRecord, verdicts: Iterable[Verdict], rules: Rules, as_of: date, *, zone: str
) -> tuple[Reminder, ...]:
    """Tell what is due for a patient as of a ward day; nothing for a deceased or merged one.

    The current slot of the calendar while it is not yet measured; each joint under watch again within 7 days;
    each suspicion to be reviewed, on the same day when a nerve is in danger; joints never measured.
    """
    if record.patient.is_deceased or record.patient.replaced_by is not None:
        return ()
    known = record.as_known_on(as_of)
    desk = _Desk(patient=record.patient.reference, calendar=rules.calendar, as_of=as_of, zone=zone)
    asked = [*_calendar(known, rules, desk), *_blind_spots(known, rules, desk)]
    for verdict in verdicts:
        asked += [*_of_verdict(verdict, desk), *_after_improvement(verdict, desk)]
        asked += _imaging_again(known, verdict, desk, rules)
    return tuple(sorted(asked, key=lambda r: (r.due_day, r.key)))


def _of_verdict(verdict: Verdict, desk: _Desk) -> list[Reminder]:
    if verdict.tier is Tier.SUSPECT:
        since = verdict.since or verdict.as_of
        days = 0 if verdict.red_flags else desk.calendar.review_within
        newest = _newest_day(verdict)
        due = max(newest + timedelta(days=days), verdict.as_of)
        slot = Slot(name=f"since-{since}", start=since, due=due)
        reason = f"Suspicion at the {verdict.place} waits for a clinician's review."
        return [desk.reminder(ReminderRule.REVIEW_SUSPICION, slot, reason, place=verdict.place)]
    if verdict.tier is Tier.WATCH:
        return _watched(verdict, desk)
    return []


def _watched(verdict: Verdict, desk: _Desk) -> list[Reminder]:
    """Ask for another measurement within 7 days of what set the watch off; a nerve flag is looked at today."""
    newest = _newest_day(verdict)
    due = max(newest + timedelta(days=desk.calendar.after_watch), verdict.as_of)
    slot = Slot(name=f"watch-{newest}", start=newest, due=due)
    reason = f"Measure passive motion of the {verdict.place} and its opposite again: {GENTLE}."
    asked = [desk.reminder(ReminderRule.MEASURE_ROM, slot, reason, place=verdict.place)]
    if verdict.red_flags:
        today = Slot(name=f"nerve-{newest}", start=newest, due=verdict.as_of)
        words = f"A sign of the nerve at the {verdict.place} waits for review on the same day."
        asked.append(desk.reminder(ReminderRule.REVIEW_SUSPICION, today, words, place=verdict.place))
    return asked


def _after_improvement(verdict: Verdict, desk: _Desk) -> list[Reminder]:
    """Ask to measure again four months after motion was won back: it can worsen once more (R29)."""
    days = [date.fromisoformat(str(r.figure("day"))) for r in verdict.against if r.code == "won-back"]
    due = [day + timedelta(days=desk.calendar.after_improvement) for day in days]
    words = f"Four months after improvement, measure the {verdict.place} again: {GENTLE}."
    slots = [Slot(name=f"improved-{day}", start=day, due=then) for day, then in zip(days, due, strict=True)]
    return [desk.reminder(ReminderRule.MEASURE_ROM, slot, words, place=verdict.place) for slot in slots]


def _imaging_again(record: PatientRecord, verdict: Verdict, desk: _Desk, rules: Rules) -> list[Reminder]:
    """Early imaging can be negative and wrong: while a suspicion stands, ask about imaging it again (R20)."""
    if verdict.tier is not Tier.SUSPECT or verdict.since is None:
        return []
    taken = [image.when.day for image in record.images if image.when.day >= verdict.since]
    if not taken:
        return []
    due = max(taken) + timedelta(weeks=rules.steps.reimage_until_week)
    slot = Slot(name=f"imaged-{max(taken)}", start=max(taken), due=due)
    words = f"If imaging of the {verdict.place} was negative, consider repeating it: early imaging can be."
    return [desk.reminder(ReminderRule.REPEAT_IMAGING, slot, words, place=verdict.place)]


def _newest_day(verdict: Verdict) -> date:
    days = [
        date.fromisoformat(str(value))
        for reason in (*verdict.reasons, *verdict.red_flags)
        for name, value in reason.figures
        if name == "day"
    ]
    return max(days, default=verdict.as_of)


def _calendar(record: PatientRecord, rules: Rules, desk: _Desk) -> list[Reminder]:
    slot = slot_on(record, rules, desk.as_of)
    if slot is None or any(day >= slot.start for day in measured_days(record)):
        return []
    rule = ReminderRule.FOLLOW_UP_VISIT if slot.is_visit else ReminderRule.MEASURE_ROM
    return [desk.reminder(rule, slot, f"Measure passive motion of hips, shoulders, knees and elbows: {GENTLE}.")]


def _blind_spots(record: PatientRecord, rules: Rules, desk: _Desk) -> list[Reminder]:
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


def overdue_days(record: PatientRecord, rules: Rules, as_of: date) -> int | None:
    """Say by how many days the calendar's measurement is overdue: 0 when none is, None when none is asked for."""
    known = record.as_known_on(as_of)
    slots = _slots(known, rules, as_of)
    if record.patient.is_deceased or not slots:
        return None
    last = max(measured_days(known), default=None)
    missed = [slot.due for slot in slots if slot.due < as_of and (last is None or last < slot.start)]
    return (as_of - missed[0]).days if missed else 0


def slot_on(record: PatientRecord, rules: Rules, as_of: date) -> Slot | None:
    """Find the slot of the calendar that a ward day falls into; None outside the calendar."""
    slots = _slots(record, rules, as_of)
    return slots[-1] if slots else None


def _slots(record: PatientRecord, rules: Rules, as_of: date) -> Sequence[Slot]:
    """List the slots that have begun by a ward day, the last being the current one; none after the calendar's end.

    A slot is named by its nominal first day, which moves only when the chart moves the end of intensive care.
    """
    start = _start(record, rules, as_of)
    if start is None or (as_of - start).days > rules.calendar.last_visit + rules.calendar.expires_after:
        return ()
    begun = []
    for opens, due, is_visit in _offsets(rules.calendar, is_inpatient=_is_inpatient(record, as_of)):
        first = start + timedelta(days=opens)
        if first > as_of:
            break
        begun.append(Slot(name=f"from-{first}", start=first, due=start + timedelta(days=due), is_visit=is_visit))
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


def _is_inpatient(record: PatientRecord, as_of: date) -> bool:
    """Take a patient as still in hospital while no visit as an outpatient is booked or was made."""
    return not any(v.when.day <= as_of for v in record.visits)

"""A week of reminders of a simulated ward: how many for each patient and each therapist a day, and when.

`python -m benchmarks.reminder_week` puts patients at all stages after intensive care into a store, with weekly
measurements, appointments kept, missed and to come, and lets the clock tower's work be done every hour
for seven days: review each morning, digests, reminders through the real post office. It prints a table by day, and
fails when a message went in the quiet hours of whoever got it. Everything is synthetic.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from horehab.clock import SetClock
from horehab.domain.exposure import Exposure, ExposureKind
from horehab.domain.joints import Joint, Motion, Side
from horehab.domain.moment import Moment, local_moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.recipient import ContactWay, Medium, QuietHours
from horehab.domain.record import Attendance, Fact, Patient, Visit
from horehab.domain.reminder import ReminderState
from horehab.settings import Settings
from horehab.usecases.contacts import StaffContact
from horehab.usecases.daily_digest import ask_for_digests
from horehab.usecases.decide_reminder import release_reminders
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.find_contact import ContactPolicy
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Ports, Receipt
from horehab.usecases.review_joints import review_joints
from horehab.usecases.send_reminders import send_reminders
from horehab.wiring import opened_ports
from scheduler.postboxes.office import Office, Site
from scheduler.texts import read_texts

ZONE = ZoneInfo("Europe/Madrid")
MONDAY = date(2026, 6, 1)
DAYS = 7
QUIET = QuietHours(start=time(21), end=time(8))
_TICK = timedelta(hours=1)
_JOINTS = (Joint.HIP, Joint.KNEE, Joint.ELBOW)
_STAFF = 10
_BOOKED, _CAME = 0.6, 0.56  # share of patients with an appointment; attendance in the literature is 41-47 %
_LONGEST_AFTER = 360  # days since intensive care of the patient who is furthest on


@dataclass(slots=True, kw_only=True)
class Carrier:
    """Takes every letter, and notes to whom it went and when on the recipient's clock."""

    clock: SetClock
    deduplicates: bool = True
    carried: list[tuple[str, date, time, Medium]] = field(default_factory=list)

    def carry(self, letter: Letter) -> Receipt:
        """Take one letter."""
        local = self.clock.now().astimezone(ZONE)
        self.carried.append((letter.address, local.date(), local.time(), letter.medium))
        return Receipt(state=ReminderState.SENT, detail="taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What went out in the week: address, day, time and medium of each message; and how the ledger stands."""

    carried: tuple[tuple[str, date, time, Medium], ...]
    listed: Counter[str]
    states: Counter[str]
    patients: int
    staff: int

    def in_quiet_hours(self) -> int:
        """Count the messages that went while whoever got them was to be left in peace."""
        return sum(at >= QUIET.start or at < QUIET.end for _, _, at, _ in self.carried)

    def of_day(self, day: date, *, is_staff: bool) -> Counter[str]:
        """Count the messages of one day by address."""
        return Counter(
            address for address, sent, _, _ in self.carried if sent == day and address.startswith("staff") is is_staff
        )


def main() -> int:
    """Simulate the week and print it; 1 when a message went in quiet hours."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reminder_week", description=__doc__)
    parser.add_argument("--patients", type=int, default=200, help="how many patients (200)")
    parser.add_argument("--seed", type=int, default=1, help="the dice of the ward (1)")
    asked = parser.parse_args()
    week = simulate(asked.patients, asked.seed)
    print("\n".join(table(week)))
    return int(bool(week.in_quiet_hours()))


def simulate(patients: int, seed: int) -> Week:
    """Let a week go by on a ward of so many patients."""
    with tempfile.TemporaryDirectory(prefix="horehab-week-") as folder:
        settings = Settings(database_url=f"sqlite:///{folder}/horehab.sqlite3", time_zone=ZONE.key)
        clock = SetClock(zone=ZONE, instant=datetime.combine(MONDAY, time(), ZONE))
        with opened_ports(settings, clock=clock) as ports:
            _open_ward(ports, patients, Random(seed))
            carrier = Carrier(clock=clock)
            office = _office(ports, carrier)
            for step in range(DAYS * 24):
                if step % 24 == 0:
                    _review(ports)
                ask_for_digests(ports, office.policy)
                send_reminders(ports, office)
                clock.advance(_TICK)
            rows = ports.logbook.reminders()
    done = [row for row in rows if row.state is ReminderState.SENT]
    return Week(
        carried=tuple(carrier.carried),
        listed=Counter(row.reminder.channel for row in done if row.reminder.channel in ("call", "letter", "task")),
        states=Counter(row.state.value for row in rows),
        patients=patients,
        staff=_STAFF,
    )


def table(week: Week) -> list[str]:
    """Write the week as a table: messages by day, for each patient and each therapist."""
    lines = [
        f"{week.patients} patients, {week.staff} therapists, quiet from {QUIET.start:%H:%M} to {QUIET.end:%H:%M}.",
        "",
        "| day | to patients | each | most | to therapists | each | most | earliest | latest |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [_line(week, MONDAY + timedelta(days=number)) for number in range(DAYS)]
    states = ", ".join(f"{count} {state}" for state, count in sorted(week.states.items()))
    lists = ", ".join(f"{count} {channel}" for channel, count in sorted(week.listed.items())) or "none"
    lines += ["", f"- reminders in the ledger: {states}", f"- on lists: {lists}"]
    return [*lines, f"- in quiet hours: {week.in_quiet_hours()} of {len(week.carried)} messages"]


def _line(week: Week, day: date) -> str:
    patients, staff = (week.of_day(day, is_staff=is_staff) for is_staff in (False, True))
    times = [at for _, sent, at, _ in week.carried if sent == day]
    shown = [f"{min(times):%H:%M}", f"{max(times):%H:%M}"] if times else ["-", "-"]
    cells = []
    for sent, heads in ((patients, week.patients), (staff, week.staff)):
        cells += [str(sent.total()), f"{sent.total() / heads:.2f}", str(max(sent.values(), default=0))]
    return f"| {day:%a} {day} | {' | '.join([*cells, *shown])} |"


def _office(ports: Ports, carrier: Carrier) -> Office:
    return Office(
        ports=ports,
        policy=ContactPolicy(quiet=QUIET, is_consent_assumed=True),
        texts=read_texts(""),
        site=Site(clinic="Clinic", phone="+34 900 000 000"),
        carriers={Medium.SMS: carrier, Medium.EMAIL: carrier},
    )


def _open_ward(ports: Ports, patients: int, dice: Random) -> None:
    items = [item for number in range(patients) for item in _chart_of(number, dice)]
    ports.logbook.keep(ChartPage(kind="Observation", items=tuple(items), is_last=True), now=ports.clock.now())
    for number in range(_STAFF):
        ports.logbook.contacts.set_staff(StaffContact(name=f"t{number}", email=f"staff{number}@ward.example"))
    release_reminders(ports, who="simulation")


def _review(ports: Ports) -> None:
    reviews = review_joints(ports, as_of=ports.clock.today())
    ports.logbook.finish_pass(marks={}, reviews=reviews, now=ports.clock.now(), problems=())


def _chart_of(number: int, dice: Random) -> Iterator[ChartItem]:
    """Make one patient: identity and number, a stay in intensive care, weekly measurements, appointments."""
    reference = f"Patient/p{number}"
    way = ContactWay(system="phone", use="mobile", value=f"+34600{number:06d}")
    patient = Patient(reference=reference, name=f"Patient {number}", language="es", ways=(way,))
    yield ChartItem(reference=reference, version="1", patient=reference, identity=patient)
    for fact in _facts(number, dice):
        source = fact.source
        yield ChartItem(reference=source, version="1", patient=reference, source=b"{}", facts=(fact,))


def _facts(number: int, dice: Random) -> Iterator[Fact]:
    out = MONDAY - timedelta(days=dice.randint(7, _LONGEST_AFTER))
    yield Exposure(
        source=f"Encounter/icu-{number}",
        kind=ExposureKind.ICU_STAY,
        start=_at(out - timedelta(days=dice.randint(5, 40))),
        end=_at(out),
        known_on=out,
    )
    for week in range(min((MONDAY - out).days // 7, 12)):
        day = out + timedelta(days=7 * week + dice.randint(0, 2))
        for joint in _JOINTS:
            yield Reading(
                source=f"Observation/{number}-{week}-{joint.value}",
                joint=joint,
                side=dice.choice((Side.LEFT, Side.RIGHT)),
                motion=Motion.FLEXION,
                mode=Mode.PASSIVE,
                degrees=float(min(90 + 2 * week + dice.randint(-4, 4), 130)),
                when=_at(day),
                known_on=day,
            )
    for visit, ahead in enumerate((-9, -2, dice.randint(1, 8))):
        day = MONDAY + timedelta(days=ahead)
        past = (Attendance.ATTENDED, Attendance.MISSED)
        attendance = Attendance.BOOKED if ahead > 0 else dice.choices(past, weights=(_CAME, 1 - _CAME))[0]
        if ahead < 0 or dice.random() < _BOOKED:
            source = f"Appointment/{number}-{visit}"
            yield Visit(source=source, attendance=attendance, when=_at(day), known_on=min(day, MONDAY))


def _at(day: date) -> Moment:
    return local_moment(day, time(10), ZONE)


if __name__ == "__main__":
    raise SystemExit(main())

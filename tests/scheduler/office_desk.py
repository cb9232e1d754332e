"""The post office of a ward with one patient, over a real store, with carriers that keep what they are given."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from horehab.clock import SetClock
from horehab.domain.recipient import ContactWay, Medium, QuietHours
from horehab.domain.record import Patient
from horehab.domain.reminder import Reminder, ReminderState
from horehab.rules import load_rules
from horehab.store import open_logbook
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.find_contact import ContactPolicy
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Ports, Receipt
from scheduler.postboxes.office import Office, Site
from scheduler.texts import read_texts
from tests.web.ward import SilentChart

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 3, 30, 10, tzinfo=UTC)
SLEEP = QuietHours(start=time(21), end=time(8))
ANA = "Patient/7"
WAYS = (
    ContactWay(system="phone", value="600 000 001", use="mobile", rank=1),
    ContactWay(system="email", value="ana@home.example", rank=2),
)


@dataclass(slots=True)
class Bag:
    """A carrier that keeps what it is given and answers as it is told; it passes the carriers' contract by hand."""

    answer: Receipt = field(default_factory=lambda: Receipt(state=ReminderState.SENT, detail="taken"))
    letters: list[Letter] = field(default_factory=list)
    deduplicates: bool = False

    def carry(self, letter: Letter) -> Receipt:
        self.letters.append(letter)
        return self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The office of a ward with one patient who is reached by SMS first, then by mail."""

    ports: Ports
    clock: SetClock
    sms: Bag
    mail: Bag
    office: Office

    def consent(self, *, is_given: bool = True) -> None:
        self.ports.logbook.contacts.record_consent(ANA, is_given=is_given, who="ruiz", now=self.clock.now())

    def put(self, *reminders: Reminder) -> None:
        self.ports.logbook.log(patient=ANA, entries=(), reminders=reminders, now=self.clock.now())


@contextmanager
def opened_desk(database: Path) -> Iterator[Desk]:
    """Open the office over a database that has its tables already."""
    clock = SetClock(zone=MADRID, instant=NOON)
    logbook = open_logbook(f"sqlite:///{database}", zone=MADRID)
    identity = Patient(reference=ANA, language="es", ways=WAYS)
    item = ChartItem(reference=ANA, version="1", patient=ANA, identity=identity)
    logbook.keep(ChartPage(kind="Patient", items=(item,), mark=""), now=NOON)
    ports = Ports(
        chart=SilentChart(),
        logbook=logbook, clock=clock, rules=load_rules(""), zone="Europe/Madrid", may_write=True, may_write_past=True,
    )  # fmt: skip
    sms, mail = Bag(), Bag()
    office = Office(
        ports=ports,
        policy=ContactPolicy(quiet=SLEEP, prefix="+34", team_email="team@ward.example"),
        texts=read_texts(),
        site=Site(clinic="Clinica", phone="+34910000000"),
        carriers={Medium.SMS: sms, Medium.EMAIL: mail},
    )
    yield Desk(ports=ports, clock=clock, sms=sms, mail=mail, office=office)
    logbook.close()

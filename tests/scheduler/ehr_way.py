"""The EHR's own messenger as a scheduler has it: over a real store, and a real FHIR server that may have faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copy

from horehab.domain.record import Patient
from horehab.settings import Settings
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Ports, Receipt
from horehab.wiring import opened_ports
from scheduler.postboxes.ehr import EhrPostbox
from tests.scheduler.letters import CLOCK, REMINDER


@dataclass(frozen=True, slots=True, kw_only=True)
class InStep:
    """The messenger with the tick that keeps step: what it put down is delivered, and then it is looked at again."""

    ports: Ports

    @property
    def deduplicates(self) -> bool:
        return EhrPostbox(ports=self.ports).deduplicates

    def carry(self, letter: Letter) -> Receipt:
        postbox = EhrPostbox(ports=self.ports)
        first = postbox.carry(letter)
        if first.is_tried:
            return first
        deliver_entries(self.ports)
        return postbox.carry(letter)


@contextmanager
def messenger(tables: Path, *, database: Path, url: str) -> Iterator[InStep]:
    """Open it before the FHIR server at `url`, for a patient to whom the letters of the contract are due."""
    copy(tables, database)
    settings = Settings(fhir_url=url, database_url=f"sqlite:///{database}", time_zone="Europe/Madrid")
    with opened_ports(settings, clock=CLOCK) as ports:
        who, now = REMINDER.patient, CLOCK.now()
        item = ChartItem(reference=who, version="1", patient=who, identity=Patient(reference=who))
        ports.logbook.keep(ChartPage(kind="Patient", items=(item,), mark=""), now=now)
        due = (REMINDER, replace(REMINDER, window="2026-W15"))
        ports.logbook.log(patient=who, entries=(), reminders=due, now=now)
        yield InStep(ports=ports)

"""A synthetic patient with a left hip that worsens, and ports over a real SQLite store that holds them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from shutil import copy
from zoneinfo import ZoneInfo

from horehab.clock import SetClock
from horehab.domain.entries import ChartEntry, Delivery, Outcome
from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.local_code import LocalCode
from horehab.domain.moment import Moment, local_moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import Fact, Patient
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, PainRating
from horehab.errors import EhrUnavailable
from horehab.rules import load_rules
from horehab.store import SqlLogbook, adopt, open_logbook
from horehab.usecases.chart_copy import Copies
from horehab.usecases.conflict_queue import Sweep
from horehab.usecases.exchange import ChartItem, ChartPage, Choice, Unreadable
from horehab.usecases.local_codes import Understanding
from horehab.usecases.ports import Held, Ports
from horehab.usecases.review_joints import review_joints

ZONE = ZoneInfo("Europe/Madrid")
TODAY = date(2026, 5, 20)
STORE = "ward.sqlite3"
LEFT_HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
ANA = Patient(
    reference="Patient/ana", name="Ana Prueba", birth_date="1962-03-04", record_number="HC-1001", sex="female"
)
BEN = Patient(
    reference="Patient/ben", name="Ben Ejemplo", birth_date="1950-11-30", record_number="HC-1002", sex="male"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentChart:
    """An EHR that is down: pages must work without it."""

    address: str = "https://ehr.example/fhir"

    def changes(self, marks: Mapping[str, str]) -> Iterator[ChartPage]:
        del marks
        return iter(())

    def vanished(self, marks: Mapping[str, str], held: Held) -> Iterator[ChartPage]:
        del marks, held
        return iter(())

    def read_again(self, reference: str, source: bytes) -> ChartItem:
        del source
        return ChartItem(reference=reference, version="1", patient=None)

    def understanding(self) -> Understanding:
        return Understanding(reader="silent")

    def codes_of_file(self) -> Mapping[LocalCode, str]:
        return {}

    def deliver(self, entry: ChartEntry, *, own_versions: frozenset[str], target: str | None) -> Delivery:
        del entry, own_versions, target
        return Delivery(outcome=Outcome.LATER, detail="down")

    def end_doubles(
        self, entries: Sequence[ChartEntry], own_versions: Callable[[str], frozenset[str]]
    ) -> Iterator[Sweep]:
        del entries, own_versions
        return iter(())

    @property
    def copies(self) -> Copies:
        raise EhrUnavailable("The EHR is down.")

    def inspect(self) -> Sequence[Choice]:
        return ()


def at(day: date) -> Moment:
    return local_moment(day, time(10), ZONE)


def hip_that_worsens(*, until: date = TODAY) -> list[Fact]:
    """Twelve weekly visits: recovery for six, then flexion and rotations fall; pain rises, ALP too."""
    start = until - timedelta(days=84)
    facts: list[Fact] = list(_exposures(start))
    falls = {
        Motion.FLEXION: [88, 95, 101, 106, 110, 112, 112, 104, 97, 90, 84, 78],
        Motion.EXTENSION: [-2, 0, 2, 4, 6, 8, 8, 6, 3, 0, -4, -6],
        Motion.ABDUCTION: [24, 28, 31, 34, 37, 38, 38, 34, 29, 25, 21, 18],
        Motion.INTERNAL_ROTATION: [16, 19, 22, 25, 27, 29, 28, 20, 15, 10, 6, 2],
    }
    for week in range(12):
        day = start + timedelta(days=7 * week)
        for motion, series in falls.items():
            facts.append(reading(f"Observation/lh-{motion.name}-{week}", LEFT_HIP, motion, series[week], day))
        active = falls[Motion.FLEXION][week] - 9
        facts.append(reading(f"Observation/lha-{week}", LEFT_HIP, Motion.FLEXION, active, day, mode=Mode.ACTIVE))
        facts.append(reading(f"Observation/rh-{week}", LEFT_HIP.opposite, Motion.FLEXION, 90 + 2 * week, day))
        facts.append(_session(week, day))
    facts += _pains(start)
    facts += _labs(start)
    return facts


def reading(
    source: str, place: JointSide, motion: Motion, degrees: float, day: date, *, mode: Mode = Mode.PASSIVE
) -> Reading:
    return Reading(
        source=source, joint=place.joint, side=place.side, motion=motion, mode=mode, degrees=degrees, when=at(day),
        known_on=day, rater="Practitioner/ruiz", device="goniometer", position="supine",
    )  # fmt: skip


def _exposures(start: date) -> Iterable[Fact]:
    admitted = start - timedelta(days=38)
    spans = (
        (ExposureKind.ICU_STAY, 0, 31),
        (ExposureKind.VENTILATION, 1, 27),
        (ExposureKind.PRONE, 3, 9),
        (ExposureKind.SEDATION, 1, 22),
    )
    for kind, begin, end in spans:
        yield Exposure(
            source=f"Procedure/{kind.name}",
            kind=kind,
            start=at(admitted + timedelta(days=begin)),
            end=at(admitted + timedelta(days=end)),
            known_on=admitted + timedelta(days=end),
        )
    yield Background(
        source="Condition/dvt",
        kind=BackgroundKind.DEEP_VEIN_THROMBOSIS,
        text="Deep vein thrombosis, left femoral",
        start=at(start),
        known_on=start,
    )


def _session(week: int, day: date) -> Session:
    return Session(
        source=f"Procedure/s{week}",
        kind=SessionKind.PASSIVE_MOBILIZATION if week % 2 else SessionKind.WALKING,
        status=SessionStatus.NOT_DONE if week == 4 else SessionStatus.COMPLETED,
        when=at(day),
        known_on=day,
        minutes=None if week == 4 else 40,
        mobility_level=min(10, 3 + week // 2),
        reason_not_done="Fever" if week == 4 else None,
    )


def _pains(start: date) -> list[Fact]:
    scores = [2, 2, 3, 2, 2, 3, 4, 5, 6, 6, 7, 7]
    return [
        PainRating(
            source=f"Observation/pain{week}",
            score=score,
            occasion=PainOccasion.MOVEMENT,
            place=LEFT_HIP,
            when=at(start + timedelta(days=7 * week)),
            known_on=start + timedelta(days=7 * week),
        )
        for week, score in enumerate(scores)
    ]


def _labs(start: date) -> list[Fact]:
    values = [98, 104, 140, 178, 201]
    return [
        LabResult(
            source=f"Observation/alp{index}",
            analyte=Analyte.ALKALINE_PHOSPHATASE,
            value=value,
            unit="U/L",
            upper_limit=126,
            when=at(start + timedelta(days=18 * index)),
            known_on=start + timedelta(days=18 * index),
        )
        for index, value in enumerate(values)
    ]


def items_of(patient: Patient, facts: Iterable[Fact]) -> list[ChartItem]:
    items = [ChartItem(reference=patient.reference, version="1", patient=patient.reference, identity=patient)]
    items += [
        ChartItem(
            reference=fact.source.partition("#")[0],
            version="1",
            patient=patient.reference,
            source=b'{"synthetic": true}',
            facts=(fact,),
        )
        for fact in facts
    ]
    return items


def broken_item() -> ChartItem:
    return ChartItem(
        reference="Observation/broken",
        version="1",
        patient=BEN.reference,
        source=b'{"broken": true}',
        unreadable=(Unreadable(code="no-unit", path="valueQuantity.code", detail="The angle has no unit."),),
    )


def open_ward(folder: Path, *, today: date = TODAY) -> Ports:
    """Open ports over the SQLite store in a folder, on a day of the ward."""
    clock = SetClock(zone=ZONE, instant=datetime(today.year, today.month, today.day, 10, tzinfo=UTC))
    return Ports(
        chart=SilentChart(),
        logbook=open_logbook(f"sqlite:///{folder / STORE}", zone=ZONE),
        clock=clock,
        rules=load_rules(),
        zone="Europe/Madrid",
        may_write=True,
        may_write_past=True,
    )


def copy_ward(filled: Path, folder: Path, *, address: str = "http://127.0.0.1:8765/fhir") -> str:
    """Copy the filled store as an installation of its own, bound to a server; gives its database address."""
    folder.mkdir(exist_ok=True)
    if not (folder / STORE).exists():
        copy(filled, folder / STORE)
        adopt(f"sqlite:///{folder / STORE}", address=address)
    return f"sqlite:///{folder / STORE}"


def close(ports: Ports) -> None:
    """Close the store again."""
    assert isinstance(ports.logbook, SqlLogbook)
    ports.logbook.close()


def let_pass(ports: Ports, step: timedelta) -> None:
    """Let time pass on the clock that the tests set."""
    assert isinstance(ports.clock, SetClock)
    ports.clock.advance(step)


def ward_items(today: date = TODAY) -> list[ChartItem]:
    """Ana with a hip that worsens, Ben who was never measured, and one resource that cannot be read."""
    return [*items_of(ANA, hip_that_worsens(until=today)), *items_of(BEN, ()), broken_item()]


def filled_store(folder: Path) -> Path:
    """Fill a store with the ward for all tests; each test works on its own copy."""
    ports = open_ward(folder)
    fill(ports, ward_items())
    close(ports)
    return folder / STORE


def fill(ports: Ports, items: Iterable[ChartItem]) -> None:
    """Keep items as if read from the EHR, review, and close the pass."""
    now = ports.clock.now()
    ports.logbook.keep(ChartPage(kind="Observation", items=tuple(items), is_last=True), now=now)
    reviews = review_joints(ports, as_of=ports.clock.today())
    ports.logbook.finish_pass(marks={}, reviews=reviews, now=now, problems=())

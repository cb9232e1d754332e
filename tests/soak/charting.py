"""A ward that never stops: readings come late, are amended, withdrawn and deleted; hips stiffen, some by mistake."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Self

from horehab.sandbox import SandboxStore
from tests.soak.hurry import FastClock

Resource = dict[str, Any]

FIRST_DAY = date(2026, 3, 2)
AS_OF = date(2026, 3, 31)
"""The day as of which every pass reviews: after the last visit of every story."""

_LATEST = 120.0
"""Seconds by which a transaction may become visible after its lastUpdated (fhir.md, section 3)."""

_HIP = ("41320-3", "287679003")
_SHOULDER = ("41316-1", "91774008")
_FALL = ((110, 2), (112, 2), (111, 2), (96, 6), (84, 6), (80, 6))
"""Degrees and pain of six visits, four days apart: a hip that stiffens."""


@dataclass(slots=True, kw_only=True)
class Story:
    """One patient whose hip stiffens visit by visit; `is_mistaken` when the last visits turn out to be another's."""

    patient: str
    visits: int = 0
    is_mistaken: bool = False

    @property
    def is_told(self) -> bool:
        """Whether all visits were charted."""
        return self.visits == len(_FALL)


@dataclass(slots=True, kw_only=True)
class Ward:
    """The writer of the chart: `step` does one thing at random. Every number that it writes is unique."""

    store: SandboxStore
    clock: FastClock
    dice: Random
    stories: list[Story] = field(default_factory=list)
    living: dict[str, Resource] = field(default_factory=dict)
    """The Observations that were neither deleted nor withdrawn, as last written, by id."""

    passing: list[str] = field(default_factory=list)
    """Ids of readings that may be withdrawn or deleted: no story needs them."""

    serial: int = 0
    created: int = 0
    done: dict[str, int] = field(default_factory=dict)

    def open(self, patients: int = 8) -> None:
        """Admit the first patients."""
        for _ in range(patients):
            self._admit()

    def step(self) -> None:
        """Do one thing that happens on a ward."""
        whats = ("reading", "amend", "delete", "withdraw", "visit", "mistake")
        (what,) = self.dice.choices(whats, weights=(45, 20, 9, 8, 17, 1))
        {
            "reading": self._read_shoulder,
            "amend": self._amend,
            "delete": self._delete,
            "withdraw": self._withdraw,
            "visit": self._visit,
            "mistake": self._mistake,
        }[what]()
        self.done[what] = self.done.get(what, 0) + 1

    def tell_all(self) -> None:
        """Chart the visits that are still missing of every story."""
        for story in self.stories:
            while not story.is_told:
                self._go_on(story)

    def numbers(self) -> dict[str, float]:
        """Give the unique number of every living reading, by id."""
        return {name: float(found["valueQuantity"]["value"]) for name, found in self.living.items()}

    def _admit(self) -> Story:
        name = f"p{len(self.stories)}"
        self.store.put(
            {"resourceType": "Patient", "id": name, "active": True, "name": [{"text": f"Synthetic {name}"}]}
        )
        self.stories.append(Story(patient=name))
        return self.stories[-1]

    def _read_shoulder(self) -> None:
        story = self.dice.choice(self.stories)
        day = FIRST_DAY + timedelta(days=self.dice.randrange(24))
        name = self._put(self._reading(_SHOULDER, story.patient, day, 60.0))
        self.passing.append(name)

    def _amend(self) -> None:
        if self.living:
            name = self.dice.choice(list(self.living))
            old = self.living[name]
            value = dict(old["valueQuantity"])
            if value["code"] == "deg":
                value["value"] = self._unique(float(int(value["value"])))
            self._put({**old, "status": "amended", "valueQuantity": value})

    def _delete(self) -> None:
        if self.passing:
            name = self.passing.pop(self.dice.randrange(len(self.passing)))
            del self.living[name]
            self.store.remove(f"Observation/{name}", at=self._moment(name))

    def _withdraw(self) -> None:
        if self.passing:
            self._in_error(self.passing.pop(self.dice.randrange(len(self.passing))))

    def _visit(self) -> None:
        untold = [story for story in self.stories if not story.is_told]
        if len(untold) < 4:  # so many stories go on at the same time
            untold.append(self._admit())
        self._go_on(self.dice.choice(untold))

    def _go_on(self, story: Story) -> None:
        degrees, score = _FALL[story.visits]
        day = FIRST_DAY + timedelta(days=4 * story.visits)
        with self.store.shelf.unit():
            name = f"{story.patient}-rom-{story.visits}"
            self._put(self._reading(_HIP, story.patient, day, float(degrees)) | {"id": name})
            self._put(self._pain(story.patient, day, score) | {"id": f"{story.patient}-pain-{story.visits}"})
        story.visits += 1

    def _mistake(self) -> None:
        """Withdraw the last three visits of a told story in one transaction: they were another patient's."""
        told = [story for story in self.stories if story.is_told and not story.is_mistaken]
        if told:
            story = self.dice.choice(told)
            story.is_mistaken = True
            with self.store.shelf.unit():
                for visit in (3, 4, 5):
                    self._in_error(f"{story.patient}-rom-{visit}")
                    self._in_error(f"{story.patient}-pain-{visit}")

    def _in_error(self, name: str) -> None:
        self._put({**self.living[name], "status": "entered-in-error"})
        del self.living[name]

    def _put(self, resource: Resource) -> str:
        name = str(resource["id"])
        self.created += self.store.shelf.newest("Observation", name) is None
        self.store.put(resource, at=self._moment(name))
        self.living[name] = resource
        return name

    def _moment(self, name: str) -> datetime:
        """Date a write: now, or up to 120 s ago when its transaction was committed late; never before its former."""
        now = self.clock.now()
        late = self.dice.choice((0.0, self.dice.uniform(0, _LATEST)))
        moment = now - timedelta(seconds=late)
        newest = self.store.shelf.newest("Observation", name)
        if newest is not None:
            moment = max(moment, datetime.fromtimestamp(newest.updated / 1000 + 0.002, UTC))
        return moment

    def _unique(self, base: float) -> float:
        self.serial += 1
        return round(base + self.serial / 1_000_000, 6)

    def _reading(self, what: tuple[str, str], patient: str, day: date, degrees: float) -> Resource:
        value = {"value": self._unique(degrees), "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}
        return self._observation(what, patient, day) | {"valueQuantity": value}

    def _pain(self, patient: str, day: date, score: int) -> Resource:
        value = {"value": score, "unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
        return self._observation(("72514-3", _HIP[1]), patient, day) | {"valueQuantity": value}

    def _observation(self, what: tuple[str, str], patient: str, day: date) -> Resource:
        code, site = what
        self.serial += 1
        when = datetime.combine(day, time(9, self.serial % 60), tzinfo=UTC)
        return {
            "resourceType": "Observation",
            "id": f"o{self.serial}",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": when.isoformat(),
            "performer": [{"display": "pt-1"}],
            "bodySite": {"coding": [{"system": "http://snomed.info/sct", "code": site}]},
        }


@dataclass(slots=True)
class Charting:
    """Lets a ward go on in a thread of its own, with pauses; `hold` stops it between two steps."""

    ward: Ward
    pause: float
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _end: threading.Event = field(default_factory=threading.Event)
    _errors: list[BaseException] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, and raise what went wrong in the thread."""
        self._end.set()
        assert self._thread is not None
        self._thread.join()
        for error in self._errors:
            raise error

    def hold(self) -> threading.Lock:
        """Hold the ward still for as long as the block lasts."""
        return self._lock

    def _run(self) -> None:
        try:
            while not self._end.wait(self.pause):
                with self._lock:
                    self.ward.step()
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            self._errors.append(error)


def stories(ward: Ward) -> Iterator[tuple[str, bool]]:
    """Give each patient's reference, and whether a suspicion must stand."""
    for story in ward.stories:
        yield f"Patient/{story.patient}", story.is_told and not story.is_mistaken

"""What the EHR holds beside what we hold, number by number; and the suspicions that must stand there."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo

from horehab.domain.record import base_references
from horehab.store import open_logbook
from tests.soak.charting import Ward, stories


@dataclass(slots=True, kw_only=True)
class Losses:
    """What is not as it must be; names of resources. All empty: nothing lost, nothing doubled."""

    lost: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    unforeseen: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything is."""
        return any(getattr(self, each.name) for each in fields(self))

    def counts(self) -> dict[str, int]:
        """Count each."""
        return {each.name: len(getattr(self, each.name)) for each in fields(self)}


def compare(ward: Ward, database: str, losses: Losses) -> list[str]:
    """Add to the losses what differs now, and name what was not delivered and why; nobody may be writing."""
    held, stuck = _held(database)
    there = ward.numbers()
    losses.lost += sorted(there.keys() - held.keys())
    losses.kept += sorted(held.keys() - there.keys())
    losses.stale += sorted(name for name in held.keys() & there.keys() if held[name] != there[name])
    _compare_suspicions(ward, losses)
    return stuck


def _held(database: str) -> tuple[dict[str, float], list[str]]:
    logbook = open_logbook(database, zone=ZoneInfo("UTC"))
    try:
        found: dict[str, float] = {}
        for patient in logbook.patients():
            record = logbook.record(patient)
            measured = [(r.source, r.degrees) for r in record.readings] + [(p.source, p.score) for p in record.pains]
            for source, number in measured:
                (reference,) = base_references([source])
                assert reference not in found, f"{reference} is held twice"
                found[reference.partition("/")[2]] = float(number)
        return found, [f"{row.state} {row.key} ({row.patient}): {row.detail}" for row in logbook.outbox()]
    finally:
        logbook.close()


def _compare_suspicions(ward: Ward, losses: Losses) -> None:
    explained = {p["target"][0]["reference"] for p in ward.store.search("Provenance")}
    ours: dict[str, list[dict[str, Any]]] = {}
    for condition in ward.store.search("Condition"):
        ours.setdefault(condition["subject"]["reference"], []).append(condition)
    for patient, must_stand in stories(ward):
        here = ours.get(patient, [])
        names = Counter(each["identifier"][0]["value"] for each in here)
        upright = [each for each in here if "clinicalStatus" in each]
        losses.doubled += [name for name, count in names.items() if count > 1]
        losses.doubled += [patient] if len(upright) > 1 else []
        losses.missing += [patient] if must_stand and not upright else []
        losses.unexplained += [f"Condition/{c['id']}" for c in here if f"Condition/{c['id']}" not in explained]
    for story in ward.stories:
        if story.is_mistaken:
            here = ours.get(f"Patient/{story.patient}", [])
            losses.standing += [f"Condition/{c['id']}" for c in here if "clinicalStatus" in c]

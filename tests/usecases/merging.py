"""Ana and the second record of hers, Eva's, into which it is merged: how it is told, and what stands afterwards."""

from typing import Any

from horehab.domain.reminder import ReminderState
from horehab.usecases.keep_step import keep_step
from tests.usecases.conftest import PATIENT, Ward, falling

ANA, EVA = "Patient/ana", "Patient/eva"
SURVIVOR = PATIENT | {"id": "eva", "name": [{"text": "Eva Synthetic"}], "identifier": []}
MERGED = PATIENT | {"active": False, "link": [{"type": "replaced-by", "other": {"reference": EVA}}]}


def suspected(ward: Ward) -> None:
    """Let Ana's hip fall and be suspected, and let a second record, Eva's, stand beside hers."""
    falling(ward)
    ward.chart(SURVIVOR)
    keep_step(ward.ports)
    assert [c["subject"]["reference"] for c in opened(ward)] == [ANA]


def status(condition: dict[str, Any]) -> str:
    """Tell the verification status of a Condition."""
    return str(condition["verificationStatus"]["coding"][0]["code"])


def opened(ward: Ward) -> list[dict[str, Any]]:
    """Give the Conditions of ours that are open at the server."""
    return [c for c in ward.conditions() if status(c) in ("unconfirmed", "provisional")]


def subjects(ward: Ward) -> list[str]:
    """Tell whose the open suspicions are."""
    return [c["subject"]["reference"] for c in opened(ward)]


def asked(ward: Ward, patient: str = EVA) -> list[tuple[object, ...]]:
    """List what is to be reminded of and waits or went, whoever it was made for."""
    rows = ward.ports.logbook.reminders(patient=patient)
    return sorted(
        (r.reminder.rule.value, str(r.reminder.place), r.reminder.channel)
        for r in rows
        if r.state is not ReminderState.CANCELLED
    )


def steps(ward: Ward, count: int = 3) -> None:
    """Keep step so many times, each to its end."""
    for _ in range(count):
        assert keep_step(ward.ports).is_complete


def conflicts(ward: Ward) -> list[str]:
    """List what waits in the outbox for a person, by its kind."""
    return [row.key.partition(":")[0] for row in ward.ports.logbook.outbox() if row.state != "waiting"]

"""How a suspicion at the EHR stands, what we did about it, and how its evidence gets better, worse or lost."""

from datetime import timedelta
from typing import Any

from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.usecases.keep_step import keep_step
from tests.usecases.conftest import Ward, flexion, pain


def states(ward: Ward) -> list[str]:
    """Tell the states of all suspicions at the server, by episode."""
    found = sorted(ward.conditions(), key=episode)
    return [str(each["verificationStatus"]["coding"][0]["code"]) for each in found]


def episode(condition: dict[str, Any]) -> int:
    return int(next(each["valueInteger"] for each in condition["extension"] if "episode" in each["url"]))


def activities(ward: Ward) -> list[str]:
    found = sorted(ward.resources("Provenance"), key=lambda each: str(each["meta"]["lastUpdated"]))
    return [str(each["activity"]["text"]) for each in found]


def reviews_asked(ward: Ward) -> tuple[set[str], set[ReminderState]]:
    """Tell how the requests to review a suspicion stand: as tasks at the server, and as reminders here."""
    code = ReminderRule.REVIEW_SUSPICION.value
    tasks = {str(t["status"]) for t in ward.resources("Task") if t["code"]["coding"][0]["code"] == code}
    rows = ward.ports.logbook.reminders()
    return tasks, {row.state for row in rows if row.reminder.rule is ReminderRule.REVIEW_SUSPICION}


def everything(ward: Ward) -> dict[str, str]:
    """Tell the version of all that we may have written."""
    kinds = ("Condition", "Provenance", "Task")
    return {f"{k}/{r['id']}": str(r["meta"]["versionId"]) for k in kinds for r in ward.resources(k)}


def all_deleted(ward: Ward) -> None:
    for visit in range(6):
        ward.server.store.remove(f"Observation/rom-{visit}")
        ward.server.store.remove(f"Observation/pain-{visit}")


def improved_and_worse_again(ward: Ward) -> None:
    """Let the hip win back what it lost over four visits, and lose it again over three."""
    day = ward.clock.today()
    for visit, degrees in enumerate((96, 108, 111, 112, 96, 84, 72)):
        ward.on(day + timedelta(days=7 * (visit + 1)))
        today = ward.clock.today()
        ward.chart(
            flexion(f"later-{visit}", today, degrees), pain(f"later-pain-{visit}", today, 2 if visit < 4 else 7)
        )
        keep_step(ward.ports)

"""A reminder as a Task: what a person is asked to do until when; a plan or a proposal, never an order."""

from collections.abc import Mapping
from typing import Any

from horehab.domain.entries import TaskEntry
from horehab.domain.reminder import ReminderRule
from horehab.fhir import ours
from horehab.fhir.places import coded
from horehab.fhir.references import IDENTIFIERS
from horehab.fhir.site import Site
from horehab.fhir.terminology import TASK

_CALENDAR = frozenset({ReminderRule.LOG_SESSION, ReminderRule.FOLLOW_UP_VISIT})


def reminder_to_task(entry: TaskEntry, site: Site, cited: Mapping[str, str]) -> dict[str, Any]:
    """Write a reminder; its identifier is its key, so that it is never doubled."""
    task = ours.header("Task", "", "task", site) | {
        "identifier": [{"system": f"{IDENTIFIERS}task", "value": entry.key}],
        "status": "cancelled" if entry.is_cancelled else "requested",
        "intent": "plan" if entry.rule in _CALENDAR else "proposal",
        "code": {"coding": [coded((TASK, entry.rule.value))], "text": entry.rule.value.replace("-", " ")},
        "description": entry.text,
        "for": {"reference": entry.patient},
        "authoredOn": entry.authored.isoformat(),
        "restriction": {"period": {"end": entry.due.isoformat()}},
    }
    if entry.condition_id:
        reference = cited.get(f"suspicion:{entry.condition_id}", f"Condition/{entry.condition_id}")
        task["focus"] = {"reference": reference}
    return task

"""A reminder as a Task: what a person is asked to do until when, never an order; and what they did about it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from horehab.domain.acknowledgement import Acknowledgement, Answer
from horehab.domain.entries import TaskEntry
from horehab.domain.reminder import ReminderRule
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import Tree, child, children, own_reference, refuse_modifiers, word
from horehab.fhir.basis.moments import known_on, moment_at
from horehab.fhir.basis.places import coded
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.references import IDENTIFIERS, called, own_key
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import TASK

_CALENDAR = frozenset({ReminderRule.LOG_SESSION, ReminderRule.FOLLOW_UP_VISIT})
_NAME = "task:"
OWNER = "owner"
"""Under this name is given as which reference whose a task is can be pointed to."""

_ANSWERS = MappingProxyType(
    {
        "completed": Answer.DONE,
        "rejected": Answer.DECLINED,
        "on-hold": Answer.ON_HOLD,
        "failed": Answer.FAILED,
        "cancelled": Answer.CANCELLED,
        "entered-in-error": Answer.IN_ERROR,
    }
)
_OPEN = frozenset({"draft", "requested", "received", "accepted", "ready", "in-progress"})


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
    if owner := asked_of(entry, site):
        task["owner"] = {"reference": cited[OWNER]} if OWNER in cited else {"display": owner}
    return task


def asked_of(entry: TaskEntry, site: Site) -> str:
    """Say whose a task is: the team that the site names, else who treated the patient last; "" for nobody known."""
    return site.team or entry.owner or ""


def facts_in_task(resource: Tree, site: Site) -> Found:
    """Read how a task of ours was settled; empty while it is open, and for tasks of others."""
    key = own_key(resource) or ""
    if not key.startswith(_NAME) or word(resource, "status") in _OPEN:
        return ()
    return each_alone([lambda: (_settled(resource, site, key.removeprefix(_NAME)),)])


def _settled(resource: Tree, site: Site, key: str) -> Acknowledgement:
    refuse_modifiers(resource)
    status, meta = word(resource, "status") or "", child(resource, "meta")
    if status not in _ANSWERS:
        raise CannotRead("status", "status", f"Found {status[:40]!r}.")
    when = (
        moment_at(child(resource, "executionPeriod"), "end", site)
        or moment_at(resource, "lastModified", site)
        or moment_at(meta, "lastUpdated", site)
    )
    if when is None:
        raise CannotRead("no-time", "lastModified")
    return Acknowledgement(
        source=own_reference(resource),
        key=key,
        version=word(meta, "versionId") or "",
        answer=_ANSWERS[status],
        when=when,
        known_on=known_on(resource, None, when, site),
        by=_who(resource, site),
    )


def _who(resource: Tree, site: Site) -> str | None:
    """Name who settled it: the author of the last note, else whose task it is; a name before a reference.

    The team to which we gave it is nobody in particular.
    """
    notes = children(resource, "note")
    last = notes[-1] if notes else {}
    people = (child(last, "authorReference"), child(resource, "owner"))
    theirs = (who for who in people if who and site.team not in (word(who, "display"), called(who, site)))
    named = (word(who, "display") or called(who, site) for who in theirs)
    return word(last, "authorString") or next((name for name in named if name), None)

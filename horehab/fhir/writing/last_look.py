"""The last look at what is about to be written: by setting, what breaks a rule is said, or does not leave."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from horehab.domain.entries import Outcome
from horehab.fhir.basis import ours
from horehab.fhir.basis.site import Site
from horehab.fhir.writing.amending import is_of_amendment
from horehab.fhir.writing.standing import Settled, Standing

Resource = Mapping[str, Any]
Decide = Callable[[Standing], Resource | None]

logger = logging.getLogger("horehab.fhir")

_MOST = 3
_PROFILES = {
    "Condition": "ho-suspicion",
    "Procedure": "session",
    "Task": "task",
    "CommunicationRequest": "reminder",
}


def look(resource: Resource, site: Site) -> None:
    """Check a resource of ours before it is sent, as HOREHAB_VALIDATE wants it.

    off: not at all; warn: the rules that it breaks go to the log, by path and without values; refuse: it is not sent
    either, but left for a person (Settled with CONFLICT, which names them).
    """
    if site.validation == "off":
        return
    from horehab.fhir.validation import validate  # noqa: PLC0415  # a second, and only where it is asked for

    issues = [issue for issue in validate(dict(resource), profile=profile_of(resource)) if issue.is_error]
    if not issues:
        return
    broken = "; ".join(f"{issue.path}: {issue.words} [{issue.rule}]" for issue in issues[:_MOST])
    more = f"; and {len(issues) - _MOST} more" if len(issues) > _MOST else ""
    places = ", ".join(f"{issue.path} [{issue.rule}]" for issue in issues[:_MOST])
    logger.warning("A %s that was to be written breaks %d rules: %s", resource["resourceType"], len(issues), places)
    if site.validation == "refuse":
        raise Settled(Outcome.CONFLICT, f"It breaks rules of its profile and was not sent: {broken}{more}.")


def looked_at(decide: Decide, site: Site) -> Decide:
    """Give a decision whose outcome is looked at before it is written."""

    def decide_and_look(standing: Standing) -> Resource | None:
        edited = decide(standing)
        if edited is not None:
            look(edited, site)
        return edited

    return decide_and_look


def profile_of(resource: Resource) -> str | None:
    """Name the profile by which a resource of ours is written, also where the server does not know it.

    None for what follows R4 alone: that a message went, and who changed a session.
    """
    kind = resource["resourceType"]
    if kind == "Provenance":
        return None if is_of_amendment(resource) else ours.PROFILES["reasons"]
    if kind != "Observation":
        return ours.PROFILES[_PROFILES[kind]] if kind in _PROFILES else None
    form = next((name for name in resource if name.startswith("value")), "")
    if form == "valueBoolean":
        return ours.PROFILES["sign"]
    quantity = resource.get(form)
    is_angle = isinstance(quantity, Mapping) and quantity.get("code") == "deg"
    return ours.PROFILES["rom" if is_angle else "pain"]

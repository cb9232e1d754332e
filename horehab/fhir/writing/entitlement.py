"""What each kind of entry may do to what already stands in the chart: leave it, edit it, or call a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from horehab.domain.entries import DecisionEntry, Outcome, SuspicionEntry
from horehab.fhir.wire.client import Client
from horehab.fhir.writing.comparison import carries, says_just_that
from horehab.fhir.writing.rights import edited, is_active, is_untouched, refuse_other, state_of
from horehab.fhir.writing.standing import Settled, Standing

Resource = Mapping[str, Any]
Write = Callable[[SuspicionEntry], Resource]

_A_PERSONS = ("confirmed", "refuted", "differential", "entered-in-error")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionRights:
    """What a suspicion may change of the Condition that stands under its id."""

    client: Client
    entry: SuspicionEntry
    own_versions: frozenset[str]
    write: Write

    def __call__(self, found: Standing) -> Resource | None:
        """Decide; a state that a person set, and a version that a person wrote, are left as they are."""
        wanted = self.write(self.entry)
        refuse_other(wanted, found)
        is_own = found.version in self.own_versions
        if carries(wanted, found.resource):
            # Withdrawn, our body and a person's "entered in error" look the same: the ledger alone tells them apart.
            _leave(found, is_ours=is_own or (not self.entry.is_withdrawn and _is_ours(wanted, found)))
            return None
        state = state_of(found.resource)
        if state == "entered-in-error" and is_own:
            return edited(found.resource, wanted)
        if state in _A_PERSONS:
            raise _for_a_person(found, f"Its state in the chart is {state}, which a person set.")
        if state == "provisional" and is_own and not self.entry.is_withdrawn:
            return edited(found.resource, wanted, keeps_state=True)
        if state != "unconfirmed" or not is_active(found.resource):
            raise _for_a_person(found, "A person has decided about it in the chart.")
        open_form = self.write(replace(self.entry, is_withdrawn=False))
        if not is_untouched(self.client, found, open_form, self.own_versions):
            raise _for_a_person(found, "A person has changed it in the chart since we wrote it.")
        return edited(found.resource, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRights:
    """What a person's decision in our pages may change of the Condition: its state, and nothing that others set."""

    entry: DecisionEntry
    own_versions: frozenset[str]
    apply: Callable[[dict[str, Any], DecisionEntry], Resource]

    def __call__(self, found: Standing) -> Resource | None:
        """Decide; what somebody else decided in the chart is for people to settle between them."""
        wanted = self.apply(dict(found.resource), self.entry)
        if carries(wanted, found.resource) and ("clinicalStatus" in wanted) == ("clinicalStatus" in found.resource):
            return None
        state = state_of(found.resource)
        if state in _A_PERSONS and found.version not in self.own_versions and state != state_of(wanted):
            raise _for_a_person(found, f"Somebody set its state in the chart to {state} before this decision came.")
        return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRights:
    """What a task of ours may change of itself once people may be at work on it; so may a message be taken back.

    `as_left` is the status in which we leave it to them. `is_gone` says of a reference whether nothing stands there
    any more: a server refuses what points to a suspicion that was deleted.
    """

    wanted: Resource
    own_versions: frozenset[str]
    is_gone: Callable[[str], bool]
    as_left: str = "requested"

    def __call__(self, found: Standing) -> Resource | None:
        """Decide; a task that somebody took up, put off, finished or cancelled is theirs, and whose it is stays."""
        is_own = found.version in self.own_versions
        owner = {"owner": found.resource["owner"]} if "owner" in found.resource else {}
        wanted = {**self.wanted, **owner}
        if _says_it(found, wanted, is_own=is_own):
            return None
        if is_own or found.resource.get("status") == self.as_left:
            return edited(self._without_deleted(found.resource), wanted)
        raise _not_ours(found)

    def _without_deleted(self, resource: Resource) -> Resource:
        """Leave out that it is about a suspicion which was deleted since."""
        focus = resource.get("focus")
        reference = str(focus.get("reference")) if isinstance(focus, Mapping) else ""
        if "focus" in self.wanted or not reference.startswith("Condition/") or not self.is_gone(reference):
            return resource
        return {name: value for name, value in resource.items() if name != "focus"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRights:
    """What a logged session, a measurement or a reason may change: its own earlier wording, nobody else's."""

    wanted: Resource
    own_versions: frozenset[str]

    def __call__(self, found: Standing) -> Resource | None:
        """Decide; what a person corrected in the chart stays corrected."""
        is_own = found.version in self.own_versions
        if _says_it(found, self.wanted, is_own=is_own):
            return None
        if is_own:
            return edited(found.resource, self.wanted)
        raise _for_a_person(found, "A person has changed it in the chart since we wrote it.")


def _says_it(found: Standing, wanted: Resource, *, is_own: bool) -> bool:
    """Say whether what stands there, which must be what we mean, says already what is wanted; then it is left."""
    refuse_other(wanted, found)
    if not carries(wanted, found.resource):
        return False
    _leave(found, is_ours=is_own or _is_ours(wanted, found))
    return True


def _is_ours(wanted: Resource, found: Standing) -> bool:
    """Tell whether a version that is not in our ledger is ours all the same, the answer to its write being lost."""
    return says_just_that(wanted, found.resource)


def _leave(found: Standing, *, is_ours: bool) -> None:
    """Leave what stands there: noted as ours, or else left as a person's."""
    if not is_ours:
        raise _not_ours(found)


def _not_ours(found: Standing) -> Settled:
    """Call it done without naming the version, which the ledger would take for one that we wrote."""
    return Settled(Outcome.DONE, "", reference=found.reference)


def _for_a_person(found: Standing, why: str) -> Settled:
    return Settled(Outcome.CONFLICT, why, reference=found.reference)

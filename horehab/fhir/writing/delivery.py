"""Delivers an entry of the outbox to the chart and says honestly what became of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from horehab.domain.amendment import AmendmentEntry, Validity
from horehab.domain.entries import (
    ChartEntry,
    DecisionEntry,
    Delivery,
    MeasurementEntry,
    Outcome,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
    entry_key,
)
from horehab.domain.message import MessageRequestEntry
from horehab.domain.reminder import ReminderRule
from horehab.errors import EhrRefused, EhrUnavailable, HorehabError
from horehab.fhir.basis.mishaps import note_mishap
from horehab.fhir.basis.references import IDENTIFIERS, person
from horehab.fhir.basis.site import Site
from horehab.fhir.resources.task import OWNER, asked_of
from horehab.fhir.wire.capability import Capability
from horehab.fhir.wire.client import FORBIDDEN, Client
from horehab.fhir.writing import writing
from horehab.fhir.writing.amending import AmendmentRights, as_told
from horehab.fhir.writing.entitlement import DecisionRights, FactRights, SuspicionRights, TaskRights
from horehab.fhir.writing.last_look import look, looked_at
from horehab.fhir.writing.placing import Decide, NotCreated, place, revise
from horehab.fhir.writing.server_ids import find_ours, is_there, place_by_identifier
from horehab.fhir.writing.standing import Deleted, Settled, read_standing

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Carries entries to one server; `capability` is asked for when it is needed."""

    client: Client
    site: Site
    capability: Callable[[], Capability]

    def deliver(self, entry: ChartEntry, *, own_versions: frozenset[str], target: str | None) -> Delivery:
        """Write one entry and read it back; never raises for what a server may answer.

        A server that is away, that does not know us at the moment (401) or that speaks no FHIR means LATER:
        that says nothing against the entry. 403 and what it will not take mean REFUSED.
        """
        try:
            return self._settled(entry, own_versions, target)
        except EhrUnavailable as error:
            return Delivery(outcome=Outcome.LATER, detail=str(error), retry_after=error.retry_after)
        except EhrRefused as error:
            outcome = Outcome.REFUSED if error.code == FORBIDDEN else Outcome.LATER
            return Delivery(outcome=outcome, detail=str(error))
        except HorehabError as error:
            return Delivery(outcome=Outcome.LATER, detail=str(error))
        except Exception as error:  # noqa: BLE001  # one entry that cannot be written must not hold up the others
            place = note_mishap(type(entry).__name__, error)
            detail = f"It could not be written, by a fault of this program ({type(error).__name__} at {place})."
            return Delivery(outcome=Outcome.CONFLICT, detail=f"{detail} Please report it.")

    def _settled(self, entry: ChartEntry, own: frozenset[str], target: str | None) -> Delivery:
        """Deliver, unless somebody deleted what was to be taken back or explained: then there is nothing to do."""
        try:
            return self._deliver(entry, own, target)
        except Deleted as deleted:
            is_taken_back = getattr(entry, "is_withdrawn", False) or getattr(entry, "is_cancelled", False)
            return Delivery(outcome=Outcome.DONE) if is_taken_back else deleted.delivery
        except Settled as settled:
            if settled.delivery.outcome is Outcome.REFUSED and isinstance(entry, ReasonsEntry):
                target = self._suspicion(entry.condition_id)
                if target is None or self.client.get(target).is_gone:
                    return Delivery(outcome=Outcome.DONE, detail="What it gives the reasons for was deleted.")
            return settled.delivery

    def _deliver(self, entry: ChartEntry, own: frozenset[str], target: str | None) -> Delivery:
        if isinstance(entry, DecisionEntry):
            return self._decide(entry, own)
        entry = as_written(entry, self.capability())
        cited = self.cited(entry)
        if isinstance(entry, TaskEntry) and not cited.keys() - {OWNER}:
            entry = replace(entry, condition_id=None)  # what was never written cannot be pointed to
        if self._is_about_nothing(entry, cited, target):
            return Delivery(outcome=Outcome.DONE, detail="The chart was never told what this takes back or explains.")
        wanted = writing.resource_of(entry, self.site, cited=cited)
        kind = wanted["resourceType"]
        name = target.partition("/")[2] if target else _letters(wanted.get("id") or entry_key(entry))
        wanted = {**wanted, "id": name}
        look(wanted, self.site)
        decide = looked_at(self._rights(entry, wanted, own, cited), self.site)
        if target:
            return revise(self.client, target, decide)
        if self._must_be_looked_for(wanted):
            return self._without_our_id(wanted, decide)
        try:
            return place(self.client, f"{kind}/{name}", wanted, decide)
        except NotCreated as refusal:
            if self.capability().promises_our_ids(kind) and not refusal.is_for_the_id:
                raise Settled(Outcome.REFUSED, f"The server does not take it ({refusal}).") from refusal
            return self._without_our_id(wanted, decide)

    def _must_be_looked_for(self, wanted: Resource) -> bool:
        """Whether it stands, or must stand, under an id of the server's; one that promises nothing chose once."""
        kind = wanted["resourceType"]
        if self.capability().promises_our_ids(kind):
            return False
        return not self.capability().takes_our_ids(kind) or is_there(self.client, wanted)

    def _without_our_id(self, wanted: Resource, decide: Decide) -> Delivery:
        kind = wanted["resourceType"]
        if not self.capability().may_write(kind):
            raise Settled(Outcome.REFUSED, f"The server takes no {kind} from us; it stays on the outbox page.")
        return place_by_identifier(self.client, wanted, decide)

    def _decide(self, entry: DecisionEntry, own: frozenset[str]) -> Delivery:
        reference = self._suspicion(entry.condition_id)
        if reference is None:
            raise Settled(Outcome.CONFLICT, "The suspicion that was decided about is not in the chart.")
        rights = DecisionRights(entry=entry, own_versions=own, apply=writing.apply_decision)
        return revise(self.client, reference, looked_at(rights, self.site))

    def _rights(self, entry: ChartEntry, wanted: Resource, own: frozenset[str], cited: Mapping[str, str]) -> Decide:
        match entry:
            case SuspicionEntry():
                return SuspicionRights(
                    client=self.client,
                    entry=entry,
                    own_versions=own,
                    write=lambda form: writing.resource_of(form, self.site, cited=cited),
                )
            case TaskEntry():
                return TaskRights(wanted=wanted, own_versions=own, is_gone=self._is_gone)
            case MessageRequestEntry() if entry.is_withdrawn:
                return TaskRights(wanted=wanted, own_versions=own, is_gone=self._is_gone, as_left="active")
            case SessionEntry() | MeasurementEntry() if entry.validity is not Validity.FINAL:
                before = writing.resource_of(as_told(entry), self.site, cited=cited)
                return AmendmentRights(wanted=wanted, before=before, own_versions=own)
            case _:
                return FactRights(wanted=wanted, own_versions=own)

    def _is_gone(self, reference: str) -> bool:
        return self.client.get(reference).is_gone

    def cited(self, entry: ChartEntry) -> dict[str, str]:
        """Find under which references stand the entries that this one points to."""
        cited: dict[str, str | None] = {}
        if isinstance(entry, ReasonsEntry):
            cited[f"suspicion:{entry.condition_id}"] = self._suspicion(entry.condition_id)
        if isinstance(entry, TaskEntry) and entry.condition_id:
            found = self._suspicion(entry.condition_id)
            stands = found is not None and self.client.get(found).is_success
            cited[f"suspicion:{entry.condition_id}"] = found if stands else None
        if isinstance(entry, TaskEntry):
            cited[OWNER] = self._pointed_to(asked_of(entry, self.site))
        if isinstance(entry, MeasurementEntry):
            cited[f"session:{entry.session_id}"] = self._ours("Procedure", "session", entry.session_id)
        if isinstance(entry, AmendmentEntry):
            cited |= self._changed(entry)
        return {key: reference for key, reference in cited.items() if reference}

    def _pointed_to(self, name: str) -> str | None:
        """Give the reference to whom a task is for; None for a mere name, and for who is not on this server.

        A server that does not let us look decides itself, when the task comes.
        """
        if "reference" not in person(name):
            return None
        try:
            return name if self.client.get(name).is_success else None
        except EhrRefused:
            return name

    def _changed(self, entry: AmendmentEntry) -> dict[str, str | None]:
        """Find what stands in the chart of what a person changed in a session."""
        found = {f"measurement:{name}": self._ours("Observation", "measurement", name) for name in entry.measurements}
        if entry.has_session:
            found[f"session:{entry.session_id}"] = self._ours("Procedure", "session", entry.session_id)
        return {key: name for key, name in found.items() if name and self.client.get(name).is_success}

    def _is_about_nothing(self, entry: ChartEntry, cited: Mapping[str, str], target: str | None) -> bool:
        """Tell whether it takes back or explains what never reached the chart, so that nothing is to be written."""
        if isinstance(entry, AmendmentEntry):
            return not cited
        if target or not isinstance(entry, _TAKEN_BACK) or not entry.is_withdrawn:
            return False
        match entry:
            case SessionEntry():
                found = self._ours("Procedure", "session", entry.session_id)
            case MeasurementEntry():
                found = self._ours("Observation", "measurement", entry.measurement_id)
            case MessageRequestEntry():
                found = self._by_key("CommunicationRequest", "request", entry.message)
        return found is None or read_standing(self.client, found) is None

    def _suspicion(self, condition_id: str) -> str | None:
        if not self.capability().may_write("Condition"):
            return self._task_of(condition_id)
        return self._ours("Condition", "suspicion", condition_id)

    def _task_of(self, condition_id: str) -> str | None:
        """Find the task that stands in for a suspicion where the server takes no Conditions."""
        return self._by_key("Task", "task", f"suspicion:{condition_id}")

    def _by_key(self, kind: str, name: str, identity: str) -> str | None:
        """Find what was written under an id that was made of the whole key of its entry."""
        return self._stands(f"{kind}/{_letters(f'{name}:{identity}')}") or find_ours(
            self.client, kind, f"{IDENTIFIERS}{name}", identity
        )

    def _ours(self, kind: str, name: str, identity: str) -> str | None:
        return self._stands(f"{kind}/{_letters(identity)}") or find_ours(
            self.client, kind, f"{IDENTIFIERS}{name}", identity
        )

    def _stands(self, reference: str) -> str | None:
        """Give the reference back if something stands under it, or is promised to."""
        kind = reference.partition("/")[0]
        if self.capability().promises_our_ids(kind):
            return reference
        stands = self.capability().takes_our_ids(kind) and self.client.get(reference).is_success
        return reference if stands else None


_TAKEN_BACK = (SessionEntry, MeasurementEntry, MessageRequestEntry)
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")


def _letters(identity: str) -> str:
    """Make an id that every server takes: allowed signs, at most 64 of them, one letter at least."""
    if _ID.fullmatch(identity) and not identity.isdigit():
        return identity
    return f"hr-{sha256(identity.encode()).hexdigest()[:32]}"


def as_written(entry: ChartEntry, capability: Capability) -> ChartEntry:
    """Give an entry as it is written on this server: a suspicion as a task where it takes no Conditions from us."""
    if not isinstance(entry, SuspicionEntry) or capability.may_write("Condition"):
        return entry
    return TaskEntry(
        key=f"suspicion:{entry.condition_id}",
        patient=entry.patient,
        rule=ReminderRule.REVIEW_SUSPICION,
        place=entry.place,
        condition_id=None,
        due=entry.recorded,
        authored=entry.recorded,
        text=entry.sentence,
        is_cancelled=entry.is_withdrawn,
    )

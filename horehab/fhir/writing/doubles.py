"""Finds what stands in the chart more than once under our identifier, and enters all but one of it in error."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from horehab.domain.entries import (
    ChartEntry,
    DecisionEntry,
    Outcome,
    ReasonsEntry,
    SuspicionEntry,
    TaskEntry,
    entry_key,
)
from horehab.errors import EhrRefused, HorehabError
from horehab.fhir.resources.provenance import double_to_provenance
from horehab.fhir.wire.client import FORBIDDEN
from horehab.fhir.writing import writing
from horehab.fhir.writing.comparison import carries
from horehab.fhir.writing.delivery import Courier, as_written
from horehab.fhir.writing.last_look import look
from horehab.fhir.writing.placing import amend
from horehab.fhir.writing.rights import is_the_same_thing, is_untouched
from horehab.fhir.writing.server_ids import as_error, is_error, is_there, oldest_first, search, token_of
from horehab.fhir.writing.standing import Settled, Standing
from horehab.usecases.conflict_queue import Sweep

Resource = Mapping[str, Any]
OwnVersions = Callable[[str], frozenset[str]]

_AT_ONCE = 10
"""Identifiers asked for in one search: ours have up to 130 signs, and an address may have about 2,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubles:
    """Looks for doubles of delivered entries; `own_versions` tells which versions of a resource we wrote."""

    courier: Courier
    own_versions: OwnVersions
    now: datetime

    def end(self, entries: Sequence[ChartEntry]) -> Iterator[Sweep]:
        """Enter doubles in error, and tell of each entry that had any; a server that promises our ids is not asked.

        Goes on only when it is asked for the next, so that what was told can be noted before more is written.
        What cannot be asked or ended now is left to the next step; never raises for what a server may answer.
        """
        by_kind: dict[str, dict[str, ChartEntry]] = {}
        for entry in entries:
            if not isinstance(entry, DecisionEntry | ReasonsEntry):
                said = self._attempt(self._form, entry)
                if said is not None:
                    by_kind.setdefault(said[0], {})[entry_key(entry)] = said[1]
        for kind, mine in by_kind.items():
            for some in _batches(list(mine.items())):
                yield from _as_far_as_it_goes(self._end_some(kind, some))

    def _attempt(self, work: Callable[..., Any], *words: Any) -> Any:
        try:
            return work(*words)
        except (HorehabError, Settled):
            return None

    def _form(self, entry: ChartEntry) -> tuple[str, ChartEntry] | None:
        """Say as what kind of resource an entry stands there; None when the server keeps our ids for it."""
        capability = self.courier.capability()
        form = as_written(entry, capability)
        kind = str(writing.resource_of(form, self.courier.site)["resourceType"])
        return None if capability.promises_our_ids(kind) or not capability.may_change(kind) else (kind, form)

    def _end_some(self, kind: str, entries: Sequence[tuple[str, ChartEntry]]) -> Iterator[Sweep]:
        plain = {key: writing.resource_of(entry, self.courier.site) for key, entry in entries}
        tokens = ",".join(token_of(wanted) for wanted in plain.values())
        found = search(self.courier.client, kind, {"identifier": tokens})
        for key, entry in entries:
            mine = oldest_first(each for each in found if is_the_same_thing(plain[key], each.resource))
            standing = [each for each in mine if not is_error(each.resource)]
            is_taken_back = is_error(plain[key])
            if len(mine if is_taken_back else standing) > 1 and standing:
                yield from _as_far_as_it_goes(self._end_one(key, entry, mine if is_taken_back else standing))

    def _end_one(self, key: str, entry: ChartEntry, mine: Sequence[Standing]) -> Iterator[Sweep]:
        """Keep the one that a person worked on, else the oldest that says our last word; several are a person's.

        Which one stays is told before any is ended, and each that was ended at once: whoever is killed in between
        leaves nothing that looks like a person's closure of the entry that we know.
        """
        cited = self.courier.cited(entry)
        forms = [writing.resource_of(form, self.courier.site, cited=cited) for form in _forms(entry)]
        standing = [each for each in mine if not is_error(each.resource)]
        touched = [each for each in standing if not self._is_ours_alone(each, forms)]
        said = [each for each in mine if carries(forms[0], each.resource)]
        kept = (*touched, *said, *mine)[0]
        if len(touched) > 1 or (touched and said and is_error(forms[0])):
            why = f"It stands in the chart {len(mine)} times, and people worked on {len(touched)} of them."
            yield Sweep(key=key, kept=kept.reference, why=why)
            return
        yield Sweep(key=key, kept=kept.reference)
        for double in standing:
            if double is not kept:
                yield self._end_double(key, double, kept)

    def _is_ours_alone(self, each: Standing, forms: Sequence[Resource]) -> bool:
        own = self.own_versions(each.reference)
        return any(is_untouched(self.courier.client, each, form, own) for form in forms)

    def _end_double(self, key: str, double: Standing, kept: Standing) -> Sweep:
        """End one, or say why a person must: it changed under our hands, or the server does not let us."""
        sweep = Sweep(key=key, kept=kept.reference)
        try:
            self._leave_reasons(double, kept)
            ended = as_error(double.resource)
            look(ended, self.courier.site)
            delivery = amend(self.courier.client, double, ended)
        except Settled as settled:
            return sweep if settled.delivery.outcome is Outcome.LATER else replace(sweep, why=settled.delivery.detail)
        except EhrRefused as refusal:
            if refusal.code != FORBIDDEN:
                raise
            return replace(sweep, why=f"It stands in the chart more than once, and cannot be ended: {refusal}")
        if delivery is None or delivery.outcome is not Outcome.DONE:
            return sweep
        return replace(sweep, ended=((double.reference, str(delivery.version)),))

    def _leave_reasons(self, double: Standing, kept: Standing) -> None:
        """Say why it is ended before it is: a crash in between leaves a double with its reasons, not the reverse."""
        why = double_to_provenance(double.reference, kept.reference, self.now, self.courier.site)
        if is_there(self.courier.client, {name: why[name] for name in ("resourceType", "target", "entity")}):
            return
        look(why, self.courier.site)
        answer = self.courier.client.send("POST", "Provenance", why)
        if not answer.is_success:
            what = "It stands in the chart more than once, and the reasons for ending one are refused"
            raise Settled(Outcome.REFUSED, f"{what} ({answer.reason()}).")


def _as_far_as_it_goes(sweeps: Iterator[Sweep]) -> Iterator[Sweep]:
    """Give what was done until the server stopped it; the rest is left to the next step."""
    with suppress(HorehabError, Settled):
        yield from sweeps


def _forms(entry: ChartEntry) -> tuple[ChartEntry, ...]:
    """Give an entry as it is now, and as it was before it was taken back."""
    if isinstance(entry, SuspicionEntry) and entry.is_withdrawn:
        return entry, replace(entry, is_withdrawn=False)
    if isinstance(entry, TaskEntry) and entry.is_cancelled:
        return entry, replace(entry, is_cancelled=False)
    return (entry,)


def _batches(entries: list[tuple[str, ChartEntry]]) -> Iterator[list[tuple[str, ChartEntry]]]:
    return (entries[start : start + _AT_ONCE] for start in range(0, len(entries), _AT_ONCE))

"""The EHR as the use cases see it: what changed, what one entry became, and how the server stands."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from horehab.domain.entries import ChartEntry, Delivery, Outcome
from horehab.domain.local_code import LocalCode
from horehab.errors import EhrUnavailable, HorehabError
from horehab.fhir.basis.kinds import ESSENTIAL, KINDS, kinds_of
from horehab.fhir.basis.site import Site
from horehab.fhir.bulk.export import BulkCopies
from horehab.fhir.doctor.negotiation import inspect_server
from horehab.fhir.plain.reader import PlainReader
from horehab.fhir.reading import understand
from horehab.fhir.resources.local_codes import LocalCodes, understanding_of
from horehab.fhir.resources.r5 import as_r4, is_r5
from horehab.fhir.sync.members import scope_choices
from horehab.fhir.sync.scoped_sweep import Followed
from horehab.fhir.sync.sweep import Everybody, Reader, left_over
from horehab.fhir.sync.wards import icu_wards
from horehab.fhir.wire.capability import Capability, read_capability
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.connection import Connection
from horehab.fhir.wire.envelope import Readers, Understand, carefully
from horehab.fhir.wire.pages import Entry
from horehab.fhir.writing.delivery import Courier
from horehab.fhir.writing.doubles import Doubles
from horehab.usecases.conflict_queue import Sweep
from horehab.usecases.exchange import ChartItem, ChartPage, Choice
from horehab.usecases.local_codes import Understanding
from horehab.usecases.ports import Clock, Held

_NOT_TO_R5 = (
    "The server speaks FHIR R5, and what we write is R4; nothing was written. Ask for an R4 endpoint of the same "
    "record, or copy the entry by hand."
)


class FhirChart:
    """A FHIR server behind the port Chart. One per process; `close` gives its connections back."""

    def __init__(
        self,
        connection: Connection,
        site: Site,
        clock: Clock,
        *,
        client: Client | None = None,
        local_codes: LocalCodes | None = None,
    ) -> None:
        self._site = site
        self._local_codes = local_codes
        self._clock = clock
        self._client = client or Client(connection, clock)
        self._capability: Capability | None = None
        self._plain: PlainReader | None = None
        self._sweep: Everybody | Followed | None = None
        self._knows_wards = False

    @property
    def address(self) -> str:
        """The base address of the server, as recorded in the store."""
        return self._client.connection.base

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    @property
    def copies(self) -> BulkCopies:
        """The server's $export, for a first load."""
        return BulkCopies(
            self._client,
            self._clock,
            kinds=self._kinds,
            prepare=self._ready_to_understand,
            scope=self._site.scope,
        )

    def changes(self, marks: Mapping[str, str]) -> Iterator[ChartPage]:
        """Read all that changed since the marks, kind after kind; EhrUnavailable, EhrRefused, NotAFhirServer."""
        capability = self._look_around()
        reader = Reader(client=self._client, capability=capability, understand=self._readers())
        everybody = Everybody(reader=reader, kinds=kinds_of(self._site))
        is_all = self._site.scope.is_everything
        self._sweep = everybody if is_all else Followed(reader=reader, site=self._site)
        yield from self._sweep.changes(marks)

    def vanished(self, marks: Mapping[str, str], held: Held) -> Iterator[ChartPage]:
        """Find what was deleted where the server tells of no deletions; once per ward day and kind.

        Called before the changes are read; its pages are drawn after them. What is held before, broken passes left.
        """
        return self._vanished(marks, held, left_over(marks, held, kinds_of(self._site)))

    def _vanished(self, marks: Mapping[str, str], held: Held, left: Collection[str]) -> Iterator[ChartPage]:
        day = self._clock.today().isoformat()
        if isinstance(self._sweep, Everybody):
            yield from self._sweep.vanished(marks, held, day, left)
        elif self._sweep is not None:
            yield from self._sweep.vanished(marks, held, day)

    def read_again(self, reference: str, source: bytes) -> ChartItem:
        """Understand a stored resource anew, without the network; EhrUnavailable while the wards are not known."""
        kind = reference.partition("/")[0]
        if kind == "Encounter" and not self._knows_wards and b'"location"' in source:
            raise EhrUnavailable("Which wards are intensive care is not known before the chart was looked at.")
        return carefully(kind, Entry(path=kind, source=source), self._understand)

    def understanding(self) -> Understanding:
        """Tell how entries are understood from now on, with all that was mapped until now; ConfigurationError."""
        self._take_in_codes()
        return understanding_of(self._site)

    def codes_of_file(self) -> Mapping[LocalCode, str]:
        """Tell what the site's own file says that local codes mean."""
        return self._local_codes.words_of_file() if self._local_codes else {}

    def deliver(self, entry: ChartEntry, *, own_versions: frozenset[str], target: str | None) -> Delivery:
        """Write one entry and read it back; never raises for what a server may answer. Nothing goes to R5."""
        if self._speaks_r5():
            return Delivery(outcome=Outcome.REFUSED, detail=_NOT_TO_R5)
        courier = Courier(client=self._client, site=self._site, capability=self._offered)
        return courier.deliver(entry, own_versions=own_versions, target=target)

    def end_doubles(
        self, entries: Sequence[ChartEntry], own_versions: Callable[[str], frozenset[str]]
    ) -> Iterator[Sweep]:
        """Enter doubles of these entries in error where the server does not promise our ids; never raises for it."""
        if self._speaks_r5():
            return iter(())
        courier = Courier(client=self._client, site=self._site, capability=self._offered)
        return Doubles(courier=courier, own_versions=own_versions, now=self._clock.now()).end(entries)

    def inspect(self) -> Sequence[Choice]:
        """Look at server, auth, search and writing without changing anything."""
        found = inspect_server(self._client, self._clock, kinds=kinds_of(self._site), essential=ESSENTIAL)
        if len(found) == 1:
            return found
        try:
            scope = tuple(scope_choices(self._client, self._offered(), self._site))
        except HorehabError as error:
            scope = (Choice(subject="scope", is_well=False, finding=error.message, remedy=error.remedy),)
        return (*map(_with_comparison, found), *scope)

    def _look_around(self) -> Capability:
        """Learn what the server offers and which of its wards are intensive care, before anything is read."""
        self._take_in_codes()
        self._capability = read_capability(self._client)
        if self._capability.offers_reading("Location"):
            wards = icu_wards(self._client, self._site)
            self._site = replace(self._site, icu_locations=self._site.icu_locations | wards)
        self._knows_wards = True
        return self._capability

    def _kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if self._offered().offers_reading(kind))

    def _ready_to_understand(self) -> Understand:
        self._look_around()
        return self._readers()

    def _take_in_codes(self) -> None:
        """Read with what is mapped now; a process that runs for months learns what another was told."""
        codes = self._local_codes.in_force() if self._local_codes else self._site.concept_map
        if codes is not self._site.concept_map:
            self._site = replace(self._site, concept_map=codes)

    def _readers(self) -> Understand:
        """Read what is plain quickly, where it does not matter when the server last touched it."""
        if self._site.known_by_last_updated:
            return self._understand
        if self._plain is None or self._plain.site != self._site:
            self._plain = PlainReader(self._site)
        quick = {"Observation": self._plain.read, "Procedure": self._plain.procedures.read}
        return Readers(tolerant=self._understand, quick=quick)

    def _understand(self, resource: dict[str, Any], source: bytes) -> ChartItem:
        may_be_newer = self._capability is None or is_r5(self._capability.fhir_version)
        return understand(as_r4(resource) if may_be_newer else resource, source, self._site)

    def _speaks_r5(self) -> bool:
        try:
            return is_r5(self._offered().fhir_version)
        except HorehabError:
            return False  # the courier asks again, and knows what to say

    def _offered(self) -> Capability:
        if self._capability is None:
            self._capability = read_capability(self._client)
        return self._capability


def _with_comparison(choice: Choice) -> Choice:
    """Add to what is said of deletions that ids are compared where no history tells of them."""
    if choice.subject != "deletions" or choice.is_well:
        return choice
    words = f"{choice.finding}: once a day its list is compared with what we hold; what is missing is read directly"
    return replace(choice, is_well=True, finding=words, remedy="")

"""The EHR as the use cases see it: what changed, what one entry became, and how the server stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from horehab.domain.entries import ChartEntry, Delivery
from horehab.domain.local_code import LocalCode
from horehab.errors import EhrRefused
from horehab.fhir.bulk import BulkCopies
from horehab.fhir.capability import Capability, read_capability
from horehab.fhir.changes import changes_of
from horehab.fhir.client import Client
from horehab.fhir.connection import Connection
from horehab.fhir.deletions import deletions_of
from horehab.fhir.delivery import Courier
from horehab.fhir.envelope import Understand, item_of
from horehab.fhir.kinds import ESSENTIAL, KINDS
from horehab.fhir.local_codes import LocalCodes, understanding_of
from horehab.fhir.negotiation import inspect_server
from horehab.fhir.pages import Entry
from horehab.fhir.reading import understand
from horehab.fhir.site import Site
from horehab.fhir.wards import icu_wards
from horehab.usecases.exchange import ChartItem, ChartPage, Choice
from horehab.usecases.local_codes import Understanding
from horehab.usecases.ports import Clock, Held


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
        return BulkCopies(self._client, self._clock, kinds=self._kinds, prepare=self._ready_to_understand)

    def changes(self, marks: Mapping[str, str]) -> Iterator[ChartPage]:
        """Read all that changed since the marks, kind after kind; EhrUnavailable, EhrRefused, NotAFhirServer."""
        capability = self._look_around()
        for kind in KINDS:
            yield from self._kind(capability, kind, marks.get(kind))

    def vanished(self, marks: Mapping[str, str], held: Held) -> Iterator[ChartPage]:
        """Find what was deleted where the server tells of no deletions; once per ward day and kind."""
        del marks, held
        yield from ()

    def read_again(self, reference: str, source: bytes) -> ChartItem:
        """Understand a stored resource anew, without the network."""
        kind = reference.partition("/")[0]
        return item_of(kind, Entry(path=kind, source=source), self._understand)

    def understanding(self) -> Understanding:
        """Tell how entries are understood from now on, with all that was mapped until now; ConfigurationError."""
        self._take_in_codes()
        return understanding_of(self._site)

    def codes_of_file(self) -> Mapping[LocalCode, str]:
        """Tell what the site's own file says that local codes mean."""
        return self._local_codes.words_of_file() if self._local_codes else {}

    def deliver(self, entry: ChartEntry, *, own_versions: frozenset[str], target: str | None) -> Delivery:
        """Write one entry and read it back; never raises for what a server may answer."""
        courier = Courier(client=self._client, site=self._site, capability=self._offered)
        return courier.deliver(entry, own_versions=own_versions, target=target)

    def inspect(self) -> Sequence[Choice]:
        """Look at server, auth, search and writing without changing anything."""
        return inspect_server(self._client, self._clock, kinds=KINDS, essential=ESSENTIAL)

    def _kind(self, capability: Capability, kind: str, mark: str | None) -> Iterator[ChartPage]:
        if not capability.offers_reading(kind):
            if kind in ESSENTIAL:
                yield _closed(kind, "the server does not offer it")
            return
        try:
            if mark and capability.offers_history(kind):
                yield from deletions_of(self._client, kind, mark)
            yield from changes_of(self._client, kind, mark, self._understand)
        except EhrRefused as refusal:
            if kind in ESSENTIAL:
                raise
            if mark:
                yield _closed(kind, refusal.message)

    def _look_around(self) -> Capability:
        """Learn what the server offers and which of its wards are intensive care, before anything is read."""
        self._take_in_codes()
        self._capability = read_capability(self._client)
        if self._capability.offers_reading("Location"):
            wards = icu_wards(self._client, self._site)
            self._site = replace(self._site, icu_locations=self._site.icu_locations | wards)
        return self._capability

    def _kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if self._offered().offers_reading(kind))

    def _ready_to_understand(self) -> Understand:
        self._look_around()
        return self._understand

    def _take_in_codes(self) -> None:
        """Read with what is mapped now; a process that runs for months learns what another was told."""
        codes = self._local_codes.in_force() if self._local_codes else self._site.concept_map
        if codes is not self._site.concept_map:
            self._site = replace(self._site, concept_map=codes)

    def _understand(self, resource: dict[str, Any], source: bytes) -> ChartItem:
        return understand(resource, source, self._site)

    def _offered(self) -> Capability:
        if self._capability is None:
            self._capability = read_capability(self._client)
        return self._capability


def _closed(kind: str, why: str) -> ChartPage:
    return ChartPage(kind=kind, items=(), problems=(f"{kind}: {why}",), is_last=True)

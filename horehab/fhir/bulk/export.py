"""Bulk $export, as the first load of a large chart uses it: ordered, asked after, read file by file, given back."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from horehab.errors import CopyFailed, CopyLost, EhrUnavailable, HorehabError, NoCopyOffered, NotAFhirServer
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.marks import FOLLOWED, YES
from horehab.fhir.basis.scope import EVERYTHING, Scope
from horehab.fhir.bulk.manifest import date_of, read_manifest
from horehab.fhir.bulk.reading import FileReader, Found, ReadLine
from horehab.fhir.sync.deletions import Place as Named
from horehab.fhir.sync.deletions import is_surely_gone, place_in, read_directly, tombstone
from horehab.fhir.wire.answers import Answer, is_incomplete, issues
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.envelope import Understand, item_of
from horehab.fhir.wire.pages import Entry
from horehab.fhir.wire.waiting import LONGEST_WAIT, retry_after
from horehab.usecases.chart_copy import (
    PATIENTS,
    WHOLE,
    CopyFile,
    CopyOrder,
    CopyPart,
    CopyReady,
    CopyTicket,
    Place,
    Preparing,
    Role,
)
from horehab.usecases.exchange import ChartItem, Item
from horehab.usecases.ports import Clock

_LEAST_WAIT, _USUAL_WAIT = 1.0, 10.0
_LONGEST_WORDS = 100
_ASYNC = {"Prefer": "respond-async"}
_MANIFEST = {"Accept": "application/json, application/fhir+json"}


class BulkCopies:
    """A FHIR server's $export behind the port Copies.

    `kinds` tells which kinds to ask for; `prepare` is called before files are read and gives the reader of one
    resource. Both may ask the server. `scope` says whose charts are read at all: a copy must not hold others.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        kinds: Callable[[], Sequence[str]],
        prepare: Callable[[], Understand],
        scope: Scope = EVERYTHING,
    ) -> None:
        self._client = client
        self._clock = clock
        self._kinds = kinds
        self._prepare = prepare
        self._scope = scope
        self._understand: Understand | None = None

    def usual(self) -> CopyOrder:
        """Take the whole chart, or the one group that is read at all."""
        is_group = len(self._scope.parts) == 1 and self._scope.parts[0].startswith("Group/")
        return CopyOrder(whose=self._scope.parts[0]) if is_group else CopyOrder()

    def order(self, order: CopyOrder) -> CopyTicket:
        """Kick an export off; NoCopyOffered, EhrUnavailable, EhrRefused, NotAFhirServer."""
        if not (self._scope.is_everything or self._is_scoped(order)):
            raise NoCopyOffered(
                f"HOREHAB_SCOPE is {self._scope.text!r}: a copy of {order.whose} would hold other patients too.",
                remedy="Run `horehab sync`, which reads these patients alone, or name one Group in HOREHAB_SCOPE.",
            )
        url = f"{self._client.connection.base}/{_path(order.whose)}"
        wanted = {"_outputFormat": "application/fhir+ndjson", "_type": ",".join(_kinds_in(order, self._kinds()))}
        params = wanted | ({"_since": order.since} if order.since else {})
        try:
            answer = self._client.ask("GET", url, headers=_ASYNC, params=params)
        except EhrUnavailable as error:
            if error.is_passing:
                raise
            raise _not_offered(order, error.message) from error
        if answer.status != HTTPStatus.ACCEPTED:
            raise _not_offered(order, f"The FHIR server answers with {answer.reason()}.")
        place = answer.headers.get("content-location", "")
        if not place:
            raise NotAFhirServer("The server takes an order for an export and does not say where it will be.")
        return CopyTicket(address=urljoin(url, place), ordered=date_of(answer))

    def look(self, ticket: CopyTicket, order: CopyOrder) -> Preparing | CopyReady:
        """Ask how far an export is; CopyLost when the server forgot it, CopyFailed when it gave up."""
        try:
            answer = self._client.ask("GET", ticket.address, headers=_MANIFEST)
        except EhrUnavailable as error:
            if error.is_passing:
                raise
            raise CopyFailed(f"The export failed at the server. {error.message}", remedy=_ANOTHER) from error
        if answer.is_gone:
            raise CopyLost("The server no longer knows the export.", remedy="Another export is ordered.")
        if answer.status == HTTPStatus.ACCEPTED:
            asked = retry_after(answer.headers.get("retry-after"), self._clock.now())
            wait = _USUAL_WAIT if asked is None else asked
            return Preparing(words=_words(answer), wait=min(max(wait, _LEAST_WAIT), LONGEST_WAIT))
        return read_manifest(
            answer, ticket.address, order=order, kinds=self._kinds(), is_scoped=self._is_scoped(order)
        )

    def read(self, file: CopyFile, place: Place, *, name: str) -> Iterator[CopyPart]:
        """Read a file on from a place; CopyLost, EhrUnavailable, EhrRefused, NotAFhirServer."""
        reader = FileReader(
            client=self._client,
            file=file,
            name=name,
            read_line=self._line_reader(file),
            marks_of=_nothing if self._scope.is_everything else _followed,
        )
        yield from reader.parts(place)

    def drop(self, ticket: CopyTicket) -> None:
        """Give an export back; a server that minds is left alone."""
        try:
            self._client.ask("DELETE", ticket.address, headers={})
        except HorehabError:
            return

    def _is_scoped(self, order: CopyOrder) -> bool:
        return self._scope.parts == (order.whose,)

    def _line_reader(self, file: CopyFile) -> ReadLine:
        if file.role is Role.TROUBLE:
            return _trouble
        if file.role is Role.GONE:
            return self._gone
        understand = self._understand = self._understand or self._prepare()

        def read_line(text: bytes, where: str) -> Found:
            return (item_of(file.kind, Entry(path=where, source=text), understand),), ()

        return read_line

    def _gone(self, text: bytes, where: str) -> Found:
        """Read a Bundle of deletions; each is believed only after a direct read says so too."""
        bundle = _read(text)
        entries = bundle.get("entry")
        if bundle.get("resourceType") != "Bundle" or not isinstance(entries, list):
            return (), (f"{where}: what was deleted cannot be read",)
        kinds = self._kinds()
        ours = {place.reference: place for place in map(_deleted, entries) if place and place.kind in kinds}
        return tuple(item for place in ours.values() for item in self._vanished(place)), ()

    def _vanished(self, place: Named) -> Iterator[ChartItem]:
        answer = read_directly(self._client, place.reference)
        if answer is not None and is_surely_gone(answer):
            yield tombstone(place.reference, answer, version=place.version)


def _deleted(entry: object) -> Named | None:
    """Tell which resource an entry of a list of deletions names; None when it names none."""
    if not isinstance(entry, dict):
        return None
    request = entry.get("request")
    url = request.get("url", "") if isinstance(request, dict) else ""
    return place_in(str(url), str(entry.get("fullUrl", "")))


def _nothing(_: tuple[Item, ...]) -> tuple[tuple[str, str], ...]:
    return ()


def _followed(items: tuple[Item, ...]) -> tuple[tuple[str, str], ...]:
    """Tell who was read from the beginning; who is linked to another record is left to the sync, which follows it."""
    whole = [item for item in items if item.identity is not None and b'"link"' not in item.source]
    return tuple((FOLLOWED + item.reference, YES) for item in whole)


def _trouble(text: bytes, where: str) -> Found:
    """Read what the server says it could not copy; remarks that nothing is missing are no problem."""
    outcome = _read(text)
    if outcome.get("resourceType") != "OperationOutcome":
        return (), (f"{where}: what could not be copied cannot be read",)
    if not is_incomplete(outcome):
        return (), ()
    return (), (f"the server could not copy everything ({'; '.join(issues(outcome))})",)


def _read(text: bytes) -> dict[str, Any]:
    try:
        tree = verbatim.read(text)
    except verbatim.NotJson:
        return {}
    return tree if isinstance(tree, dict) else {}


def _path(whose: str) -> str:
    return {WHOLE: "$export", PATIENTS: "Patient/$export"}.get(whose, f"{whose}/$export")


def _kinds_in(order: CopyOrder, kinds: Iterable[str]) -> list[str]:
    """Leave out what no patient's compartment holds, unless all is ordered: HAPI refuses the whole order for it."""
    return [kind for kind in kinds if order.whose == WHOLE or kind not in _OUTSIDE_COMPARTMENT]


_OUTSIDE_COMPARTMENT = frozenset({"Task"})
"""Kinds of those that we read which R4's patient compartment does not hold (compartmentdefinition-patient)."""


def _words(answer: Answer) -> str:
    """Take what the server says of its progress, on one line and without signs that a terminal would obey."""
    said = "".join(sign for sign in answer.headers.get("x-progress", "") if sign.isprintable())
    return said[:_LONGEST_WORDS].strip() or "in preparation"


def _not_offered(order: CopyOrder, why: str) -> NoCopyOffered:
    return NoCopyOffered(
        f"The server does not export {order.whose}. {why}",
        remedy="Try --system, --patient or --group, or run `horehab sync`: it reads the same page by page.",
    )


_ANOTHER = "Run `horehab load` again for another export, or `horehab sync`, which reads the same page by page."

"""One sweep over the whole chart: what changed, kind after kind, and by night what is no longer there."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from horehab.errors import EhrRefused, EhrUnavailable, HorehabError
from horehab.fhir.basis.kinds import ESSENTIAL
from horehab.fhir.basis.marks import of_ids
from horehab.fhir.sync.changes import changes_of
from horehab.fhir.sync.deletions import deletions_of
from horehab.fhir.sync.reconciliation import compared, night_of
from horehab.fhir.wire.capability import Capability
from horehab.fhir.wire.client import FORBIDDEN, Client
from horehab.fhir.wire.envelope import Understand
from horehab.usecases.exchange import ChartPage
from horehab.usecases.ports import Held

Marks = Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Reader:
    """A server, what it offers, how its entries are understood; `blind` are kinds whose history is closed to us.

    `has_answered` once a kind was read in this pass; `shut` are kinds that could not be read in it.
    """

    client: Client
    capability: Capability
    understand: Understand
    blind: set[str] = field(default_factory=set)
    has_answered: bool = False
    shut: set[str] = field(default_factory=set)

    def tells_deletions(self, kind: str) -> bool:
        """Whether deletions of that kind are seen in every pass."""
        return self.capability.offers_history(kind) and kind not in self.blind

    def fails_at_one(self, error: EhrUnavailable) -> bool:
        """Whether the server fails at one kind alone: it answered before and still does, and asks for no rest."""
        if not self.has_answered or error.retry_after is not None:
            return False
        try:
            self.client.ask("GET", "metadata", headers={})
        except HorehabError:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """The sweep over every patient whom the server lets us see, through all `kinds` that are read."""

    reader: Reader
    kinds: tuple[str, ...]
    whole: set[str] = field(default_factory=set)
    """The kinds that were read to their end in this pass, without a problem."""

    def changes(self, marks: Marks) -> Iterator[ChartPage]:
        """Read what changed since the marks; EhrUnavailable, EhrRefused, NotAFhirServer."""
        reader = self.reader
        for kind in self.kinds:
            read = partial(changes_of, reader.client, kind, marks.get(kind), reader.understand)
            is_well = True
            for page in guarded(reader, kind, marks.get(kind), read):
                is_well = is_well and not page.problems
                if is_well and page.is_last and page.mark:
                    self.whole.add(kind)
                yield page

    def vanished(self, marks: Marks, held: Held, day: str, left: Collection[str]) -> Iterator[ChartPage]:
        """Find what was deleted where no history tells it: once per ward day of the essential kinds.

        Of every kind also once after its first whole reading, if earlier ones broke off (`left`): what they read
        may have been deleted before there was a mark from which the history is asked.
        """
        for kind in (each for each in self.kinds if each not in self.reader.shut):
            name = of_ids(kind, is_scoped=False)
            if not self.reader.capability.offers_reading(kind) or (kind in left and not self._is_read(kind, marks)):
                continue
            night = night_of(kind, name, marks.get(name), day)
            if night is None or not (kind in left or self._is_untold(kind) or name not in marks):
                continue
            if kind in left or kind in marks:
                pages = partial(compared, self.reader.client, night, held(kind), None)
                yield from apart(self.reader, kind, name, pages)
            elif kind in self.whole:
                yield just_read(name, day)

    def _is_read(self, kind: str, marks: Marks) -> bool:
        return kind in marks or kind in self.whole

    def _is_untold(self, kind: str) -> bool:
        return kind in ESSENTIAL and not self.reader.tells_deletions(kind)


def left_over(marks: Marks, held: Held, kinds: Sequence[str]) -> frozenset[str]:
    """Tell of which kinds something is held already that was never compared: readings that broke off left it."""
    fresh = (kind for kind in kinds if of_ids(kind, is_scoped=False) not in marks)
    return frozenset(kind for kind in fresh if next(held(kind), None) is not None)


def guarded(
    reader: Reader, kind: str, mark: str | None, read: Callable[[], Iterator[ChartPage]]
) -> Iterator[ChartPage]:
    """Read a kind if the server offers it, deletions first; a kind that is not essential may be closed to us.

    One at which the server fails is a problem of that kind, and the others are read all the same.
    """
    if not reader.capability.offers_reading(kind):
        if kind in ESSENTIAL:
            yield closed(kind, "the server does not offer it")
        return
    try:
        yield from apart(reader, kind, kind, partial(_whole, reader, kind, mark, read))
    except EhrRefused as refusal:
        if kind in ESSENTIAL:
            raise
        reader.shut.add(kind)
        if mark:
            yield closed(kind, refusal.message)


def apart(reader: Reader, kind: str, name: str, read: Callable[[], Iterator[ChartPage]]) -> Iterator[ChartPage]:
    """Read pages of a kind, and say it under `name` where the server fails at this kind alone; EhrUnavailable."""
    try:
        for page in read():
            reader.has_answered = True
            yield page
    except EhrUnavailable as error:
        if not reader.fails_at_one(error):
            raise
        reader.shut.add(kind)
        yield closed(name, error.message)


def _whole(
    reader: Reader, kind: str, mark: str | None, read: Callable[[], Iterator[ChartPage]]
) -> Iterator[ChartPage]:
    if mark and reader.tells_deletions(kind):
        yield from _deletions(reader, kind, mark)
    yield from read()


def _deletions(reader: Reader, kind: str, mark: str) -> Iterator[ChartPage]:
    try:
        yield from deletions_of(reader.client, kind, mark)
    except EhrRefused as refusal:
        if refusal.code != FORBIDDEN:
            raise
        reader.blind.add(kind)


def closed(kind: str, why: str) -> ChartPage:
    """Say why a kind cannot be read."""
    return ChartPage(kind=kind, items=(), problems=(f"{kind}: {why}",), is_last=True)


def just_read(name: str, day: str) -> ChartPage:
    """Note that a kind was read from its very beginning today, so that there is nothing to compare."""
    return ChartPage(kind=name, items=(), mark=day, is_last=True)

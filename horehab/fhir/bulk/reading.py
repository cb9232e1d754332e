"""Reads a file of an export line by line through the reader of the sync, and goes on where it broke off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus

from horehab.errors import CopyLost, EhrUnavailable, NotAFhirServer
from horehab.fhir.basis import verbatim
from horehab.fhir.bulk.fetching import begins_at, opened
from horehab.fhir.bulk.ndjson import CutOff, Line, NotAFile, lines, unpacked
from horehab.fhir.wire.answers import Stream
from horehab.fhir.wire.client import Client
from horehab.usecases.chart_copy import CopyFile, CopyPart, Place
from horehab.usecases.exchange import ChartPage, Item

_TRIES = 4
_AT_ONCE_LINES = 500
_AT_ONCE_BYTES = 4_000_000

Found = tuple[tuple[Item, ...], tuple[str, ...]]
"""What one line holds: items for our memory, and problems that make the load incomplete."""

Followed = Callable[[tuple[Item, ...]], tuple[tuple[str, str], ...]]
"""Tells which marks follow from what was read, if all goes well."""

ReadLine = Callable[[bytes, str], Found]
"""Reads one line; the second argument says which line it is, for quarantine and problems."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReader:
    """Reads one file. `name` stands for it in problems; `kind` is the kind of its pages."""

    client: Client
    file: CopyFile
    name: str
    read_line: ReadLine
    marks_of: Followed

    def parts(self, place: Place) -> Iterator[CopyPart]:
        """Read on from a place, some lines at a time; what breaks off is taken up again where it broke.

        A file that stays cut off gives what came, with a problem. Raises CopyLost, EhrUnavailable (as often as it
        was tried without one new line), EhrRefused and NotAFhirServer.
        """
        attempt = 0
        while True:
            try:
                for part in self._once(place, is_last_try=attempt == _TRIES - 1):
                    attempt = 0 if part.place.lines > place.lines else attempt
                    place = part.place
                    yield part
            except CopyLost:
                raise
            except EhrUnavailable as error:
                attempt += 1
                if attempt == _TRIES or not error.is_passing:
                    raise
                self.client.rest(attempt, error)
            else:
                return

    def _once(self, place: Place, *, is_last_try: bool) -> Iterator[CopyPart]:
        batch = _Batch(kind=self.file.kind, place=place, marks_of=self.marks_of)
        try:
            for line, is_plain in self._lines(place):
                self._take(batch, line, is_plain=is_plain, is_last_try=is_last_try)
                if batch.is_full:
                    yield batch.part()
        except NotAFile as error:
            raise NotAFhirServer(f"{self.name} is {error}.", remedy=_REMEDY) from error
        except CutOff as cut:
            if not is_last_try:
                yield batch.part()
                raise _broke_off(self.name) from cut
            batch.problems.append(f"{self.name} is cut off after line {batch.place.lines}")
        except EhrUnavailable:
            yield batch.part()
            raise
        yield from self._end(batch, is_last_try=is_last_try)

    def _take(self, batch: "_Batch", line: Line, *, is_plain: bool, is_last_try: bool) -> None:
        """Read a line into the batch; CutOff for half a line, unless there is no hope of the other half."""
        is_cut = not line.is_whole and not _is_json(line)
        if is_cut and not is_last_try:
            raise CutOff
        batch.add(line, self._found(line, batch.place.lines + 1), is_plain=is_plain)
        if is_cut:
            batch.problems.append(f"{self.name} is cut off in line {batch.place.lines}")

    def _end(self, batch: "_Batch", *, is_last_try: bool) -> Iterator[CopyPart]:
        count, came = self.file.count, batch.place.lines
        if count is not None and came < count and not batch.problems:
            if not is_last_try:
                yield batch.part()
                raise _broke_off(self.name)
            batch.problems.append(f"{self.name} has {came} lines of {count} that the server counts")
        yield batch.part()

    def _found(self, line: Line, number: int) -> Found:
        if line.is_too_large:
            size = self.client.connection.max_body
            return (), (f"{self.name}, line {number}: it is larger than {size} bytes (HOREHAB_MAX_BODY)",)
        return self.read_line(line.text, f"{self.name}, line {number}") if line.text else ((), ())

    def _lines(self, place: Place) -> Iterator[tuple[Line, bool]]:
        """Give the lines after a place: asked for alone where the server can, else the others are passed over."""
        start = place.bytes - 1 if place.is_plain and place.bytes else 0
        with opened(self.client, self.file, start=start) as stream:
            if stream.status == HTTPStatus.OK:
                yield from self._after(stream, place)
                return
            if begins_at(stream, start):
                yield from self._after_newline(stream)
                return
        with opened(self.client, self.file) as stream:
            yield from self._after(stream, place)

    def _after(self, stream: Stream, place: Place) -> Iterator[tuple[Line, bool]]:
        """Pass over what was read before; CopyLost when the file does not end a line there."""
        text = unpacked(stream.pieces)
        is_plain = text.is_plain and "content-encoding" not in stream.headers
        at = 0
        for line in lines(text.pieces, longest=self._longest):
            at += line.size
            if at > place.bytes:
                if at - line.size < place.bytes:
                    raise _changed(self.name)
                yield line, is_plain
        if at < place.bytes:
            raise _changed(self.name)

    def _after_newline(self, stream: Stream) -> Iterator[tuple[Line, bool]]:
        """Read on after the newline that ended the last line that was read."""
        coming = lines(stream.pieces, longest=self._longest)
        first = next(coming, None)
        if first is None or first.size != 1 or not first.is_whole:
            raise _changed(self.name)
        for line in coming:
            yield line, True

    @property
    def _longest(self) -> int:
        return self.client.connection.max_body


class _Batch:
    """Lines that were read and not yet handed on."""

    def __init__(self, *, kind: str, place: Place, marks_of: Followed) -> None:
        self._kind = kind
        self._marks_of = marks_of
        self._items: list[Item] = []
        self._since = place
        self.place = place
        self.problems: list[str] = []

    def add(self, line: Line, found: Found, *, is_plain: bool) -> None:
        items, problems = found
        self._items += items
        self.problems += problems
        before = self.place
        self.place = replace(before, lines=before.lines + 1, bytes=before.bytes + line.size, is_plain=is_plain)

    @property
    def is_full(self) -> bool:
        is_long = self.place.lines - self._since.lines >= _AT_ONCE_LINES
        return is_long or self.place.bytes - self._since.bytes >= _AT_ONCE_BYTES

    def part(self) -> CopyPart:
        page = ChartPage(kind=self._kind, items=tuple(self._items), problems=tuple(self.problems))
        self._items, self.problems, self._since = [], [], self.place
        return CopyPart(page=page, place=self.place, marks=self._marks_of(page.items))


def _is_json(line: Line) -> bool:
    """Tell whether a last line without an end is complete all the same."""
    if line.is_too_large:
        return True
    try:
        verbatim.read(line.text)
    except verbatim.NotJson:
        return False
    return True


def _broke_off(name: str) -> EhrUnavailable:
    return EhrUnavailable(f"{name} broke off.", remedy="What came is kept; `horehab load` goes on from there.")


def _changed(name: str) -> CopyLost:
    return CopyLost(f"{name} is not what it was when it was read before.", remedy="Another export is ordered.")


_REMEDY = "Check HOREHAB_FHIR_URL, and whether the files of an export can be fetched with what signs us in."

"""One sweep over the patients of a scope: newcomers from the very beginning, the others since the last pass.

The marks are apart from those of a sweep over everybody, and each patient who was read from the beginning bears a
mark of their own. So the scope may change at any time: whoever has no such mark is read whole, and no mark of a kind
ever speaks for a patient who was not read up to it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from horehab.errors import EhrRefused
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.elements import child, children
from horehab.fhir.basis.kinds import ESSENTIAL, kinds_of
from horehab.fhir.basis.marks import FOLLOWED, NO, WITH, YES, later, latest_update, of_followed, of_ids
from horehab.fhir.basis.references import target_of
from horehab.fhir.basis.site import Site
from horehab.fhir.sync.changes import changes_of
from horehab.fhir.sync.members import members_of
from horehab.fhir.sync.reconciliation import compared, examined, night_of, not_among
from horehab.fhir.sync.sweep import Marks, Reader, apart, closed, guarded, just_read
from horehab.fhir.sync.whose import NotTogether, Whose, batches, parameter_for
from horehab.usecases.exchange import ChartPage, Item
from horehab.usecases.ports import Held

_DEEPEST = 6
_SAME_PERSON = ("replaced-by", "replaces")
_NOT_SEARCHABLE = "the server can search it neither by patient nor by subject, which HOREHAB_SCOPE needs"


@dataclass(slots=True, kw_only=True)
class Followed:
    """The sweep over the patients of a scope.

    `known` were read from the beginning in an earlier pass, `new` are in this one; `in_doubt` are those of whom
    something may be missing, so that the new ones among them are new again next time. `joined` are other records
    of the same person, with the one that led to them. `alone` are kinds that take one patient a search. `newest`
    is the latest change of a patient's own record that was seen in this pass. `whole` tells by kind who was read
    from the beginning in this pass, `seen` what came then, and `pending` are marks that wait until what we held of
    these patients before was compared with it.

    A history cannot be asked for some patients alone: what was deleted of others is seen there too, by its id and
    by the direct read that proves it gone; of what is not gone nothing is kept.
    """

    reader: Reader
    site: Site
    known: dict[str, None] = field(default_factory=dict)
    new: dict[str, None] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    in_doubt: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)
    newest: datetime | None = None
    whole: dict[str, set[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    pending: list[ChartPage] = field(default_factory=list)

    def changes(self, marks: Marks) -> Iterator[ChartPage]:
        """Find who is in the scope and read what changed of them; EhrUnavailable, EhrRefused, NotAFhirServer."""
        members = members_of(self.reader.client, self.site)
        problems, notes = tuple(members.problems), tuple(members.notes)
        yield ChartPage(kind="scope", items=(), problems=problems, notes=notes, is_last=True)
        before = _followed_before(marks)
        stay = _with_joined({**members.found, **(before if problems else {})}, before)
        self.known = {each: None for each in stay if each in before}
        self.new = {each: None for each in stay if each not in before}
        for kind in kinds_of(self.site):
            yield from self._kind(kind, marks.get(of_followed(kind)))
        self.pending += self._closing(before)

    def vanished(self, marks: Marks, held: Held, day: str) -> Iterator[ChartPage]:
        """Find what was deleted of those in the scope, where deletions are not told; once per ward day and kind.

        What is held of those who were read from the beginning just now is compared first: it may have been deleted
        while they were out of the scope, or after an earlier first reading broke off.
        """
        for kind, patients in self.whole.items():
            missing = not_among(held(kind, patients=patients), self.seen)
            yield from examined(self.reader.client, of_followed(kind), missing)
        yield from self.pending
        ours = (*self.known, *self.new)
        for kind in ESSENTIAL:
            name = of_ids(kind, is_scoped=True)
            night = night_of(kind, name, marks.get(name), day)
            parameter = self._parameter(kind)
            if night is None or parameter is None or self.reader.tells_deletions(kind):
                continue
            if of_followed(kind) not in marks:
                yield just_read(name, day)
                continue
            whoses = (Whose(parameter=parameter, references=batch) for batch in batches(ours))
            pages = partial(compared, self.reader.client, night, held(kind, patients=ours), whoses)
            yield from apart(self.reader, kind, name, pages)

    def _kind(self, kind: str, mark: str | None) -> Iterator[ChartPage]:
        """Read a kind of all who are followed; its mark is that of the first search, and moves if all went well."""
        is_well = True
        ends: list[str | None] = []
        for page in guarded(self.reader, kind, mark, lambda: self._pages(kind, mark)):
            is_well = is_well and not page.problems
            ends += [page.mark] if page.is_last else []
            yield replace(page, mark=None, is_last=False)
        if mark and (self._parameter(kind) is None or kind in self.reader.shut):
            self.in_doubt |= set(self.new)  # what they have of this kind may be older than its mark
        if is_well and ends and ends[0]:
            self.pending.append(ChartPage(kind=of_followed(kind), items=(), mark=ends[0], is_last=True))

    def _pages(self, kind: str, mark: str | None) -> Iterator[ChartPage]:
        parameter = self._parameter(kind)
        if parameter is None:
            if kind in ESSENTIAL:
                yield closed(kind, _NOT_SEARCHABLE)
            return
        try:
            for batch in batches(self.known):
                yield from self._batch(kind, mark, Whose(parameter=parameter, references=batch))
            yield from self._from_the_beginning(kind, parameter)
        except EhrRefused:
            if mark:
                self.in_doubt |= set(self.new)
            raise

    def _from_the_beginning(self, kind: str, parameter: str) -> Iterator[ChartPage]:
        """Read those who are new, and the other records of the same persons that come up with them."""
        read: set[str] = set()
        for _ in range(_DEEPEST):
            waiting = [each for each in self.new if each not in read]
            for batch in batches(waiting):
                yield from self._batch(kind, None, Whose(parameter=parameter, references=batch))
            read |= set(waiting)
        self.new = {each: None for each in self.new if each in read}

    def _batch(self, kind: str, mark: str | None, whose: Whose) -> Iterator[ChartPage]:
        if kind not in self.alone or len(whose.references) == 1:
            try:
                yield from self._search(kind, mark, whose)
            except NotTogether:
                self.alone.add(kind)
            else:
                return
        for reference in whose.references:
            yield from self._search(kind, mark, replace(whose, references=(reference,)))

    def _search(self, kind: str, mark: str | None, whose: Whose) -> Iterator[ChartPage]:
        reader, asked = self.reader, replace(whose, seen_before=self.newest)
        is_well = True
        for page in changes_of(reader.client, kind, mark, reader.understand, whose=asked):
            is_well = is_well and not page.problems
            if mark is None:
                self.seen |= {item.reference for item in page.items}
            if kind == "Patient":
                self.newest = later([self.newest, *(latest_update(item.source) for item in page.items)])
                self._join(page.items)
            yield page
        if not is_well:
            self.in_doubt |= set(whose.references)
        elif mark is None:
            self.whole.setdefault(kind, set()).update(whose.references)

    def _join(self, items: tuple[Item, ...]) -> None:
        """Follow the other records of the same person, so that a merge takes nobody out of sight."""
        for item in items:
            for other in _same_person(item, self.site):
                if other not in self.known and other not in self.new:
                    self.new[other] = None
                    self.joined[other] = item.reference

    def _closing(self, before: Collection[str]) -> Iterator[ChartPage]:
        """Note who is followed from now on, and who no longer: to come back is to be read from the beginning."""
        for reference in self.new:
            if reference not in self.in_doubt:
                mark = WITH + self.joined[reference] if reference in self.joined else YES
                yield ChartPage(kind=FOLLOWED + reference, items=(), mark=mark, is_last=True)
        for reference in sorted(set(before) - {*self.known, *self.new}):
            yield ChartPage(kind=FOLLOWED + reference, items=(), mark=NO, is_last=True)

    def _parameter(self, kind: str) -> str | None:
        is_offered = self.reader.capability.offers_reading(kind)
        return parameter_for(self.reader.capability, kind) if is_offered else None


def _followed_before(marks: Marks) -> dict[str, str]:
    """Tell who was read from the beginning and is still followed, each with what the mark says."""
    found = {name.removeprefix(FOLLOWED): mark for name, mark in marks.items() if name.startswith(FOLLOWED)}
    return {reference: mark for reference, mark in sorted(found.items()) if mark != NO}


def _with_joined(found: Mapping[str, object], before: Mapping[str, str]) -> dict[str, None]:
    """Add the other records of those who are in the scope, as earlier passes found them."""
    stay = dict.fromkeys(found)
    for _ in range(_DEEPEST):
        stay |= {name: None for name, mark in before.items() if mark.removeprefix(WITH) in stay}
    return stay


def _same_person(item: Item, site: Site) -> Iterator[str]:
    if b'"link"' not in item.source or not item.reference.startswith("Patient/"):
        return
    try:
        resource = verbatim.read(item.source)
    except verbatim.NotJson:
        return
    for link in children(resource, "link") if isinstance(resource, dict) else ():
        target = target_of(child(link, "other"), site)
        if target and target.startswith("Patient/") and link.get("type") in _SAME_PERSON:
            yield target

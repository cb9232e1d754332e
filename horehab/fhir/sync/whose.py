"""Of whom a search is asked: some patients named in it, and the proof that the answer is about them and no others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from horehab.fhir.wire.capability import Capability
from horehab.fhir.wire.pages import Page
from horehab.usecases.exchange import Item

_MOST = 30
_LONGEST = 1_200
"""Patients, and letters of their names, in one search: its address stays shorter than any server's limit."""


class NotTogether(Exception):
    """The server does not take several patients in one search, or does not say that it did: ask for each alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Some patients ("Patient/7"), and the search parameter that names them: patient, subject or _id.

    `seen_before` is the latest change that was already seen in this pass, from which a mark may be made.
    """

    parameter: str
    references: tuple[str, ...]
    seen_before: datetime | None = None

    @property
    def params(self) -> dict[str, str]:
        """The parameter with its value: the patients with commas between them."""
        names = (_bare(each) if self.parameter == "_id" else each for each in self.references)
        return {self.parameter: ",".join(names)}

    def check(self, page: Page) -> bool:
        """Say whether the first page of an answer is about all of these; NotTogether when each may be asked alone.

        A page without self link is believed for one patient, whose resources can be told from others'.
        """
        if page.obeyed is None:
            if len(self.references) > 1:
                raise NotTogether
            return True
        named = {_bare(each) for each in page.obeyed.get(self.parameter, ())}
        is_whole = named >= {_bare(each) for each in self.references}
        if not is_whole and len(self.references) > 1:
            raise NotTogether
        return is_whole

    def is_foreign(self, item: Item) -> bool:
        """Say whether an item is somebody else's; what says of nobody whose it is belongs to the search."""
        if item.patient is None or item.patient in self.references:
            return False
        text = item.source
        return not any(f"{each}{end}".encode() in text for each in self.references for end in ('"', "/"))


def parameter_for(capability: Capability, kind: str) -> str | None:
    """Choose by which parameter a kind is searched for a patient; None when the server knows none."""
    if kind == "Patient":
        return "_id"
    offer = capability.offers.get(kind)
    if offer is None or not offer.searches:
        return "patient"
    return next((name for name in ("patient", "subject") if name in offer.searches), None)


def batches(references: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Part patients into as many as one search can name."""
    batch: list[str] = []
    for reference in references:
        if batch and (len(batch) == _MOST or sum(map(len, batch)) + len(reference) > _LONGEST):
            yield tuple(batch)
            batch = []
        batch.append(reference)
    if batch:
        yield tuple(batch)


def _bare(reference: str) -> str:
    return reference.rpartition("/")[2]

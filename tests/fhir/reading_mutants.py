"""Reads mutants the way a page of the chart is read, and keeps them: each is read, ignored, or set aside and said."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from horehab.domain.range_of_motion import Reading
from horehab.fhir.basis.quarantine import CODES
from horehab.fhir.basis.site import Site
from horehab.fhir.reading import understand
from horehab.fhir.wire.envelope import carefully
from horehab.fhir.wire.pages import Entry
from horehab.store import SqlLogbook
from horehab.usecases.exchange import ChartItem, ChartPage
from tests.fhir.charts import SITE
from tests.fhir.mutants import Mutants
from tests.store.making import NOW

FATES = ("read", "ignored", "set aside")
_ENVELOPE = ("not-json", "not-a-resource", "wrong-kind")
_WRONG = "unexpected"


def fate_of(item: ChartItem) -> str:
    """Tell what became of a resource; AssertionError when that is not said as it must be."""
    if item.unreadable:
        for each in item.unreadable:
            assert each.code in CODES or each.code in _ENVELOPE, each
            assert each.code != _WRONG, f"a fault of ours: {each}, {item.source[:2000]!r}"
            assert each.detail, each
        return "set aside"
    for fact in item.facts:
        assert not isinstance(fact, Reading) or -200 <= fact.degrees <= 200, item.source[:2000]
    return "read" if item.facts or item.identity or item.own_key else "ignored"


def read_one(kind: str, text: bytes, site: Site = SITE) -> ChartItem:
    """Read one resource as an entry of a search for its kind."""

    def understood(resource: dict[str, Any], source: bytes) -> ChartItem:
        return understand(resource, source, site)

    return carefully(kind, Entry(path="Bundle.entry[0].resource", source=text), understood)


def read_mutants(mutants: Mutants, count: int, logbook: SqlLogbook | None = None) -> Counter[str]:
    """Read so many; keep every tenth page of two hundred, and see that all that was refused is in quarantine."""
    fates: Counter[str] = Counter()
    for start in range(0, count, 200):
        items = [read_one(*mutants.next()) for _ in range(min(200, count - start))]
        fates.update(fate_of(item) for item in items)
        if logbook is not None and start % 2000 == 0:
            keep(logbook, items)
    return fates


def keep(logbook: SqlLogbook, items: Sequence[ChartItem]) -> None:
    """Keep a page in an emptied memory; AssertionError when what was refused is not in quarantine with its reason."""
    logbook.rebuild()
    logbook.keep(ChartPage(kind="Observation", items=tuple(items)), now=NOW)
    aside = {(each.reference, each.code) for each in logbook.set_aside()}
    last = {item.reference: item for item in items}
    by_reference = Counter(item.reference for item in items)
    for item in last.values():
        if by_reference[item.reference] == 1:
            missing = {(item.reference, each.code) for each in item.unreadable} - aside
            assert not missing, missing

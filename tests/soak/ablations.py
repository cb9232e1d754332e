"""What the promise "nothing lost, nothing doubled" stands on, taken away one by one: each must be found out.

These are switches of the harness: they change the running worker from outside. The product has no such switch.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from horehab.domain.entries import Delivery, Outcome
from horehab.fhir import connection, delivery, placing, sweep
from horehab.fhir.client import Client
from horehab.fhir.server_ids import _if_none_exist
from horehab.usecases.exchange import ChartPage


def _instead(of: object, name: str, other: object) -> None:
    """Put something else in the place of a part of the product; AttributeError when it has no such part any more."""
    getattr(of, name)
    setattr(of, name, other)


def _no_overlap() -> None:
    """Read from the mark itself: what was committed late lies before it."""
    _instead(connection.Connection, "safe_overlap", property(lambda _: 0.0))


def _conditional_create() -> None:
    """Create with If-None-Exist under an id of the server's, and believe that the server obeyed."""

    def create(client: Client, _: str, wanted: Mapping[str, Any], __: object) -> Delivery:
        kind = wanted["resourceType"]
        body = {name: value for name, value in wanted.items() if name != "id"}
        answer = client.send("POST", kind, body, headers=_if_none_exist(wanted))
        if not answer.is_success:
            return Delivery(outcome=Outcome.LATER, detail=f"status {answer.status}")
        return Delivery(outcome=Outcome.DONE, reference=f"{kind}/{answer.new_id}", version=answer.version or "")

    _instead(delivery, "place", create)
    _instead(delivery.Courier, "_stands", lambda *_: None)  # what is cited is looked for by its identifier


def _any_2xx() -> None:
    """Believe a status of success; do not read back what was written."""

    def believe(_: Client, reference: str, version: str, __: Mapping[str, Any]) -> Delivery:
        return Delivery(outcome=Outcome.DONE, reference=reference, version=version)

    _instead(placing, "confirm", believe)


def _search_alone() -> None:
    """Look for changes by search alone: what was deleted never comes up in one."""

    def nothing(_: Client, __: str, ___: str) -> Iterator[ChartPage]:
        yield from ()

    _instead(sweep, "deletions_of", nothing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """One idea that can be taken away, and the losses that must then be found (fields of Losses)."""

    take_away: Callable[[], None]
    shows: tuple[str, ...]


ABLATIONS: Mapping[str, Ablation] = MappingProxyType(
    {
        "overlap": Ablation(take_away=_no_overlap, shows=("lost", "stale")),
        "conditional-create": Ablation(take_away=_conditional_create, shows=("doubled",)),
        "any-2xx": Ablation(take_away=_any_2xx, shows=("missing", "unexplained")),
        "search": Ablation(take_away=_search_alone, shows=("kept",)),
    }
)

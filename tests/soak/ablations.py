"""What the promise "nothing lost, nothing doubled" stands on, taken away one by one: each must be found out.

These are switches of the harness: they change the running worker from outside. The product has no such switch.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from horehab.domain.entries import Delivery, Outcome
from horehab.fhir.sync import sweep
from horehab.fhir.wire import connection
from horehab.fhir.wire.client import Client
from horehab.fhir.writing import delivery, placing
from horehab.fhir.writing.server_ids import _if_none_exist
from horehab.store import delivering, outbox
from horehab.usecases.exchange import ChartPage, OutboxRow


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


def _settled_first() -> None:
    """Note an entry as delivered when it is taken from the outbox: who dies before it is sent never sends it."""
    claim = delivering.claim

    def settled(connection: Connection, **of: Any) -> tuple[OutboxRow, ...]:
        rows = claim(connection, **of)
        for row in rows:
            delivering.settle(connection, row, Delivery(outcome=Outcome.DONE), now=of["now"])
        return rows

    _instead(delivering, "claim", settled)


def _two_transactions() -> None:
    """Commit that patients were reviewed before what was decided for them stands in the outbox."""
    add = outbox.add

    def committing(connection: Connection, entries: Any, *, now: datetime) -> None:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        add(connection, entries, now=now)

    _instead(outbox, "add", committing)


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

TAKEN_AWAY: Mapping[str, Callable[[], None]] = MappingProxyType(
    {
        **{name: ablation.take_away for name, ablation in ABLATIONS.items()},
        "settled-first": _settled_first,
        "one-transaction": _two_transactions,
    }
)
"""Those, and what nobody finds who does not choose the request or the statement at which he kills."""

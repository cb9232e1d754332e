"""Deliver what waits in the outbox to the chart, first in first out per patient, and note what became of it."""

from dataclasses import replace

from horehab.domain.entries import DecisionEntry, Delivery, Outcome
from horehab.domain.message import MessageRequestEntry
from horehab.errors import HorehabError
from horehab.usecases.asked_messages import why_not_asked
from horehab.usecases.exchange import DeliveryReport, OutboxRow
from horehab.usecases.ports import Ports

_BATCH = 20
_SILENT_AFTER = 3  # deliveries in a row that the server did not answer: it is down, the rest can wait


def deliver_entries(ports: Ports) -> DeliveryReport:
    """Write all entries that wait into the chart; nothing is written when the operator has not allowed it.

    An entry is settled only after the chart's answer was read back. A crash in between leaves it waiting, and
    its next delivery finds what already stands there. Stops early when the server falls silent.
    """
    counts = dict.fromkeys(Outcome, 0)
    silent = 0
    while ports.may_write and silent < _SILENT_AFTER:
        rows = ports.logbook.claim_entries(owner=ports.owner, now=ports.clock.now(), limit=_BATCH)
        if not rows:
            break
        for row in rows:
            delivery = _deliver(ports, row) if silent < _SILENT_AFTER else _POSTPONED
            silent = silent + 1 if delivery.outcome is Outcome.LATER else 0
            ports.logbook.settle(row, delivery, now=ports.clock.now())
            counts[delivery.outcome] += 1
    return DeliveryReport(
        done=counts[Outcome.DONE],
        later=counts[Outcome.LATER],
        conflict=counts[Outcome.CONFLICT],
        refused=counts[Outcome.REFUSED],
    )


_POSTPONED = Delivery(outcome=Outcome.LATER, detail="the server did not answer the entries before this one")


_NOT_KNOWN = "the EHR cannot be asked for the patient's consent now"


def _deliver(ports: Ports, row: OutboxRow) -> Delivery:
    if isinstance(row.entry, MessageRequestEntry) and not row.entry.is_withdrawn:
        try:
            why_not = why_not_asked(ports, row.entry)
        except HorehabError:
            return Delivery(outcome=Outcome.LATER, detail=_NOT_KNOWN)
        if why_not:
            return _taken_back(ports, row.entry, why_not)
    target = ports.logbook.delivered_reference(row.key)
    changed = _decided_about(ports, row.entry) if isinstance(row.entry, DecisionEntry) else target
    own = ports.logbook.own_versions(changed) if changed else frozenset()
    return ports.chart.deliver(row.entry, own_versions=own, target=target)


def _taken_back(ports: Ports, entry: MessageRequestEntry, why: str) -> Delivery:
    """Leave a request unsaid, and take it back at the EHR all the same: an earlier attempt may have reached it."""
    withdrawn = replace(entry, is_withdrawn=True)
    ports.logbook.log(patient=entry.patient, entries=(withdrawn,), reminders=(), now=ports.clock.now())
    return Delivery(outcome=Outcome.DONE, detail=why)


def _decided_about(ports: Ports, entry: DecisionEntry) -> str:
    """Name the suspicion that a person decided about, under the id that the EHR gave it if it gave one."""
    known = ports.logbook.delivered_reference(f"suspicion:{entry.condition_id}")
    return known or f"Condition/{entry.condition_id}"

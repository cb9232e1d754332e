"""What stands in the chart about a patient's joints, together with what is on its way there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from horehab.domain.entries import DecisionEntry, SuspicionEntry, TaskEntry
from horehab.domain.episode import Standing
from horehab.domain.joints import JointSide
from horehab.domain.message import MessageRequestEntry
from horehab.domain.record import ChartedOssification, ChartedStatus, PatientRecord, days_of_facts
from horehab.usecases.exchange import OutboxRow
from horehab.usecases.ports import Logbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """The standing of each place of one patient, read from our memory once; `tasks` the last word on each task.

    `requests` are those to the EHR's messenger that did not leave yet.
    """

    known: PatientRecord
    rows: tuple[tuple[OutboxRow, SuspicionEntry], ...]
    tasks: tuple[TaskEntry, ...]
    requests: tuple[MessageRequestEntry, ...]
    decisions: tuple[DecisionEntry, ...]
    known_days: Mapping[str, date]
    logbook: Logbook

    def at(self, place: JointSide) -> Standing:
        """Tell what stands about one place; an entry that has not left yet counts as standing already."""
        here = [(row, entry) for row, entry in self.rows if entry.place == place]
        names = {row.reference: f"Condition/{entry.condition_id}" for row, entry in here if row.reference}
        found = [o for o in self.known.ossifications if (o.joint, o.side) == (place.joint, place.side)]
        own_versions = {names.get(o.source, o.source): self.logbook.own_versions(o.source) for o in found}
        charted = {o.source: o for o in _under_our_names(found, names)}
        for row, entry in here:
            source = f"Condition/{entry.condition_id}"
            if row.state == "waiting" or source not in charted:
                charted[source] = _as_charted(entry, charted.get(source))
            if row.state == "kept" and row.settled and not charted[source].version:
                charted[source] = _closed(charted[source], row.settled.date())
        return Standing(
            ossifications=tuple(charted.values()),
            written={entry.condition_id: entry for _, entry in here},
            own_versions=own_versions,
            decisions=tuple(d for d in self.decisions if d.place == place),
            known_days=self.known_days,
            patient=self.known.patient.reference,
        )


def _under_our_names(
    found: Sequence[ChartedOssification], names: Mapping[str, str]
) -> tuple[ChartedOssification, ...]:
    """Call each suspicion of ours by our own name, whatever id the EHR gave it; its doubles are left out.

    A double is another of ours of the same episode, beside the one that we know: entered in error by the sweep,
    or not swept yet. One that a person decided about is never left out.
    """
    known = {o.episode for o in found if o.is_ours and o.source in names}
    return tuple(
        replace(o, source=names.get(o.source, o.source))
        for o in found
        if not (o.is_ours and o.source not in names and o.episode in known and o.status in _UNDECIDED)
    )


_UNDECIDED = (ChartedStatus.UNCONFIRMED, ChartedStatus.ENTERED_IN_ERROR)


def open_suspicion(standing: Standing) -> ChartedOssification | None:
    """Find the suspicion of ours that is open at a place, in the chart or on its way there."""
    here = [o for o in standing.ossifications if o.is_ours_and_open]
    return max(here, key=lambda o: o.episode or 0, default=None)


def waits_for_review(standing: Standing) -> bool:
    """Say whether a suspicion of ours is open at a place about which nobody has decided anything yet."""
    found = open_suspicion(standing)
    if found is None or found.status is not ChartedStatus.UNCONFIRMED:
        return False
    return not any(d.condition_id == found.condition_id for d in standing.decisions)


def standings_of(logbook: Logbook, known: PatientRecord) -> Standings:
    """Read once what our memory holds of a patient's suspicions."""
    patient = known.patient.reference
    rows = logbook.outbox(patient=patient, open_only=False)
    return Standings(
        known=known,
        rows=tuple((row, row.entry) for row in rows if isinstance(row.entry, SuspicionEntry)),
        tasks=tuple({row.key: row.entry for row in rows if isinstance(row.entry, TaskEntry)}.values()),
        requests=tuple(_waiting_requests(rows)),
        decisions=logbook.decisions(patient),
        known_days=days_of_facts(known),
        logbook=logbook,
    )


def _waiting_requests(rows: Iterable[OutboxRow]) -> Iterator[MessageRequestEntry]:
    last = {row.key: row for row in rows if isinstance(row.entry, MessageRequestEntry)}
    for row in last.values():
        if row.state in _UNSENT and isinstance(row.entry, MessageRequestEntry) and not row.entry.is_withdrawn:
            yield row.entry


_UNSENT = ("waiting", "conflict", "refused")


def _closed(charted: ChartedOssification, day: date) -> ChartedOssification:
    """Show what a person keeps out of the EHR, or deleted there, as closed by them on what was known that day."""
    status = ChartedStatus.ENTERED_IN_ERROR
    return replace(charted, status=status, is_active=False, version="a person's", known_on=day)


def _as_charted(entry: SuspicionEntry, charted: ChartedOssification | None) -> ChartedOssification:
    """Show an entry that has not come back from the chart yet as if it stood there already."""
    status = ChartedStatus.ENTERED_IN_ERROR if entry.is_withdrawn else ChartedStatus.UNCONFIRMED
    if charted is not None:
        return replace(charted, status=status if entry.is_withdrawn else charted.status, evidence=entry.evidence)
    return ChartedOssification(
        source=f"Condition/{entry.condition_id}",
        version="",
        status=status,
        is_active=not entry.is_withdrawn,
        joint=entry.place.joint,
        side=entry.place.side,
        when=None,
        known_on=entry.recorded,
        is_ours=True,
        episode=entry.episode,
        evidence=entry.evidence,
        patient=entry.patient,
    )

"""A patient on one page: joints and their course, exposures, sessions, laboratory values, what is due and waiting."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, render_template

from horehab.domain.entries import ChartEntry, MeasurementEntry, SessionEntry
from horehab.domain.input_quality import input_quality
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.reminder import ReminderState
from horehab.domain.suspicion import Tier
from horehab.usecases.exchange import OutboxRow, ReminderRow
from horehab.web.access import CARE, TEAM, allow
from horehab.web.body import spots
from horehab.web.findings import JointFinding, findings, loss
from horehab.web.imaging_form import image_word
from horehab.web.planned import how_often, planned
from horehab.web.room import open_patient, room, viewer
from horehab.web.words import TIER_MARKS, entry_word

_LAST_SESSIONS = 8
_FIRST_REASONS = 3


def add_to(pages: Blueprint) -> None:
    """Add the patient's page to our pages."""
    pages.add_url_rule("/patients/<key>", "patient", patient)


@allow(*TEAM)
def patient(key: str) -> str:
    """Show all that is known of one patient."""
    opened = open_patient(key, what="read patient")
    ports, record = room().ports(), opened.record
    found = findings(record, ports.rules, room().today())
    due = [row for row in ports.logbook.reminders(patient=opened.reference) if is_still_due(row, room().today())]
    waiting = ports.logbook.outbox(patient=opened.reference)
    return render_template(
        "horehab/patient.html",
        key=key,
        patient=record.patient,
        record=record,
        rows=joint_rows(found),
        sides=tuple(Side),
        spots=spots(found),
        marks=TIER_MARKS,
        loss=loss,
        suspected=[(f, f.verdict.reasons[:_FIRST_REASONS]) for f in found if f.verdict and f.tier is Tier.SUSPECT],
        ours=ports.logbook.sessions.of(opened.reference) if viewer().role in CARE else {},
        sessions=sorted(record.sessions, key=lambda s: s.when.earliest, reverse=True)[:_LAST_SESSIONS],
        more_sessions=len(record.sessions[_LAST_SESSIONS:]),
        planned=planned(record, room().today()),
        how_often=how_often,
        labs=latest_labs(record.labs),
        due=due[:_LAST_SESSIONS],
        more_due=len(due[_LAST_SESSIONS:]),
        today=room().today(),
        waiting=waiting_words(waiting),
        image_word=image_word,
        quality=input_quality(
            record, ports.rules, [row.code for row in ports.logbook.set_aside(patient=opened.reference)]
        ),
    )


def is_still_due(row: ReminderRow, today: date) -> bool:
    """Say whether a reminder waits and still makes sense on this day."""
    return row.state is ReminderState.DUE and row.reminder.void_after >= today


def joint_rows(found: Iterable[JointFinding]) -> list[tuple[Joint, dict[Side, JointFinding]]]:
    """Put left and right of each joint into one row, as they are compared."""
    by_place: dict[JointSide, JointFinding] = {finding.place: finding for finding in found}
    rows = []
    for joint in Joint:
        pair = {side: by_place.get(JointSide(joint=joint, side=side)) for side in Side}
        if any(pair.values()):
            rows.append((joint, {side: finding for side, finding in pair.items() if finding}))
    return rows


def latest_labs(labs: Iterable[LabResult]) -> list[tuple[Analyte, LabResult, LabResult]]:
    """Give for each laboratory value the latest and the highest, by multiple of the upper limit."""
    rows = []
    for analyte in Analyte:
        mine = sorted((lab for lab in labs if lab.analyte is analyte), key=lambda lab: lab.when.earliest)
        if mine:
            rows.append((analyte, mine[-1], max(mine, key=lambda lab: lab.multiple or 0.0)))
    return rows


def waiting_words(rows: Iterable[OutboxRow]) -> list[tuple[str, OutboxRow]]:
    """Say what waits for the EHR; the measurements of one session count as one line."""
    sessions = {row.entry.session_id for row in rows if isinstance(row.entry, SessionEntry)}
    return [(entry_word(row.entry), row) for row in rows if not _is_part_of(row.entry, sessions)]


def _is_part_of(entry: ChartEntry, sessions: set[str]) -> bool:
    return isinstance(entry, MeasurementEntry) and entry.session_id in sessions

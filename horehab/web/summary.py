"""The summary of a patient for the consultation: a page to print, the same as PDF, and the figures as CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, render_template, url_for

from horehab.domain.joints import Side
from horehab.domain.record import Attendance, PatientRecord
from horehab.domain.session import SessionStatus
from horehab.domain.suspicion import Tier
from horehab.web.access import TEAM, allow
from horehab.web.chart_image import draw, on_paper
from horehab.web.chart_marks import LIGHT
from horehab.web.chart_sheet import chart_sheet
from horehab.web.chart_spec import chart_spec
from horehab.web.findings import JointFinding, findings, loss
from horehab.web.imaging_form import image_word, imaging_words
from horehab.web.joint import error_sources
from horehab.web.patient import joint_rows, latest_labs
from horehab.web.pdf import as_pdf
from horehab.web.room import OpenPatient, open_patient, room, slug
from horehab.web.speech import told_in_lines
from horehab.web.tables import readings_table, sessions_table
from horehab.web.words import word

_LAST_SESSIONS = 10
_MOST_CHARTS = 4
_LATELY = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence:
    """What became of the last four weeks: sessions done and not done, appointments kept and missed."""

    done: int
    not_done: int
    attended: int
    missed: int


def add_to(pages: Blueprint) -> None:
    """Add summary, PDF and tables to our pages."""
    pages.add_url_rule("/patients/<key>/summary", "summary", summary)
    pages.add_url_rule("/patients/<key>/summary.pdf", "summary_pdf", summary_pdf)
    pages.add_url_rule("/patients/<key>/readings.csv", "readings_csv", readings_csv)
    pages.add_url_rule("/patients/<key>/sessions.csv", "sessions_csv", sessions_csv)


@allow(*TEAM)
def summary(key: str) -> str:
    """Show the summary, made to be printed."""
    return _page(open_patient(key, what="read summary"), "horehab/summary.html", _chart_address)


@allow(*TEAM)
def summary_pdf(key: str) -> Response:
    """Give the summary as PDF."""
    opened = open_patient(key, what="took summary as PDF")
    page = _page(opened, "horehab/summary_pdf.html", _chart_within)
    return _file(as_pdf(page), "application/pdf", "summary.pdf")


@allow(*TEAM)
def readings_csv(key: str) -> Response:
    """Give all readings of range of motion as a table for a spreadsheet."""
    opened = open_patient(key, what="took readings as CSV")
    return _file(readings_table(opened.record, room().zone()), "text/csv; charset=utf-8", "readings.csv")


@allow(*TEAM)
def sessions_csv(key: str) -> Response:
    """Give all sessions as a table for a spreadsheet."""
    opened = open_patient(key, what="took sessions as CSV")
    return _file(sessions_table(opened.record, room().zone()), "text/csv; charset=utf-8", "sessions.csv")


def _file(content: bytes, kind: str, name: str) -> Response:
    """Hand over a file; its name says nothing about the patient."""
    return Response(
        content, mimetype=None, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _page(opened: OpenPatient, template: str, chart: Callable[[OpenPatient, JointFinding], str]) -> str:
    ports, record, today = room().ports(), opened.record, room().today()
    found = findings(record, ports.rules, today)
    noted = [f for f in found if f.tier in (Tier.SUSPECT, Tier.WATCH)]
    return render_template(
        template,
        key=opened.key,
        patient=record.patient,
        record=record,
        today=today,
        rule=ports.rules.version,
        rows=joint_rows(found),
        sides_of=lambda pair: [(side, pair.get(side)) for side in Side],
        loss=loss,
        suspected=[(f, told_in_lines(f.verdict)) for f in noted if f.verdict and f.tier is Tier.SUSPECT],
        unjudged=sum(f.tier is Tier.CANNOT_JUDGE for f in found if f.verdict),
        charts=[(f.place, chart(opened, f)) for f in noted[:_MOST_CHARTS]],
        undrawn=[word(f.place) for f in noted[_MOST_CHARTS:]],
        adherence=adherence(record, today),
        sessions=sorted(record.sessions, key=lambda s: s.when.earliest, reverse=True)[:_LAST_SESSIONS],
        more_sessions=len(record.sessions[_LAST_SESSIONS:]),
        labs=latest_labs(record.labs),
        decisions=ports.logbook.decisions(opened.reference),
        imaging_words=imaging_words,
        image_word=image_word,
    )


def _chart_address(opened: OpenPatient, finding: JointFinding) -> str:
    """Say where the picture of a joint stands: the page is there at once, and its pictures come one by one."""
    return url_for("horehab.joint_chart", key=opened.key, place=slug(finding.place))


def _chart_within(opened: OpenPatient, finding: JointFinding) -> str:
    """Draw the chart of a joint into the page itself: a PDF fetches nothing."""
    ports = room().ports()
    decisions = ports.logbook.decisions(opened.reference)
    sheet = chart_sheet(opened.record, finding, decisions, error_sources(finding.place), today=room().today())
    return on_paper(draw(chart_spec(sheet, LIGHT)))


def adherence(record: PatientRecord, today: date) -> Adherence:
    """Count what became of the last four weeks."""
    since = today - _LATELY
    sessions = [session.status for session in record.sessions if session.when.day >= since]
    visits = [visit.attendance for visit in record.visits if since <= visit.when.day <= today]
    not_done = sessions.count(SessionStatus.NOT_DONE)
    return Adherence(
        done=len(sessions) - not_done,
        not_done=not_done,
        attended=visits.count(Attendance.ATTENDED),
        missed=visits.count(Attendance.MISSED),
    )

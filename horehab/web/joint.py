"""A joint: the chart of its course, the same as a table, and who measured with what."""

from flask import Blueprint, Response, abort, render_template, request

from horehab.domain.joints import JointSide, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.suspicion import Tier
from horehab.web.access import TEAM, allow
from horehab.web.chart_image import draw
from horehab.web.chart_marks import DARK, LIGHT, Theme
from horehab.web.chart_sheet import ChartSheet, chart_sheet
from horehab.web.chart_spec import chart_spec
from horehab.web.findings import JointFinding, finding_at, findings, loss
from horehab.web.reading_table import reading_table
from horehab.web.room import OpenPatient, open_patient, place_of, room, slug
from horehab.web.words import TIER_MARKS

_THEMES = {"light": LIGHT, "dark": DARK}


def add_to(pages: Blueprint) -> None:
    """Add the joint's page and its chart to our pages."""
    pages.add_url_rule("/patients/<key>/joints/<place>", "joint", joint)
    pages.add_url_rule("/patients/<key>/joints/<place>/chart.svg", "joint_chart", joint_chart)


@allow(*TEAM)
def joint(key: str, place: str) -> str:
    """Show one joint of a patient."""
    where = place_of(place, key)
    opened = open_patient(key, what=f"read joint {slug(where)}")
    finding, sheet = opened_joint(opened, where)
    return render_template(
        "horehab/joint.html",
        key=key,
        patient=opened.record.patient,
        place=where,
        finding=finding,
        sheet=sheet,
        marks=TIER_MARKS,
        suspect=Tier.SUSPECT,
        loss=loss,
        norms=norms(opened, where),
        table=reading_table(opened.record.readings, where),
        labs=[lab for lab in opened.record.labs if lab.analyte is Analyte.ALKALINE_PHOSPHATASE],
        pains=[pain for pain in opened.record.pains if pain.place == where],
    )


@allow(*TEAM)
def joint_chart(key: str, place: str) -> Response:
    """Draw the chart of one joint as SVG, in light or dark ink."""
    where = place_of(place, key)
    theme = theme_asked()
    opened = open_patient(key, what=f"read chart {slug(where)}")
    _finding, sheet = opened_joint(opened, where)
    return Response(draw(chart_spec(sheet, theme)), mimetype="image/svg+xml")


def theme_asked() -> Theme:
    """Read from the address in which ink a chart is wanted; 404 for one that is none."""
    return _THEMES.get(request.args.get("theme", "light")) or abort(404)


def opened_joint(opened: OpenPatient, where: JointSide) -> tuple[JointFinding, ChartSheet]:
    """Lay out what the chart of a joint of an open patient shows."""
    ports, today = room().ports(), room().today()
    finding = finding_at(findings(opened.record, ports.rules, today), where)
    decisions = ports.logbook.decisions(opened.reference)
    return finding, chart_sheet(opened.record, finding, decisions, error_sources(where), today=today)


def norms(opened: OpenPatient, where: JointSide) -> dict[Motion, tuple[float, str]]:
    """Give for each motion of a joint the norm at the patient's age, in degrees, and where that was published."""
    age = opened.record.patient.age_on(room().today())
    rules = room().ports().rules
    return {
        motion: (norm, numbers.norm_source)
        for (joint_, motion), numbers in rules.motions.items()
        if joint_ is where.joint and (norm := numbers.norm_at(age)) is not None
    }


def error_sources(where: JointSide) -> dict[Motion, str]:
    """Name for each motion of a joint where its measurement error was published."""
    rules = room().ports().rules
    return {
        motion: numbers.error_source for (joint_, motion), numbers in rules.motions.items() if joint_ is where.joint
    }

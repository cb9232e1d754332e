"""The patient's page shows what is planned: appointments, orders and care plans, and which of them plans nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from horehab.domain.plan import Plan, Rhythm, Span
from horehab.domain.record import Attendance, Fact, PatientRecord, Visit
from horehab.domain.session import SessionKind
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.web.planned import how_often, planned
from tests.web.conftest import Ward
from tests.web.ward import ANA, TODAY, at

_DAY = timedelta(days=1)


def _plan(name: str, **more: Any) -> Plan:
    plan = Plan(
        source=f"ServiceRequest/{name}", kind=SessionKind.PASSIVE_MOBILIZATION, when=at(TODAY), known_on=TODAY,
        text=f"Order {name}", first=TODAY,
    )  # fmt: skip
    return replace(plan, **more)


def _visit(name: str, day: date, attendance: Attendance = Attendance.BOOKED) -> Visit:
    return Visit(source=f"Appointment/{name}", attendance=attendance, when=at(day), known_on=TODAY, text=name)


def _chart(ward: Ward, *facts: Fact) -> None:
    items = tuple(
        ChartItem(reference=fact.source, version="1", patient=ANA.reference, source=b"{}", facts=(fact,))
        for fact in facts
    )
    ward.ports.logbook.keep(ChartPage(kind="ServiceRequest", items=items, mark=""), now=ward.ports.clock.now())


def _page(ward: Ward, language: str = "en") -> str:
    asked = {"Accept-Language": language}
    return unescape(ward.client.get(f"/horehab/patients/{ward.ana}", headers=asked).text)


def test_an_order_and_an_appointment_stand_on_the_patients_page_and_one_without_times_says_why(ward: Ward) -> None:
    assert "Planned sessions" not in _page(ward)
    _chart(
        ward,
        _plan("weekly", rhythm=Rhythm(times=3, unit=Span.WEEK, total=12), last=TODAY + 60 * _DAY),
        _plan("prn", why_open="its times are in words alone", first=None),
        _visit("Check of the hip", TODAY + 3 * _DAY),
    )
    page = _page(ward)
    for said in (
        "Planned sessions",
        "Order weekly",
        "3 sessions a week, 12 in all",
        "Check of the hip",
        "23 May 2026",
    ):
        assert said in page
    assert "plans nothing" in page
    assert "its times are in words alone" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Séances prévues", "3 séances par semaine, 12 en tout", "ses horaires ne sont donnés")),
        ("es", ("Sesiones previstas", "3 sesiones por semana, 12 en total", "sus horarios están solo en palabras")),
    ],
)
def test_it_is_said_in_the_readers_language(ward: Ward, language: str, said: Iterable[str]) -> None:
    rhythm = Rhythm(times=3, unit=Span.WEEK, total=12)
    _chart(ward, _plan("weekly", rhythm=rhythm), _plan("prn", why_open="its times are in words alone"))
    page = _page(ward, language)
    assert [words for words in said if words not in page] == []


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (_plan("a", rhythm=Rhythm()), "1 session a day"),
        (_plan("b", rhythm=Rhythm(every=2, unit=Span.MONTH)), "1 session every 2 months"),
        (_plan("c", rhythm=Rhythm(weekdays=(0, 3))), "1 session a day on Mon, Thu"),
        (_plan("d", rhythm=Rhythm(times=5, unit=Span.WHOLE)), "5 sessions in all this time"),
        (_plan("e", days=(date(2026, 5, 22), date(2026, 5, 21))), "21 May 2026, 22 May 2026"),
        (_plan("f"), ""),
    ],
)
def test_how_often_is_said_as_on_the_ward(ward: Ward, plan: Plan, said: str) -> None:
    with ward.app.test_request_context():
        assert how_often(plan) == said


def test_what_is_long_over_was_missed_or_cancelled_is_not_shown() -> None:
    record = PatientRecord(
        patient=ANA,
        plans=(
            _plan("old", last=TODAY - 29 * _DAY),
            _plan("lately", last=TODAY - 28 * _DAY),
            _plan("days", days=(TODAY - 40 * _DAY,), first=None),
        ),
        visits=(
            _visit("past", TODAY - _DAY),
            _visit("off", TODAY + _DAY, Attendance.CANCELLED),
            _visit("late", TODAY + 9 * _DAY),
            _visit("soon", TODAY),
        ),
    )
    found = planned(record, TODAY)
    assert [plan.source for plan in found.plans] == ["ServiceRequest/lately"]
    assert [visit.text for visit in found.visits] == ["soon", "late"]

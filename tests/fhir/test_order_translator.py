"""Orders and care plans for mobilisation or physiotherapy: which become planned sessions, when, and which do not."""

from datetime import date
from typing import Any

import pytest

from horehab.domain.plan import Plan, Rhythm, Span, planned_spans
from horehab.domain.session import SessionKind
from horehab.fhir.resources.r5 import as_r4
from tests.fhir.charts import SNOMED, concept, understood, why_not

PHYSIOTHERAPY = concept((SNOMED, "91251008"))
MARCH = {"start": "2026-03-02", "end": "2026-03-31"}


def timing(**repeat: Any) -> dict[str, Any]:
    return {"repeat": {"boundsPeriod": MARCH, **repeat}}


DAILY = timing(frequency=1, period=1, periodUnit="d")


def order(**content: Any) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": "4",
        "status": "active",
        "intent": "order",
        "code": PHYSIOTHERAPY,
        "subject": {"reference": "Patient/1"},
        "authoredOn": "2026-03-01T17:00:00+01:00",
        "occurrenceTiming": DAILY,
    } | content


def care_plan(*details: Any, **content: Any) -> dict[str, Any]:
    return {
        "resourceType": "CarePlan",
        "id": "8",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": "Patient/1"},
        "period": MARCH,
        "created": "2026-03-01",
        "activity": [{"detail": detail} for detail in details],
    } | content


def activity(**content: Any) -> dict[str, Any]:
    return {"status": "scheduled", "code": PHYSIOTHERAPY, "scheduledTiming": DAILY} | content


def plan_of(resource: dict[str, Any]) -> Plan:
    item = understood(resource)
    assert item.unreadable == ()
    (fact,) = item.facts
    assert isinstance(fact, Plan)
    assert item.patient == "Patient/1"
    return fact


def planned(resource: dict[str, Any]) -> int:
    return len(planned_spans([plan_of(resource)], since=date(2026, 3, 1), until=date(2026, 4, 30)))


def test_an_order_of_physiotherapy_every_day_of_march_is_a_plan() -> None:
    plan = plan_of(order())
    assert (plan.source, plan.kind, plan.rhythm) == ("ServiceRequest/4", SessionKind.OTHER, Rhythm())
    assert (plan.first, plan.last, plan.known_on) == (date(2026, 3, 2), date(2026, 3, 31), date(2026, 3, 1))
    assert (plan.why_open, planned(order())) == ("", 30)


@pytest.mark.parametrize(
    "status", ["draft", "on-hold", "revoked", "completed", "entered-in-error", "unknown", "x", None]
)
def test_an_order_that_is_not_active_plans_nothing(status: str | None) -> None:
    assert understood(order(status=status)).facts == ()
    assert understood(care_plan(activity(), status=status)).facts == ()


@pytest.mark.parametrize(
    "content",
    [
        {"intent": "proposal"},
        {"intent": "option"},
        {"intent": "filler-order"},
        {"intent": "instance-order"},
        {"intent": None},
        {"doNotPerform": True},
        {"code": concept((SNOMED, "71651007"))},
        {"code": {"text": "Chest physiotherapy"}},
        {"code": {"text": "Ask physiotherapy whether to mobilise"}},
        {"code": None},
    ],
)
def test_what_is_not_ordered_or_no_session_without_doubt_is_none_of_our_business(content: dict[str, Any]) -> None:
    item = understood(order(**content))
    assert (item.facts, item.unreadable) == ((), ())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (concept((SNOMED, "183311000")), SessionKind.PASSIVE_MOBILIZATION),
        (concept((SNOMED, "306170007")), SessionKind.OTHER),
        (concept(("https://horehab.org/fhir/CodeSystem/horehab-session-type", "walking")), SessionKind.WALKING),
        ({"text": "Movilización pasiva"}, SessionKind.PASSIVE_MOBILIZATION),
        ({"text": "KINÉSITHÉRAPIE"}, SessionKind.OTHER),
        ({"coding": [{"code": "PT", "display": "Physical therapy"}]}, SessionKind.OTHER),
        (
            {"coding": [{"system": SNOMED, "code": "722138006", "display": "Physiotherapy (procedure)"}]},
            SessionKind.OTHER,
        ),
    ],
)
def test_what_is_ordered_is_known_by_code_or_by_words_that_say_just_that(code: Any, kind: SessionKind) -> None:
    assert plan_of(order(code=code)).kind is kind


def test_one_session_on_a_day_or_within_a_period() -> None:
    on_a_day = order(occurrenceTiming=None, occurrenceDateTime="2026-03-05T10:00:00+01:00")
    assert plan_of(on_a_day).days == (date(2026, 3, 5),)
    within = order(
        occurrenceTiming=None, occurrencePeriod={"start": "2026-03-05", "end": "2026-03-12T00:00:00+01:00"}
    )
    found = plan_of(within)
    assert (found.rhythm, found.first, found.last) == (Rhythm(unit=Span.WHOLE), date(2026, 3, 5), date(2026, 3, 11))
    begun = plan_of(order(occurrenceTiming=None, occurrencePeriod={"end": "2026-03-12"}))
    assert (begun.first, begun.last) == (date(2026, 3, 2), date(2026, 3, 12)), "from the day after it was written"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"asNeededBoolean": True}, "as needed"),
        ({"asNeededCodeableConcept": {"text": "if pain allows"}}, "as needed"),
        ({"occurrenceTiming": None}, "it does not say when"),
        ({"occurrenceTiming": None, "occurrencePeriod": {"start": "2026-03-02"}}, "it does not say until when"),
        ({"occurrenceTiming": None, "occurrenceDateTime": "2026-03"}, "its rhythm cannot be read exactly"),
        ({"occurrenceTiming": {"code": {"text": "PRN"}}}, "as needed"),
        ({"occurrenceTiming": {"code": {"text": "every other day"}}}, "its times are in words alone"),
    ],
)
def test_an_order_without_fixed_times_is_shown_as_such_and_plans_nothing(content: dict[str, Any], why: str) -> None:
    assert plan_of(order(**content)).why_open == why
    assert planned(order(**content)) == 0


def test_an_order_without_bounds_holds_from_the_day_after_it_was_written() -> None:
    unbound = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    plan = plan_of(order(occurrenceTiming=unbound))
    assert (plan.first, plan.last) == (date(2026, 3, 2), None)
    undated = order(occurrenceTiming=unbound, authoredOn=None, meta={"lastUpdated": "2026-03-03T10:00:00Z"})
    assert plan_of(undated).why_open == "it does not say from when"
    assert why_not(order(authoredOn=None)) == ["no-time"]
    assert why_not(order(authoredOn="soon")) == ["bad-time"]


def test_for_how_long_it_goes_on_may_be_said_as_a_length() -> None:
    for count, unit, last in ((10, "d", 12), (2, "wk", 16), (1, "mo", None)):
        bounds = {"boundsPeriod": {"start": "2026-03-03"}, "boundsDuration": {"value": count, "code": unit}}
        plan = plan_of(order(occurrenceTiming=timing(frequency=1, period=1, periodUnit="d", **bounds)))
        assert plan.last == (date(2026, 3, last) if last else date(2026, 4, 2))


def test_the_activities_of_a_care_plan_are_plans_each() -> None:
    within = activity(scheduledTiming={"repeat": {"frequency": 3, "period": 1, "periodUnit": "wk"}})
    other = activity(code={"text": "Wound dressing"})
    worded = activity(code=None, description="Early mobilisation", scheduledTiming=None, scheduledString="mornings")
    item = understood(care_plan(within, other, worded))
    first, second = item.facts
    assert isinstance(first, Plan)
    assert isinstance(second, Plan)
    assert (first.source, first.rhythm) == ("CarePlan/8#activity[0]", Rhythm(times=3, unit=Span.WEEK))
    assert (first.first, first.last) == (date(2026, 3, 2), date(2026, 3, 31)), "within the period of the plan"
    assert (second.source, second.why_open) == ("CarePlan/8#activity[2]", "its times are in words alone")


@pytest.mark.parametrize(
    "content", [{"status": "completed"}, {"status": "cancelled"}, {"status": None}, {"doNotPerform": True}]
)
def test_an_activity_that_is_over_or_not_to_be_done_plans_nothing(content: dict[str, Any]) -> None:
    assert understood(care_plan(activity(**content))).facts == ()
    assert understood(care_plan(activity(), intent="proposal")).facts == ()


def test_one_activity_that_cannot_be_read_stops_none_of_the_others() -> None:
    item = understood(care_plan(activity(modifierExtension=[{"url": "urn:x"}]), activity()))
    assert ([each.path for each in item.unreadable], len(item.facts)) == (["activity[0].detail.modifierExtension"], 1)
    assert why_not(order(modifierExtension=[{"url": "urn:x"}])) == ["modifier"]


def test_orders_of_r5_say_the_same_and_a_care_plan_of_r5_only_cites_them() -> None:
    newer = order(code={"concept": PHYSIOTHERAPY})
    assert plan_of(as_r4(newer)) == plan_of(order())
    cites = care_plan() | {"activity": [{"plannedActivityReference": {"reference": "ServiceRequest/4"}}]}
    assert understood(as_r4(cites)).facts == ()
    assert understood(care_plan() | {"activity": [{"reference": {"reference": "ServiceRequest/4"}}]}).facts == ()

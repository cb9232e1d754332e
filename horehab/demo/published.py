"""The six published patients: facts as published, degrees synthetic, everything invented named as such."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import chain

from horehab.demo.body import Body, Loss, read_toml
from horehab.demo.coding import Coding
from horehab.demo.resources import LOCATION, RATERS, Pen, Row
from horehab.demo.story import Expectation, Resource, Story, in_order, place_named, places_named
from horehab.demo.visits import Pain, Plan, visit
from horehab.domain.joints import Joint, JointSide

_PAIN_CONCEPTS = ("pain", "pain scale")


@cache
def patients() -> tuple[Story, ...]:
    """Give the six published patients; always the same, byte for byte."""
    return tuple(_story(row) for row in read_toml("published.toml")["case"])


def losses_of(row: Row) -> tuple[Loss, ...]:
    """Read what each joint loses, from a row of data."""
    return tuple(
        Loss(
            place=place_named(loss["place"]),
            knots=tuple((a, b) for a, b in loss["knots"]),
            is_active_only=loss.get("is_active_only", False),
        )
        for loss in row.get("loss", ())
    )


def plan_of(row: Row) -> Plan:
    """Read what is measured when, from a row of data."""
    pains = tuple(
        Pain(
            place=place_named(pain["place"]),
            knots=tuple((a, b) for a, b in pain["knots"]),
            days=frozenset(pain.get("days", ())),
        )
        for pain in row.get("pain", ())
    )
    return Plan(
        days=tuple(row["visits"]),
        coding=Coding(row["coding"]),
        pains=pains,
        active=frozenset(Joint(name) for name in row["active"]),
        pain_concept=_PAIN_CONCEPTS[row.get("pain_snomed", False)],
    )


def resources_by_day(row: Row, pen: Pen, *, losses: tuple[Loss, ...], plan: Plan) -> dict[int, list[Resource]]:
    """Lay out all resources of a patient by day number, what others cite first."""
    days: dict[int, list[Resource]] = defaultdict(list)
    _lay_out_stay(days, row, pen)
    for condition in row.get("condition", ()):
        days[condition.get("day", 0)].append(pen.condition(condition))
    for sign in row.get("sign", ()):
        days[sign["day"]].append(pen.sign(sign, place_named(sign["place"])))
    writers = {"laboratory": pen.laboratory, "imaging": pen.imaging, "medication": pen.medication}
    for kind, write in writers.items():
        for entry in row.get(kind, ()):
            days[entry["day"]].append(write(entry))
    stiffness, recovery = row.get("stiffness", 1.0), row.get("recovery", 1.0)
    body = Body(seed=row["key"], first_day=plan.days[0], losses=losses, stiffness=stiffness, recovery=recovery)
    for day in plan.days:
        days[day] += visit(pen, body, plan, day)
    return days


def _lay_out_stay(days: dict[int, list[Resource]], row: Row, pen: Pen) -> None:
    start, end = row["icu"]
    days[start] += [LOCATION, *RATERS.values(), pen.person(row)]
    for day in (start, end):
        days[day].append(pen.stay(start, end, today=day))
    for procedure in row.get("procedure", ()):
        for day in sorted({procedure["start"], procedure["end"]}):
            days[day].append(pen.procedure(procedure, today=day))


def _story(row: Row) -> Story:
    pen = Pen(key=row["key"], admitted=row["admitted"])
    losses = losses_of(row)
    plan = plan_of(row)
    number = row["key"][-1]
    named = {**row, "label": f"case {number}", "record_number": f"SYN-{int(number):04}"}
    return Story(
        key=row["key"],
        title=row["title"],
        citation=row["citation"],
        admitted=pen.admitted,
        noticed=pen.day(row["noticed"]),
        facts=tuple(row["facts"]),
        invented=tuple(row["invented"]),
        events=in_order(resources_by_day(named, pen, losses=losses, plan=plan), pen.admitted),
        expected=tuple(_window(row, pen, losses, place) for place in _places(row, "expect")),
        optional=tuple(_places(row, "optional")),
        forbidden=tuple(_places(row, "forbid")),
        relapse=tuple(_relapse(row, pen)),
    )


def _places(row: Row, name: str) -> tuple[JointSide, ...]:
    return tuple(chain.from_iterable(places_named(words) for words in row.get(name, ())))


def first_visit_after(days: tuple[int, ...] | list[int], onset: float) -> int:
    """Find the first visit on which a loss that begins at `onset` is really there."""
    return next(day for day in days if day > onset)


def _window(row: Row, pen: Pen, losses: tuple[Loss, ...], place: JointSide) -> Expectation:
    onset = next(loss.knots[0][0] for loss in losses if loss.place == place)
    return Expectation(place=place, first=pen.day(first_visit_after(row["visits"], onset)), last=pen.day(row["last"]))


def _relapse(row: Row, pen: Pen) -> list[Expectation]:
    if "relapse" not in row:
        return []
    first, last = (_day(pen, number) for number in row["relapse"])
    return [Expectation(place=place, first=first, last=last) for place in _places(row, "expect")]


def _day(pen: Pen, number: int) -> date:
    return pen.admitted + timedelta(days=number)

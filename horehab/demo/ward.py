"""A synthetic ward after intensive care: who recovers, who stays stiff, who hurts, and in whom bone forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from horehab.demo.body import Knots, Loss, read_toml
from horehab.demo.coding import Coding, coding_of
from horehab.demo.published import resources_by_day
from horehab.demo.resources import Pen
from horehab.demo.story import Expectation, Story, in_order, place_named
from horehab.demo.visits import Pain, Plan
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide

_EARLIEST = 7
_IN_TIME = 14
_OFTEN = (Joint.HIP, Joint.SHOULDER)
_BY_JOINT = 0.2
"""One hospital in five gives a panel to each joint."""
_SURELY_HELD = 2
"""The first two visits always take place."""
Kind = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """What is true of one patient; `windows` are (place, first day, last day) of right suspicions."""

    losses: tuple[Loss, ...] = ()
    pains: tuple[Pain, ...] = ()
    windows: tuple[tuple[JointSide, int, int], ...] = ()


@cache
def patients(seed: int = 2026) -> tuple[Story, ...]:
    """Give the ward's patients; the same seed gives the same ward, byte for byte."""
    ward = read_toml("ward.toml")
    kinds = [name for name, kind in ward["kind"].items() for _ in range(kind["count"])]
    dice = Random(seed)
    dice.shuffle(kinds)
    return tuple(_patient(f"ward-{n:02}", kind, ward, Random(f"{seed}-{n}")) for n, kind in enumerate(kinds, start=1))


def _patient(key: str, name: str, ward: Kind, dice: Random) -> Story:
    kind = ward["kind"][name]
    overdue = ward["overdue_weeks"] if dice.randint(1, ward["overdue_one_in"]) == 1 else 0
    days = _measuring_days(ward)
    least = dice.randint(*ward["ventilated_days"])
    ventilated = next(day for day in days if day >= least)
    visits = _visits(ward, [day for day in days if day > ventilated], dice)
    course = _course(name, kind, dice, visits)
    admitted = _admission(ward, visits[-1]) - timedelta(weeks=overdue)
    pen = Pen(key=key, admitted=admitted)
    row = {
        "key": key,
        "label": f"ward {key[-2:]}",
        "record_number": f"SYN-01{key[-2:]}",
        "age": dice.randint(*ward["age"]),
        "sex": "male" if dice.random() < ward["male"] else "female",
        "icu": [0, visits[1]],
        "stiffness": dice.uniform(*ward["stiffness"]),
        "recovery": 0.0 if name == "contracture" else dice.uniform(*ward["recovery"]),
        "procedure": [_VENTILATION | {"end": ventilated}],
        "condition": [_COVID],
        "laboratory": [_phosphatase(ward, kind, dice, day=day) for day in (visits[0], visits[7], visits[12])],
    }
    names = ward[f"names_{row['sex']}"]
    row["name"] = names[int(key[-2:]) % len(names)]
    coding = Coding.PANEL_BY_JOINT if dice.random() < _BY_JOINT else Coding.PANEL
    unmeasured = frozenset(map(place_named, ward["unmeasured"].get(key, ())))
    plan = Plan(days=visits, coding=coding, pains=course.pains, active=frozenset(_OFTEN), unmeasured=unmeasured)
    return Story(
        key=key,
        title=f"Synthetic patient {key[-2:]}: {name.replace('-', ' ')}",
        citation="Invented, see ward.toml",
        admitted=admitted,
        events=in_order(resources_by_day(row, pen, losses=course.losses, plan=plan), admitted),
        expected=tuple(
            Expectation(place=place, first=pen.day(first), last=pen.day(last))
            for place, first, last in course.windows
        ),
        course=name,
    )


_VENTILATION = {"id": "ventilation", "text": "Invasive mechanical ventilation", "start": 0} | coding_of("ventilation")
_COVID = {"id": "covid", "text": "COVID-19", "day": 0} | coding_of("covid")


def _measuring_days(ward: Kind) -> list[int]:
    """List the day numbers on which the ward measures; day 0 is a Monday."""
    return [n for n in range(7 * (ward["weeks"] + 6)) if n % 7 in ward["measuring_days"]]


def _admission(ward: Kind, last_visit: int) -> date:
    """Find the Monday of admission with which the last visit falls into the week before the demo's last day."""
    monday: date = ward["last_day"] - timedelta(weeks=-(-last_visit // 7))
    return monday


def _visits(ward: Kind, days: list[int], dice: Random) -> tuple[int, ...]:
    """Lay out the visits: on each measuring day, later on every other; now and then one does not take place."""
    dense = len(ward["measuring_days"]) * ward["dense_weeks"]
    until = len(ward["measuring_days"]) * ward["weeks"]
    planned = [*days[:dense], *days[dense:until:2]]
    return tuple(day for n, day in enumerate(planned) if n < _SURELY_HELD or dice.random() > ward["missed"])


def _phosphatase(ward: Kind, kind: Kind, dice: Random, *, day: int) -> dict[str, Any]:
    is_high = dice.random() < kind.get("alp_high", ward["alp_high_without"])
    value = dice.randint(*(ward["alp_high"] if is_high else ward["alp_normal"]))
    return {"day": day, "value": value, "low": ward["alp_low"], "high": ward["alp_limit"]}


def _course(name: str, kind: Kind, dice: Random, visits: tuple[int, ...]) -> _Course:
    if name == "recovering":
        return _Course()
    allowed = [place for place in WATCHED_PLACES if name not in _JOINTS or place.joint in _JOINTS[name]]
    places = dice.sample(allowed, dice.randint(*kind["places"]))
    onset = dice.randint(*kind["onset"]) if "onset" in kind else visits[0]
    onset = max(onset, visits[2])
    courses = [_joint(name, kind, dice, place=place, onset=onset) for place in places]
    return _Course(
        losses=tuple(loss for loss, _, _ in courses),
        pains=tuple(pain for _, pain, _ in courses if pain is not None),
        windows=tuple(window for _, _, window in courses if window is not None),
    )


_JOINTS = {
    "stiff-shoulder": (Joint.SHOULDER,),
    "acute-event": (Joint.HIP, Joint.KNEE, Joint.SHOULDER),
    "ossification": (Joint.HIP, Joint.HIP, Joint.SHOULDER, Joint.KNEE),
}

_Joint = tuple[Loss, Pain | None, tuple[JointSide, int, int] | None]


def _joint(name: str, kind: Kind, dice: Random, *, place: JointSide, onset: int) -> _Joint:
    """Draw one joint's course: what it loses, how it hurts, and when a suspicion would be right."""
    loss = dice.uniform(*kind["loss"])
    days = 7 * loss / dice.uniform(*kind["pace"]) if "pace" in kind else 1.0
    hurts = dice.random() < kind.get("pain_rated", 1.0)
    level = dice.uniform(*kind["pain"]) if "pain" in kind else None
    over = dice.randint(*kind["over_days"]) if "over_days" in kind else None
    pain = Pain(place=place, knots=_ache(onset, level, over)) if level is not None and hurts else None
    knots: Knots = ((onset, 0.0), (onset + days, loss))
    if over is not None:
        knots = (*knots, (onset + 4, loss), (onset + over, 3.0))
    if name == "stable-limited":
        knots = ((0, loss), (1, loss))
    window = None
    if name == "ossification":
        window = (place, onset - _EARLIEST, round(onset + days / 2) + _IN_TIME)
    return Loss(place=place, knots=knots, is_active_only=name == "weakness"), pain, window


def _ache(onset: int, level: float, over: int | None) -> Knots:
    """Draw a course of pain: a little before, rising within a week, easing later, or gone when the event is over."""
    rising: Knots = ((max(0, onset - 14), 1.0), (onset, 1.5), (onset + 7, level))
    return (*rising, (onset + over, 1.0)) if over is not None else (*rising, (onset + 40, level * 0.7))

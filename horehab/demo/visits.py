"""A physiotherapist's visit: the session, the ranges of motion measured in it, and pain where it could be rated."""

from collections.abc import Iterator
from dataclasses import dataclass

from horehab.demo.body import Body, Knots, usual_motions
from horehab.demo.coding import CANONICAL, Coding, Value, body_site, coding_of, observations
from horehab.demo.resources import Pen, performer
from horehab.demo.story import Resource
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide
from horehab.domain.range_of_motion import Mode

_EXAM = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "exam"}]}
_ACTIVE_EVERY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pain:
    """The true course of pain at a joint. It is rated on `days` only, or at each visit from its first point on.

    Where it is not rated it is unknown, never none.
    """

    place: JointSide
    knots: Knots
    days: frozenset[int] = frozenset()

    def is_rated(self, day: int) -> bool:
        """Say whether the patient could and did rate it that day."""
        return day in self.days if self.days else day >= self.knots[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is measured when: `days` are visits, `active` the joints of which active motion is measured as well.

    `unmeasured` places are never measured: blind spots. `pain_concept` is what codes.toml calls the rating.
    """

    days: tuple[int, ...]
    coding: Coding
    pains: tuple[Pain, ...] = ()
    active: frozenset[Joint] = frozenset()
    pain_concept: str = "pain"
    unmeasured: frozenset[JointSide] = frozenset()


_SHIFTS_OF_A = 0.6
"""Of the two who measure, one has more shifts."""


def visit(pen: Pen, body: Body, plan: Plan, day: int) -> Iterator[Resource]:
    """Give the resources of one visit: session first, then what was measured in it."""
    rater = "a" if body.chance() < _SHIFTS_OF_A else "b"
    session = _session(pen, plan, day, rater=rater, minutes=20 + 5 * int(body.chance() * 5))
    yield session
    part = {
        "status": "final",
        "category": [_EXAM],
        "effectiveDateTime": pen.at(day, 10, 15),
        "issued": pen.at(day, 12, 30),
        "performer": [performer(rater)],
        "partOf": [{"reference": f"Procedure/{session['id']}"}],
    }
    values = [value for value in _values(body, plan, day, rater) if value[0] not in plan.unmeasured]
    for tail, content in observations(plan.coding, values):
        yield pen.new("Observation", f"d{day:03}-{tail}", part | content)
    for pain in plan.pains:
        if pain.is_rated(day):
            score = body.rate_pain(pain.knots, day)
            tail = f"d{day:03}-{str(pain.place).replace(' ', '-')}-pain"
            yield pen.new("Observation", tail, part | _rating(pain.place, score, plan.pain_concept))


def _values(body: Body, plan: Plan, day: int, rater: str) -> Iterator[Value]:
    with_active = plan.days.index(day) % _ACTIVE_EVERY == 0
    for place in WATCHED_PLACES:
        motions = [motion for joint, motion in usual_motions() if joint is place.joint]
        for motion in motions:
            yield place, motion, Mode.PASSIVE, body.read(place, motion, mode=Mode.PASSIVE, day=day, rater=rater)
        if with_active and place.joint in plan.active:
            motion = motions[0]
            yield place, motion, Mode.ACTIVE, body.read(place, motion, mode=Mode.ACTIVE, day=day, rater=rater)


def _session(pen: Pen, plan: Plan, day: int, *, rater: str, minutes: int) -> Resource:
    own = {"system": f"{CANONICAL}/CodeSystem/horehab-session-type", "code": "passive-mobilization"}
    category = {"category": {"coding": [own]}} if plan.coding is Coding.OWN_PROFILE else {}
    end = pen.at(day, 10, minutes)
    return pen.new(
        "Procedure",
        f"d{day:03}-session",
        {
            "status": "completed",
            "code": {"coding": [coding_of("passive exercise")], "text": "Passive exercise"},
            "performedPeriod": {"start": pen.at(day, 10), "end": end},
            "performer": [{"actor": performer(rater)}],
        }
        | category,
    )


def _rating(place: JointSide, score: int, concept: str) -> Resource:
    code = {"coding": [coding_of(concept)], "text": f"Pain on movement, {place}, 0-10"}
    return {"code": code, "valueInteger": score, "bodySite": body_site(place)}

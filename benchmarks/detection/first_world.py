"""The first simulated world: patients after intensive care, drawn from the ranges of first_world.toml.

What is drawn, in this order, each from dice of its own so that plans that differ in one thing share the rest:

1. *Person* (first_world_people): age and sex; 14 to 80 days of intensive care, ventilation, sedation, prone,
   ECMO; polyneuropathy, liver disease, fracture, pregnancy; and a fate for each of the eight watched joints.
   An ossifying patient has one to four ossifying joints, hips and shoulders first, the second one often opposite.
2. *Lives* (first_world_joints, first_world_losses): true passive and active degrees and pain by day. Intensive
   care takes a part of the range, which comes back exponentially or stays. Ossification takes 25-75 % of the
   range along a sigmoid of 3-10 weeks (some within days), not of all motions, and hurts from about its onset on,
   but not in all; some improve and relapse. Contracture takes 15-50 % more slowly and hurts in some; a stiff
   shoulder hurts first; an acute event takes at once and gives back; weakness takes active motion alone.
3. *Follow-up* (first_world_visits): from about the end of intensive care for about six months, weekly, then every
   two and four weeks, some missed; a late ward first sees ossifying joints when most of the loss is there.
4. *Readings* (first_world_readings): the motions that this physiotherapist follows, with bias of the rater, error
   of the visit and of the measurement, rounded to 1 or 5 degrees; pain 0-10 at most visits.
5. *Laboratory* (first_world_laboratory).

The truth of an ossifying joint: `onset` is the day when loss begins, `recognised` the first day on which half of
the loss of its first course is there (a relapse loses the same again). A simulation ranks methods; it is no
clinical evidence, and every range without a key of the clinical evidence is an assumption, marked so.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum

import numpy as np

from benchmarks.detection.first_world_joints import JointLife, lives
from benchmarks.detection.first_world_laboratory import levels, samples
from benchmarks.detection.first_world_people import Person, fates, person
from benchmarks.detection.first_world_ranges import Dice
from benchmarks.detection.first_world_readings import readings
from benchmarks.detection.first_world_visits import follow_up, schedule, ward
from benchmarks.detection.story import Fate, Known, Lab, Ossification, Pain, SimulatedPatient, WardPlan
from horehab.domain.exposure import BackgroundKind
from horehab.domain.joints import JointSide

_HORIZON = 470
_ACUTE = (BackgroundKind.DEEP_VEIN_THROMBOSIS, BackgroundKind.INFECTION, BackgroundKind.FRACTURE)


class Purpose(IntEnum):
    """What a patient's dice are thrown for; each purpose has its own, so that a change in one leaves the others."""

    PERSON = 0
    FATES = 1
    LIVES = 2
    FOLLOW_UP = 3
    READINGS = 4
    LABORATORY = 5
    EVENTS = 6


def patients(plan: WardPlan) -> Iterator[SimulatedPatient]:
    """Draw the patients of a ward one by one: the same plan gives the same patients, byte for byte."""
    for number in range(plan.patients):
        yield _patient(plan, number)


def _patient(plan: WardPlan, number: int) -> SimulatedPatient:
    name = f"first-{plan.seed}-{number}"
    dice = [Dice(plan.seed, 1, number, purpose) for purpose in range(len(Purpose))]
    who = person(dice[Purpose.PERSON], plan.ossifying)
    life_of = lives(
        dice[Purpose.LIVES],
        who,
        fates(dice[Purpose.FATES], who, plan.fates),
        horizon=_HORIZON,
        is_ordinary=plan.fates is None,
    )
    first, last = _span(dice[Purpose.FOLLOW_UP], who, life_of, is_late=plan.is_late)
    days = schedule(dice[Purpose.FOLLOW_UP], first, last, intensive=who.intensive)
    followed = follow_up(dice[Purpose.FOLLOW_UP], name, days, raters=ward(plan.seed), noise=plan.noise)
    truth = _truth(life_of)
    return SimulatedPatient(
        id=name,
        age=who.age,
        sex=who.sex,
        first=first,
        last=last,
        fates={place: life.fate for place, life in life_of.items()},
        ossifications=truth,
        entries=(
            *(
                entry
                for entry in readings(dice[Purpose.READINGS], life_of, followed, sedated_until=who.sedated_until)
                if plan.records_pain or not isinstance(entry, Pain)
            ),
            *_laboratory(dice[Purpose.LABORATORY], who, truth, name=name, span=(first, last)),
        ),
        stays=who.stays,
        known=(*who.known, *_events(dice[Purpose.EVENTS], life_of, last)),
        curves={
            (place, motion.motion): tuple(life.passive[row, : last + 1].tolist())
            for place, life in life_of.items()
            for row, motion in enumerate(life.motions)
        },
    )


def _truth(life_of: Mapping[JointSide, JointLife]) -> tuple[Ossification, ...]:
    return tuple(
        Ossification(place=place, onset=life.loss.start, recognised=life.loss.half)
        for place, life in life_of.items()
        if life.fate is Fate.OSSIFYING
    )


def _span(dice: Dice, who: Person, life_of: Mapping[JointSide, JointLife], *, is_late: bool) -> tuple[int, int]:
    """Draw the first and last day; every ossification is followed for some weeks beyond its recognition."""
    low, high = dice.several("follow_up.begins_limits")
    first = int(np.clip(who.intensive + dice.between("follow_up.begins"), low, high))
    late, delay = dice.between("follow_up.begins_late"), dice.between("follow_up.late_delay")
    ossifying = [life.loss for life in life_of.values() if life.fate is Fate.OSSIFYING]
    if is_late:
        share = dice.number("follow_up.late_loss")
        mostly = [int(np.argmax(loss.fraction >= share * loss.fraction.max())) for loss in ossifying]
        first = int(max(mostly) + delay) if mostly else int(who.intensive + late)
    last = first + int(dice.between("follow_up.lasts"))
    beyond = int(dice.number("follow_up.beyond_recognition"))
    return first, max([last, *(loss.half + beyond for loss in ossifying)])


def _laboratory(
    dice: Dice, who: Person, truth: tuple[Ossification, ...], *, name: str, span: tuple[int, int]
) -> list[Lab]:
    onset = min((bone.onset for bone in truth), default=None)
    level = levels(dice, who, onset=onset, days=np.arange(_HORIZON, dtype=np.float64))
    return samples(dice, level, name, first=span[0], last=span[1])


def _events(dice: Dice, life_of: Mapping[JointSide, JointLife], last: int) -> list[Known]:
    """Chart what happened to a joint at once, in some, within days; never what was known only after follow-up."""
    found = []
    for place, life in life_of.items():
        kind = _ACUTE[int(dice.raw.integers(len(_ACUTE)))]
        is_charted = dice.happens("acute.charted")
        day = life.loss.start + int(dice.raw.integers(0, 5))
        if life.loss.is_acute_event and is_charted and day <= last:
            found.append(Known(kind=kind, day=day, place=place))
    return found

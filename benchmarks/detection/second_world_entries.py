"""What is written down of a patient's joints: angles with their errors, and pain as it is answered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.detection.second_world_error import Reader, drift, stiffness
from benchmarks.detection.second_world_joints import Life
from benchmarks.detection.second_world_numbers import ANATOMY, Dice, between, happens
from benchmarks.detection.second_world_pain import score, states, with_flares
from benchmarks.detection.second_world_visits import Attention, Unit, attentions, modes_of, visit_days
from benchmarks.detection.story import Measurement, Pain
from horehab.domain.joints import JointSide
from horehab.domain.range_of_motion import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One patient's follow-up as the therapists plan it: unit, visit days, joints looked at, modes."""

    unit: Unit
    days: tuple[int, ...]
    looked_at: tuple[Attention, ...]
    modes: tuple[Mode, ...]


def scene_of(dice: Dice, lives: dict[JointSide, Life], unit: Unit, *, first: int, last: int) -> Scene:
    """Plan the follow-up from the first to the last day."""
    days = visit_days(dice, first, last, unit.gap)
    return Scene(unit=unit, days=days, looked_at=attentions(dice, lives, unit, first), modes=modes_of(dice))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Examination:
    """One joint at one visit in one mode; `shared` and `today` are degrees of the joint's largest motion."""

    visit: str
    day: int
    rater: str
    spot: Attention
    mode: Mode
    shared: float


def measurements(dice: Dice, scene: Scene, lives: Mapping[JointSide, Life], noise: float) -> Iterator[Measurement]:
    """Every angle of the follow-up, in the order of its visits.

    As many dice are thrown at every `noise`, so that it changes the size of the errors alone.
    """
    raters = {name: drift(dice, noise) for name in scene.unit.raters}
    reader = Reader(noise=noise, is_laplace=happens(dice, "laplace"), raters=raters)
    good_days = {spot.place: stiffness(dice, noise) for spot in scene.looked_at}
    usual = scene.unit.raters[int(dice.integers(len(raters)))]
    for day in scene.days:
        rater = usual if happens(dice, "usual_rater") else scene.unit.raters[int(dice.integers(len(raters)))]
        shared = reader.shared(dice, rater, day)
        for spot in scene.looked_at:
            if not happens(dice, "joint_measured") or day < spot.since:
                continue
            for mode in scene.modes:
                yield from _examine(dice, reader, lives[spot.place], _Examination(
                    visit=f"visit-{day}", day=day, rater=rater, spot=spot, mode=mode,
                    shared=shared + float(good_days[spot.place][day]),
                ))  # fmt: skip


def _examine(dice: Dice, reader: Reader, life: Life, exam: _Examination) -> Iterator[Measurement]:
    """All motions of one joint, each read once, or twice when the therapist measures again after warming up."""
    truth = life.active if exam.mode is Mode.ACTIVE else life.passive
    place, is_again = exam.spot.place, happens(dice, "second_reading")
    for motion in exam.spot.motions:
        true, scale = float(truth[motion][exam.day]), ANATOMY[place.joint][motion].scale
        warm = 0.0
        for turn in range(1 + is_again):
            yield Measurement(
                id=f"{exam.day}-{place.side.value}-{place.joint.value}-{motion.value}-{exam.mode.value}-{turn}".replace(
                    " ", "-"
                ),
                visit=exam.visit,
                day=exam.day,
                known=exam.day,
                place=place,
                motion=motion,
                mode=exam.mode,
                value=reader.read(dice, true, scale * (exam.shared + warm)),
                rater=exam.rater,
                device="goniometer",
            )
            warm = reader.noise * between(dice, "error.warm_up_degrees")


def pains(dice: Dice, scene: Scene, lives: Mapping[JointSide, Life], awake: int) -> Iterator[Pain]:
    """Pain of the measured joints as answered at visits, from the end of sedation on; many visits do not ask."""
    asked = between(dice, "pain.rated_part")
    for spot in scene.looked_at:
        path = states(dice, with_flares(dice, lives[spot.place].ache, scene.days[-1]))
        for day in scene.days:
            is_asked, answer = dice.random() < asked, score(dice, path[day])
            if is_asked and day >= max(awake, spot.since):
                yield Pain(
                    id=f"pain-{day}-{spot.place.side.value}-{spot.place.joint.value}",
                    visit=f"visit-{day}",
                    day=day,
                    known=day,
                    place=spot.place,
                    score=answer,
                )

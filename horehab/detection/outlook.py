"""How a joint would stand if one thing more were measured some days from now: only what that can change is judged.

What was known before stays as it was judged: the other joints, the days before, and whatever the measurement does
not touch. Where it would change how earlier readings are understood, the whole record is judged anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from horehab.detection.background import no_joint_left
from horehab.detection.joint_file import JointFile, joint_files, pain_felt, raised_values, signs_at, stiff_starts
from horehab.detection.life import NEWBORN, Life, LifeWalk, Stage, life_of
from horehab.detection.replay import NOT_WEIGHED, MeasuredJoint, Weighings, measured_joint, weigh_joints
from horehab.detection.verdicts import judge, strength_of, tier_of
from horehab.domain.course import Course, course_of
from horehab.domain.joints import MOTIONS, JointSide
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import PatientRecord
from horehab.domain.signs import PainRating, Sign, SignKind
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules

Measurement = Reading | PainRating | Sign | LabResult
"""One thing that could be measured."""

_AT_THE_JOINT = (Reading, PainRating)
_MOST_VISITS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a verdict comes to: its tier and its strength."""

    tier: Tier
    strength: int


def judged_whole(record: PatientRecord, rules: Rules, day: date, place: JointSide) -> Standing:
    """Judge a joint by all that is known of the patient at the end of a day."""
    verdict = next(v for v in judge(record, rules, day) if v.place == place)
    return Standing(tier=verdict.tier, strength=verdict.strength)


def with_measured(record: PatientRecord, fact: Measurement) -> PatientRecord:
    """Put one more fact, measured after all others, into a record."""
    match fact:
        case Reading():
            return replace(record, readings=(*record.readings, fact))
        case PainRating():
            return replace(record, pains=(*record.pains, fact))
        case Sign():
            return replace(record, signs=(*record.signs, fact))
        case LabResult():
            return replace(record, labs=(*record.labs, fact))


def outlook(record: PatientRecord, rules: Rules, day: date, place: JointSide) -> "Outlook":
    """Look at a joint as it stands before a day to come; `record` holds nothing of that day or later."""
    files = joint_files(record, rules)
    joints = {known: measured_joint(file, rules) for known, file in files.items()}
    weighed = dict(zip(joints, weigh_joints(list(joints.values()), record, rules), strict=True))[place]
    walk, stage = LifeWalk(file=files[place], weighed=weighed, rules=rules), NEWBORN
    for known in walk.file.days():
        stage = walk.after(known, stage, is_last=False)
    return Outlook(
        record=record,
        rules=rules,
        day=day,
        file=files[place],
        joint=joints.pop(place),
        others=tuple(joints.values()),
        weighed=weighed,
        stage=stage,
        unchanged=_standing(walk, life_of(walk.file, weighed, rules), day),
    )


def _standing(walk: LifeWalk, life: Life, day: date) -> Standing:
    return Standing(tier=tier_of(walk.file, life, walk.rules, day), strength=strength_of(life))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """One joint as it stands before a day to come, on which one thing more could be measured.

    `joint` and `others` are what was measured in it and in the other joints, `weighed` how it weighed after each day
    so far, `stage` how far its life has come, and `unchanged` how it would stand if nothing were measured.
    """

    record: PatientRecord
    rules: Rules
    day: date
    file: JointFile
    joint: MeasuredJoint
    others: Sequence[MeasuredJoint]
    weighed: Weighings
    stage: Stage
    unchanged: Standing

    def standings(self, facts: Sequence[Measurement]) -> list[Standing]:
        """Say how the joint would stand after each of these alone, all measured on that day."""
        if no_joint_left(self.record, self.file.place, self.day) is not None:
            return [Standing(tier=Tier.CANNOT_JUDGE, strength=0)] * len(facts)
        opened = [(fact, self._file_with(fact)) for fact in facts]
        changed = [file for fact, file in opened if file is not self.file and isinstance(fact, _AT_THE_JOINT)]
        weighed = iter(self._weighed_each([file for file in changed if file is not None]))
        return [self._standing(fact, file, weighed) for fact, file in opened]

    def _standing(self, fact: Measurement, file: JointFile | None, weighed: Iterator[Weighings]) -> Standing:
        if file is None:
            return judged_whole(with_measured(self.record, fact), self.rules, self.day, self.file.place)
        if file is self.file:
            return self.unchanged
        last = next(weighed) if isinstance(fact, _AT_THE_JOINT) else self._weighed_with(fact)
        if self.day not in file.days():
            return self.unchanged
        known = self.weighed.followed_by(last) if self.day in last.days else self.weighed
        walk = LifeWalk(file=file, weighed=known, rules=self.rules)
        return _standing(walk, walk.after(self.day, self.stage, is_last=True).life, self.day)

    def _file_with(self, fact: Measurement) -> JointFile | None:
        """Open the joint's file as it would be then; None where that is not known without reading all anew."""
        record, place = with_measured(self.record, fact), self.file.place
        match fact:
            case Reading() if fact.mode is Mode.PASSIVE and fact.place in (place, place.opposite):
                return self._file_with_reading(fact)
            case PainRating() if fact.place == place:
                ratings = [rating for rating in record.pains if rating.place == place]
                return replace(self.file, pain=pain_felt(ratings, record, self.rules))
            case Sign() if fact.kind is SignKind.STRAIGHT_LEG_RAISE:
                return replace(self.file, signs=signs_at(record, place))
            case LabResult() if fact.analyte is Analyte.ALKALINE_PHOSPHATASE:
                return replace(self.file, raised=raised_values(record, self.rules))
        return None

    def _file_with_reading(self, fact: Reading) -> JointFile | None:
        """Let a motion's course end on one visit more; None where earlier readings would be understood otherwise.

        A reading of the opposite side opens no new day of this joint, and so leaves it as it is.
        """
        is_here = fact.place == self.file.place
        known = {course.motion: course for course in (self.file.passive if is_here else self.file.opposite)}
        before = known[fact.motion].visits if fact.motion in known else ()
        course = _course_with(fact, self.record, self.rules)
        if course.visits[:-1] != before:
            return None
        if not is_here:
            return self.file
        longer = known | {fact.motion: course}
        passive = tuple(longer[motion] for motion in MOTIONS[fact.joint] if motion in longer)
        return replace(self.file, passive=passive, stiff=stiff_starts(passive, self.rules))

    def _weighed_each(self, files: Sequence[JointFile]) -> list[Weighings]:
        """Weigh the joint as it would be by each file, side by side, as many at once as do not take much memory."""
        joints = [measured_joint(file, self.rules) for file in files]
        size = max(1, _MOST_VISITS // (len(self.joint.signals) + 1))
        pieces = [joints[start : start + size] for start in range(0, len(joints), size)]
        return [weighed for piece in pieces for weighed in self._weighed_last(piece, self.record)]

    def _weighed_with(self, fact: Measurement) -> Weighings:
        """Weigh what a blood value adds; a bedside sign is no part of a joint's course."""
        if isinstance(fact, Sign):
            return NOT_WEIGHED
        return self._weighed_last([self.joint], with_measured(self.record, fact))[0]

    def _weighed_last(self, joints: Sequence[MeasuredJoint], record: PatientRecord) -> list[Weighings]:
        weighed = weigh_joints([*self.others, *joints], record, self.rules, is_last_only=True)
        return weighed[len(self.others) :]


def _course_with(fact: Reading, record: PatientRecord, rules: Rules) -> Course:
    series = [r for r in record.readings if r.motion is fact.motion and r.mode is fact.mode and r.place == fact.place]
    return course_of([*series, fact], rules)

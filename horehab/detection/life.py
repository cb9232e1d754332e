"""The life of a joint in one pass: when a suspicion arose, deepened, and ended because motion was won back."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from horehab.detection.finding import Finding, Forgiven, Loss, Past, is_nerve_flag, look
from horehab.detection.joint_file import JointFile
from horehab.detection.replay import Weighings
from horehab.detection.score import LEAST
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules
from horehab.domain.walk import CoursePoint

_BACK = 0.02
"""A joint within this part of its normal range of its best motion has won it back: half the error of a visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """A suspicion that stands: what it rests on, and since when; `is_bounded` when a better reading goes before.

    `strength` is the greatest that it ever had: what is not rated or not measured later takes nothing away.
    """

    finding: Finding
    since: date
    is_bounded: bool
    strength: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a joint stands at the end: its last finding, the suspicion that stands, and one that ended before it.

    On the way to the end `last` is None after a day that could raise nothing.
    """

    last: Finding | None = None
    suspected: Suspected | None = None
    ended: date | None = None


def life_of(file: JointFile, weighed: Weighings, rules: Rules) -> Life:
    """Walk through all that happened to a joint and tell where it stands at the end."""
    last = deque(lives(file, weighed, rules), maxlen=1)
    return last[0][1] if last else Life()


def lives(file: JointFile, weighed: Weighings, rules: Rules) -> Iterator[tuple[date, Life]]:
    """Walk through all that happened to a joint and tell where it stands after each day, in one pass.

    `weighed` is how its course weighed after each day. A suspicion stands until its motion is won back; what is
    lost after that is a new worsening. Of a joint that could never be suspected the last day alone is told.
    """
    walk, stage = LifeWalk(file=file, weighed=weighed, rules=rules), NEWBORN
    days = file.days()
    if not could_be_suspected(file, weighed, rules):
        days = days[-1:]
    for day in days:
        stage = walk.after(day, stage, is_last=day == days[-1])
        yield day, stage.life


def could_be_suspected(file: JointFile, weighed: Weighings, rules: Rules) -> bool:
    """Say whether anything was found on any day for which a joint can be suspected: a score near it, or a sign."""
    return bool(file.signs) or max(weighed.scores, default=LEAST) >= rules.engine.score.corroborated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How far a walk through a joint's life has come: the life so far, and the losses that are forgiven by now."""

    life: Life
    forgiven: Forgiven


NEWBORN = Stage(life=Life(), forgiven={})
"""A joint of which nothing is known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeWalk:
    """What a walk through a joint's life goes by: all that is known of the joint, and how its course weighed."""

    file: JointFile
    weighed: Weighings
    rules: Rules

    def after(self, day: date, stage: Stage, *, is_last: bool) -> Stage:
        """Go on by a day on which something became known; the last day of all is always looked at closely."""
        file, weighed, rules = self.file, self.weighed, self.rules
        life, forgiven = stage.life, stage.forgiven
        if life.suspected is not None and _is_won_back(file, life.suspected, day, weighed):
            forgiven = _left_behind(file, life.suspected, day)
            life = Life(ended=day)
        forgiven = _less_forgiven(file, forgiven, day) if forgiven else forgiven
        now = _speaking(weighed, day, rules)
        if not is_last and _is_calm(file, life, LEAST if now is None else weighed.scores[now], rules):
            life = Life(suspected=life.suspected, ended=life.ended)
        else:
            past = Past(has_ended=life.ended is not None, forgiven=forgiven)
            finding = look(file, rules, day, weighed=None if now is None else weighed.tell(now), past=past)
            life = Life(last=finding, suspected=_next(file, life, finding, rules), ended=life.ended)
        return Stage(life=life, forgiven=forgiven)


def _is_calm(file: JointFile, life: Life, score: float, rules: Rules) -> bool:
    """Say whether a day can raise nothing: no sign was ever looked for, nothing ended before, and the score is low.

    Such a day need not be looked at closely, unless it is the last one.
    """
    return score < rules.engine.score.corroborated_at and not file.signs and life.ended is None


def _speaking(weighed: Weighings, day: date, rules: Rules) -> int | None:
    """Give the number of the last day that was weighed by then; None when the last reading is no longer recent."""
    number = bisect_right(weighed.days, day) - 1
    is_recent = number >= 0 and (day - weighed.measured[number]).days <= rules.loss.recent_days
    return number if is_recent else None


def _next(file: JointFile, life: Life, finding: Finding, rules: Rules) -> Suspected | None:
    standing = life.suspected
    if finding.tier is not Tier.SUSPECT:
        return standing
    if standing is None:
        since, is_bounded = _onset(file, finding, rules, after=life.ended)
        return Suspected(finding=finding, since=since, is_bounded=is_bounded, strength=finding.strength)
    if not _is_deeper(finding, standing):
        return standing
    return replace(standing, finding=finding, strength=max(standing.strength, finding.strength))


def _is_deeper(new: Finding, standing: Suspected) -> bool:
    """Say whether more speaks for it than when it was last taken down: a stronger case, or a loss beyond error.

    A loss that goes on is taken down however the score stands: a suspicion that was refuted must hear of it.
    """
    before = {loss.course.motion: loss.degrees for loss in standing.finding.losses}
    further = any(loss.degrees - before.get(loss.course.motion, 0.0) > loss.point.threshold for loss in new.losses)
    return new.strength > standing.strength or further


def _onset(file: JointFile, finding: Finding, rules: Rules, *, after: date | None) -> tuple[date, bool]:
    """Find the first worsening reading, and whether an earlier good one bounds it."""
    if finding.losses:
        return min(_first_worse(loss, rules, after) for loss in finding.losses), True
    if finding.weighed is not None and finding.score >= rules.engine.score.suspect_at:
        measured = sorted({day for course in file.passive for day in course.days})
        best = finding.weighed.best_day
        return min((day for day in measured if best < day <= finding.day), default=finding.day), best < finding.day
    days = [s.point.day for s in finding.stiff] + [s.when.day for s in (*finding.nerve, *finding.signs)]
    days += [finding.pain.day] if finding.pain is not None else []
    return min(days), False


def _first_worse(loss: Loss, rules: Rules, after: date | None) -> date:
    """Walk back from the visit of the loss while motion was already clearly below what had been held."""
    course, index = loss.course, loss.index
    least = rules.motions[(course.place.joint, course.motion)].same_rater / 2
    while index > 1 and _is_worse(course.points[index - 1], loss, least, after):
        index -= 1
    return course.points[index].day


def _is_worse(point: CoursePoint, loss: Loss, least: float, after: date | None) -> bool:
    is_same_fall = point.fall == loss.point.fall
    return is_same_fall and point.loss > least and (after is None or point.day > after)


def _is_won_back(file: JointFile, standing: Suspected, day: date, weighed: Weighings) -> bool:
    """Say whether more than half of the lost motions came back, or the joint as a whole, or the nerve let go."""
    losses = standing.finding.losses
    if losses:
        back = [_is_motion_back(file, loss, day) for loss in losses]
        return 2 * sum(back) > len(back)
    if standing.finding.weighed is not None and not is_nerve_flag(standing.finding):
        since = range(bisect_right(weighed.days, standing.finding.day), bisect_right(weighed.days, day))
        last = [number for number in since if weighed.measured[number] == weighed.days[number]][-2:]
        return len(last) > 1 and all(weighed.tell(number).features.of("drop") <= _BACK for number in last)
    later = [s for s in file.signs if standing.finding.day < s.when.day <= day]
    looks = [s for s in later if s.kind is SignKind.STRAIGHT_LEG_RAISE]
    return bool(looks) and not looks[-1].is_present


def _is_motion_back(file: JointFile, loss: Loss, day: date) -> bool:
    """Say whether a motion rose clearly from its lowest, or came within error of its best, at two visits."""
    course = next(course for course in file.passive if course.motion is loss.course.motion)
    later = course.until(day)[loss.index + 1 :]
    if not later:
        return False
    return later[-1].fall > loss.point.fall or (len(later) > 1 and not any(p.is_beyond_error for p in later[-2:]))


def _left_behind(file: JointFile, standing: Suspected, day: date) -> Forgiven:
    """Take down what is still lost when a suspicion ends, so that the same old loss does not raise it again."""
    motions = {loss.course.motion for loss in standing.finding.losses}
    left = {}
    for course in file.passive:
        until = course.until(day)
        if until and course.motion in motions and until[-1].is_beyond_error:
            left[course.motion] = (until[-1].fall, until[-1].loss)
    return left


def _less_forgiven(file: JointFile, forgiven: Forgiven, day: date) -> Forgiven:
    """Let what is forgiven shrink as motion returns, so that losing it again is seen.

    The worse of two visits counts, since one alone may be a lucky measurement.
    """
    kept = dict(forgiven)
    for course in file.passive:
        if course.motion in kept:
            fall, degrees = kept[course.motion]
            last = [p.loss for p in course.until(day) if p.fall == fall][-2:]
            if len(last) > 1:
                kept[course.motion] = (fall, max(0.0, min(degrees, max(last))))
    return kept

"""The life of a joint in one pass: when a suspicion arose, deepened, and ended because motion was won back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from horehab.detection.finding import Finding, Forgiven, Loss, look
from horehab.detection.joint_file import JointFile
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules
from horehab.domain.walk import CoursePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """A suspicion that stands: what it rests on, and since when; `is_bounded` when a better reading goes before."""

    finding: Finding
    since: date
    is_bounded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How a joint stands at the end: its last finding, the suspicion that stands, and one that ended before it."""

    last: Finding | None = None
    suspected: Suspected | None = None
    ended: date | None = None


def life_of(file: JointFile, rules: Rules) -> Life:
    """Walk through all that happened to a joint and tell where it stands at the end."""
    life = Life()
    for _, life in lives(file, rules):  # noqa: B007  # the last one is the answer
        pass
    return life


def lives(file: JointFile, rules: Rules) -> Iterator[tuple[date, Life]]:
    """Walk through all that happened to a joint and tell where it stands after each day, in one pass.

    A suspicion stands until more than half of its motions are won back; what is lost after that is a new
    worsening.
    """
    life = Life()
    forgiven: Forgiven = {}
    for day in file.days():
        if life.suspected is not None and _is_won_back(file, life.suspected, day):
            forgiven = _left_behind(file, life.suspected, day)
            life = Life(ended=day)
        forgiven = _less_forgiven(file, forgiven, day) if forgiven else forgiven
        finding = look(file, rules, day, forgiven=forgiven)
        life = Life(last=finding, suspected=_next(life, finding, rules), ended=life.ended)
        yield day, life


def _next(life: Life, finding: Finding, rules: Rules) -> Suspected | None:
    standing = life.suspected
    if finding.tier is not Tier.SUSPECT:
        return standing
    if standing is None:
        since, is_bounded = _onset(finding, rules, after=life.ended)
        return Suspected(finding=finding, since=since, is_bounded=is_bounded)
    return replace(standing, finding=finding) if _is_deeper(finding, standing.finding) else standing


def _is_deeper(new: Finding, old: Finding) -> bool:
    """Say whether more speaks for it than when it was last taken down: a stronger case, or a loss beyond error."""
    if new.strength < old.strength:
        return False
    before = {loss.course.motion: loss.degrees for loss in old.losses}
    further = any(loss.degrees - before.get(loss.course.motion, 0.0) > loss.point.threshold for loss in new.losses)
    return new.strength > old.strength or further


def _onset(finding: Finding, rules: Rules, *, after: date | None) -> tuple[date, bool]:
    """Find the first worsening reading, and whether an earlier good one bounds it."""
    if finding.losses:
        return min(_first_worse(loss, rules, after) for loss in finding.losses), True
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


def _is_won_back(file: JointFile, standing: Suspected, day: date) -> bool:
    losses = standing.finding.losses
    if losses:
        back = [_is_motion_back(loss, day) for loss in losses]
        return 2 * sum(back) > len(back)
    later = [s for s in file.signs if standing.finding.day < s.when.day <= day]
    looks = [s for s in later if s.kind is SignKind.STRAIGHT_LEG_RAISE]
    return bool(looks) and not looks[-1].is_present


def _is_motion_back(loss: Loss, day: date) -> bool:
    """Say whether a motion rose clearly from its lowest, or came within error of its best, at two visits."""
    later = [p for p in loss.course.points[loss.index + 1 :] if p.day <= day]
    if not later:
        return False
    return later[-1].fall > loss.point.fall or (len(later) > 1 and not any(p.is_beyond_error for p in later[-2:]))


def _left_behind(file: JointFile, standing: Suspected, day: date) -> Forgiven:
    """Take down what is still lost when a suspicion ends, so that the same old loss does not raise it again."""
    motions = {loss.course.motion for loss in standing.finding.losses}
    left = {}
    for course in file.passive:
        until = [p for p in course.points if p.day <= day]
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
            last = [p.loss for p in course.points if p.day <= day and p.fall == fall][-2:]
            if len(last) > 1:
                kept[course.motion] = (fall, max(0.0, min(degrees, max(last))))
    return kept

"""Looking at one joint on one day: what is lost beyond error, what hurts anew, which signs and values support it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from horehab.detection.joint_file import NERVE_SIGNS, JointFile
from horehab.detection.pain import PainChange
from horehab.detection.replay import Weighed
from horehab.detection.score import LEAST
from horehab.domain.course import Course
from horehab.domain.joints import Joint, Motion
from horehab.domain.laboratory import LabResult
from horehab.domain.signs import Sign, SignKind
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules
from horehab.domain.walk import CoursePoint

Forgiven = Mapping[Motion, tuple[int, float]]
"""Losses that an ended suspicion left behind: by motion, the fall they belong to and their degrees."""

_LOCAL = (SignKind.FIRM_END_FEEL, SignKind.SWELLING, SignKind.WARMTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A passive motion that is beyond measurement error on this day.

    `degrees` is the loss against the best sustained value; `run` the visits in a row that were beyond error, this
    one included, and `has_lasted` when these span some days. `is_clear` when it is beyond what the error of a busy
    ward explains, `is_confirmed` when it was beyond the larger threshold `suspect_from` at two visits or more, some
    days apart, and `is_large` when it is so large that pain alone confirms it (clinical.md 4.4, 4.5).
    """

    course: Course
    index: int
    degrees: float
    suspect_from: float
    run: int
    has_lasted: bool
    is_clear: bool
    is_confirmed: bool
    is_large: bool

    @property
    def point(self) -> CoursePoint:
        """The visit that shows the loss."""
        return self.course.points[self.index]

    @property
    def is_assumed(self) -> bool:
        """Whether it rests on assumed times alone, and so raises nothing by itself."""
        return all(p.visit.is_assumed for p in self.course.points[self.index - self.run + 1 : self.index + 1])

    @property
    def is_repeated(self) -> bool:
        """Whether the visit before was beyond measurement error too."""
        return self.run > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stiffness:
    """A passive motion that was far below its norm when first measured and has not been better since."""

    motion: Motion
    norm: float
    point: CoursePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """All that speaks for ossification in one joint on one day, and the tier that follows from that day alone.

    `weighed` is how the joint's whole course weighed then, None where it had not been measured lately; `score` that
    with what bedside signs add, and `grades` the scores from which a suspicion is graded 3, 4 and 5.
    """

    day: date
    tier: Tier
    weighed: Weighed | None = None
    score: float = LEAST
    grades: tuple[float, ...] = ()
    losses: tuple[Loss, ...] = ()
    stiff: tuple[Stiffness, ...] = ()
    pain: PainChange | None = None
    signs: tuple[Sign, ...] = ()
    nerve: tuple[Sign, ...] = ()
    labs: tuple[LabResult, ...] = ()

    @property
    def strength(self) -> int:
        """Grade what was found from 0 to 5; each kind of evidence can only add, never take away."""
        if self.tier is Tier.SUSPECT:
            graded = 2 + sum(self.score >= grade for grade in self.grades)
            return max(graded, 4) if is_nerve_flag(self) else graded
        found = bool(self.losses or self.stiff) + (self.pain is not None and self.pain.counts) + bool(self.nerve)
        return {Tier.WATCH: min(2, max(1, found))}.get(self.tier, 0)


def is_nerve_flag(finding: Finding) -> bool:
    """Say whether hip pain stands beside a positive straight leg raise on that side (R07)."""
    is_painful = finding.pain is not None and finding.pain.now > 0
    return is_painful and any(s.kind is SignKind.STRAIGHT_LEG_RAISE for s in finding.nerve)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What an earlier suspicion of this joint left behind: whether one ended, and the losses that are forgiven it."""

    has_ended: bool
    forgiven: Forgiven


NO_PAST = Past(has_ended=False, forgiven={})


def look(file: JointFile, rules: Rules, day: date, *, weighed: Weighed | None, past: Past = NO_PAST) -> Finding:
    """Look at a joint as it stands on a day; nothing later in the file is read."""
    within = rules.pain.recent_days
    signs = _signs(file, _LOCAL, day, within)
    found = Finding(
        day=day,
        tier=Tier.QUIET,
        weighed=weighed,
        score=_score(weighed, rules, has_signs=bool(signs)),
        grades=rules.engine.score.strength_at,
        losses=tuple(_losses(file, rules, day, past.forgiven)),
        stiff=_stiff(file, rules, day),
        pain=file.pain.at(day, rules.pain),
        signs=signs,
        nerve=_signs(file, NERVE_SIGNS, day, within) if file.place.joint is Joint.HIP else (),
        labs=_labs(file, day, rules.laboratory.recent_days),
    )
    tier = _tier(found, rules, has_ended=past.has_ended)
    return found if tier is Tier.QUIET else replace(found, tier=tier)


def _labs(file: JointFile, day: date, recent_days: int) -> tuple[LabResult, ...]:
    """Take the raised values of the last weeks from the day on which each was known."""
    return tuple([r for r in file.raised if r.known_on <= day and 0 <= (day - r.when.day).days <= recent_days])


def _score(weighed: Weighed | None, rules: Rules, *, has_signs: bool) -> float:
    """Take the score of the joint's course; a bedside sign of the joint adds to it where the joint is not quiet."""
    if weighed is None or weighed.score <= LEAST or weighed.is_assumed:
        return LEAST if weighed is None else weighed.score
    return weighed.score + (rules.engine.score.sign_points if has_signs else 0.0)


def _losses(file: JointFile, rules: Rules, day: date, forgiven: Forgiven) -> list[Loss]:
    found = []
    for course in file.passive:
        index = _index_at(course, day, rules.loss.recent_days)
        if index is not None and index > 0:
            loss = _loss(course, index, rules, forgiven.get(course.motion))
            found += [loss] if loss is not None else []
    return found


def _index_at(course: Course, day: date, recent_days: int) -> int | None:
    index = course.index_on(day)
    return index if index is not None and (day - course.days[index]).days <= recent_days else None


def _loss(course: Course, index: int, rules: Rules, left: tuple[int, float] | None) -> Loss | None:
    now = course.points[index]
    degrees = _lost(now, left)
    if degrees <= now.threshold:
        return None
    joint, motion = course.place.joint, course.motion
    suspect_from = rules.suspect_threshold(joint, motion)
    run = _run(course, index, left)
    return Loss(
        course=course,
        index=index,
        degrees=degrees,
        suspect_from=suspect_from,
        run=len(run),
        has_lasted=(run[0].day - run[-1].day).days >= rules.loss.confirm_days,
        is_clear=degrees > max(now.threshold, rules.loss.clear_floor),
        is_confirmed=_is_confirmed(run, suspect_from, rules.loss.confirm_days, left),
        is_large=degrees >= rules.loss.large_degrees,
    )


def _run(course: Course, index: int, left: tuple[int, float] | None) -> list[CoursePoint]:
    """Collect the visits in a row, the latest first, at which the motion was beyond error in this same fall."""
    found = []
    for point in reversed(course.points[1 : index + 1]):
        if _lost(point, left) <= point.threshold or point.fall != course.points[index].fall:
            break
        found.append(point)
    return found


def _is_confirmed(run: list[CoursePoint], suspect_from: float, days: int, left: tuple[int, float] | None) -> bool:
    """Say whether the larger threshold was passed at every visit since some days ago."""
    for point in run:
        if _lost(point, left) <= suspect_from:
            return False
        if (run[0].day - point.day).days >= days:
            return True
    return False


def _lost(point: CoursePoint, left: tuple[int, float] | None) -> float:
    """Take off what an earlier, ended suspicion had left, unless the motion has been won back since."""
    return point.loss - left[1] if left is not None and left[0] == point.fall else point.loss


def _stiff(file: JointFile, rules: Rules, day: date) -> tuple[Stiffness, ...]:
    """Find motions that were far below the norm at their first visit and have not been better since."""
    found = []
    for stiff in file.stiff:
        index = _index_at(stiff.course, day, rules.loss.recent_days)
        if index is not None and index < stiff.visits:
            point = stiff.course.points[index]
            found.append(Stiffness(motion=stiff.course.motion, norm=stiff.norm, point=point))
    return tuple(found)


def _signs(file: JointFile, kinds: Sequence[SignKind], day: date, within: int) -> tuple[Sign, ...]:
    if not file.signs:
        return ()
    return tuple(s for kind in kinds if (s := file.sign(kind, day, within)) is not None)


def _tier(found: Finding, rules: Rules, *, has_ended: bool) -> Tier:
    """Decide by this day alone: suspect, watch or quiet (suspicion.md section 3, clinical.md R04, R07)."""
    if is_nerve_flag(found) or _is_weighed_suspect(found, rules, has_ended=has_ended):
        return Tier.SUSPECT
    if _is_lost_beyond_doubt(found, rules) and (has_ended or found.score >= rules.engine.score.corroborated_at):
        return Tier.SUSPECT
    has_pain = found.pain is not None and found.pain.counts
    is_watched = found.losses or has_pain or found.nerve or _is_stiff_and_painful(found, rules)
    return Tier.WATCH if is_watched or found.score >= rules.engine.score.watch_at else Tier.QUIET


def _is_weighed_suspect(found: Finding, rules: Rules, *, has_ended: bool) -> bool:
    """Take the score from a second visit on, and only of a joint that lost or lacks motion, however much it hurts.

    After a suspicion that ended, the loss must be new since.
    """
    card, weighed = rules.engine.score, found.weighed
    if weighed is None or weighed.visits == 1:
        return False
    if weighed.features.of("drop") <= card.quiet_loss and weighed.features.of("limit") <= card.free_limit:
        return False
    is_new = bool(found.losses) or not has_ended
    return is_new and found.score >= card.suspect_at


def _is_lost_beyond_doubt(found: Finding, rules: Rules) -> bool:
    """Ask the rules of clinical.md 4.4 and 4.5 in turn; what rests on assumed times alone does not count.

    Alone they flood a ward, so that they suffice only where the course is near enough to ossification, or where
    motion that had been won back is lost again.
    """
    firm = tuple(loss for loss in found.losses if not loss.is_assumed)
    if any(loss.is_confirmed for loss in firm):
        return True
    if _is_supported_at_joint(found, firm) or _is_supported_by_labs(found, firm):
        return True
    large = [loss for loss in firm if loss.is_large]
    return bool(large) and (len(large) > 1 or _is_painful(found, rules))


def _is_supported_at_joint(found: Finding, losses: Sequence[Loss]) -> bool:
    """New or risen pain or a sign beside two clear losses, or one beyond the larger threshold or that lasts."""
    has_pain = found.pain is not None and found.pain.counts
    if not (has_pain or found.signs):
        return False
    clear = [loss for loss in losses if loss.is_clear]
    return len(clear) > 1 or any(loss.degrees > loss.suspect_from or loss.has_lasted for loss in clear)


def _is_supported_by_labs(found: Finding, losses: Sequence[Loss]) -> bool:
    """A raised value is about the whole patient: it needs two motions of this joint, clear and seen twice."""
    return bool(found.labs) and sum(loss.is_clear and loss.is_repeated for loss in losses) > 1


def _is_painful(found: Finding, rules: Rules) -> bool:
    return found.pain is not None and found.pain.now >= rules.pain.level


def _is_stiff_and_painful(found: Finding, rules: Rules) -> bool:
    return bool(found.stiff) and _is_painful(found, rules)

"""The numbers of the detection engine as values: kinds of course, errors of measurement, and the score on top."""

from dataclasses import dataclass

KINDS = ("recovering", "contracture", "stiff", "acute", "ossifying")
"""The kinds of course that a joint is held against; "stiff" is the painful stiff shoulder and its like."""

FEATURES = (
    "lo", "lo_m", "lo_p", "vs_con", "vs_acute", "vs_stiff", "vs_rec", "eloss", "drop", "drop2", "dropmax", "slope",
    "steep", "rebound", "sincebest", "limit", "maxmdc", "mdc2", "nfrac", "pain", "painmiss", "painrise", "painhold",
    "painage", "alp", "ck", "opp", "asym", "others", "diffrater", "hip", "shoulder", "knee", "elbow", "t", "visits",
    "span", "gap", "elsewhere", "stay",
)  # fmt: skip
"""The features of a joint after a day, in their order; horehab.detection.features says what each one is."""

SUPPORT = ("alp", "ck", "opp", "elsewhere", "stay")
"""What is about the whole patient: it can only support what the joint itself shows, never lower it."""

EVEN = "even"
LOGARITHMIC = "logarithmic"
LAWS = (EVEN, LOGARITHMIC)
"""How the values of a range are spread: evenly, or evenly on a logarithmic scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of one parameter of a course, and how its values are spread over it."""

    law: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CourseKind:
    """One kind of course: how often it is met, how many courses stand for it, and the range of each parameter.

    Losses are fractions of the normal range of motion, pain is on the 0-10 scale, the rest are days.
    `early_loss` is what the stay in bed took and what comes back over `recovery_days`; `loss` what is lost from
    `onset_day` on within `worsening_days`, coming back over `return_days`. `usual_pain` hurts throughout;
    `pain_rise` is added `pain_lag_days` after the onset within `pain_rise_days`, and fades over `pain_fade_days`.
    Two kinds are the same only if they are one object, so that what is made of them is found again at once.
    """

    name: str
    weight: float
    courses: int
    early_loss: Span
    recovery_days: Span
    loss: Span
    onset_day: Span
    worsening_days: Span
    return_days: Span
    usual_pain: Span
    pain_rise: Span
    pain_lag_days: Span
    pain_rise_days: Span
    pain_fade_days: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorNumbers:
    """How far readings and ratings stray from a course, as fractions of the normal range (pain: of 0-10).

    `motion_temper` and `pain_temper` say how much of its weight a visit keeps, because the errors of one visit
    are shared. Deviations follow Student's t with `tail` degrees of freedom, their squares capped.
    `usual_level` and `level_sd` describe a joint's own level of motion, `level_drift` how it wanders from visit
    to visit, `level_step_sds` how far one visit may pull it; `motion_level_sd` and `motion_limit` the same for a
    single motion against the others of its joint. `shared_error`, `same_hand_error` and `other_hand_error` are of
    a whole visit. `least_norm` (degrees) is the normal range taken for motions of a smaller one, and
    `change_per_sem` turns the least change beyond error (MDC95) into an error.
    """

    motion_temper: float
    pain_temper: float
    tail: float
    usual_level: float
    level_sd: float
    level_drift: float
    level_step_sds: float
    motion_level_sd: float
    motion_limit: float
    shared_error: float
    same_hand_error: float
    other_hand_error: float
    motion_cap: float
    pain_error: float
    pain_cap: float
    least_norm: float
    change_per_sem: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One tree of the score: questions about single features, and the points that the answers are worth.

    A tree is laid out level by level: place 0 asks first, and place p goes on to 2p + 1 where the feature is at most
    `limits[p]`, else to 2p + 2. `features[p]` is the place of the feature in FEATURES. `points` are of all places,
    leaves included, in millionths: those of a place that asks are what its answers are worth on average.
    """

    features: tuple[int, ...]
    limits: tuple[float, ...]
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreCard:
    """The score on top of the mixture: the sum of its trees in natural log odds, and where it says watch or suspect.

    What is about the whole patient adds `support_cap` at most, a bedside sign of the joint `sign_points`, and
    neither counts where the joint is quiet: nothing lost beyond `quiet_loss` (a fraction of the normal range) and
    no pain above `quiet_pain` (0-10). Pain alone suspects no joint that moves freely: one that lost nothing and
    lacks no more than `free_limit` of the norm. `corroborated_at` is enough to suspect where a loss is also beyond
    doubt by the rules of the ward (clinical.md 4.4, 4.5). `strength_at` are the scores from which a suspicion is
    graded 3, 4 and 5. `made_by`, `seed` and `date` say how it was fitted. Cards are compared as kinds of course
    are.
    """

    made_by: str
    seed: int
    date: str
    trees: tuple[Tree, ...]
    suspect_at: float
    corroborated_at: float
    watch_at: float
    support_cap: float
    sign_points: float
    quiet_loss: float
    free_limit: float
    quiet_pain: float
    strength_at: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineNumbers:
    """All numbers of the detection engine."""

    kinds: tuple[CourseKind, ...]
    errors: ErrorNumbers
    score: ScoreCard

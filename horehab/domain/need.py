"""How much a patient needs somebody: what a caseload is ordered by, and what it says of each of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from horehab.domain.joints import JointSide
from horehab.domain.suspicion import Tier, Verdict

URGENCY = (Tier.SUSPECT, Tier.WATCH, Tier.CANNOT_JUDGE, Tier.QUIET)
"""The tiers, the one that needs a look most first."""

_RAISED = (Tier.SUSPECT, Tier.WATCH)
_NO_JOINT_LEFT = "joint-replaced-or-gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Why a patient stands where they stand: whoever is suspected first, then the watched, then all others.

    `tier` is that of the joint that needs a look most. Within suspected and watched, a red flag of the nerve comes
    first (`is_flagged`), then a suspicion about which nobody has decided (`waits_for_review`), then the higher
    `grade` (0 to 5; 0 for all others). Then whoever's measurement is overdue for longest (`overdue_since` is the ward
    day on which it was due, None when none is), then who has a joint that cannot be judged though it could be
    measured (`is_blind`), and of the rest those of whom less is known. The name comes last.
    """

    tier: Tier
    is_flagged: bool = False
    waits_for_review: bool = False
    grade: int = 0
    overdue_since: date | None = None
    is_blind: bool = False


UNJUDGED = Need(tier=Tier.CANNOT_JUDGE, is_blind=True)
"""Of whom nothing was judged yet: a blind spot as a whole."""


def need_of(
    verdicts: Sequence[Verdict], *, waits_for_review: bool = False, overdue_since: date | None = None
) -> Need:
    """Sum up what is thought of all joints of a patient; without any verdict nothing can be judged."""
    tier = worst_tier(verdicts)
    return Need(
        tier=tier,
        is_flagged=any(verdict.red_flags for verdict in verdicts),
        waits_for_review=waits_for_review and tier is Tier.SUSPECT,
        grade=max(v.strength for v in verdicts if v.tier is tier) if tier in _RAISED else 0,
        overdue_since=overdue_since,
        is_blind=not verdicts or bool(blind_spots(verdicts)),
    )


def worst_tier(verdicts: Sequence[Verdict]) -> Tier:
    """Give the tier of the joint that needs a look most; without any verdict nothing can be judged."""
    return min((verdict.tier for verdict in verdicts), key=URGENCY.index, default=Tier.CANNOT_JUDGE)


def blind_spots(verdicts: Sequence[Verdict]) -> tuple[JointSide, ...]:
    """Name the joints that cannot be judged for want of a measurement; one that was replaced needs none."""
    unknown = (verdict for verdict in verdicts if verdict.tier is Tier.CANNOT_JUDGE)
    return tuple(v.place for v in unknown if all(reason.code != _NO_JOINT_LEFT for reason in v.missing))

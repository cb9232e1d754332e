"""A verdict on one joint: how far it stands under suspicion, why, what speaks against, and what is missing."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.joints import JointSide

Figure = str | int | float
"""A number or a word that a reason rests on."""


class Tier(Enum):
    """How far a joint stands under suspicion. CANNOT_JUDGE is never shown as normal."""

    CANNOT_JUDGE = "cannot judge"
    QUIET = "quiet"
    WATCH = "watch"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason, with the figures that it rests on and the references of what it was read from.

    `code` names the kind of reason (such as "motion-loss", "pain", "alp-elevated"); the pages translate it,
    `figures` fills it in, as (name, value) pairs in a fixed order.
    """

    code: str
    figures: tuple[tuple[str, Figure], ...] = ()
    references: tuple[str, ...] = ()

    def figure(self, name: str) -> Figure:
        """Look up one figure by its name; KeyError when the reason has none of that name."""
        return dict(self.figures)[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be thought of one joint at the end of one ward day.

    `strength` is graded 0 (nothing speaks for it) to 5 (everything does) and is no probability; `score` is the finer
    number behind it, in points, None where the joint's course could not be weighed. `since` is
    the day of the first worsening reading (the onset that is written), `is_onset_bounded` says whether an
    earlier good reading bounds it. `evidence` are the references that the verdict rests on, sorted.
    `red_flags` hold without any loss of motion (clinical.md R07). `options` are codes of next steps to
    consider, never orders; `differentials` what else it could be.
    """

    place: JointSide
    tier: Tier
    strength: int
    as_of: date
    rule_version: str
    since: date | None = None
    is_onset_bounded: bool = False
    reasons: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()
    missing: tuple[Reason, ...] = ()
    red_flags: tuple[Reason, ...] = ()
    confounders: tuple[Reason, ...] = ()
    differentials: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    score: float | None = None

"""Next steps to consider, by week since onset: options in codes, never orders (clinical.md R18-R28)."""

from dataclasses import dataclass
from datetime import date

from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules

_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What decides which steps are worth considering for one joint; `since` is None when nothing bounds the onset."""

    tier: Tier
    as_of: date
    since: date | None
    has_nerve_flag: bool
    is_confirmed: bool = False


def next_steps(situation: Situation, rules: Rules) -> tuple[str, ...]:
    """List the codes of what to consider, the most urgent first; nothing for a joint that is quiet."""
    if situation.tier is Tier.CANNOT_JUDGE:
        return ("measure-passive",)
    if situation.tier is Tier.QUIET:
        return ()
    nerve = ("ct-mri-hip-pelvis", "neurological-review") if situation.has_nerve_flag else ()
    if situation.tier is Tier.WATCH:
        return (*nerve, "measure-again", "measure-opposite", "pain-free-range")
    surgery = ("surgery-conditional",) if situation.is_confirmed else ()
    care = ("pain-free-range", "discuss-medication")
    return ("clinical-review", *nerve, *_imaging(situation, rules), "repeat-imaging", *care, *surgery)


def _imaging(situation: Situation, rules: Rules) -> tuple[str, ...]:
    """Early: scintigraphy or CT, never plain film alone; later: film or CT; unbounded onset: CT, and said so."""
    if situation.since is None:
        return ("onset-not-bounded", "ct", "ultrasound")
    weeks = (situation.as_of - situation.since).days / _WEEK
    if weeks < rules.steps.film_from_week:
        return ("scintigraphy", "ct", "ultrasound", "plain-film-later")
    return ("plain-film", "ct", "ultrasound")

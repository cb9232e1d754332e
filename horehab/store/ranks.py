"""The need of a patient as one number, so that an index holds the caseload in its order: smaller is more urgent.

The number is read digit by digit as a clock is, each digit with a base of its own. The day since when a measurement
is overdue stands in it, not for how many days: it stays the same from one day to the next.
"""

from datetime import date, timedelta

from horehab.domain.need import URGENCY, Need
from horehab.domain.suspicion import Tier

_FIRST_DAY = date(1970, 1, 1)
_NEVER = 2**16 - 1
_HIGHEST_GRADE = 5
_OTHERS = URGENCY.index(Tier.CANNOT_JUDGE)
_BASES = (3, 2, 2, _HIGHEST_GRADE + 1, _NEVER + 1, 2, 2)


def rank_of(need: Need) -> int:
    """Write a need as a number, which any database takes: below 2^31."""
    group = URGENCY.index(need.tier)
    return _number(
        min(group, _OTHERS),
        not need.is_flagged,
        not need.waits_for_review,
        _HIGHEST_GRADE - need.grade,
        _NEVER if need.overdue_since is None else min(max((need.overdue_since - _FIRST_DAY).days, 0), _NEVER - 1),
        not need.is_blind,
        group > _OTHERS,
    )


def need_at(rank: int) -> Need:
    """Read a need back from its number."""
    digits = []
    for base in reversed(_BASES):
        rank, digit = divmod(rank, base)
        digits.append(digit)
    is_quiet, is_sighted, overdue, short_of, is_seen, is_unflagged, group = digits
    return Need(
        tier=URGENCY[group + is_quiet],
        is_flagged=not is_unflagged,
        waits_for_review=not is_seen,
        grade=_HIGHEST_GRADE - short_of,
        overdue_since=None if overdue == _NEVER else _FIRST_DAY + timedelta(days=overdue),
        is_blind=not is_sighted,
    )


def ranks_of(tier: Tier) -> range:
    """Give the ranks between which every patient stands whose worst joint stands so."""
    group = URGENCY.index(tier)
    first = _number(min(group, _OTHERS), 0, 0, 0, 0, 0, 0)
    return range(first, rank_of(Need(tier=tier)) + 1)


def _number(*digits: int) -> int:
    number = 0
    for digit, base in zip(digits, _BASES, strict=True):
        number = number * base + digit
    return number

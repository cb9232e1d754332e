"""Which clinical numbers a verdict reads: they alone name a rule version; what is planned around it does not."""

from collections.abc import Mapping

from horehab.domain.joints import Joint, Motion
from horehab.domain.thresholds import MotionNumbers, Rules
from horehab.domain.verdict_text import Plain

READ: Mapping[str, tuple[str, ...]] = {
    "loss": (
        "sustained_visits", "suspect_multiplier", "suspect_floor", "clear_floor", "confirm_days", "large_degrees",
        "side_difference", "stiff_fraction", "stiff_norm_from", "recent_days", "pace_days", "suspect_radians",
    ),
    "pain": ("rise", "rise_at_once", "level", "recent_days", "baseline_days"),
    "laboratory": ("recent_days", "confounded_multiple"),
    "steps": ("film_from_week",),
    "policy": ("blind_after_days", "hides_days"),
}  # fmt: skip
"""By table of the rules file, the numbers that a verdict reads; of the tables not named here it reads none."""

READ_OF_A_MOTION = ("lowest", "highest", "same_rater", "different_rater", "error_source", "norm")
"""Of each motion: its limits, its measurement error and where that is from, and its norm."""


def verdict_numbers(rules: Rules) -> dict[str, Plain]:
    """Give all that a verdict reads of the rules file, as plain values by name.

    The days of the calendar and of reminders, the gate of surveillance, sources and the days on which they were
    looked at are not among them. The numbers of the detection engine stand in files of their own.
    """
    groups: dict[str, Plain] = {
        f"{name}.{key}": float(getattr(getattr(rules, name), key)) for name, keys in READ.items() for key in keys
    }
    motions: dict[str, Plain] = {_named(*place): _of_motion(numbers) for place, numbers in rules.motions.items()}
    return {**groups, "motions": motions, "differentials": list(rules.differentials)}


def _of_motion(numbers: MotionNumbers) -> dict[str, Plain]:
    return {key: getattr(numbers, key) for key in READ_OF_A_MOTION}


def _named(joint: Joint, motion: Motion) -> str:
    return f"{joint.value} {motion.value}"

"""The items of our form of a session by linkId: which motion, rating, number or word stands under each."""

from collections.abc import Mapping
from types import MappingProxyType

from fhir_profiles import CANONICAL
from horehab.domain.joints import MOTIONS, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.domain.signs import PainOccasion
from horehab.fhir.basis import ours

FORM = f"{CANONICAL}/Questionnaire/horehab-rom-session"
"""The canonical address of our form; a version may follow it after a bar."""

ANGLES: Mapping[str, tuple[Mode, JointSide, Motion]] = MappingProxyType(
    {
        f"{mode.value}.{joint.value}.{motion.value.replace(' ', '-')}.{side.value}": (
            mode,
            JointSide(joint=joint, side=side),
            motion,
        )
        for mode in (Mode.PASSIVE, Mode.ACTIVE)
        for joint, motions in MOTIONS.items()
        for motion in motions
        for side in Side
    }
)
"""linkId -> what is measured there."""

PAINS: Mapping[str, PainOccasion] = MappingProxyType(
    {
        f"pain.{occasion.value.replace(' ', '-')}": occasion
        for occasion in PainOccasion
        if occasion is not PainOccasion.UNSPECIFIED
    }
)
"""linkId -> when it hurt."""

NUMBERS = MappingProxyType(
    {
        "minutes": (ours.MINUTES, "valueDecimal"),
        "repetitions": (ours.REPETITIONS, "valueInteger"),
        "mobility-level": (ours.MOBILITY_LEVEL, "valueInteger"),
        "exertion": (ours.EXERTION, "valueDecimal"),
    }
)
"""linkId -> the extension of the session that holds the number, and its form."""

WORDS = ("intensity", "sedation", "reason-not-done", "adverse-event", "note")
CHOICES = ("kind", "status")
WHEN = "when"


def is_known(link: str) -> bool:
    """Say whether the form has such an item."""
    return any(link in items for items in (ANGLES, PAINS, NUMBERS, WORDS, CHOICES, (WHEN,)))

"""Joints, sides and motions: which motions a joint has, and which joints are watched for ossification."""

from dataclasses import dataclass
from enum import Enum


class Joint(Enum):
    """A joint that is measured. Wrist and ankle are stored and shown, never suspected (house.md)."""

    __hash__ = object.__hash__  # by identity: an Enum's own is slow, and these are looked up all the time

    HIP = "hip"
    KNEE = "knee"
    SHOULDER = "shoulder"
    ELBOW = "elbow"
    WRIST = "wrist"
    ANKLE = "ankle"


class Side(Enum):
    """The patient's own left or right."""

    __hash__ = object.__hash__  # by identity: an Enum's own is slow, and these are looked up all the time

    LEFT = "left"
    RIGHT = "right"

    @property
    def opposite(self) -> "Side":
        """The other side of the same patient."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


class Motion(Enum):
    """A direction of movement; in every motion larger degrees are better, an extension deficit is negative."""

    __hash__ = object.__hash__  # by identity: an Enum's own is slow, and these are looked up all the time

    FLEXION = "flexion"
    EXTENSION = "extension"
    ABDUCTION = "abduction"
    ADDUCTION = "adduction"
    INTERNAL_ROTATION = "internal rotation"
    EXTERNAL_ROTATION = "external rotation"
    PRONATION = "pronation"
    SUPINATION = "supination"
    DORSIFLEXION = "dorsiflexion"
    PLANTARFLEXION = "plantarflexion"
    RADIAL_DEVIATION = "radial deviation"
    ULNAR_DEVIATION = "ulnar deviation"
    INVERSION = "inversion"
    EVERSION = "eversion"


@dataclass(frozen=True, slots=True, kw_only=True)
class JointSide:
    """One joint of one side, such as the left hip: the place that a suspicion is about."""

    joint: Joint
    side: Side

    def __str__(self) -> str:
        """Say the place as a therapist does: "left hip"."""
        return f"{self.side.value} {self.joint.value}"

    @property
    def opposite(self) -> "JointSide":
        """The same joint on the other side."""
        return JointSide(joint=self.joint, side=self.side.opposite)


_BALL = (
    Motion.FLEXION, Motion.EXTENSION, Motion.ABDUCTION, Motion.ADDUCTION,
    Motion.INTERNAL_ROTATION, Motion.EXTERNAL_ROTATION,
)  # fmt: skip

MOTIONS: dict[Joint, tuple[Motion, ...]] = {
    Joint.HIP: _BALL,
    Joint.SHOULDER: _BALL,
    Joint.KNEE: (Motion.FLEXION, Motion.EXTENSION),
    Joint.ELBOW: (Motion.FLEXION, Motion.EXTENSION, Motion.PRONATION, Motion.SUPINATION),
    Joint.WRIST: (Motion.FLEXION, Motion.EXTENSION, Motion.RADIAL_DEVIATION, Motion.ULNAR_DEVIATION),
    Joint.ANKLE: (Motion.DORSIFLEXION, Motion.PLANTARFLEXION, Motion.INVERSION, Motion.EVERSION),
}
"""The motions of each joint, in the order in which forms and charts show them."""

WATCHED_JOINTS = (Joint.HIP, Joint.SHOULDER, Joint.KNEE, Joint.ELBOW)
"""The joints in which ossification after intensive care is looked for (clinical.md R01)."""

WATCHED_PLACES = tuple(JointSide(joint=joint, side=side) for joint in WATCHED_JOINTS for side in Side)
"""Both sides of every watched joint, in the order of the caseload."""

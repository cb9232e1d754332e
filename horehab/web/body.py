"""Where each joint lies on the body figure, seen from the front: the patient's right is on the reader's left."""

from collections.abc import Iterable
from dataclasses import dataclass

from horehab.domain.joints import Joint, Side
from horehab.web.findings import JointFinding

_AT: dict[Joint, tuple[int, int]] = {
    Joint.SHOULDER: (38, 96),
    Joint.ELBOW: (54, 160),
    Joint.WRIST: (64, 218),
    Joint.HIP: (21, 216),
    Joint.KNEE: (25, 302),
    Joint.ANKLE: (27, 382),
}
"""Distance from the middle line, and height, in units of the figure (200 wide, 420 high)."""

_MIDDLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One joint on the figure."""

    finding: JointFinding
    x: int
    y: int


def spots(found: Iterable[JointFinding]) -> list[Spot]:
    """Place the joints on the figure."""
    return [_spot(finding) for finding in found]


def _spot(finding: JointFinding) -> Spot:
    away, height = _AT[finding.place.joint]
    is_right = finding.place.side is Side.RIGHT
    return Spot(finding=finding, x=_MIDDLE - away if is_right else _MIDDLE + away, y=height)

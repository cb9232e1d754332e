"""A joint of another kind that falls as ossification would: it supports a suspicion, and is named where it does."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date

from horehab.detection.finding import Finding
from horehab.detection.joint_file import JointFile
from horehab.detection.replay import Weighed, Weighings
from horehab.detection.score import LEAST, NOTHING_ELSE
from horehab.domain.joints import JointSide
from horehab.domain.suspicion import Reason


def alike_elsewhere(
    finding: Finding,
    place: JointSide,
    files: Mapping[JointSide, JointFile],
    weighed: Mapping[JointSide, Weighings],
) -> tuple[Reason, ...]:
    """Name the joint of another kind that supports a finding most, with what it lost, by which day, and its readings.

    Nothing is named where none counts, where the one that counts has lost nothing, or where this joint is quiet.
    """
    if finding.weighed is None or finding.weighed.score <= LEAST:
        return ()
    stood = [(each.features.of("lo"), other, each) for other, each in _others(finding.day, place, weighed)]
    alike = [each for each in stood if each[0] > NOTHING_ELSE["elsewhere"]]
    if not alike:
        return ()
    _, other, most = max(alike, key=lambda each: each[0])
    if most.features.of("drop") <= 0:
        return ()
    measured = most.day.toordinal() - most.days_since_reading
    day = date.fromordinal(measured)
    references = {s for c in files[other].passive for p in c.points if p.day == day for s in p.visit.sources}
    figures = (
        ("place", str(other)),
        ("lost", round(100 * most.features.of("drop"), 1)),
        ("day", day.isoformat()),
    )
    return (Reason(code="alike-elsewhere", figures=figures, references=tuple(sorted(references))),)


def _others(
    day: date, place: JointSide, weighed: Mapping[JointSide, Weighings]
) -> Iterator[tuple[JointSide, Weighed]]:
    """Give each joint of another kind as it stood last by a day."""
    for other, each in weighed.items():
        number = bisect_right(each.days, day) - 1
        if other.joint is not place.joint and number >= 0:
            yield other, each.tell(number)

"""What was repaired, kept apart or left out of a patient's measurements, counted by kind, for a person to see."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import NotCounted, PatientRecord, WhyNotCounted
from horehab.domain.series import read_series, series_of
from horehab.domain.thresholds import Rules

READ_FROM_TEXT = "read from text: "
"""How an assumption begins when something was said in words alone."""


class InputKind(Enum):
    """What happened to a measurement on its way from the chart into a judgement."""

    REPEATED = "repeated"
    WITHDRAWN = "withdrawn"
    NOT_FINAL = "not final"
    RADIANS_CONVERTED = "radians converted"
    ANGLE_CONVERTED = "other angle unit converted"
    SUSPECTED_RADIANS = "suspected radians, kept out"
    BOUND = "bound instead of a value"
    OTHER_POSITION = "other position"
    MODE_UNKNOWN = "mode unknown"
    READ_FROM_TEXT = "read from text"
    TIME_ASSUMED = "time or zone assumed"
    PAIN_WITHOUT_JOINT = "pain without joint"
    LAB_NOT_INTERPRETED = "laboratory value not interpreted"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputQuality:
    """How clean a patient's measurements were. `measured` is how many there are in all: angles, pain, signs, blood.

    `counts` gives the kinds that occurred, in the order of InputKind; `set_aside` how many parts could not be
    read, by reason, the most frequent first.
    """

    measured: int
    counts: tuple[tuple[InputKind, int], ...]
    set_aside: tuple[tuple[str, int], ...] = ()

    def of(self, kind: InputKind) -> int:
        """Tell how often one kind occurred."""
        return dict(self.counts).get(kind, 0)


def input_quality(record: PatientRecord, rules: Rules, set_aside: Iterable[str] = ()) -> InputQuality:
    """Count what was repaired, kept apart or left out; `set_aside` are the reasons in quarantine, one each.

    The same measurement under another name counts as a repeat; what was taken in a named position other than the
    usual one of its motion (which may be none named) counts as another position. Order makes no difference.
    """
    reasons = Counter(set_aside)
    measured = (*record.readings, *record.pains, *record.signs, *record.labs)
    found = Counter(_kinds(record))
    found[InputKind.REPEATED] = _repeats(record)
    found[InputKind.OTHER_POSITION] = _other_positions(record.readings)
    found[InputKind.SUSPECTED_RADIANS] = reasons["radians"] + _slips(record.readings, rules)
    found[InputKind.SET_ASIDE] = reasons.total()
    return InputQuality(
        measured=len(measured),
        counts=tuple((kind, found[kind]) for kind in InputKind if found[kind]),
        set_aside=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )


def _kinds(record: PatientRecord) -> Iterator[InputKind]:
    """Name what happened to single measurements, each by itself."""
    for fact in record.not_counted:
        yield _why(fact)
    for reading in record.readings:
        yield from _of_reading(reading)
    said = [r.assumptions for r in record.readings] + [p.assumptions for p in record.pains]
    said += [s.assumptions for s in record.signs] + [lab.assumptions for lab in record.labs]
    yield from (InputKind.READ_FROM_TEXT for each in said if any(text.startswith(READ_FROM_TEXT) for text in each))
    yield from (InputKind.PAIN_WITHOUT_JOINT for pain in record.pains if pain.place is None)
    yield from (InputKind.LAB_NOT_INTERPRETED for lab in record.labs if lab.multiple is None)


def _why(fact: NotCounted) -> InputKind:
    return InputKind.WITHDRAWN if fact.why is WhyNotCounted.WITHDRAWN else InputKind.NOT_FINAL


def _of_reading(reading: Reading) -> Iterator[InputKind]:
    if reading.unit != "deg":
        yield InputKind.RADIANS_CONVERTED if reading.unit.endswith("rad") else InputKind.ANGLE_CONVERTED
    if reading.bound is not None:
        yield InputKind.BOUND
    if reading.mode is Mode.UNKNOWN:
        yield InputKind.MODE_UNKNOWN
    if any(not said.startswith(READ_FROM_TEXT) for said in reading.assumptions):
        yield InputKind.TIME_ASSUMED


def _repeats(record: PatientRecord) -> int:
    keys: list[Hashable] = [
        (r.place, r.motion, r.mode, r.when.earliest, r.degrees, r.bound, r.rater, r.device, r.position)
        for r in record.readings
    ]
    keys += [("pain", p.place, p.occasion, p.when.earliest, p.score) for p in record.pains]
    keys += [("lab", r.analyte, r.when.earliest, r.value, r.unit) for r in record.labs]
    return len(keys) - len(set(keys))


def _other_positions(readings: Iterable[Reading]) -> int:
    others = 0
    for series in series_of(readings).values():
        positions = Counter(reading.position for reading in series)
        usual = max(positions, key=lambda position: (positions[position], position or ""))
        others += sum(count for position, count in positions.items() if position not in (usual, None))
    return others


def _slips(readings: Iterable[Reading], rules: Rules) -> int:
    limit = rules.loss.suspect_radians
    return sum(len(read_series(series, limit).set_aside) for series in series_of(readings).values())

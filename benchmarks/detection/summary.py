"""From outcomes to figures: seeds pooled by world and ward, baselines as textbooks give them and tuned, the coin."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.detection.baselines import TEXTBOOK
from benchmarks.detection.baselines_scoring import alarms
from benchmarks.detection.baselines_tuning import coin, tuned
from benchmarks.detection.detectors import OURS
from benchmarks.detection.judge import Judged, Marks, judged, marked
from benchmarks.detection.reliability import Grade, reliability
from benchmarks.detection.run import CEILING, Outcome
from benchmarks.detection.wards import UNTOUCHED


@dataclass(slots=True, kw_only=True)
class WorldSummary:
    """The figures of one world.

    `wards` are the engine's, `seeds` the same for each seed alone (without intervals), `ceilings` the best that can
    be; `compared` by ward, then detector. `set_aside` says by ward which part of all entries the reader could not
    read, by code. `differing` counts, by artefact that may change nothing, the patients whose suspicions differ from
    those on the clean ward. `thresholds` are the tuned ones of the baselines; `reliability` says by grade how often
    it was true and how often given.
    """

    wards: dict[str, Judged] = field(default_factory=dict)
    seeds: dict[str, dict[int, Judged]] = field(default_factory=dict)
    ceilings: dict[str, Judged] = field(default_factory=dict)
    compared: dict[str, dict[str, Judged]] = field(default_factory=dict)
    set_aside: dict[str, dict[str, float]] = field(default_factory=dict)
    differing: dict[str, int] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    reliability: Mapping[Grade, tuple[int, int]] = field(default_factory=dict)


def summary(outcomes: Sequence[Outcome]) -> WorldSummary:
    """Pool the outcomes of one world over its seeds."""
    found = WorldSummary()
    by_ward: dict[str, list[Outcome]] = {}
    for each in outcomes:
        by_ward.setdefault(each.task.ward, []).append(each)
    for ward, pooled in by_ward.items():
        found.wards[ward] = judged(_marks(pooled, OURS))
        found.seeds[ward] = {each.task.seed: judged(each.marks[OURS], resamples=1) for each in pooled}
        found.ceilings[ward] = judged(_marks(pooled, CEILING))
        found.set_aside[ward] = _set_aside(pooled)
    clean = by_ward.get("clean", [])
    found.thresholds = _thresholds(clean)
    found.reliability = reliability(each.grades for each in clean)
    for ward, pooled in by_ward.items():
        if all(each.task.compared for each in pooled):
            found.compared[ward] = _compared(pooled, found)
        if ward in UNTOUCHED and len(clean) == len(pooled):
            found.differing[ward] = _differing(clean, pooled)
    return found


def _marks(pooled: Iterable[Outcome], detector: str) -> list[Marks]:
    return [mark for each in pooled for mark in each.marks[detector]]


def _set_aside(pooled: Sequence[Outcome]) -> dict[str, float]:
    counts = sum((each.set_aside for each in pooled), Counter[str]())
    entries = sum(each.entries for each in pooled)
    return {code: count / entries for code, count in counts.most_common()}


def _thresholds(clean: Sequence[Outcome]) -> dict[str, float]:
    if not clean or not all(each.scores for each in clean):
        return {}
    patients = [patient for each in clean for patient in each.patients]
    return {name: tuned(patients, [s for each in clean for s in each.scores[name]]) for name in TEXTBOOK}


def _compared(pooled: Sequence[Outcome], found: WorldSummary) -> dict[str, Judged]:
    detectors = {name: judged(_marks(pooled, name)) for name in pooled[0].marks}
    patients = [patient for each in pooled for patient in each.patients]
    for name, (_, textbook) in TEXTBOOK.items():
        scores = [s for each in pooled for s in each.scores[name]]
        settings = {"as in textbooks": textbook}
        if name in found.thresholds:
            settings["tuned"] = found.thresholds[name]
        for setting, threshold in settings.items():
            marks = [marked(p, alarms(s, threshold)) for p, s in zip(patients, scores, strict=True)]
            detectors[f"{name}, {setting}"] = judged(marks)
    rate = detectors[OURS].figures.false
    detectors["coin that alarms as often"] = judged([marked(p, coin(p, rate)) for p in patients])
    return detectors


def _differing(clean: Sequence[Outcome], other: Sequence[Outcome]) -> int:
    pairs = zip(sorted(clean, key=_seed), sorted(other, key=_seed), strict=True)
    return sum(a != b for one, two in pairs for a, b in zip(one.raised, two.raised, strict=True))


def _seed(each: Outcome) -> int:
    return each.task.seed

"""The text of a run, printed and put into docs/detection.md between two marks."""

from collections.abc import Mapping, Sequence

from benchmarks.detection.detectors import OURS
from benchmarks.detection.judge import Judged
from benchmarks.detection.operating import SETTINGS, name_of
from benchmarks.detection.reading import rules
from benchmarks.detection.reliability import Grade
from benchmarks.detection.speed import Speed
from benchmarks.detection.summary import WorldSummary
from benchmarks.detection.table import KEY, detector_table, missed, plain_table, ward_table

BEGIN = "<!-- figures of make bench-detection: written by it, do not edit -->"
END = "<!-- end of the figures -->"
_SETTINGS = {name_of(setting) for setting in SETTINGS}
_SETTINGS_OR_OURS = {setting: name_of(setting) for setting in SETTINGS} | {0.0: f"{OURS} as it comes"}


def document(worlds: Mapping[str, WorldSummary], *, patients: int, seeds: Sequence[int], speed: Speed) -> str:
    """Write a run as Markdown: every ward, what is not reached, detectors side by side, reliability, speed."""
    wards = "one ward" if len(seeds) == 1 else f"{len(seeds)} wards"
    made_of = f"Each row is {wards} of {patients} simulated patients (seeds {', '.join(map(str, seeds))})."
    verdict = f"A verdict on all joints of a patient with 200 readings takes {speed.verdict_ms:.1f} ms of it (median)"
    parts = [
        f"Rule version {rules().version}. {made_of} {KEY}",
        *(part for world, found in worlds.items() for part in _world(world, found)),
        "## Speed, in processor time of the machine that ran this",
        f"{verdict}; {speed.patient_years:.0f} patient-years of 300 readings each are replayed in a second of it.",
    ]
    return "\n\n".join(parts)


def written_into(page: str, text: str) -> str:
    """Put the text between the marks of a page; ValueError when the page has not both marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"The page has no place for the figures: it needs the lines {BEGIN!r} and {END!r}."
        raise ValueError(message)
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def _world(world: str, found: WorldSummary) -> list[str]:
    parts = [f"## The {world} world: every ward", ward_table(found.wards, found.ceilings)]
    if "clean" in found.wards:
        short = missed(found.wards)
        parts.append("Floors not reached:\n\n" + "\n".join(f"- {each}." for each in short) if short else _ALL_REACHED)
    if found.differing:
        parts.append(_untouched(found.differing))
    parts.append(_set_aside(found.set_aside))
    for ward, detectors in found.compared.items():
        beside = {name: one for name, one in detectors.items() if name not in _SETTINGS}
        parts += [f"## The {world} world: detectors side by side, {ward} ward", detector_table(beside)]
        if len(beside) < len(detectors):
            parts += [f"## The {world} world: other settings, {ward} ward", _settings(detectors)]
    if found.reliability:
        parts += [f"## The {world} world: how often each strength turned out true (simulated)", _strengths(found)]
    return parts


_ALL_REACHED = "Every floor is reached."


def _untouched(differing: Mapping[str, int]) -> str:
    said = ", ".join(f"{name} {count}" for name, count in differing.items())
    return f"Patients whose suspicions change by what may change nothing: {said}."


def _set_aside(wards: Mapping[str, Mapping[str, float]]) -> str:
    said = "; ".join(f"{ward} {_parts(codes)}" for ward, codes in wards.items() if codes)
    return f"Set aside by the reader, part of all entries: {said or 'nothing'}."


def _parts(codes: Mapping[str, float]) -> str:
    each = ", ".join(f"{code} {100 * part:.1f}" for code, part in codes.items())
    return f"{100 * sum(codes.values()):.1f} % ({each})"


def _settings(detectors: Mapping[str, Judged]) -> str:
    """Show the engine as it comes among its other settings, from the one that asks for least to that for most."""
    asked = {setting: detectors[name_of(setting)] for setting in SETTINGS} | {0.0: detectors[OURS]}
    return detector_table({_SETTINGS_OR_OURS[setting]: asked[setting] for setting in sorted(asked)})


def _strengths(found: WorldSummary) -> str:
    rows = [_strength(grade, true, given) for grade, (true, given) in found.reliability.items()]
    return plain_table(["tier", "strength", "given to joints", "true"], rows)


def _strength(grade: Grade, true: int, given: int) -> list[str]:
    return [grade[0], str(grade[1]), str(given), f"{100 * true / given:.0f} %"]

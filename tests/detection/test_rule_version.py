"""A rule version names the numbers that verdicts read: a reminder moved makes no new one, a threshold moved does."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast

import pytest

from horehab.detection.further import most_telling
from horehab.detection.verdicts import judge
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import PatientRecord
from horehab.domain.signs import SignKind
from horehab.domain.thresholds import MotionNumbers, Rules
from horehab.domain.verdict_numbers import READ, READ_OF_A_MOTION
from horehab.rules import load_rules
from tests.detection.joints_at_hand import (
    FALLEN,
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_SHOULDER,
    RIGHT_HIP,
    RULES,
    background,
    course,
    day,
    exposure,
    lab,
    pain,
    reading,
    record,
    sign,
    steady,
)

PACKAGED = (Path(__file__).parents[2] / "horehab" / "rules.toml").read_text(encoding="utf-8")
TABLES = ("gate", "loss", "pain", "laboratory", "calendar", "attendance", "steps", "policy")
NUMBERS = [
    pytest.param(table, each.name, id=f"{table}.{each.name}")
    for table in TABLES
    for each in fields(getattr(RULES, table))
]


def changed(tmp_path: Path, old: str, new: str) -> str:
    """Give the version of the packaged rules with one piece of text replaced."""
    assert old in PACKAGED
    path = tmp_path / "rules.toml"
    path.write_text(PACKAGED.replace(old, new, 1), encoding="utf-8")
    return load_rules(str(path)).version


@pytest.mark.parametrize(("table", "name"), NUMBERS)
def test_a_number_makes_a_new_version_just_when_a_verdict_reads_it(tmp_path: Path, table: str, name: str) -> None:
    # The smallest of steps, so that numbers that must rise one after the other still do.
    (before,) = re.findall(rf"\n\[{table}\]\n(?:[^\n]+\n)*?{name} = {{ value = ([0-9.]+)", PACKAGED)
    value = getattr(getattr(RULES, table), name)
    start = PACKAGED.index(f"{name} = {{ value = {before}", PACKAGED.index(f"[{table}]"))
    text = f"{name} = {{ value = {value + 1 if isinstance(value, int) else value + 0.01}"
    path = tmp_path / "rules.toml"
    path.write_text(PACKAGED[:start] + text + PACKAGED[start + len(f"{name} = {{ value = {before}") :], "utf-8")
    changed_rules = load_rules(str(path))
    assert getattr(getattr(changed_rules, table), name) != value
    assert (changed_rules.version != RULES.version) == (name in READ.get(table, ()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value = [-40, 150]", "value = [-41, 150]"),
        ("value = [-40, 150]", "value = [-40, 151]"),
        ("value = [10, 17], source", "value = [9, 17], source"),
        ("value = [10, 17], source", "value = [10, 18], source"),
        ('value = [10, 17], source = "pua; poulsen"', 'value = [10, 17], source = "pua"'),
        ("norm = { value = 120", "norm = { value = 121"),
        ('"contracture", "adhesive-capsulitis"', '"adhesive-capsulitis", "contracture"'),
        ('version = "2026.2"', 'version = "2026.3"'),
    ],
)
def test_the_numbers_of_a_motion_the_differentials_and_the_name_make_a_new_version(
    tmp_path: Path, old: str, new: str
) -> None:
    assert changed(tmp_path, old, new) != RULES.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Pain on the 0-10 scale", "# Pain, in points of ten"),
        ("norm = { value = 180, aged = 165", "norm = { value = 180, aged = 164"),
        ('source = "S1 (R25); policy"', 'source = "S1"'),
        ("checked = 2026-11-21", "checked = 2026-11-22"),
        ("suspect_floor = { value = 20,", "suspect_floor = { value = 20.0,"),
    ],
)
def test_comments_sources_of_days_and_the_day_of_checking_make_no_new_version(
    tmp_path: Path, old: str, new: str
) -> None:
    assert changed(tmp_path, old, new) == RULES.version


@pytest.mark.parametrize("name", ["courses.toml", "score.json"])
def test_each_file_of_the_engine_makes_a_new_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    package = Path(__file__).parents[2] / "horehab"
    (tmp_path / "detection").mkdir()
    for each in ("rules.toml", "detection/courses.toml", "detection/score.json"):
        (tmp_path / each).write_bytes((package / each).read_bytes())
    monkeypatch.setattr("horehab.rules.files", lambda _: tmp_path)
    assert load_rules().version == RULES.version
    file = tmp_path / "detection" / name
    file.write_text(file.read_text("utf-8").replace("2026-11-2", "2027-11-2", 1), "utf-8")
    assert load_rules().version != RULES.version


@dataclass(frozen=True)
class Watched:
    """Numbers of which it is noted which are read."""

    of: object
    table: str
    seen: set[tuple[str, str]]

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            self.seen.add((self.table, name))
        return getattr(self.of, name)


@dataclass
class Ledger:
    """The packaged rules, and what is read of them."""

    seen: set[tuple[str, str]] = field(default_factory=set)

    def rules(self) -> Rules:
        tables = {table: cast("Any", Watched(getattr(RULES, table), table, self.seen)) for table in TABLES}
        motions: Mapping[Any, MotionNumbers] = {
            place: cast("MotionNumbers", Watched(numbers, "motion", self.seen))
            for place, numbers in RULES.motions.items()
        }
        return replace(RULES, motions=motions, **tables)


def charts() -> Iterator[tuple[PatientRecord, int]]:
    """Give charts that lead through every corner of a verdict, each with the day on which it is judged."""
    again = course([(56, 84), (63, 80), (70, 76), (84, 72)])
    labs = [lab(63, 500), lab(63, 900, analyte=Analyte.CREATINE_KINASE), lab(63, 80, analyte=Analyte.GAMMA_GT)]
    hurting = [pain(28, 1), pain(42, 1), *(pain(n, 6) for n in (49, 56, 63, 70, 84))]
    lost = [*FALLEN, *again, *steady(84, place=RIGHT_HIP)]
    yield record(lost, hurting, labs, exposure(), background(BackgroundKind.LIVER_DISEASE)), 84
    yield record(lost, hurting, [sign(70, SignKind.STRAIGHT_LEG_RAISE), sign(70, SignKind.SWELLING)]), 71
    yield record(lost, [pain(n, 0) for n in (49, 56)], exposure(ExposureKind.SEDATION, end=50)), 150
    yield record(reading(40, 45), pain(40, 6)), 41
    yield record(course([(30, 150), (37, 149), (44, 100)], place=LEFT_SHOULDER, mode=Mode.ACTIVE)), 50
    yield record(course([(30, 140), (37, 2.1), (44, 138)], place=LEFT_ELBOW, rater=None)), 50
    yield record(steady(70), [pain(n, 3) for n in (28, 42, 56)], pain(63, 5), pain(70, 5)), 75


def test_verdicts_read_the_numbers_that_make_the_version_and_no_others() -> None:
    ledger = Ledger()
    rules = ledger.rules()
    for chart, number in charts():
        judge(chart, rules, day(number))
    most_telling(record(FALLEN), rules, day(50), LEFT_HIP)
    named = {(table, name) for table, names in READ.items() for name in names}
    assert ledger.seen == named | {("motion", name) for name in READ_OF_A_MOTION}

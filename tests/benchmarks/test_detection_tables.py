"""What the benchmark says: which lines are reached, how tables are laid out, and that a whole run repeats exactly."""

import json
import math
from dataclasses import fields, replace
from pathlib import Path

import pytest

from benchmarks.detection import __main__ as command
from benchmarks.detection.ceiling import fate_known, truth_known
from benchmarks.detection.detectors import DETECTORS, OURS, ours
from benchmarks.detection.document import BEGIN, END, written_into
from benchmarks.detection.goals import Reached, reached, targets
from benchmarks.detection.judge import Figures, Judged
from benchmarks.detection.operating import rules_at, ungated
from benchmarks.detection.reading import record, rules
from benchmarks.detection.reliability import grades, reliability
from benchmarks.detection.run import Task, outcome, outcomes
from benchmarks.detection.story import Ossification, SimulatedPatient
from benchmarks.detection.summary import summary
from benchmarks.detection.table import figures_as_data, missed, number, ward_table
from benchmarks.detection.wards import BY_NAME, WARDS, Line, patients_of
from horehab.domain.joints import Motion
from tests.benchmarks.hospital import HIP, course, patient

CLEAN = Figures(false=2.5, found=0.9, in_time=0.6, lead=-4, wrong=9)


def judged(figures: Figures) -> Judged:
    return Judged(figures=figures, low=figures, high=figures, patients=10, joints=5, months=30)


@pytest.mark.parametrize(
    ("figure", "value", "mark"),
    [
        ("false", 3.0, Reached.GOAL),
        ("false", 3.1, Reached.FLOOR),
        ("false", 4.1, Reached.NOT),
        ("found", 0.88, Reached.GOAL),
        ("found", 0.77, Reached.NOT),
        ("lead", -8, Reached.FLOOR),
        ("lead", -math.inf, Reached.NOT),
        ("wrong", math.nan, Reached.NO_LINE),
    ],
)
def test_a_figure_on_a_clean_ward_is_held_against_floor_and_goal(figure: str, value: float, mark: Reached) -> None:
    assert reached(figure, value, targets(Line.CLEAN, None)[figure]) is mark


def test_an_artefact_is_held_against_the_clean_ward() -> None:
    lines = targets(Line.ARTEFACT, CLEAN)
    assert (lines["false"].floor, lines["false"].goal) == (4.5, 3.5)
    assert lines["in_time"].floor == pytest.approx(0.54)
    assert targets(Line.WEEKS_MISSING, CLEAN)["in_time"].floor == pytest.approx(0.44)
    assert targets(Line.ARTEFACT, None) == {}
    assert targets(Line.NONE, CLEAN) == {}


def test_a_table_marks_each_cell_and_the_misses_are_said_in_words() -> None:
    wards = {"clean": judged(CLEAN), "outlier": judged(replace(CLEAN, false=5.0))}
    table = ward_table(wards, {name: judged(CLEAN) for name in wards})
    assert "| clean | ● 2.5 (2.5 to 2.5) | ● 0.90 (0.90 to 0.90) | ◐ 0.60" in table
    assert "| outlier | ○ 5.0" in table
    assert table.endswith("| 0.90 / 0.60 / -4 |")
    assert missed(wards) == [
        "clean: wrong place per 100 HO patient-months is 9.0, the floor 8.0",
        "outlier: false per 100 patient-months is 5.0, the floor 4.5",
    ]


def test_a_lead_of_minus_infinity_is_written_as_never_and_is_null_in_data() -> None:
    assert number("lead", -math.inf) == "never"
    assert number("found", math.nan) == "-"
    assert figures_as_data(judged(replace(CLEAN, lead=-math.inf)))["lead"] is None


def test_the_figures_go_between_the_marks_of_the_page_and_nothing_else_changes() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = written_into(page, "new")
    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert written_into(once, "new") == once
    with pytest.raises(ValueError, match="no place for the figures"):
        written_into("no marks", "new")


def test_the_page_of_the_project_has_a_place_for_the_figures() -> None:
    page = Path("docs/detection.md").read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1


def stiffening() -> SimulatedPatient:
    """A hip that loses 60 degrees from day 40 on."""
    truth = Ossification(place=HIP, onset=40, recognised=55)
    curve = tuple(110.0 - min(60.0, max(0.0, 2.0 * (day - 40))) for day in range(121))
    one = patient(course([curve[day] for day in range(20, 121, 4)]), truth=[truth])
    return replace(one, curves={(HIP, Motion.FLEXION): curve})


def test_the_ceilings_see_the_truth_at_visits_only() -> None:
    assert fate_known(stiffening()) == [(44, HIP)]  # 8 degrees lost; at day 40 nothing was
    assert truth_known(stiffening()) == [(52, HIP)]  # 24 degrees lost; at day 48 it was 16
    assert fate_known(patient(course([100, 50]))) == []


def test_the_engine_as_a_detector_suspects_a_stiffening_hip_once() -> None:
    raised = ours(record(stiffening()), rules())
    assert [place for _, place in raised] == [HIP]


@pytest.mark.parametrize("name", list(DETECTORS))
def test_every_ablation_still_judges(name: str) -> None:
    assert {place for _, place in DETECTORS[name](record(stiffening()), rules())} <= {HIP}


def test_a_grade_is_true_when_bone_forms_there_by_then() -> None:
    one = stiffening()
    found = reliability([grades(one, record(one), rules())])
    assert found
    assert all(true == given > 0 for true, given in found.values())
    healthy = replace(one, ossifications=())
    assert all(true == 0 for true, _ in reliability([grades(healthy, record(healthy), rules())]).values())


def test_a_setting_moves_where_a_joint_is_watched_and_suspected_and_nothing_else() -> None:
    plain, moved = rules().engine.score, rules_at(rules(), 0.5).engine.score
    marks = ("suspect_at", "corroborated_at", "watch_at")
    assert [getattr(moved, mark) - getattr(plain, mark) for mark in marks] == pytest.approx([0.5, 0.5, 0.5])
    others = [field.name for field in fields(plain) if field.name not in marks]
    assert all(getattr(moved, name) == getattr(plain, name) for name in others)
    assert replace(rules_at(rules(), 0.5), engine=rules().engine) == rules()


def test_without_gate_the_whole_patient_counts_without_limit() -> None:
    score = ungated(rules()).engine.score
    assert score.quiet_loss < 0 > score.quiet_pain
    assert score.support_cap == math.inf


def test_every_ward_has_patients_in_both_worlds_and_is_the_same_each_time() -> None:
    for world in ("first", "second"):
        for ward in WARDS:
            once = list(patients_of(ward, world, patients=2, seed=4))
            assert len(once) == 2
            assert once == list(patients_of(ward, world, patients=2, seed=4))


def test_two_processes_find_what_one_finds() -> None:
    tasks = [Task(world="first", ward=ward, seed=2, patients=2, compared=False) for ward in ("clean", "duplicates")]
    alone, together = list(outcomes(tasks, processes=1)), list(outcomes(tasks))
    assert [(o.marks, o.raised, o.set_aside) for o in alone] == [(o.marks, o.raised, o.set_aside) for o in together]


def test_a_summary_pools_seeds_and_sets_baselines_and_coin_beside_the_engine() -> None:
    tasks = [Task(world="second", ward="clean", seed=seed, patients=4, compared=True) for seed in (1, 2)]
    found = summary([outcome(task) for task in tasks])
    assert found.wards["clean"].patients == 8
    beside = found.compared["clean"]
    assert beside[OURS] == found.wards["clean"]
    assert {"EWMA, tuned", "EWMA, as in textbooks", "coin that alarms as often", "ceiling: fate known"} <= set(beside)
    assert beside["EWMA, tuned"].figures.false <= 4


def test_the_command_prints_the_tables_and_writes_the_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "figures.json"
    asked = ["--quick", "--patients", "3", "--world", "first", "--wards", "clean", "duplicates", "--alone"]
    assert command.main([*asked, "--json", str(data), "--processes", "1"]) == 0
    said = capsys.readouterr()
    assert "The first world: every ward" in said.out
    assert "2 of 2: first world, duplicates, seed 1" in said.err
    assert set(json.loads(data.read_text())["first"]["wards"]) == {"clean", "duplicates"}


def test_interrupting_stops_it_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "outcomes", interrupted)
    assert command.main(["--quick"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_wards_have_names_of_their_own() -> None:
    assert len(BY_NAME) == len(WARDS)

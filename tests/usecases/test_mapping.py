"""A code of the ward's own, mapped by a person, changes what is known and suspected from the next pass on."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from horehab.domain.local_code import LocalCode, meaning_of
from horehab.domain.suspicion import Tier
from horehab.errors import ConfigurationError, EhrRefused, UnknownCode
from horehab.usecases.exchange import ChartItem, ChartPage, StepReport
from horehab.usecases.keep_step import keep_step
from horehab.usecases.local_codes import ReadAnew
from horehab.usecases.map_code import contradictions, find_code, forget_code, map_codes
from horehab.usecases.ports import Ports
from horehab.usecases.pull_chart import pull_chart
from horehab.usecases.read_again import catch_up
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion, pain

LOCAL = LocalCode(system="urn:ward", code="LHF")
LEFT_HIP = meaning_of("hip-flexion-passive")


OWN = {"coding": [{"system": LOCAL.system, "code": LOCAL.code}]}


def falling(ward: Ward) -> date:
    """Let Ana's hip stand, then fall over three visits with pain, all under a code of the ward's own."""
    for visit, degrees in enumerate((110, 112, 111, 96, 84, 80)):
        day = DAY_ONE + timedelta(days=4 * visit)
        ward.on(day)
        ward.chart(flexion(f"rom-{visit}", day, degrees, code=OWN), pain(f"pain-{visit}", day, 2 if visit < 3 else 6))
    return ward.clock.today()


@pytest.fixture
def hospital(open_ward: Callable[..., Ward]) -> Ward:
    """A ward whose patient worsens under codes of its own."""
    ward = open_ward()
    ward.chart(PATIENT)
    return ward


def suspected(report: StepReport) -> list[tuple[str, ...]]:
    return [v.evidence for r in report.reviews for v in r.verdicts if v.tier is Tier.SUSPECT]


def test_a_suspicion_rises_with_the_pass_after_the_code_was_mapped_and_rests_on_readings_back_to_the_first(
    hospital: Ward, open_ward: Callable[..., Ward]
) -> None:
    last = falling(hospital)
    running = hospital.ports
    assert suspected(keep_step(running)) == []
    assert hospital.conditions() == []
    desk = open_ward()
    desk.on(last)
    did = map_codes(desk.ports, [(LOCAL, LEFT_HIP)], who="eva")
    assert did == ReadAnew(entries=6, gained={"Reading": 6}, patients=frozenset({"Patient/ana"}), understood=6)
    report = keep_step(running)
    (evidence,) = suspected(report)
    beyond_error = (0, 1, 2, 4, 5)  # the loss of the fourth visit is none yet that different raters would not make
    assert {f"Observation/rom-{visit}" for visit in beyond_error} <= set(evidence)
    (condition,) = hospital.conditions()
    cited = {detail["reference"] for each in condition["evidence"] for detail in each["detail"]}
    assert "Observation/rom-0" in cited
    assert report.is_complete


def test_when_the_meaning_is_taken_back_the_suspicion_is_withdrawn(hospital: Ward) -> None:
    last = falling(hospital)
    map_codes(hospital.ports, [(LOCAL, LEFT_HIP)], who="eva")
    assert len(suspected(keep_step(hospital.ports))) == 1
    hospital.on(last + timedelta(days=1))
    did = forget_code(hospital.ports, LOCAL, who="eva")
    assert did.lost == {"Reading": 6}
    assert suspected(keep_step(hospital.ports)) == []
    (condition,) = hospital.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"


def test_what_a_running_process_reads_after_the_mapping_is_read_with_it(
    hospital: Ward, open_ward: Callable[..., Ward]
) -> None:
    running = hospital.ports
    keep_step(running)
    map_codes(open_ward().ports, [(LOCAL, LEFT_HIP)], who="eva")
    hospital.chart(flexion("rom-9", DAY_ONE, 88, code=OWN))
    keep_step(running)
    assert [r.source for r in running.logbook.record("Patient/ana").readings] == ["Observation/rom-9"]


@contextmanager
def interrupted(ports: Ports, meanwhile: Callable[[], object], *, end: BaseException | None = None) -> Iterator[None]:
    """Let a person map a code while a pass is reading, as another process does."""
    read = ports.chart.changes

    def changes(marks: Mapping[str, str]) -> Iterator[ChartPage]:
        for page in read(marks):
            if page.kind == "Observation":
                meanwhile()
            yield page
            if page.kind == "Observation" and end:
                raise end

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ports.chart, "changes", changes)
        yield


def test_a_code_mapped_while_a_pass_is_reading_is_not_missed(hospital: Ward, open_ward: Callable[..., Ward]) -> None:
    falling(hospital)
    desk, running = open_ward(), hospital.ports
    with interrupted(running, lambda: map_codes(desk.ports, [(LOCAL, LEFT_HIP)], who="eva")):
        pull_chart(running)
    assert len(running.logbook.record("Patient/ana").readings) == 6
    assert catch_up(desk.ports) == ReadAnew()


@pytest.mark.parametrize(
    "end", [EhrRefused("The server refuses us."), KeyboardInterrupt()], ids=["refused", "killed"]
)
def test_a_code_mapped_while_a_pass_is_reading_that_breaks_off_is_not_missed(
    hospital: Ward, open_ward: Callable[..., Ward], end: BaseException
) -> None:
    falling(hospital)
    desk, running = open_ward(), hospital.ports
    by_hand = interrupted(running, lambda: map_codes(desk.ports, [(LOCAL, LEFT_HIP)], who="eva"), end=end)
    with by_hand, pytest.raises(type(end)):
        pull_chart(running)
    if isinstance(end, EhrRefused):
        assert len(running.logbook.record("Patient/ana").readings) == 6, "at once"
    pull_chart(running)
    assert len(running.logbook.record("Patient/ana").readings) == 6


def test_after_an_upgrade_a_step_reads_once_more_what_was_set_aside(
    hospital: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    falling(hospital)
    keep_step(hospital.ports)
    read: list[str] = []
    chart = hospital.ports.chart
    again = type(chart).read_again

    def noted(self: Any, reference: str, source: bytes) -> ChartItem:
        read.append(reference)
        return again(self, reference, source)

    monkeypatch.setattr(type(chart), "read_again", noted)
    keep_step(hospital.ports)
    assert read == []
    older = replace(chart.understanding(), reader="0.0.0 before the upgrade")
    hospital.ports.logbook.codes.note_understanding(older)
    pages: list[str] = []
    assert keep_step(hospital.ports, on_page=lambda page: pages.append(page.kind)).pulled.understood_now == 0
    assert sorted(read) == [f"Observation/rom-{visit}" for visit in range(6)]
    assert "read again" in pages
    keep_step(hospital.ports)
    assert len(read) == 6


def _file(tmp_path: Path, *targets: tuple[str, str]) -> Path:
    ours = "https://horehab.org/fhir/CodeSystem/"
    groups = [
        {"source": LOCAL.system, "target": ours + s, "element": [{"code": LOCAL.code, "target": [{"code": code}]}]}
        for s, code in targets
    ]
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"resourceType": "ConceptMap", "group": groups}), encoding="utf-8")
    return file


def test_a_file_that_was_changed_is_read_without_restart(open_ward: Callable[..., Ward], tmp_path: Path) -> None:
    file = _file(tmp_path)
    ward = open_ward(concept_map=str(file))
    ward.chart(PATIENT)
    falling(ward)
    keep_step(ward.ports)
    assert ward.ports.logbook.record("Patient/ana").readings == ()
    _file(tmp_path, ("horehab-joint-motion", "hip-flexion"), ("rom-mode", "passive"))
    assert keep_step(ward.ports).pulled.understood_now == 6
    assert len(ward.ports.logbook.record("Patient/ana").readings) == 6
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="HOREHAB_CONCEPT_MAP"):
        keep_step(ward.ports)


def test_what_a_person_said_counts_before_the_file_and_the_difference_is_told(
    open_ward: Callable[..., Ward], tmp_path: Path
) -> None:
    file = _file(tmp_path, ("horehab-joint-motion", "hip-flexion"))
    ward = open_ward(concept_map=str(file))
    assert contradictions(ward.ports) == ()
    map_codes(ward.ports, [(LOCAL, meaning_of("hip-flexion"))], who="eva")
    assert contradictions(ward.ports) == ()
    map_codes(ward.ports, [(LOCAL, meaning_of("hip-abduction-left"))], who="eva")
    (found,) = contradictions(ward.ports)
    assert (found.local, found.said, found.in_file) == (LOCAL, "hip-abduction-left", "hip-flexion")


def test_a_code_is_found_by_itself_once_it_was_seen_or_mapped(hospital: Ward) -> None:
    with pytest.raises(UnknownCode, match="--system"):
        find_code(hospital.ports, "LHF", None)
    assert find_code(hospital.ports, " LHF ", "urn:ward") == LOCAL
    map_codes(hospital.ports, [(LOCAL, LEFT_HIP)], who="eva")
    assert find_code(hospital.ports, "LHF", None) == LOCAL
    twin = LocalCode(system="urn:other", code="LHF")
    map_codes(hospital.ports, [(twin, LEFT_HIP)], who="eva")
    with pytest.raises(UnknownCode, match="2 code systems"):
        find_code(hospital.ports, "LHF", None)


def test_what_can_be_no_code_is_refused_and_nothing_is_kept(hospital: Ward) -> None:
    for local in (LocalCode(system="", code=" "), LocalCode(system="s" * 501, code="x")):
        with pytest.raises(UnknownCode, match="is no code"):
            map_codes(hospital.ports, [(LOCAL, LEFT_HIP), (local, LEFT_HIP)], who="eva")
    assert hospital.ports.logbook.codes.mappings() == ()
    with pytest.raises(UnknownCode, match="Nobody mapped"):
        forget_code(hospital.ports, LOCAL, who="eva")

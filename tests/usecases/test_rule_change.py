"""A newer rule: what it would raise or withdraw is listed, changes nothing by itself, and is applied by a person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from horehab.domain.thresholds import Rules
from horehab.rules import load_rules
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.ports import Ports
from horehab.usecases.rule_change import rule_differences
from tests.usecases.conftest import PATIENT, Ward, falling, flexion

NAMED = StepOrder(patient="Patient/ana")


def with_rules(ward: Ward, rules: Rules, version: str) -> Ports:
    return replace(ward.ports, rules=replace(rules, version=version))


def blind(rules: Rules) -> Rules:
    """Rules that no course, however steep, brings to suspect."""
    return replace(
        rules, engine=replace(rules.engine, score=replace(rules.engine.score, suspect_at=99.0, corroborated_at=99.0))
    )


def acts(ports: Ports) -> list[tuple[str, str, str, str]]:
    return [(str(each.place), each.act, each.before, each.after) for each in rule_differences(ports)]


def state(ward: Ward) -> str:
    (condition,) = ward.conditions()
    return str(condition["verificationStatus"]["coding"][0]["code"])


def test_the_same_rules_differ_in_nothing(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    assert acts(ward.ports) == []


def test_what_newer_rules_would_raise_is_listed_and_raised_by_a_person_who_names_the_patient(ward: Ward) -> None:
    falling(ward)
    keep_step(with_rules(ward, blind(ward.ports.rules), "old"))
    newer = with_rules(ward, ward.ports.rules, "new")
    for _ in range(2):
        keep_step(newer)
        assert not ward.conditions()
        assert acts(newer) == [("left hip", "raise", "old", "new")]
        ward.on(ward.clock.today() + timedelta(days=1))
    assert keep_step(newer, NAMED).is_complete
    assert state(ward) == "unconfirmed"
    assert acts(newer) == []


def test_what_newer_rules_would_withdraw_is_listed_and_withdrawn_by_a_person_who_names_the_patient(
    ward: Ward,
) -> None:
    falling(ward)
    keep_step(with_rules(ward, ward.ports.rules, "old"))
    newer = with_rules(ward, blind(ward.ports.rules), "new")
    for _ in range(2):
        ward.on(ward.clock.today() + timedelta(days=1))
        keep_step(newer)
        assert state(ward) == "unconfirmed"
        assert acts(newer) == [("left hip", "withdraw", "old", "new")]
    keep_step(newer, NAMED)
    assert state(ward) == "entered-in-error"
    why = [each["reason"][0]["text"] for each in ward.resources("Provenance")]
    assert "a person applied a newer rule, which does not suspect it" in why
    assert acts(newer) == []


def test_new_evidence_is_acted_on_by_itself_and_is_no_difference(ward: Ward) -> None:
    falling(ward)
    keep_step(with_rules(ward, blind(ward.ports.rules), "old"))
    newer = with_rules(ward, ward.ports.rules, "new")
    day = ward.clock.today() + timedelta(days=1)
    ward.on(day)
    ward.chart(flexion("rom-6", day, 79))
    report = keep_step(newer, StepOrder(is_dry_run=True))
    assert report.is_dry
    assert acts(newer) == []
    keep_step(newer)
    assert state(ward) == "unconfirmed"


@pytest.mark.parametrize("write", ["off", "auto"])
def test_differences_are_listed_while_writing_is_off_and_for_one_patient(
    open_ward: Callable[..., Ward], write: str
) -> None:
    ward = open_ward(write=write)
    ward.chart(PATIENT, PATIENT | {"id": "ben"})
    falling(ward)
    keep_step(with_rules(ward, blind(ward.ports.rules), "old"))
    newer = with_rules(ward, ward.ports.rules, "new")
    assert len(rule_differences(newer, patient="Patient/ana")) == 1
    assert rule_differences(newer, patient="Patient/ben") == ()
    assert not ward.conditions()


def test_a_calendar_of_the_sites_own_is_no_newer_rule_and_is_followed_for_everyone_from_the_next_ward_day_on(
    suspected: Ward, tmp_path: Path
) -> None:
    packaged = files("horehab").joinpath("rules.toml").read_text(encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(packaged.replace("review_within = { value = 7", "review_within = { value = 5"), "utf-8")
    sooner = replace(suspected.ports, rules=load_rules(str(own)))
    today = suspected.clock.today()
    assert review_days(suspected) == {today + timedelta(days=7)}
    suspected.on(today + timedelta(days=1))
    keep_step(sooner)
    assert review_days(suspected) == {today + timedelta(days=5)}
    assert rule_differences(sooner) == ()


def review_days(ward: Ward) -> set[date]:
    """Tell by which days the team is asked to review."""
    tasks = [task for task in ward.resources("Task") if task["status"] == "requested"]
    return {datetime.fromisoformat(task["restriction"]["period"]["end"]).date() for task in tasks}

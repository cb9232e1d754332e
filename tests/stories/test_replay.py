"""A verdict can be replayed: from what is stored verbatim, and from the entries of the EHR that it cites."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from horehab.clock import SetClock
from horehab.demo.published import patients
from horehab.demo.story import Story
from horehab.detection.verdicts import judge
from horehab.domain.record import Fact, PatientRecord, base_reference, base_references, record_of
from horehab.domain.verdict_inputs import inputs_of
from horehab.domain.verdict_text import verdict_text
from horehab.settings import Settings
from horehab.store.keeping import inflate
from horehab.usecases.ports import Ports
from horehab.usecases.pull_chart import pull_chart
from horehab.wiring import opened_ports
from tests.servers.sandbox import RunningSandbox
from tests.stories.telling import record_on, rules, verdicts_by_day

SIX = pytest.mark.parametrize("story", patients(), ids=lambda story: story.key)


def _verbatim(database: Path) -> Iterator[tuple[str, bytes]]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT reference, source FROM horehab_resource WHERE NOT is_gone").fetchall()
    return ((reference, inflate(source)) for reference, source in rows)


def _read_again(ports: Ports, database: Path, patient: str) -> PatientRecord:
    """Understand every stored text anew, as if nothing but the texts had been kept."""
    items = [ports.chart.read_again(reference, source) for reference, source in _verbatim(database)]
    (identity,) = [item.identity for item in items if item.identity is not None and item.reference == patient]
    return record_of(identity, [fact for item in items if item.patient == patient for fact in item.facts])


@SIX
def test_what_is_stored_verbatim_gives_the_same_verdicts_byte_for_byte(
    story: Story, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    for resource in story.chart_on(story.last_day):
        sandbox.store.put(resource)
    database = tmp_path / "horehab.sqlite3"
    settings = Settings(fhir_url=sandbox.url, database_url=f"sqlite:///{database}", time_zone="Europe/Madrid")
    with opened_ports(settings, clock=SetClock(zone=ZoneInfo("Europe/Madrid"))) as ports:
        assert not pull_chart(ports).problems
        kept, again = ports.logbook.record(story.patient), _read_again(ports, database, story.patient)
        for day, _ in story.events[-30:]:
            first = [verdict_text(verdict) for verdict in judge(kept, ports.rules, day)]
            assert [verdict_text(verdict) for verdict in judge(again, ports.rules, day)] == first


def _only(record: PatientRecord, cited: tuple[str, ...]) -> PatientRecord:
    """Leave of a record only what was read from the cited entries."""
    facts: tuple[Fact, ...] = (
        *record.readings, *record.pains, *record.signs, *record.sessions, *record.exposures, *record.backgrounds,
        *record.labs, *record.images, *record.visits, *record.ossifications,
    )  # fmt: skip
    return record_of(record.patient, [fact for fact in facts if base_reference(fact.source) in cited])


@SIX
def test_the_entries_that_a_verdict_was_read_from_alone_give_it_again_byte_for_byte(story: Story) -> None:
    for day, verdicts in verdicts_by_day(story).items():
        record = record_on(story, day)
        for verdict in verdicts:
            cited = inputs_of(record.as_known_on(day), verdict.place)
            replayed = judge(_only(record, cited), rules(), day)
            (again,) = [v for v in replayed if v.place == verdict.place]
            assert verdict_text(again) == verdict_text(verdict), (day, str(verdict.place))


@SIX
def test_every_entry_that_a_verdict_cites_is_among_those_that_it_was_read_from(story: Story) -> None:
    for day, verdicts in verdicts_by_day(story).items():
        record = record_on(story, day).as_known_on(day)
        for verdict in verdicts:
            beside = (verdict.reasons, verdict.red_flags, verdict.against, verdict.missing, verdict.confounders)
            references = [reference for reasons in beside for reason in reasons for reference in reason.references]
            cited = set(base_references([*verdict.evidence, *references]))
            assert cited <= set(inputs_of(record, verdict.place)), (day, str(verdict.place))


@SIX
def test_the_text_of_a_verdict_leaves_nothing_out(story: Story) -> None:
    verdicts = verdicts_by_day(story)[story.last_day]
    for verdict in verdicts:
        assert verdict_text(verdict) != verdict_text(replace(verdict, rule_version="another"))
        for reason in verdict.reasons:
            for name, value in reason.figures:
                assert name in verdict_text(verdict)
                assert str(value) in verdict_text(verdict)

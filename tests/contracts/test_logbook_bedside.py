"""What is kept at the bedside alone: one person's drafts, what was told of the time before, suspicions that rest."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.moment import local_moment
from horehab.domain.record import Patient
from horehab.store import SqlLogbook
from horehab.usecases.bedside import Draft, Report, Snooze
from horehab.usecases.exchange import ChartItem, ChartPage

ZONE = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
DAY = date(2026, 5, 20)
ANA = "Patient/ana"
ANA_IDENTITY = ChartItem(reference=ANA, version="1", patient=ANA, identity=Patient(reference=ANA, name="Ana Prueba"))
HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
STAY = Exposure(
    source="reported:1",
    kind=ExposureKind.ICU_STAY,
    start=local_moment(date(2026, 1, 10), None, ZONE),
    known_on=DAY,
    is_reported=True,
)


@pytest.fixture(autouse=True)
def ana(logbook: SqlLogbook) -> None:
    """Let the logbook know Ana."""
    logbook.keep(ChartPage(kind="Patient", items=(ANA_IDENTITY,), is_last=True), now=NOW)


def draft(name: str = "ruiz", *, patient: str = ANA, subject: str = "", minutes: str = "40") -> Draft:
    return Draft(name=name, patient=patient, subject=subject, fields={"minutes": minutes}, updated=NOW)


def test_a_draft_is_its_writers_alone_and_the_last_one_counts(logbook: SqlLogbook) -> None:
    assert logbook.bedside.keep_draft(draft())
    assert not logbook.bedside.keep_draft(draft(minutes="45"))
    kept = logbook.bedside.draft("ruiz", patient=ANA)
    assert kept is not None
    assert kept.fields == {"minutes": "45"}
    assert logbook.bedside.draft("sanz", patient=ANA) is None
    assert logbook.bedside.draft("ruiz", patient=ANA, subject="another form") is None
    logbook.bedside.drop_draft("ruiz", patient=ANA)
    assert logbook.bedside.draft("ruiz", patient=ANA) is None


def test_all_drafts_of_somebody_vanish_and_old_ones_of_anybody(logbook: SqlLogbook) -> None:
    for name in ("ruiz", "sanz"):
        logbook.bedside.keep_draft(draft(name))
        logbook.bedside.keep_draft(draft(name, subject="session"))
    assert logbook.bedside.drop_drafts(name="ruiz") == 2
    assert logbook.bedside.drop_drafts(before=NOW) == 0
    assert logbook.bedside.drop_drafts(before=NOW + timedelta(hours=1)) == 2


@pytest.mark.parametrize(
    "fact",
    [
        STAY,
        Background(
            source="reported:1",
            kind=BackgroundKind.PREGNANCY,
            text="pregnancy",
            start=None,
            known_on=DAY,
            is_reported=True,
        ),
    ],
)
def test_what_was_told_counts_until_it_is_taken_back(logbook: SqlLogbook, fact: Exposure | Background) -> None:
    report = Report(report_id="1", patient=ANA, fact=fact, who="ruiz", at=NOW)
    assert logbook.bedside.report(report)
    assert not logbook.bedside.report(report)
    assert logbook.bedside.reports(ANA) == (report,)
    record = logbook.record(ANA)
    assert (*record.exposures, *record.backgrounds) == (fact,)
    assert not logbook.bedside.take_back("1", patient="Patient/ben", who="ruiz", now=NOW)
    assert logbook.bedside.take_back("1", patient=ANA, who="ruiz", now=NOW)
    assert not logbook.bedside.take_back("1", patient=ANA, who="ruiz", now=NOW)
    assert logbook.bedside.reports(ANA) == ()
    assert logbook.record(ANA).exposures == ()


def test_what_was_told_outlives_a_rebuild(logbook: SqlLogbook) -> None:
    logbook.bedside.report(Report(report_id="1", patient=ANA, fact=STAY, who="ruiz", at=NOW))
    logbook.rebuild()
    logbook.keep(ChartPage(kind="Patient", items=(ANA_IDENTITY,), is_last=True), now=NOW)
    assert logbook.record(ANA).exposures == (STAY,)


def test_a_suspicion_that_rests_is_noted_once(logbook: SqlLogbook) -> None:
    rest = Snooze(snooze_id="s1", patient=ANA, place=HIP, until=DAY, reason="imaging is booked", who="ruiz", at=NOW)
    assert logbook.bedside.snooze(rest)
    assert not logbook.bedside.snooze(rest)
    assert logbook.bedside.snoozes(ANA) == (rest,)

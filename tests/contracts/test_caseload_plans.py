"""No page of the caseload reads the whole hospital: each is found by an index, however it is narrowed or searched."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.need import Need
from horehab.domain.suspicion import Tier, Verdict
from horehab.store import SqlLogbook
from horehab.store.engine import writing
from horehab.store.heads import metadata
from horehab.store.payloads import encode
from horehab.store.ranks import rank_of
from horehab.usecases.exchange import CaseloadQuery

PATIENTS = 5_000
FAMILIES = ("garcia", "marin", "ruiz", "sanz", "vidal")
JOINTS = (Joint.HIP, Joint.KNEE, Joint.ELBOW, Joint.SHOULDER)
DAY = date(2026, 6, 1)
LARGE = ("horehab_patient", "horehab_verdict", "horehab_patient_word")
VIEWS = {
    "all": CaseloadQuery(),
    **{tier.value: CaseloadQuery(tier=tier) for tier in Tier},
    "a joint": CaseloadQuery(joint="hip"),
    "a joint and its tier": CaseloadQuery(joint="hip", tier=Tier.QUIET),
    "a ward": CaseloadQuery(ward="Location/3"),
    "a ward and a tier": CaseloadQuery(ward="Location/3", tier=Tier.WATCH),
    "a therapist": CaseloadQuery(therapist="Practitioner/3"),
    "a name that many bear": CaseloadQuery(text="garcia"),
    "a record number": CaseloadQuery(text="4711"),
    "both": CaseloadQuery(text="garcia 4711"),
    "nobody's name": CaseloadQuery(text="zzz"),
}


@pytest.fixture
def hospital(logbook: SqlLogbook) -> SqlLogbook:
    """Some thousand patients, written as rows; PostgreSQL has looked at them as it does by itself in the end."""
    engine = engine_of(logbook)
    with writing(engine) as connection:
        for table, rows in _rows().items():
            connection.execute(insert(metadata.tables[table]), rows)
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    logbook.caseload(CaseloadQuery())  # what is told of all patients is looked up once, until the list changes
    return logbook


def engine_of(logbook: SqlLogbook) -> Engine:
    engine: Engine = logbook._engine
    return engine


def needing(tier: Tier, number: int) -> Need:
    """Every third measurement is overdue; of the suspected and watched some are suspected more than others."""
    grade = number % 4 if tier in (Tier.SUSPECT, Tier.WATCH) else 0
    overdue = None if number % 3 else DAY - timedelta(days=number % 60)
    return Need(tier=tier, grade=grade, overdue_since=overdue, is_blind=tier is Tier.CANNOT_JUDGE)


def _rows() -> dict[str, list[dict[str, Any]]]:
    tiers = [Tier.SUSPECT, *[Tier.WATCH] * 2, *[Tier.CANNOT_JUDGE] * 4, *[Tier.QUIET] * 13]
    patients, words, verdicts = [], [], []
    for number in range(PATIENTS):
        reference, tier, family = f"Patient/{number:05}", tiers[number % len(tiers)], FAMILIES[number % 5]
        name = f"{family} {number:05}"
        patients.append(
            {
                "reference": reference, "key": str(number), "survivor": reference, "is_listed": True, "changes": 1,
                "reviewed": 1, "tier": tier.value, "need": rank_of(needing(tier, number)), "name": name, "as_of": DAY,
                "ward": f"Location/{number % 50}", "ward_name": "Ward", "therapist": f"Practitioner/{number % 40}",
            }
        )  # fmt: skip
        place = {"need": patients[-1]["need"], "name": name, "patient": reference}
        words += [{"word": word, **place} for word in name.split()]
        joint = JointSide(joint=JOINTS[number % 4], side=Side.LEFT)
        verdict = encode(Verdict(place=joint, tier=tier, strength=1, as_of=DAY, rule_version="rule-1"))
        kept = {"patient": reference, "side": "left", "tier": tier.value, "as_of": DAY, "payload": verdict}
        verdicts.append({**kept, "joint": joint.joint.value})
    return {"horehab_patient": patients, "horehab_patient_word": words, "horehab_verdict": verdicts}


@contextmanager
def overheard(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Listen to what a database is asked."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    yield asked
    event.remove(engine, "before_cursor_execute", hear)


def plans(logbook: SqlLogbook, query: CaseloadQuery) -> dict[str, list[str]]:
    """Ask for a page, and its database how it finds each part of it; by the statement."""
    engine = engine_of(logbook)
    with overheard(engine) as asked:
        page = logbook.caseload(query)
        if page.next:
            logbook.caseload(CaseloadQuery(**{name: getattr(query, name) for name in NARROWING}, after=page.next))
    found = {}
    with engine.connect() as connection:
        for statement, parameters in asked:
            prefer_indexes(
                connection, is_wanted="FROM horehab_verdict \nWHERE horehab_verdict.patient IN" in statement
            )
            rows = connection.exec_driver_sql(explain(engine) + statement, parameters).all()
            found[statement] = [str(row[-1]).strip() for row in rows]
    return found


def prefer_indexes(connection: Connection, *, is_wanted: bool) -> None:
    """Let PostgreSQL think itself in a large hospital, where the joints of fifty patients are a small part of all."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL enable_seqscan = {'off' if is_wanted else 'on'}")


def explain(engine: Engine) -> str:
    return "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "


BY_PATIENT = "FROM horehab_verdict \nWHERE horehab_verdict.patient IN"
NARROWING = ("text", "tier", "joint", "ward", "therapist")


def reads_all(line: str) -> bool:
    """Say whether a line of a plan reads a whole large table, or all of an index just to sort it."""
    in_sqlite = line.startswith("SCAN ") and " USING " not in line and line.split()[1] in LARGE
    return in_sqlite or any(f"Seq Scan on {table}" in line for table in LARGE)


def test_no_page_reads_a_whole_table(hospital: SqlLogbook) -> None:
    found = {name: plans(hospital, query) for name, query in VIEWS.items()}
    assert min(map(len, found.values())) >= 2
    assert {
        (name, statement): plan
        for name, each in found.items()
        for statement, plan in each.items()
        if any(map(reads_all, plan))
    } == {}
    unsearched = [plan for name, each in found.items() if not VIEWS[name].text for plan in lists_of(each)]
    assert len(unsearched) >= len(VIEWS) - 4
    assert [line for plan in unsearched for line in plan if is_sorted_afterwards(line)] == []
    assert not any("GROUP BY horehab_patient" in statement for statement in found["all"]), "counted on each page"
    with engine_of(hospital).connect() as connection:
        dear = "SELECT * FROM horehab_patient ORDER BY basis LIMIT 5"
        rows = connection.exec_driver_sql(f"{explain(engine_of(hospital))}{dear}").all()
    assert any(reads_all(str(row[-1]).strip()) for row in rows), "a plan that reads all would not be recognised"


def lists_of(found: dict[str, list[str]]) -> list[list[str]]:
    return [plan for statement, plan in found.items() if "ORDER BY horehab_patient.need" in statement]


def is_sorted_afterwards(line: str) -> bool:
    """PostgreSQL rather sorts the few dozen of a small ward; SQLite walks the order that stands in an index."""
    return line.startswith("USE TEMP B-TREE FOR ORDER")

"""Whoever is looked for is found: the list is what a plain look at each patient says, whichever way it is read."""

import unicodedata
from datetime import time, timedelta
from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.moment import local_moment
from horehab.domain.suspicion import Tier
from horehab.domain.ward_stay import WardStay
from horehab.store import SqlLogbook, finding, tables, upgrade
from horehab.store.engine import make_engine, read_url, reading, writing
from horehab.store.schema import config
from horehab.usecases.exchange import CaseloadQuery, ChartItem, Review
from tests.contracts.conftest import MADRID
from tests.contracts.plain_order import place
from tests.store.making import DAY, NOW, page, person, review, verdict

GIVEN = ("María", "Marc", "Zoë", "François", "José Luis", "Ångel", "Æsa", "O'Neill")
FAMILY = ("García", "Garçon", "Núñez", "d'Artagnan", "Saint-Étienne", "Straße", "Márquez", "Ma", "Łukasz", "李")
TYPED = (
    "", "m", "mar", "MARIA", "garcia", "garc", "garcía nuñez", "gar mar", "nun", "o'n", "d'art", "artagnan", "saint",
    "etienne", "saint-e", "strasse", "jose l", "luis jose", "zoë", "ångel", "ma", "李", "mrn-1", "0", "mrn-17 g",
    "zzz", "maria zzz", "'", "%", "_", "g a m", "\ufb01", "ma ma",
)  # fmt: skip
PLACES = tuple(JointSide(joint=joint, side=side) for joint, side in product((Joint.HIP, Joint.KNEE), Side))
WARDS = ("Location/1", "Location/2", None)
QUERIES = st.fixed_dictionaries(
    {
        "text": st.sampled_from(TYPED),
        "tier": st.sampled_from([None, *Tier]),
        "joint": st.sampled_from([None, "hip", "knee", "elbow"]),
        "ward": st.sampled_from([*WARDS, "Location/none"]),
        "limit": st.sampled_from([7, 40, 200]),
    }
)


@pytest.fixture
def few_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a hospital of some hundred patients many are as many as in a large one."""
    monkeypatch.setattr(finding, "_FEW", 5)
    monkeypatch.setattr(finding, "_MOST_WORDS", 3)


@cache
def everybody() -> tuple[list[ChartItem], list[Review]]:
    dice = Random(7)
    patients, reviews = [], []
    for number in range(240):
        name = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)} {dice.choice(FAMILY)}"
        patients.append(person(f"Patient/{number}", name=name, record_number=f"MRN-{number:04}"))
        reviews.append(a_review(f"Patient/{number}", dice))
    merged = person("Patient/merged", name="María García Núñez", replaced_by="Patient/0")
    return [*patients, merged, person("Patient/nameless", name=None, record_number=None)], reviews


def a_review(reference: str, dice: Random) -> Review:
    wanted = dice.sample(PLACES, 3)
    verdicts = tuple(verdict(dice.choice(list(Tier)), place=place, strength=dice.randrange(4)) for place in wanted)
    lying = dice.choice(WARDS)
    stay = lying and WardStay(
        source="Encounter/1#ward[0]", ward=lying, name=lying, known_on=DAY, when=local_moment(DAY, time(8), MADRID)
    )
    since = dice.choice([None, None, DAY - timedelta(days=dice.randrange(60))])
    waits = dice.random() < 1 / 2
    return review(reference, verdicts=verdicts, ward=stay or None, overdue_since=since, waits_for_review=waits)


@pytest.fixture
def hospital(logbook: SqlLogbook) -> SqlLogbook:
    """Some hundred patients, each reviewed twice, so that most of them have moved in the list."""
    patients, reviews = everybody()
    logbook.keep(page(*patients), now=NOW)
    moved = Random(8)
    first = [a_review(each.patient, moved) for each in reviews]
    for some in (first, reviews):
        logbook.finish_pass(marks={}, reviews=some, now=NOW, problems=())
    return logbook


def plain(words: str) -> str:
    parts = unicodedata.normalize("NFKD", words)
    return "".join(c if c.isalnum() else " " for c in parts if not unicodedata.combining(c)).casefold()


def is_wanted(item: ChartItem, judged: Review | None, query: dict[str, Any]) -> bool:
    assert item.identity is not None
    words = plain(f"{item.identity.name or ''} {item.identity.record_number or ''}").split()
    verdicts = judged.verdicts if judged else ()
    tiers = {query["tier"]} if query["tier"] else {Tier.SUSPECT, Tier.WATCH}
    worst = min((each.tier for each in verdicts), key=ORDER.index, default=Tier.CANNOT_JUDGE)
    lies = judged.ward.ward if judged and judged.ward else None
    return (
        not item.identity.replaced_by
        and all(any(word.startswith(each) for word in words) for each in plain(query["text"]).split())
        and (not query["ward"] or query["ward"] == lies)
        and (bool(query["joint"]) or query["tier"] in (None, worst))
        and (
            not query["joint"]
            or any(each.place.joint.value == query["joint"] and each.tier in tiers for each in verdicts)
        )
    )


ORDER = (Tier.SUSPECT, Tier.WATCH, Tier.CANNOT_JUDGE, Tier.QUIET)


def expected(query: dict[str, Any]) -> list[str]:
    patients, reviews = everybody()
    judged = {each.patient: each for each in reviews}
    found = []
    for item in patients:
        if is_wanted(item, judged.get(item.reference), query):
            assert item.identity is not None
            found.append(place(item.identity, judged.get(item.reference)))
    return [place[-1] for place in sorted(found)]


def shown(logbook: SqlLogbook, query: dict[str, Any]) -> list[str]:
    found, after = [], None
    while True:
        part = logbook.caseload(CaseloadQuery(**query, after=after))
        assert len(part.rows) == query["limit"] or part.next is None
        found += [row.patient.reference for row in part.rows]
        after = part.next
        if after is None:
            return found


ONE_HOSPITAL = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@ONE_HOSPITAL
@given(query=QUERIES)
def test_every_page_together_shows_exactly_whom_a_plain_look_finds_in_the_order_of_need(
    hospital: SqlLogbook, few_are_few: None, query: dict[str, Any]
) -> None:
    del few_are_few
    assert shown(hospital, query) == expected(query)


def test_each_thing_typed_finds_whom_it_names_and_each_way_of_reading_is_taken(
    hospital: SqlLogbook, few_are_few: None
) -> None:
    del few_are_few
    found = {}
    ways = set()
    for typed in TYPED:
        query = {"text": typed, "tier": None, "joint": None, "ward": None, "limit": 70}
        found[typed] = shown(hospital, query)
        assert found[typed] == expected(query), typed
        with reading(hospital._engine) as connection:
            way = finding.search(connection, typed, among=241, wanted=2)
            ways.add((bool(way.words), len(way.conditions)))
    assert min(len(found[name]) for name in ("garcia", "d'art", "saint-e", "strasse", "李", "o'n", "luis jose")) > 5
    assert ways >= {(False, 0), (False, 1), (True, 0), (True, 1)}, (
        "all; looked up or walked; one word; word and another"
    )


def put_down(connection: Connection, number: int, *, need: int, tier: str = "watch") -> None:
    """Write a patient as schema 0005 did, with both words."""
    values = {"r": f"Patient/{number}", "k": f"k{number}", "name": f"ana {number}", "need": need, "tier": tier}
    connection.execute(
        text(
            "INSERT INTO horehab_patient (reference, key, survivor, is_listed, changes, tier, need, name)"
            " VALUES (:r, :k, :r, true, 0, :tier, :need, :name)"
        ),
        values,
    )
    for word in ("ana", str(number)):
        connection.execute(
            text("INSERT INTO horehab_patient_word (word, patient) VALUES (:word, :r)"), {**values, "word": word}
        )


def test_whom_an_older_version_knew_is_found_in_the_same_order_after_the_upgrade(database_url: str) -> None:
    engine = make_engine(read_url(database_url))
    older = config()
    with writing(engine) as connection:
        older.attributes["connection"] = connection
        command.upgrade(older, "0005")
        for number in range(5, 0, -1):
            put_down(connection, number, need=34 + number)
    upgrade(database_url)
    with reading(engine) as connection:
        w = tables.patient_word.c
        found = connection.execute(select(w.word, w.name, w.patient).order_by(w.word, w.need)).all()
    engine.dispose()
    numbers = range(1, 6)
    assert [tuple(row) for row in found] == sorted(
        (word, f"ana {n}", f"Patient/{n}") for n in numbers for word in ("ana", str(n))
    )


def test_a_name_longer_than_any_index_takes_is_kept_and_found(logbook: SqlLogbook) -> None:
    dice = Random(9)
    name = " ".join("".join(dice.choices("abcdefghijklmnopqrstuvwxyzñłé", k=900)) for _ in range(4))
    logbook.keep(page(person(name=name, record_number="".join(dice.choices("0123456789abcdef", k=4000)))), now=NOW)
    for typed in (name[:5], name.split()[2], name):
        (row,) = logbook.caseload(CaseloadQuery(text=typed)).rows
        assert row.patient.name == name

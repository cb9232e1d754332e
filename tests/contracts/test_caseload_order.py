"""Whoever needs somebody most stands first, and each row tells why: as sorted by hand, on any page."""

from datetime import date, timedelta

from alembic import command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from horehab.domain.joints import WATCHED_PLACES
from horehab.domain.need import UNJUDGED, Need, need_of
from horehab.domain.suspicion import Tier
from horehab.store import SqlLogbook, tables, upgrade
from horehab.store.engine import make_engine, read_url, reading, writing
from horehab.store.ranks import need_at, rank_of, ranks_of
from horehab.store.schema import config
from horehab.usecases.exchange import CaseloadQuery, CaseloadRow, Review
from tests.contracts.plain_order import NERVE, REPLACED, place, reviews
from tests.contracts.test_caseload_search import put_down
from tests.store.making import DAY, NOW, page, person, review, verdict

NAMES = ("Zoë", "Ana", "Ben", "ana", "Ylva", "Ana")
PEOPLE = tuple(person(f"Patient/{number}", name=name) for number, name in enumerate(NAMES))
WEEKS_AGO = DAY - timedelta(weeks=3)
ONE_WARD = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
NEEDS = st.builds(
    need_of,
    reviews("Patient/0").map(lambda found: found.verdicts),
    waits_for_review=st.booleans(),
    overdue_since=st.none() | st.dates(date(1970, 1, 1), date(2149, 6, 5)),
)


def rows(logbook: SqlLogbook, query: CaseloadQuery) -> list[CaseloadRow]:
    found = logbook.caseload(query)
    shown = list(found.rows)
    while found.next:
        found = logbook.caseload(CaseloadQuery(tier=query.tier, text=query.text, limit=query.limit, after=found.next))
        shown += found.rows
    return shown


@ONE_WARD
@given(found=st.tuples(*(reviews(each.reference) for each in PEOPLE)), unjudged=st.integers(0, 2))
def test_the_list_stands_in_the_order_which_a_plain_sort_of_the_same_patients_gives(
    logbook: SqlLogbook, found: tuple[Review, ...], unjudged: int
) -> None:
    """Each example reviews the same patients anew, so that they move from where they stood before."""
    logbook.rebuild()
    logbook.keep(page(*PEOPLE), now=NOW)
    judged = {each.patient: each for each in found[unjudged:]}
    logbook.finish_pass(marks={}, reviews=list(judged.values()), now=NOW, problems=())
    known = {each.reference: each.identity for each in PEOPLE if each.identity}
    wanted = sorted(known, key=lambda reference: place(known[reference], judged.get(reference)))
    listed = rows(logbook, CaseloadQuery(limit=2))
    assert [row.patient.reference for row in listed] == wanted
    anas = [row.patient.reference for row in listed if "ana" in (row.patient.name or "").casefold()]
    assert [row.patient.reference for row in rows(logbook, CaseloadQuery(text="ana", limit=1))] == anas
    for tier in Tier:
        theirs = [row.patient.reference for row in listed if row.need.tier is tier]
        assert [row.patient.reference for row in rows(logbook, CaseloadQuery(tier=tier, limit=2))] == theirs


@given(need=NEEDS)
@example(need=UNJUDGED)
@example(need=Need(tier=Tier.QUIET))
def test_a_need_is_read_back_from_its_number_which_any_database_takes(need: Need) -> None:
    assert need_at(rank_of(need)) == need
    assert rank_of(need) in ranks_of(need.tier)
    assert 0 <= rank_of(need) < 2**31


def test_a_tired_physiotherapist_finds_who_waits_before_who_is_known_and_nobody_unmeasured_at_the_end(
    logbook: SqlLogbook,
) -> None:
    blind, quiet = (verdict(Tier.CANNOT_JUDGE, strength=0),), (verdict(Tier.QUIET, strength=0),)
    replaced = (verdict(Tier.CANNOT_JUDGE, missing=REPLACED), verdict(Tier.QUIET, place=WATCHED_PLACES[3]))
    wards = {
        "nerve": review("Patient/nerve", verdicts=(verdict(strength=1, red_flags=NERVE),)),
        "new": review("Patient/new", verdicts=(verdict(strength=2),), waits_for_review=True),
        "decided": review("Patient/decided", verdicts=(verdict(strength=5),)),
        "worsens-overdue": review(
            "Patient/worsens-overdue", verdicts=(verdict(Tier.WATCH),), overdue_since=WEEKS_AGO
        ),
        "worsens": review("Patient/worsens", verdicts=(verdict(Tier.WATCH),)),
        "overdue-long": review("Patient/overdue-long", verdicts=quiet, overdue_since=WEEKS_AGO - timedelta(days=1)),
        "overdue-blind": review("Patient/overdue-blind", verdicts=blind, overdue_since=WEEKS_AGO),
        "overdue": review("Patient/overdue", verdicts=quiet, overdue_since=WEEKS_AGO),
        "blind": review("Patient/blind", verdicts=blind),
        "replaced": review("Patient/replaced", verdicts=replaced),
        "a-quiet": review("Patient/a-quiet", verdicts=quiet),
        "z-quiet": review("Patient/z-quiet", verdicts=quiet),
    }
    logbook.keep(page(*(person(each.patient, name=name) for name, each in reversed(wards.items()))), now=NOW)
    logbook.finish_pass(marks={}, reviews=list(wards.values()), now=NOW, problems=())
    listed = rows(logbook, CaseloadQuery(limit=5))
    assert [row.patient.reference.removeprefix("Patient/") for row in listed] == list(wards)
    reasons = {row.patient.name: row.need for row in listed}
    assert reasons["new"] == Need(tier=Tier.SUSPECT, waits_for_review=True, grade=2)
    assert reasons["overdue-blind"] == Need(tier=Tier.CANNOT_JUDGE, overdue_since=WEEKS_AGO, is_blind=True)
    assert reasons["replaced"] == Need(tier=Tier.CANNOT_JUDGE), "nobody can measure what is not there"


def test_who_stays_overdue_keeps_the_place_from_one_day_to_the_next() -> None:
    found = [need_of((verdict(Tier.QUIET, as_of=DAY + timedelta(days=n)),), overdue_since=DAY) for n in range(3)]
    assert len(set(map(rank_of, found))) == 1


def test_whom_an_older_version_judged_stands_there_after_the_upgrade_and_is_due_for_review(database_url: str) -> None:
    judged = [
        ("suspect", 20 - 10 - 3, Need(tier=Tier.SUSPECT, is_flagged=True, grade=3)),
        ("suspect", 20 - 5, Need(tier=Tier.SUSPECT, grade=5)),
        ("watch", 40 - 10, Need(tier=Tier.WATCH, is_flagged=True)),
        ("watch", 40 - 2, Need(tier=Tier.WATCH, grade=2)),
        ("cannot judge", 60, Need(tier=Tier.CANNOT_JUDGE, is_blind=True)),
        ("quiet", 80, Need(tier=Tier.QUIET)),
    ]
    engine = make_engine(read_url(database_url))
    older = config()
    with writing(engine) as connection:
        older.attributes["connection"] = connection
        command.upgrade(older, "0005")
        for number, (tier, need, _) in enumerate(judged):
            put_down(connection, number, need=need, tier=tier)
    upgrade(database_url)
    t, w = tables.patient.c, tables.patient_word.c
    with reading(engine) as connection:
        found = connection.execute(select(t.need, t.as_of).order_by(t.need)).all()
        words = connection.execute(select(w.need).where(w.word == "ana").order_by(w.need)).scalars().all()
    engine.dispose()
    assert [(need_at(row.need), row.as_of) for row in found] == [(need, None) for *_, need in judged]
    assert words == [row.need for row in found]

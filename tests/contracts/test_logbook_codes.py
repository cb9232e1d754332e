"""What a logbook promises of local codes: what was mapped stays, what is unread is counted, and found again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from horehab.domain.local_code import LocalCode, UnreadCode, meaning_of
from horehab.fhir.plain.item import PlainItem
from horehab.store import SqlLogbook
from horehab.store.keeping_rows import facts_of
from horehab.usecases.exchange import ChartItem, ChartPage, Unreadable
from horehab.usecases.local_codes import CodeMapping, CodeToMap, ReadAnew, Understanding
from tests.store.making import ANA, DAY, NOW, gone, item, page, person, reading

BEN, EVE = "Patient/ben", "Patient/eve"
KNEE = LocalCode(system="urn:ward", code="KF-P")
WORDS = LocalCode(system="", code="flexión «izq.» 1/2")


def mapping(local: LocalCode = KNEE, means: str = "knee-flexion-passive", who: str = "eva") -> CodeMapping:
    return CodeMapping(local=local, meaning=meaning_of(means), who=who, at=NOW)


def unread(
    reference: str,
    patient: str = ANA,
    *,
    local: LocalCode = KNEE,
    text: str = "Flex",
    day: date = DAY,
    offered: str = "",
) -> ChartItem:
    found = UnreadCode(local=local, text=text, day=day, offered=offered, why="no-side")
    aside = Unreadable(code="no-side", path="bodySite", detail="no side")
    return item(reference, patient=patient, facts=(), unreadable=(aside,), unread=(found,))


def test_what_people_mapped_is_kept_replaced_and_forgotten(logbook: SqlLogbook) -> None:
    codes = logbook.codes
    assert codes.mappings() == ()
    codes.map([mapping(), mapping(WORDS, "nothing")])
    assert codes.mappings() == (mapping(WORDS, "nothing"), mapping())
    codes.map([mapping(means="knee-extension-left", who="leo")])
    assert codes.mappings() == (mapping(WORDS, "nothing"), mapping(means="knee-extension-left", who="leo"))
    assert codes.forget(KNEE)
    assert not codes.forget(KNEE)
    assert codes.mappings() == (mapping(WORDS, "nothing"),)
    logbook.rebuild()
    assert codes.mappings() == (mapping(WORDS, "nothing"),)


def test_how_all_was_last_understood_is_noted_and_unknown_after_a_rebuild(logbook: SqlLogbook) -> None:
    codes = logbook.codes
    assert codes.understanding() is None
    first = Understanding(reader="0.1 abc", codes={KNEE: "a|b c|d", WORDS: ""})
    for understanding in (first, Understanding(reader="0.2 abc")):
        codes.note_understanding(understanding)
        assert codes.understanding() == understanding
    logbook.rebuild()
    assert codes.understanding() is None


def test_unread_codes_are_counted_with_the_patients_they_concern(logbook: SqlLogbook) -> None:
    later = DAY + timedelta(days=9)
    logbook.keep(
        page(
            person(ANA),
            person(BEN),
            person(EVE, replaced_by=BEN),
            item("Observation/known", patient=EVE),
            unread("Observation/1", ANA, offered="knee-flexion-left"),
            unread("Observation/2", ANA, offered="knee-flexion-right", text="Flex R"),
            unread("Observation/3", EVE, day=later, offered="knee-flexion-left"),
            unread("Observation/4", BEN, local=WORDS, text=WORDS.code),
        ),
        now=NOW,
    )
    assert logbook.codes.to_map() == (
        CodeToMap(
            local=KNEE, text="Flex", why="no-side", offered="knee-flexion", resources=3, patients=(ANA, BEN),
            unmeasured=(ANA,), first=DAY, last=later,
        ),
        CodeToMap(
            local=WORDS, text=WORDS.code, why="no-side", offered="", resources=1, patients=(BEN,), unmeasured=(),
            first=DAY, last=DAY,
        ),
    )  # fmt: skip
    logbook.keep(page(gone("Observation/4"), item("Observation/3", 2, EVE)), now=NOW)
    assert [(row.local, row.resources) for row in logbook.codes.to_map()] == [(KNEE, 2)]
    logbook.rebuild()
    assert logbook.codes.to_map() == ()


@pytest.mark.parametrize(
    "source",
    [
        b'{"code": {"coding": [{"code": "KF-P"}]}}',
        b'{"code": {"coding": [{"code": "KF-P"}]}, "text": "' + b"x" * 9000 + b'"}',
        rb'{"code": {"coding": [{"code": "\u004bF-P"}]}}',
        b"x is not JSON, and holds KF-P",
    ],
)
def test_an_entry_that_bears_a_code_is_found_however_it_is_written(logbook: SqlLogbook, source: bytes) -> None:
    others = [item(f"Observation/{n}", source=b'{"code": "other"}') for n in range(2, 5)]
    logbook.keep(page(*others, item(source=source), gone("Observation/9")), now=NOW)
    assert list(logbook.codes.sources_with([KNEE])) == [("Observation/1", source)]
    assert list(logbook.codes.sources_with([LocalCode(system="", code="none")])) == []
    assert list(logbook.codes.sources_with([])) == []


def test_words_with_accents_quotes_and_slashes_are_found_escaped_or_not(logbook: SqlLogbook) -> None:
    written = ('{"text": "flexión «izq.» 1/2"}', r'{"text": "flexi\u00f3n \u00abizq.\u00bb 1\/2"}')
    kept = [item(f"Observation/{n}", source=text.encode()) for n, text in enumerate(written)]
    logbook.keep(page(*kept, item("Observation/8")), now=NOW)
    found = [reference for reference, _ in logbook.codes.sources_with([WORDS])]
    assert found == ["Observation/0", "Observation/1"]


def test_for_very_many_codes_every_entry_is_given(logbook: SqlLogbook) -> None:
    logbook.keep(page(*(item(f"Observation/{n}") for n in range(1200)), gone("Observation/5", 9)), now=NOW)
    many = [LocalCode(system="urn:ward", code=f"c{n}") for n in range(200)]
    assert len(dict(logbook.codes.sources_with(many))) == 1199


def test_an_entry_with_a_code_that_was_not_read_counts_when_the_ehr_gives_it_again(logbook: SqlLogbook) -> None:
    """Nothing else of it was set aside; the code was mapped by another process while this one was reading it."""
    logbook.keep(page(person(), replace(unread("Observation/1"), unreadable=())), now=NOW)
    mapped = item("Observation/1", facts=(reading("Observation/1"),))
    assert logbook.keep(page(mapped), now=NOW).changed == 1
    assert (len(logbook.record(ANA).readings), logbook.codes.to_map()) == (1, ())
    assert logbook.keep(page(mapped), now=NOW).unchanged == 1


def test_the_same_text_read_again_counts_as_it_is_understood_now(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), unread("Observation/1"), item("Observation/2", facts=())), now=NOW)
    logbook.finish_pass(marks={}, reviews=(), now=NOW, problems=())
    read = [item(f"Observation/{n}", facts=(reading(f"Observation/{n}"),)) for n in (1, 2)]
    once = logbook.codes.keep_again(read, now=NOW)
    assert once == ReadAnew(entries=2, gained={"Reading": 2}, patients=frozenset({ANA}), understood=1)
    assert logbook.codes.keep_again(read, now=NOW) == ReadAnew()
    assert (len(logbook.record(ANA).readings), logbook.set_aside(), logbook.codes.to_map()) == (2, (), ())
    assert logbook.patients_to_review() == (ANA,)
    back = logbook.codes.keep_again([unread("Observation/1")], now=NOW)
    assert back == ReadAnew(entries=1, lost={"Reading": 1}, patients=frozenset({ANA}))
    assert len(logbook.record(ANA).readings) == 1


@pytest.mark.parametrize("version", ["", "1"])
def test_what_was_read_quickly_and_is_read_again_alike_is_no_change(logbook: SqlLogbook, version: str) -> None:
    careful = item("Observation/1", version, facts=(reading("Observation/1"),))
    ((kind, day, known_on, text),) = facts_of(careful)
    form = (kind, day, known_on, text.replace("%", "%%"), ())
    quick = PlainItem("Observation/1", version, ANA, careful.source, careful.updated, (form,))
    whole = ChartPage(kind="Observation", items=(person(), quick))
    logbook.keep(whole, now=NOW)
    assert [r.source for r in logbook.record(ANA).readings] == ["Observation/1"]
    assert logbook.codes.keep_again([careful], now=NOW) == ReadAnew()
    assert dict(logbook.codes.sources_with([KNEE])) == {}
    assert logbook.keep(whole, now=NOW).unchanged == 2


def test_a_newer_version_that_came_in_meanwhile_is_not_replaced_by_an_older_one_read_again(
    logbook: SqlLogbook,
) -> None:
    logbook.keep(page(unread("Observation/1")), now=NOW)
    logbook.keep(page(item(version=2)), now=NOW)
    assert logbook.codes.keep_again([item(version=1)], now=NOW) == ReadAnew()
    assert [r.degrees for r in logbook.record(ANA).readings] == [98.0]

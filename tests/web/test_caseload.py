"""The caseload as a host narrows it: whoever may see few patients finds all of them, and learns of no others."""

import re
from datetime import timedelta

import pytest

from horehab.domain.exposure import Exposure, ExposureKind
from horehab.domain.record import Patient
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.usecases.exchange import CaseloadQuery
from horehab.web import caseload
from tests.web.conftest import Ward
from tests.web.ward import ANA, BEN, LEFT_HIP, TODAY, at, fill, items_of

MANY = [
    Patient(reference=f"Patient/many{number:03}", name=f"Aina Model {number:03}", record_number=f"HC-2{number:03}")
    for number in range(120)
]
NEXT = re.compile(r'rel="next" href="/horehab([^"]+)"')


@pytest.fixture
def large_ward(ward: Ward) -> Ward:
    """Ana, Ben, and 120 who were never measured, whose names stand before Ben's."""
    fill(ward.ports, [item for patient in MANY for item in items_of(patient, ())])
    return ward


def walked(ward: Ward) -> list[list[str]]:
    """Walk the caseload by its own links; gives the record numbers on each page."""
    pages, path = [], "/"
    while path:
        page = ward.look(path).text
        pages.append(re.findall(r"<span>(HC-\d+)</span>", page))
        found = NEXT.search(page)
        path = found[1].replace("&amp;", "&") if found else ""
    return pages


def test_who_may_see_the_last_patient_only_finds_them_on_the_first_page(large_ward: Ward) -> None:
    large_ward.hidden = {ANA.reference, *(patient.reference for patient in MANY)}
    assert walked(large_ward) == [["HC-1002"]]


def test_pages_are_full_and_show_each_visible_patient_once(large_ward: Ward) -> None:
    large_ward.hidden = {patient.reference for patient in MANY[::3]}
    pages = walked(large_ward)
    assert [len(page) for page in pages] == [50, 32]
    seen = [p.record_number for p in MANY if p.reference not in large_ward.hidden]
    assert sorted(number for page in pages for number in page) == sorted(["HC-1001", "HC-1002", *map(str, seen)])


def test_a_page_that_ends_before_somebody_was_found_leads_on(
    large_ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caseload, "_MOST_LOOKS", 1)
    large_ward.hidden = {ANA.reference, *(patient.reference for patient in MANY)}
    assert walked(large_ward) == [[], [], ["HC-1002"]]
    assert "No patients yet" not in large_ward.look("/").text


def test_where_a_host_says_who_sees_whom_nobody_is_told_how_many_others_there_are(large_ward: Ward) -> None:
    large_ward.hidden = {ANA.reference, BEN.reference}
    counts = re.findall(r'<ul class="hr-counts".*?</ul>', large_ward.look("/").text, re.DOTALL)
    assert len(counts) == 1
    assert "<strong>" not in counts[0]
    assert "Suspected" in counts[0]


def test_the_need_of_a_patient_says_by_what_the_list_is_ordered(ward: Ward) -> None:
    page = ward.look("/").text
    needs = re.findall(r"<tr>\s*<td>(.*?)</td>", page, re.DOTALL)
    strongest = max(v.strength for v in ward.ports.logbook.caseload(CaseloadQuery()).rows[0].verdicts)
    assert f"Grade {strongest} of 5" in needs[0]
    assert "Waits for review" in needs[0]
    assert re.findall(r"<div[^>]*>(.*?)</div>", needs[1]) == ["8 blind spots"], "nothing could be judged of Ben"
    assert "Then overdue measurements, blind spots, names." in page


def needs_of(ward: Ward, language: str = "en") -> dict[str, list[str]]:
    """Read from the page why each patient stands where they stand, by record number."""
    page = ward.client.get("/horehab/", headers={"Accept-Language": language}).text
    rows = re.findall(r"<tr>\s*<td>(.*?)</td>.*?<span>(HC-\d+)</span>", page, re.DOTALL)
    return {number: re.findall(r"<div[^>]*>(.*?)</div>", need) for need, number in rows}


def test_a_row_says_in_words_since_when_a_measurement_is_overdue_and_what_nobody_has_measured(ward: Ward) -> None:
    discharged = [
        Exposure(
            source=f"Encounter/{patient.reference[8:]}",
            kind=ExposureKind.ICU_STAY,
            start=at(TODAY - timedelta(days=weeks * 7 + 30)),
            end=at(TODAY - timedelta(days=weeks * 7)),
            known_on=TODAY - timedelta(days=weeks * 7),
        )
        for patient, weeks in ((MANY[5], 2), (MANY[6], 3))
    ]
    for patient, stay in zip(MANY[5:7], discharged, strict=True):
        fill(ward.ports, items_of(patient, [stay]))
    fill(ward.ports, items_of(MANY[0], ()))
    needs = needs_of(ward)
    assert list(needs) == ["HC-1001", "HC-2006", "HC-2005", "HC-2000", "HC-1002"], "suspected, overdue, by name"
    assert needs["HC-2006"] == ["Measurement overdue by 14 days", "8 blind spots"]
    assert needs["HC-2005"] == ["Measurement overdue by 7 days", "8 blind spots"]
    assert needs["HC-2000"] == ["8 blind spots"]
    assert needs_of(ward, "fr")["HC-2005"] == ["Mesure en retard de 7 jours", "8 zones non vues"]
    assert needs_of(ward, "es")["HC-2005"] == ["Medición con 7 días de retraso", "8 puntos ciegos"]


def test_a_red_flag_of_the_nerve_stands_beside_the_need_and_comes_first(ward: Ward) -> None:
    assert "Red flag of the nerve" not in ward.look("/").text
    kind, when = SignKind.STRAIGHT_LEG_RAISE, at(TODAY)
    sign = Sign(source="Observation/slr", kind=kind, is_present=True, place=LEFT_HIP, when=when, known_on=TODAY)
    pain = PainRating(
        source="Observation/hurts", score=6, occasion=PainOccasion.MOVEMENT, place=LEFT_HIP, when=when, known_on=TODAY
    )
    fill(ward.ports, items_of(BEN, [sign, pain]))
    page = ward.look("/").text
    assert page.index("Red flag of the nerve<") < page.index("Ben Ejemplo") < page.index("Ana Prueba")


def test_a_suspicion_waits_for_review_until_somebody_has_decided_about_it(ward: Ward) -> None:
    assert "Waits for review" in needs_of(ward)["HC-1001"]
    path = f"/patients/{ward.ana}/suspicions/left-hip"
    ward.send(f"{path}/decide", form=path, decision="dismiss", reason="Known contracture")
    fill(ward.ports, ())
    after = needs_of(ward)["HC-1001"]
    assert [words.split()[0] for words in after] == ["Grade"], "suspected as before, and known"

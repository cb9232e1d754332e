"""Every page shows what the ward needs to see, and says in words what is not known."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import render_template_string

from horehab.web.evidence import evidence_entries
from horehab.web.pages import evidence_address
from tests.web.conftest import PHYSICIAN, Ward, make_ward
from tests.web.ward import ANA, close, let_pass, open_ward

PATIENT_PAGES = (
    "/patients/{key}",
    "/patients/{key}/joints/left-hip",
    "/patients/{key}/suspicions/left-hip",
    "/patients/{key}/log",
)


def test_the_caseload_puts_the_suspected_before_those_who_cannot_be_judged(ward: Ward) -> None:
    page = ward.look("/").text
    assert page.index("Ana Prueba") < page.index("Ben Ejemplo")
    assert "Left hip" in page
    assert "No joint measured yet" in page


def test_the_caseload_finds_a_patient_by_record_number(ward: Ward) -> None:
    page = ward.look("/?text=HC-1002").text
    assert "Ben Ejemplo" in page
    assert "Ana Prueba" not in page


def test_the_caseload_says_what_to_do_when_nobody_matches(ward: Ward) -> None:
    page = ward.look("/?text=nobody").text
    assert "No patient matches" in page
    assert "Show all" in page


def test_the_caseload_filters_by_tier_and_by_joint(ward: Ward) -> None:
    assert "Ben Ejemplo" not in ward.look("/?tier=suspect").text
    assert "Ana Prueba" in ward.look("/?tier=suspect&joint=hip").text
    assert "Ana Prueba" not in ward.look("/?tier=suspect&joint=elbow").text


@pytest.mark.parametrize("query", ["?tier=nonsense", "?joint=nonsense", "?after=nonsense", "?text=%00", "?after="])
def test_a_filter_that_is_none_is_no_failure(ward: Ward, query: str) -> None:
    assert ward.look(f"/{query}").status_code in (200, 400)


@pytest.mark.parametrize("path", PATIENT_PAGES)
def test_each_page_of_a_patient_carries_name_birth_date_and_record_number(ward: Ward, path: str) -> None:
    page = ward.look(path.format(key=ward.ana)).text
    assert {"Ana Prueba", "4 Mar 1962", "HC-1001"} <= set(re.findall(r">([^<>]+)<", page))


@pytest.mark.parametrize("path", PATIENT_PAGES)
def test_a_patients_address_holds_nothing_of_the_patient(ward: Ward, path: str) -> None:
    assert re.fullmatch(r"[0-9a-f]+", ward.ana)
    assert "ana" not in path.format(key=ward.ana).lower().replace("patients", "")


def test_the_patient_page_shows_joints_exposures_labs_and_what_is_due(ward: Ward) -> None:
    page = unescape(ward.look(f"/patients/{ward.ana}").text)
    for words in ("Left hip", "best sustained", "ICU stay", "Prone positioning", "1.60", "Measure range of motion"):
        assert words in page
    assert "Waiting for the EHR" in page


def test_a_patient_never_measured_is_a_blind_spot_not_a_healthy_one(ward: Ward) -> None:
    page = ward.look(f"/patients/{ward.ben}").text
    assert "never measured" in page
    assert "Exposure unknown" in page
    assert "No loss seen</span>" not in page.replace("hr-legend", "").split("<svg")[0]


def test_the_joint_page_has_a_table_twin_of_its_chart(ward: Ward) -> None:
    page = ward.look(f"/patients/{ward.ana}/joints/left-hip").text
    assert "/joints/left-hip/chart.svg" in page
    assert 'href="https://ehr.example/fhir/Observation/lh-FLEXION-11"' in page
    for degrees in ("78°", "112°", "\N{MINUS SIGN}6°"):
        assert degrees in page


def test_a_joint_never_measured_says_that_this_is_not_normal(ward: Ward) -> None:
    assert "not the same as normal" in ward.look(f"/patients/{ward.ana}/joints/left-knee").text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart_is_drawn_in_both_inks(ward: Ward, theme: str) -> None:
    answer = ward.look(f"/patients/{ward.ana}/joints/left-hip/chart.svg?theme={theme}")
    assert answer.mimetype == "image/svg+xml"
    assert "Internal rotation" in answer.text
    assert "worse since" in answer.text
    assert "Ana Prueba" not in answer.text


def test_a_chart_of_nothing_is_still_a_picture(ward: Ward) -> None:
    assert ward.look(f"/patients/{ward.ben}/joints/left-hip/chart.svg").text.startswith("<svg")


def test_an_ink_that_is_none_is_not_found(ward: Ward) -> None:
    assert ward.look(f"/patients/{ward.ana}/joints/left-hip/chart.svg?theme=pink").status_code == 404


def test_the_suspicion_page_shows_evidence_gaps_and_options_but_never_a_diagnosis(ward: Ward) -> None:
    page = unescape(ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text)
    assert "HO suspected in left hip" in page
    assert "Passive flexion 112 → 78°" in page
    for part in ("What speaks against it", "What is missing", "What else it could be", "Options to consider"):
        assert part in page
    assert "Deep vein thrombosis, left femoral" in page
    assert 'href="https://ehr.example/fhir/Observation/lh-FLEXION-11"' in page
    assert "Not a diagnosis" in page
    assert "probability" not in page
    assert "no HO" not in page


def test_only_a_physician_is_offered_to_confirm_or_refute(ward: Ward) -> None:
    path = f"/patients/{ward.ana}/suspicions/left-hip"
    assert "Confirmed, citing imaging" not in ward.look(path).text
    ward.viewer = PHYSICIAN
    assert "Confirmed, citing imaging" in ward.look(path).text


def test_the_reminders_say_what_is_due_and_why(ward: Ward) -> None:
    page = ward.look("/reminders").text
    assert "Review a suspicion" in page
    assert "Ana Prueba" in page
    assert "no forceful stretching" in page


def test_a_state_without_reminders_says_so(ward: Ward) -> None:
    assert "Nothing here" in ward.look("/reminders?state=sent").text


def test_data_quality_names_what_was_set_aside_and_whom_it_concerns(ward: Ward) -> None:
    page = ward.look("/quality").text
    assert "Observation/broken" in page
    assert "The angle has no unit." in page
    assert "no unit" in page
    assert f"/patients/{ward.ben}" in page
    assert "Suspicion: Left hip" in page


def test_a_patient_page_counts_what_was_set_aside_of_that_patient_alone(ward: Ward) -> None:
    page = ward.look(f"/patients/{ward.ben}").text
    assert "Quality of the data" in page
    assert "Set aside: 1" in page
    assert "no unit (1)" in page
    assert "no unit" not in ward.look(f"/patients/{ward.ana}").text


def test_health_answers_a_monitor_without_patient_data(ward: Ward) -> None:
    ward.viewer = None
    answer = ward.look("/health")
    assert answer.status_code == 200
    told = json.loads(answer.text)
    assert told["set_aside"] == 1
    assert told["waiting"] > 0
    assert str(ANA.name) not in answer.text
    assert "Patient/" not in answer.text


def test_health_says_whether_the_clock_tower_lives(ward: Ward) -> None:
    assert ward.look("/health").json == ward.look("/health").json
    assert not ward.look("/health").get_json()["is_ticking"]
    ward.ports.logbook.tick(name="reminders", now=ward.ports.clock.now())
    assert ward.look("/health").get_json()["is_ticking"]


def test_each_piece_of_evidence_says_its_day_and_what_it_is(ward: Ward) -> None:
    page = unescape(ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text)
    assert "Left hip, flexion, passive: 78°" in page
    assert "13 May 2026" in page
    assert "Alkaline phosphatase: 201 U/L, 1.60 times the upper limit" in page


def test_evidence_that_left_the_ehr_is_listed_all_the_same(ward: Ward) -> None:
    with ward.app.test_request_context("/horehab/"):
        (entry,) = evidence_entries(ward.ports.logbook.record("Patient/ana"), ["Observation/gone"])
    assert (entry.reference, entry.day, entry.says) == ("Observation/gone", None, ())


def test_every_kind_of_evidence_has_words(ward: Ward) -> None:
    cited = ["Procedure/ICU_STAY", "Condition/dvt", "Observation/pain11", "Observation/alp4", "Observation/lha-11"]
    with ward.app.test_request_context("/horehab/"):
        entries = evidence_entries(ward.ports.logbook.record("Patient/ana"), cited)
    said = {entry.reference: entry.says for entry in entries}
    assert said == {
        "Procedure/ICU_STAY": ("ICU stay",),
        "Condition/dvt": ("Deep vein thrombosis, left femoral",),
        "Observation/pain11": ("Pain, on movement: 7",),
        "Observation/alp4": ("Alkaline phosphatase: 201 U/L, 1.60 times the upper limit",),
        "Observation/lha-11": ("Left hip, flexion, active: 69°",),
    }


def test_evidence_that_was_read_from_text_says_so(ward: Ward) -> None:
    record = ward.ports.logbook.record("Patient/ana")
    said = ("read from text: 'hanche gauche, flexion'",)
    record = replace(record, readings=tuple(replace(reading, assumptions=said) for reading in record.readings))
    with ward.app.test_request_context("/horehab/"):
        (entry,) = evidence_entries(record, ["Observation/lha-11"])
    assert entry.says == ("Left hip, flexion, active: 69°; assumed: read from text: 'hanche gauche, flexion'",)


def test_a_caseload_row_says_how_long_nothing_was_measured(ward: Ward) -> None:
    let_pass(ward.ports, timedelta(days=31))
    assert "All joints: not for 38 days" in ward.look("/").text


def test_the_caseload_names_the_blind_spots_two_and_how_many_more(ward: Ward) -> None:
    page = unescape(ward.look("/").text)
    assert "Left knee: never measured passively" in page
    assert re.search(r">\+\d<", page)
    assert "cannot be judged" not in page


def test_a_reference_is_shown_without_the_part_of_it_and_leads_to_the_resource(ward: Ward) -> None:
    words = '{% from "horehab/macros.html" import source with context %}{{ source("Encounter/7#location[0]") }}'
    with ward.app.test_request_context("/horehab/"):
        shown = render_template_string(words, evidence_address=evidence_address)
    assert "#" not in shown
    assert "https://ehr.example/fhir/Encounter/7" in shown


def test_the_sentence_stands_in_lines_what_and_where_first(ward: Ward) -> None:
    page = unescape(ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text)
    assert re.search(r'class="hr-lead">HO suspected in left hip<', page)
    assert "<p>Also consider: " in page
    assert "<p>Options: " in page


def test_what_is_due_today_stands_before_what_is_overdue_and_what_comes(ward: Ward) -> None:
    page = ward.look("/reminders").text
    places = [page.find(title) for title in ("Due today", "Overdue<", "Coming")]
    assert [place for place in places if place >= 0] == sorted(place for place in places if place >= 0)
    assert max(places) > 0


def test_a_reminder_past_its_last_day_is_shown_as_no_longer_sent_before_any_tick(ward: Ward) -> None:
    assert "Overdue, no longer sent" not in ward.look("/reminders").text
    let_pass(ward.ports, timedelta(days=400))
    assert "Review a suspicion" not in ward.look("/reminders").text
    page = ward.look("/reminders?state=expired").text
    assert "Overdue, no longer sent" in page
    assert "Review a suspicion" in page


def test_a_patient_stands_once_in_a_list_of_reminders_however_often_they_were_asked(ward: Ward) -> None:
    let_pass(ward.ports, timedelta(days=400))
    page = ward.look("/reminders?state=expired").text
    assert page.count(f'/patients/{ward.ana}"') == 1


def test_a_joint_that_cannot_be_judged_says_why(ward: Ward) -> None:
    let_pass(ward.ports, timedelta(days=60))
    assert "Not measured for 67 d" in ward.look(f"/patients/{ward.ana}").text


def test_a_reminder_stands_beside_the_day_of_the_last_measurement_that_may_have_answered_it(ward: Ward) -> None:
    page = ward.look("/reminders").text
    assert "last measured 13 May 2026" in page


def test_where_nothing_was_read_yet_no_page_says_that_all_could_be_read(tmp_path: Path) -> None:
    ports = open_ward(tmp_path)
    page = make_ward(ports).look("/quality").text
    close(ports)
    assert page.count("Nothing was read from the EHR yet.") == 2
    for reassuring in ("Every code that looks like a measurement is read", "Everything that the EHR sent"):
        assert reassuring not in page

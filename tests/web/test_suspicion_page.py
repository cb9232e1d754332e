"""The suspicion page: why and why not with a link to each entry, what is missing, and what would tell most."""

import re
from html import unescape

import pytest

from horehab.detection.further import most_telling
from horehab.web.words import reason_word
from tests.web.conftest import Ward
from tests.web.ward import LEFT_HIP, TODAY


def _page(ward: Ward, place: str) -> str:
    answer = ward.look(f"/patients/{ward.ana}/suspicions/{place}")
    assert answer.status_code == 200
    return unescape(answer.text)


def test_each_reason_leads_to_every_entry_that_it_rests_on(ward: Ward) -> None:
    found = re.findall(r'<details class="hr-cited">(.*?)</details>', _page(ward, "left-hip"), re.DOTALL)
    assert found
    for cited in found:
        said = re.search(r"(\d+) entries of the EHR", cited)
        assert said is not None
        assert cited.count('href="https://ehr.example/fhir/') == int(said[1])


def test_a_loss_says_where_its_measurement_error_was_published(ward: Ward) -> None:
    assert "Measurement error: Pua" in _page(ward, "left-hip")


@pytest.mark.parametrize("place", ["left-hip", "right-hip", "left-knee"])
def test_every_watched_joint_says_why_why_not_what_is_missing_and_what_would_tell(ward: Ward, place: str) -> None:
    page = _page(ward, place)
    for part in (
        "What speaks for it",
        "What speaks against it",
        "What is missing",
        "The one further measurement that would change this most",
        "Quality of the data",
    ):
        assert part in page, part
    assert "not given" not in page


def test_the_one_further_measurement_is_the_one_that_the_rule_computes(ward: Ward) -> None:
    for place in (LEFT_HIP, LEFT_HIP.opposite):
        further = most_telling(ward.ports.logbook.record("Patient/ana"), ward.ports.rules, TODAY, place)
        page = _page(ward, str(place).replace(" ", "-"))
        if further is None:
            assert "No single measurement within 7 days" in page
        else:
            with ward.app.test_request_context():
                assert reason_word(further) in page


def test_the_grade_is_said_in_words_and_is_no_likelihood(ward: Ward) -> None:
    assert re.search(
        r"Graded [1-5] of 5 \((faint|some|moderate|strong|very strong)\) by rule", _page(ward, "left-hip")
    )
    assert "no likelihood" in _page(ward, "left-hip")


def test_a_joint_that_was_never_measured_is_not_graded_as_if_something_had_been_seen(ward: Ward) -> None:
    page = ward.look(f"/patients/{ward.ben}/suspicions/left-hip").text
    assert "Not graded by rule" in page
    assert "too little is known" in page
    for reassuring in ("Graded 0 of 5", "Nothing beyond measurement error"):
        assert reassuring not in page


def test_the_page_of_a_quiet_joint_leads_to_what_is_missing_and_never_reassures(ward: Ward) -> None:
    joint = unescape(ward.look(f"/patients/{ward.ana}/joints/right-hip").text)
    assert "Why, and what is missing" in joint
    assert "Look at the evidence" in unescape(ward.look(f"/patients/{ward.ana}/joints/left-hip").text)
    page = _page(ward, "right-hip").lower()
    assert "no ho" not in page
    assert ">normal<" not in page


def test_the_page_says_of_which_day_the_figures_are_once_the_joint_was_measured_since(ward: Ward) -> None:
    assert "The figures are of" not in _page(ward, "left-hip")
    session = {"kind": "assessment", "status": "completed", "day": str(TODAY), "at": "11:30"}
    saved = ward.send(f"/patients/{ward.ana}/log", **session, **{"angle.passive.left-hip.flexion": "82"})
    assert saved.status_code == 303, saved.text
    page = _page(ward, "left-hip")
    assert "HO suspected" in page
    assert "The figures are of 13 May 2026, when most was lost." in page
    for shown in ("", "/summary"):  # where the same figures stand beside those of today
        page = unescape(ward.look(f"/patients/{ward.ana}{shown}").text)
        assert "The figures are of 13 May 2026, when most was lost." in page


def test_the_summary_says_of_each_loss_whether_measurement_error_can_explain_it(ward: Ward) -> None:
    session = {"kind": "assessment", "status": "completed", "day": str(TODAY), "at": "11:30"}
    saved = ward.send(f"/patients/{ward.ana}/log", **session, **{"angle.passive.right-hip.flexion": "106"})
    assert saved.status_code == 303, saved.text
    page = unescape(ward.look(f"/patients/{ward.ana}/summary").text)
    assert re.search(r"<strong>Suspected</strong>: .* lost \d+° \(beyond error\)", page)
    assert re.search(r"<strong>(?!Suspected)[^<]+</strong>: flexion 106° .* lost \d+° \(within error\)", page)

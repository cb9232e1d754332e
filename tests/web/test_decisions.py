"""Deciding about a suspicion: by those who may, with what it needs, once."""

from datetime import date
from html import unescape

import pytest

from horehab.clock import new_id
from horehab.domain.entries import Decision, DecisionEntry
from horehab.domain.record import Imaging
from tests.web.conftest import PHYSICIAN, Ward
from tests.web.ward import ANA, BEN, at, fill, items_of

CT = {"imaging_kind": "CT", "imaging_day": "2026-05-19", "imaging_finding": "ossification in front of the hip"}


def image(whose: str) -> Imaging:
    return Imaging(
        source=f"DiagnosticReport/{whose}",
        modality="CT",
        text="CT of the hip",
        conclusion="immature bone",
        when=at(date(2026, 5, 18)),
        known_on=date(2026, 5, 18),
    )


def decide(ward: Ward, **values: str) -> tuple[int, str]:
    path = f"/patients/{ward.ana}/suspicions/left-hip"
    answer = ward.send(f"{path}/decide", form=path, **values)
    return answer.status_code, unescape(answer.text)


def decisions(ward: Ward) -> tuple[DecisionEntry, ...]:
    return ward.ports.logbook.decisions("Patient/ana")


def test_a_physiotherapist_dismisses_with_a_reason_and_it_goes_to_the_ehr(ward: Ward) -> None:
    assert decide(ward, decision="dismiss", reason="Known contracture")[0] == 303
    (made,) = decisions(ward)
    assert (made.decision, made.reason, made.by) == (Decision.DISMISS, "Known contracture", "Practitioner/ruiz")
    page = ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text
    assert "Known contracture" in page
    assert "dismissed" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"decision": "dismiss", "reason": " "}, "needs its reason"),
        ({"decision": "", "reason": "x"}, "Nothing was decided"),
        ({"decision": "cure", "reason": "x"}, "Nothing was decided"),
        ({"decision": "confirm", "reason": "x", "imaging_kind": "CT"}, "Only a physician"),
        ({"decision": "dismiss", "reason": "x" * 2001}, "longer than 2000"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_in_words_and_keeps_what_was_typed(
    ward: Ward, values: dict[str, str], words: str
) -> None:
    status, page = decide(ward, **values)
    assert status == 422
    assert words in page
    assert decisions(ward) == ()


def test_a_physician_confirms_only_citing_imaging(ward: Ward) -> None:
    ward.viewer = PHYSICIAN
    assert decide(ward, decision="confirm", reason="seen")[0] == 422
    status, page = decide(ward, decision="confirm", **{**CT, "imaging_read_by": "Dr Vidal"})
    assert (status, page.count("hr-error")) == (303, 0)
    (made,) = decisions(ward)
    assert str(made.cited) == "CT of 2026-05-19: ossification in front of the hip (read by Dr Vidal)"
    shown = unescape(ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text)
    assert "CT of 19 May 2026: ossification in front of the hip (read by Dr Vidal)" in shown
    assert "ossification in front of the hip" in ward.look(f"/patients/{ward.ana}/summary").text


def test_a_decision_sent_twice_is_one(ward: Ward) -> None:
    token = new_id()
    for _ in range(2):
        assert decide(ward, decision="accept", reason="", token=token)[0] == 303
    assert len(decisions(ward)) == 1


def test_nothing_can_be_decided_where_nothing_is_suspected(ward: Ward) -> None:
    path = f"/patients/{ward.ana}/suspicions/right-hip"
    assert "Your decision" not in ward.look(path).text
    form = f"/patients/{ward.ana}/suspicions/left-hip"
    answer = ward.send(f"{path}/decide", form=form, decision="accept", reason="")
    assert answer.status_code == 422
    assert decisions(ward) == ()


def test_imaging_that_was_typed_before_another_choice_is_not_cited(ward: Ward) -> None:
    ward.viewer = PHYSICIAN
    assert decide(ward, decision="dismiss", reason="Known contracture", **CT)[0] == 303
    assert decisions(ward)[0].cited is None


def test_each_part_of_the_decision_says_which_choice_needs_it(ward: Ward) -> None:
    ward.viewer = PHYSICIAN
    page = ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text
    assert page.count("hr-ask-reason") == page.count("hr-ask-imaging") == 1


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"imaging_kind": ""}, "imaging_kind", "rests on imaging"),
        ({"imaging_kind": "palpation"}, "imaging_kind", "is not in the list"),
        ({"imaging_day": ""}, "imaging_day", "needs its day"),
        ({"imaging_day": "2026-05-21"}, "imaging_day", "lies in the future"),
        ({"imaging_day": "yesterday"}, "imaging_day", "is not a date"),
        ({"imaging_finding": "x" * 2001}, "imaging_finding", "longer than 2000"),
        ({"imaging_finding": " "}, "imaging_finding", "needs its finding"),
        ({"imaging_read_by": "x" * 201}, "imaging_read_by", "longer than 200"),
        ({"imaging_report": "DiagnosticReport/ben"}, "imaging_report", "not in the patient's chart"),
    ],
)
def test_imaging_that_cannot_be_is_refused_beside_its_field(
    ward: Ward, changed: dict[str, str], field: str, words: str
) -> None:
    fill(ward.ports, items_of(ANA, [image("ana")]) + items_of(BEN, [image("ben")]))
    ward.viewer = PHYSICIAN
    status, page = decide(ward, decision="refute", **{**CT, "imaging_number": "ACC-7", **changed})
    assert (status, f'id="{field}-error"' in page, words in page) == (422, True, True)
    assert 'value="ACC-7"' in page
    assert decisions(ward) == ()


def test_imaging_of_before_the_stay_is_taken_when_its_day_is_confirmed(ward: Ward) -> None:
    ward.viewer = PHYSICIAN
    early = {"decision": "confirm", **CT, "imaging_day": "2025-12-19"}
    status, page = decide(ward, **early)
    assert (status, "The day is right" in page, decisions(ward)) == (422, True, ())
    assert decide(ward, **early, **{"again.imaging_day": "2025-12-18"})[0] == 422
    assert decide(ward, **early, **{"again.imaging_day": "2025-12-19"})[0] == 303


def test_a_report_of_the_chart_is_chosen_and_says_the_rest(ward: Ward) -> None:
    fill(ward.ports, items_of(ANA, [image("ana")]) + items_of(BEN, [image("ben")]))
    ward.viewer = PHYSICIAN
    page = ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text
    assert ("DiagnosticReport/ana" in page, "DiagnosticReport/ben" in page) == (True, False)
    assert decide(ward, decision="confirm", imaging_report="DiagnosticReport/ana")[0] == 303
    cited = decisions(ward)[0].cited
    assert str(cited) == "CT of 2026-05-18: immature bone (DiagnosticReport/ana)"
    assert "DiagnosticReport/ana" in ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text

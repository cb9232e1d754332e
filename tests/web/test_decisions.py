"""Deciding about a suspicion: by those who may, with what it needs, once."""

from html import unescape

import pytest

from horehab.clock import new_id
from horehab.domain.entries import Decision, DecisionEntry
from tests.web.conftest import PHYSICIAN, Ward


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
        ({"decision": "confirm", "reason": "x", "imaging": "CT"}, "Only a physician"),
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
    assert decide(ward, decision="confirm", reason="seen", imaging="CT 2026-05-19: ossification, Dr Sanz")[0] == 303
    assert decisions(ward)[0].imaging == "CT 2026-05-19: ossification, Dr Sanz"


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
    assert decide(ward, decision="dismiss", reason="Known contracture", imaging="CT 2026-05-19")[0] == 303
    assert decisions(ward)[0].imaging is None


def test_each_part_of_the_decision_says_which_choice_needs_it(ward: Ward) -> None:
    ward.viewer = PHYSICIAN
    page = ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text
    assert page.count("hr-ask-reason") == page.count("hr-ask-imaging") == 1

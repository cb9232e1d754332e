"""What in a form of a session is not sure is set aside with its item: nothing is guessed, nothing lost silently."""

from typing import Any

import pytest

from horehab.domain.range_of_motion import Reading
from horehab.domain.session import Session, SessionKind
from horehab.errors import InputError
from horehab.fhir.basis.marks import http_date, instant
from horehab.fhir.session_form.files import FormDesk
from horehab.usecases.exchange import ChartItem
from tests.fhir.charts import SITE, understood
from tests.fhir.test_form_of_a_session import answered, form

ANGLE = answered("passive.hip.flexion.left", {"valueDecimal": 92})


def read(*items: dict[str, Any], **changes: Any) -> ChartItem:
    return understood(form(*items, **changes))


def session(item: ChartItem) -> Session:
    return next(fact for fact in item.facts if isinstance(fact, Session))


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (answered("kind", {"valueString": "swimming"}), "form-choice"),
        (answered("minutes", {"valueQuantity": {"value": 1, "unit": "h"}}), "form-choice"),
        (answered("minutes", {"valueQuantity": {"value": 30, "comparator": ">"}}), "form-choice"),
        (answered("minutes", {"valueInteger": 20}, {"valueInteger": 30}), "form-choice"),
        (answered("minutes", {"valueString": "nan"}), "not-a-number"),
        (answered("exertion", {"valueString": "inf"}), "not-a-number"),
        (answered("mobility-level", {"valueString": "3.7"}), "not-a-number"),
        (answered("repetitions", {"valueDecimal": 2.9}), "not-a-number"),
    ],
)
def test_an_answer_about_the_session_that_is_not_sure_is_set_aside_alone(item: dict[str, Any], code: str) -> None:
    found = read(item, ANGLE)
    assert [(each.code, each.path) for each in found.unreadable] == [(code, f"item({item['linkId']})")]
    one = session(found)
    assert (one.kind, one.minutes, one.exertion, one.mobility_level, one.repetitions) == (
        SessionKind.OTHER, None, None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize("state", [{"valueCoding": {"code": "cancelled"}}, {"valueString": "not performed"}])
def test_a_form_that_does_not_say_for_sure_that_the_session_was_held_is_no_session(state: dict[str, Any]) -> None:
    found = read(answered("status", state), ANGLE)
    assert [each.path for each in found.unreadable] == ["item(status)"]
    assert [type(fact) for fact in found.facts] == [Reading]


def test_level_nought_is_a_level_and_the_same_number_twice_is_one() -> None:
    level = answered("mobility-level", {"valueQuantity": {"value": 0}})
    found = read(level, answered("minutes", {"valueInteger": 20}, {"valueString": "20"}))
    assert found.unreadable == ()
    assert (session(found).mobility_level, session(found).minutes) == (0, 20)


def test_all_that_went_wrong_is_kept_and_a_code_without_words_stands_as_a_code() -> None:
    events = answered("adverse-event", {"valueString": "fall"}, {"valueCoding": {"system": "urn:ward", "code": "17"}})
    assert session(read(events)).adverse_event == "fall; urn:ward|17"


def test_an_item_that_was_struck_out_is_not_read() -> None:
    struck = {**ANGLE, "modifierExtension": [{"url": "urn:crossed-out", "valueBoolean": True}]}
    found = read(struck)
    assert [(each.code, each.path) for each in found.unreadable] == [("modifier", "item(passive.hip.flexion.left)")]
    assert [type(fact) for fact in found.facts] == [Session]


def test_the_day_that_was_answered_counts_and_it_was_known_from_when_the_form_was_filled_in() -> None:
    found = read(answered("when", {"valueDate": "2026-02-27"}), ANGLE)
    assert found.unreadable == ()
    for fact in found.facts:
        assert isinstance(fact, Session | Reading)
        assert (str(fact.when.day), str(fact.known_on)) == ("2026-02-27", "2026-03-02")


@pytest.mark.parametrize("said", [{"valueString": "yesterday"}, {"valueInteger": 3}])
def test_a_time_that_is_none_is_never_replaced_by_another(said: dict[str, Any]) -> None:
    found = read(answered("when", said), ANGLE)
    assert not found.facts
    assert {each.code for each in found.unreadable} == {"bad-time"}


@pytest.mark.parametrize("text", ['{"a":' * 100_000, '{"resourceType": NaN}'])
def test_a_file_that_is_nested_without_end_or_is_no_json_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="no JSON that can be read"):
        FormDesk(SITE).read(text)


def test_an_instant_of_the_first_and_of_the_last_year_stops_no_reading() -> None:
    assert instant("0001-01-01T00:00:00+01:00") is None
    assert instant("9999-12-31T23:59:59-05:00") is None
    assert http_date("Fri, 31 Dec 9999 23:59:59 -0500") is None

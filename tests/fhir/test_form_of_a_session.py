"""The form of a session that another system filled in: each answer is read as if it stood in the chart."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fhir_profiles import load
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import NotCounted, WhyNotCounted
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, PainRating, Sign
from horehab.errors import InputError
from horehab.fhir.basis.session_links import ANGLES, CHOICES, FORM, NUMBERS, PAINS, WHEN, WORDS
from horehab.fhir.basis.site import Site
from horehab.fhir.session_form.files import FormDesk
from horehab.fhir.session_form.prefill import prefilled
from tests.fhir.charts import MADRID, SITE, understood
from tests.fhir.entries import moments, pains, readings, sessions, signs

OPEN = Site(zone=MADRID)
SOURCE = "QuestionnaireResponse/f1"
Tree = dict[str, Any]


def answered(link: str, *answers: Tree) -> Tree:
    return {"linkId": link, "answer": list(answers)}


def form(*items: Tree, **changes: Any) -> Tree:
    """Fill our form in, as somebody else's system would."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "f1",
        "questionnaire": f"{FORM}|0.1.0",
        "status": "completed",
        "authored": "2026-03-02T10:15:00+01:00",
        "subject": {"reference": "Patient/1"},
        "author": {"display": "Anna"},
        "item": list(items),
        **changes,
    }


def links(items: list[Tree]) -> Iterator[tuple[str, str]]:
    for item in items:
        yield item["linkId"], item["type"]
        yield from links(item.get("item", []))


def test_we_know_each_item_of_the_form_that_is_published_and_no_other() -> None:
    published = {
        link for link, kind in links(load("horehab-rom-session", "Questionnaire")["item"]) if kind != "group"
    }
    assert published == {*ANGLES, *PAINS, *NUMBERS, *WORDS, *CHOICES, WHEN}


def of_one_form(session: Session, measured: list[Reading | PainRating], when: Moment) -> tuple[Session, list[Any]]:
    """Let a session and its measurements be of one occasion, as a form is, and of nothing that it cannot hold."""
    known: dict[str, Any] = {"when": when, "known_on": when.day}
    whole = replace(session, **known, source=SOURCE, places=())
    by_link: dict[str, Reading | PainRating] = {}
    for fact in measured:
        if isinstance(fact, Reading):
            cells = [link for link, asked in ANGLES.items() if asked == (fact.mode, fact.place, fact.motion)]
            told: Reading | PainRating = replace(
                fact, **known, rater=session.performer, device=None, position=None, session=SOURCE
            )
        else:
            cells = [link for link, occasion in PAINS.items() if occasion is fact.occasion]
            told = replace(fact, **known, place=None, session=SOURCE)
        for link in cells:
            by_link[link] = replace(told, source=f"{SOURCE}#{link}")
    return whole, list(by_link.values())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sessions(), st.lists(readings() | pains(), max_size=8), moments)
def test_a_session_filled_into_the_form_and_read_of_it_is_the_same_session(
    drawn: Session, facts: list[Reading | PainRating], when: Moment
) -> None:
    session, measured = of_one_form(drawn, facts, when)
    assume(all(not isinstance(fact, Reading) or fact.mode is not Mode.UNKNOWN for fact in measured))
    filled = prefilled(session, measured, "Patient/1", OPEN, is_done=True)
    item = understood(filled.response | {"id": "f1"}, OPEN)
    assert (item.unreadable, item.patient, filled.left_out) == ((), "Patient/1", ())
    assert item.facts[0] == session
    assert sorted(item.facts[1:], key=str) == sorted(measured, key=str)


@given(sessions(), signs())
def test_what_the_form_has_no_item_for_is_named(session: Session, sign: Sign) -> None:
    filled = prefilled(session, [sign], "Patient/1", OPEN, is_done=False)
    assert filled.response["status"] == "in-progress"
    assert len(filled.left_out) == 1
    assert sign.kind.value in filled.left_out[0]


@pytest.mark.parametrize(
    ("answer", "degrees"),
    [
        ({"valueQuantity": {"value": 92.5, "unit": "deg", "code": "deg"}}, 92.5),
        ({"valueQuantity": {"value": 92.5}}, 92.5),
        ({"valueQuantity": {"value": 1.5707963267948966, "unit": "rad", "code": "rad"}}, 90.0),
        ({"valueDecimal": 92.5}, 92.5),
        ({"valueInteger": 92}, 92.0),
        ({"valueString": " 92,5 "}, 92.5),
    ],
)
def test_an_angle_is_read_in_whatever_form_another_system_gives_it(answer: Tree, degrees: float) -> None:
    session, reading = understood(form(answered("passive.hip.flexion.left", answer))).facts
    assert isinstance(session, Session)
    assert (session.kind, session.status, session.performer) == (SessionKind.OTHER, SessionStatus.COMPLETED, "Anna")
    assert isinstance(reading, Reading)
    assert reading.degrees == pytest.approx(degrees)
    assert reading.source == f"{SOURCE}#passive.hip.flexion.left"


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (answered("passive.hip.flexion.left", {"valueDecimal": 300}), "limits"),
        (answered("passive.hip.flexion.left", {"valueQuantity": {"value": 1.2, "unit": "deg"}}), "radians"),
        (answered("passive.hip.flexion.left", {"valueString": "stiff"}), "not-a-number"),
        (answered("pain.rest", {"valueInteger": 11}), "pain-scale"),
        (answered("minutes", {"valueString": "a while"}), "not-a-number"),
        (answered("minutes", {"valueDecimal": True}), "not-a-number"),
        (answered("grip", {"valueDecimal": 20}), "form-item"),
    ],
)
def test_an_answer_that_cannot_be_is_set_aside_alone_and_names_its_item(item: Tree, code: str) -> None:
    read = understood(form(item, answered("passive.knee.flexion.left", {"valueDecimal": 110})))
    assert [each.code for each in read.unreadable] == [code]
    assert item["linkId"] in read.unreadable[0].path
    assert [type(fact) for fact in read.facts] == [Session, Reading]


def test_choices_are_read_by_code_by_display_and_by_word_and_items_however_they_are_nested() -> None:
    items = [
        answered("kind", {"valueCoding": {"display": "Active exercise"}}),
        answered("status", {"valueString": "stopped"}),
        answered("when", {"valueDateTime": "2026-03-01T09:00:00+01:00"}),
        {"linkId": "passive", "answer": [{"item": [answered("pain.end-range", {"valueInteger": 4})]}]},
    ]
    session, pain = understood(form(*items)).facts
    assert isinstance(session, Session)
    assert (session.kind, session.status) == (SessionKind.ACTIVE_EXERCISE, SessionStatus.STOPPED)
    assert session.when.text == "2026-03-01T09:00:00+01:00"
    assert isinstance(pain, PainRating)
    assert (pain.score, pain.occasion, pain.place) == (4, PainOccasion.END_RANGE, None)


def test_a_motion_measured_twice_is_two_readings() -> None:
    twice = answered("active.hip.flexion.left", {"valueDecimal": 90}, {"valueDecimal": 94})
    _, *found = understood(form(twice)).facts
    name = f"{SOURCE}#active.hip.flexion.left"
    assert [(each.source, each.degrees) for each in found if isinstance(each, Reading)] == [
        (name, 90),
        (f"{name}[2]", 94),
    ]


def test_a_form_still_being_filled_in_and_another_form_tell_nothing() -> None:
    angle = answered("passive.hip.flexion.left", {"valueDecimal": 92})
    for other in ({"status": "in-progress"}, {"questionnaire": "https://ehr.example/other"}, {"questionnaire": None}):
        read = understood(form(angle, **other))
        assert (read.facts, read.unreadable) == ((), ())


def test_a_form_entered_in_error_counts_no_more_and_says_so() -> None:
    (fact,) = understood(
        form(answered("passive.hip.flexion.left", {"valueDecimal": 92}), status="entered-in-error")
    ).facts
    assert isinstance(fact, NotCounted)
    assert fact.why is WhyNotCounted.WITHDRAWN


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "done"}, "status"),
        ({"authored": None}, "no-time"),
        ({"authored": "yesterday"}, "bad-time"),
        ({"subject": None}, "no-patient"),
        ({"implicitRules": "https://ehr.example/rules"}, "modifier"),
    ],
)
def test_a_form_that_cannot_be_followed_is_set_aside(change: Tree, code: str) -> None:
    assert {each.code for each in understood(form(**change)).unreadable} == {code}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[]", "no FHIR resource"),
        ('{"resourceType": "Patient"}', "type Patient"),
        ('{"resourceType": "QuestionnaireResponse"}', "no questionnaire that it names"),
    ],
)
def test_a_file_that_is_no_form_of_ours_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        FormDesk(SITE).read(text)

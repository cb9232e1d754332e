"""What a ward writes in words alone: read where nothing is left to doubt, in three languages and any order."""

import tomllib
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.domain.joints import MOTIONS, Joint, Motion, Side
from horehab.domain.range_of_motion import Mode, Reading
from horehab.fhir import reading as front_door
from horehab.fhir.basis.quarantine import CODES
from horehab.fhir.resources import words
from horehab.fhir.resources.words import answer_in, said_in
from tests.fhir.charts import SITE, concept, degrees, observation, understood

_TABLE = Path(__file__).with_name("texts_of_wards.txt").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(part.strip() for part in line.rsplit("|", 1)) for line in _TABLE if line and line[0] != "#"]
WORDS = tomllib.loads(Path(words.__file__).with_name("words.toml").read_text(encoding="utf-8"))


def said(text: str) -> str:
    """Say what is read from an angle under a text, or the code of the reason why nothing is."""
    item = understood(observation(code={"text": text}, valueQuantity=degrees(-8)))
    if item.unreadable:
        assert item.facts == ()
        return item.unreadable[0].code
    (fact,) = item.facts
    assert isinstance(fact, Reading)
    mode = "-" if fact.mode is Mode.UNKNOWN else fact.mode.value
    position = f" @{fact.position}" if fact.position else ""
    assert fact.assumptions == (f"read from text: {text!r}",)
    return f"{fact.place} {fact.motion.value} {mode}{position}"


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(ROWS) >= 150
    assert len({text for text, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_a_text_of_the_ward_reads_as_the_table_says(text: str, expected: str) -> None:
    assert said(text) == expected


@cache  # made anew at each draw, a strategy costs more than what it draws
def _spelled(kind: str, meanings: frozenset[str] | None = None) -> st.SearchStrategy[tuple[str, str]]:
    """Draw a word of one kind in any language, with what it means, or one with such a meaning alone.

    A single letter is a matter of its language.
    """
    return st.sampled_from(
        [
            (word, value)
            for language in WORDS.values()
            for value, words in language[kind].items()
            for word in words
            if len(word) > 2 and value != "ext" and (meanings is None or value in meanings)
        ]
    )


_ANY_MODE = st.one_of(_spelled("mode"), st.just(("", "")))
_FILLERS = st.lists(st.one_of(_spelled("range"), _spelled("neutral")).map(lambda pair: pair[0]), max_size=3)


def _meaning(motion: str, pair: tuple[str, str]) -> tuple[list[str], str]:
    return list(pair), motion


@cache
def _full_motion(joint: str | None = None) -> st.SearchStrategy[tuple[list[str], str]]:
    """Draw the words of a motion and which it is; of those alone that a joint has, where one is named."""
    motions = {motion.value for motion in (MOTIONS[Joint(joint)] if joint else Motion)}
    halves = {value: [w for lang in WORDS.values() for w in lang["half"].get(value, [])] for value in _HALVES}
    flexions = [w for lang in WORDS.values() for w in lang["motion"].get("flexion", [])]
    both = [
        st.tuples(st.sampled_from(flexions if turn == "flexion" else halves[turn]), st.sampled_from(halves[way])).map(
            partial(_meaning, motion)
        )
        for turn, way, motion in _PAIRS
        if motion in motions
    ]
    single = _spelled("motion", frozenset(motions)).map(lambda pair: ([pair[0]], pair[1]))
    return st.one_of(single, *both)


_HALVES = ("rotation", "deviation", "internal", "external", "radial", "ulnar", "dorsal", "plantar")
_PAIRS = (
    ("rotation", "internal", "internal rotation"),
    ("rotation", "external", "external rotation"),
    ("deviation", "radial", "radial deviation"),
    ("deviation", "ulnar", "ulnar deviation"),
    ("flexion", "dorsal", "dorsiflexion"),
    ("flexion", "plantar", "plantarflexion"),
)


@st.composite
def arranged(draw: Any) -> tuple[list[str], Joint, Side, Motion, Mode | None]:
    """Draw a joint, a side, a motion that it has, perhaps a mode, in words of any language, in any order."""
    joint_word, joint = draw(_spelled("joint"))
    side_word, side = draw(_spelled("side"))
    motion_words, motion = draw(_full_motion(joint))
    mode_word, mode = draw(_ANY_MODE)
    words = [joint_word, side_word, *motion_words, *draw(_FILLERS), *([mode_word] if mode else [])]
    return draw(st.permutations(words)), Joint(joint), Side(side), Motion(motion), Mode(mode) if mode else None


def _dressed(draw: Any, words: list[str]) -> str:
    between = draw(st.sampled_from([" ", ", ", " - ", "  ", "_", "; ", " / "]))
    change = draw(st.sampled_from([str, str.upper, str.title, str.casefold]))
    text: str = change(between.join(words))
    return text


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_one_of_each_in_any_language_and_order_reads_exactly_that(data: st.DataObject) -> None:
    words, joint, side, motion, mode = data.draw(arranged())
    expected = f"{side.value} {joint.value} {motion.value} {mode.value if mode else '-'}"
    assert said(_dressed(data.draw, words)) == expected


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_word_that_nobody_knows_and_nothing_is_read(data: st.DataObject) -> None:
    words, *_ = data.draw(arranged())
    strange = data.draw(
        st.sampled_from(["goal", "norm", "not", "no", "sans", "sin", "pain", "90", "x", "strength", "+"])
    )
    at = data.draw(st.integers(0, len(words)))
    assert said(_dressed(data.draw, [*words[:at], strange, *words[at:]])) in CODES


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(["joint", "side"]))
def test_a_second_joint_or_side_and_nothing_is_read(data: st.DataObject, kind: str) -> None:
    words, joint, side, *_ = data.draw(arranged())
    mine = joint.value if kind == "joint" else side.value
    other, _ = data.draw(_spelled(kind).filter(lambda pair: pair[1] != mine))
    at = data.draw(st.integers(0, len(words)))
    assert said(_dressed(data.draw, [*words[:at], other, *words[at:]])) in CODES


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_second_motion_and_nothing_is_read(data: st.DataObject) -> None:
    words, _, _, motion, _ = data.draw(arranged())
    other, _ = data.draw(_full_motion().filter(lambda found: found[1] != motion.value))
    assert said(_dressed(data.draw, data.draw(st.permutations([*words, *other])))) in CODES


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(0, 2))
def test_without_joint_side_or_motion_nothing_is_read(data: st.DataObject, missing: int) -> None:
    joint, side = data.draw(_spelled("joint"))[0], data.draw(_spelled("side"))[0]
    motion = data.draw(_full_motion())[0]
    parts = [[joint], [side], motion]
    words = [word for place, part in enumerate(parts) if place != missing for word in part]
    assert said(_dressed(data.draw, data.draw(st.permutations(words)))) in CODES


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_is_taken_apart_without_a_fault(text: str) -> None:
    assert said_in(text) == said_in(text)
    assert answer_in(text) in (True, False, None)
    where = {"text": text}
    resource = observation(code=where, bodySite=where, method=where, valueQuantity=degrees(-8))
    item = front_door._understand(resource, b"", SITE)
    assert item.facts == () or not said_in(text).unknown
    assert all(each.code in CODES for each in item.unreadable)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("PROM-HIP-FLEX-L", "left hip flexion passive"),
        ("rom_knee_ext_r_active", "right knee extension active"),
        ("hipFlexionLeftPassive", "left hip flexion passive"),
    ],
)
def test_a_local_code_without_a_text_is_read_word_by_word(code: str, expected: str) -> None:
    (fact,) = understood(observation(code=concept(("urn:ward", code)), valueQuantity=degrees(-8))).facts
    assert isinstance(fact, Reading)
    assert f"{fact.place} {fact.motion.value} {fact.mode.value}" == expected
    assert fact.assumptions == (f"read from text: {code!r}",)


@pytest.mark.parametrize(
    ("code", "text", "refusal"),
    [
        ("PROM-HIP-FLEX-L", "passive right hip flexion", "sides-disagree"),
        ("ROM_LEFT_042", "passive right hip flexion", "sides-disagree"),
        ("H7-knee", "passive right hip flexion", "joints-disagree"),
        ("PROM-HIP-EXT-R", "passive right hip flexion", "motions-disagree"),
        ("AROM 12", "passive right hip flexion", "modes-disagree"),
    ],
)
def test_a_local_code_that_contradicts_its_text_is_not_read(code: str, text: str, refusal: str) -> None:
    item = understood(observation(code=concept(("urn:ward", code), text=text), valueQuantity=degrees(-8)))
    assert (item.facts, [each.code for each in item.unreadable]) == ((), [refusal])

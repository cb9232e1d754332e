"""The words: a suspicion is said with its figures and without any of the forbidden words."""

import re

import pytest

from horehab.domain.exposure import BackgroundKind
from horehab.domain.joints import Motion
from horehab.domain.next_steps import Situation, next_steps
from horehab.domain.sentence import reason_text, sentence
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Reason, Tier
from horehab.domain.wording import DIFFERENTIALS, OPTIONS
from tests.detection.joints_at_hand import (
    LEFT_KNEE,
    RULES,
    background,
    course,
    day,
    exposure,
    lab,
    pain,
    reading,
    record,
    sign,
    steady,
    verdict,
)

FALLEN = course([(28, 112), (35, 112), (42, 112), (49, 88)])
FACTS = (
    FALLEN,
    pain(42, 3),
    pain(49, 6),
    exposure(),
    lab(48, 126),
    background(BackgroundKind.DEEP_VEIN_THROMBOSIS, place=LEFT_KNEE),
    background(BackgroundKind.POLYNEUROPATHY),
)


def test_the_sentence_has_the_shape_of_section_eight() -> None:
    said = sentence(verdict(record(*FACTS), 49))
    for part in (
        "HO suspected in left hip: passive flexion 112 -> 88 deg",
        "threshold 10 deg, same rater and device",
        "pain NRS 3 -> 6",
        "icu stay 27 d",
        "ALP 126 (limit 126, not elevated: does not exclude)",
        "Also consider: DVT (known), contracture",
        "polyneuropathy",
        "Options: clinical review, bone scintigraphy, CT",
    ):
        assert part in said
    assert said.endswith("Not a diagnosis.")


@pytest.mark.parametrize("number", [20, 30, 45, 49, 120])
def test_forbidden_words_are_never_said(number: int) -> None:
    said = sentence(verdict(record(*FACTS), number)).replace("Not a diagnosis.", "")
    assert not re.search(r"diagnos|probab|no HO|likel|given\)", said, re.IGNORECASE)


def test_a_watched_joint_is_said_to_be_measured_again_and_a_flag_is_named() -> None:
    said = sentence(verdict(record(steady(49), sign(49, SignKind.LEG_WEAKNESS)), 49))
    assert said.startswith("Watch left hip, consider HO: red flag: new leg weakness")
    assert "measure passive motion again within 7 days" in said


def test_a_quiet_joint_names_what_is_not_known_and_an_unknown_one_what_is_missing() -> None:
    assert "ALP missing: excludes nothing" in sentence(verdict(record(steady(50)), 49))
    assert sentence(verdict(record(), 49)).startswith("Left hip: cannot be judged (no passive reading")


def test_many_lost_motions_are_counted() -> None:
    others = (Motion.EXTENSION, Motion.ABDUCTION, Motion.ADDUCTION, Motion.EXTERNAL_ROTATION)
    lost = [course([(28, 40), (35, 40), (42, 40), (49, 5)], motion=m) for m in others]
    assert "2 more motion(s) lost" in sentence(verdict(record(*FACTS, *lost), 49))


def test_a_reason_without_words_or_figures_is_said_as_it_stands() -> None:
    assert reason_text(Reason(code="new-kind")) == "new-kind"
    assert reason_text(Reason(code="pain")) == "pain NRS (before not given) -> (now not given)"


def test_every_option_and_differential_has_words() -> None:
    assert set(RULES.differentials) == set(DIFFERENTIALS)
    for tier in Tier:
        for flag in (True, False):
            for since in (None, day(0), day(60)):
                steps = Situation(tier=tier, as_of=day(70), since=since, has_nerve_flag=flag, is_confirmed=flag)
                assert set(next_steps(steps, RULES)) <= set(OPTIONS)


def test_imaging_follows_the_weeks_since_onset() -> None:
    def steps(since: int | None) -> tuple[str, ...]:
        start = None if since is None else day(since)
        situation = Situation(tier=Tier.SUSPECT, as_of=day(70), since=start, has_nerve_flag=False)
        return next_steps(situation, RULES)

    assert {"scintigraphy", "ct", "plain-film-later"} <= set(steps(50))
    assert {"plain-film", "ct"} <= set(steps(10))
    assert {"onset-not-bounded", "ct"} <= set(steps(None))


def test_a_reading_without_a_rater_is_said_so() -> None:
    facts = [reading(n, v, rater=None) for n, v in ((28, 110), (35, 110), (42, 110), (49, 80))]
    assert "rater not named" in sentence(verdict(record(facts, pain(49, 6)), 49))
    two = (steady(49), reading(49, 80, rater="Practitioner/2"), pain(49, 6))
    assert "different raters" in sentence(verdict(record(*two), 49))

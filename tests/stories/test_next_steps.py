"""What is offered beside a suspicion of a published patient: imaging of that week, the nerve, other causes."""

import pytest

from horehab.demo.published import patients
from horehab.domain.exposure import BackgroundKind
from horehab.domain.suspicion import Tier, Verdict
from tests.stories.telling import record_on, verdicts_by_day

_KNOWN = {
    1: {"nerve-or-muscle"},
    2: {"nerve-or-muscle", "known-deep-vein-thrombosis"},
    3: set[str](),
    4: {"alp-alcohol"},
    5: {"alp-pregnancy", "sedation-hides-pain"},
    6: set[str](),
}
"""By case, what confounds or hides on the day clinicians noticed: no more and no less."""


def suspicions(number: int) -> list[Verdict]:
    told = verdicts_by_day(patients()[number - 1])
    return [v for verdicts in told.values() for v in verdicts if v.tier is Tier.SUSPECT]


def on_the_published_day(number: int) -> list[Verdict]:
    """Give each expected joint's suspicion of the day clinicians noticed, or the first after it."""
    story = patients()[number - 1]
    told = verdicts_by_day(story)
    days = sorted(day for day in told if story.noticed is not None and day >= story.noticed)
    found = {}
    for place in (expected.place for expected in story.expected):
        later = (v for day in days for v in told[day] if v.place == place and v.tier is Tier.SUSPECT)
        found[place] = next(later)
    return list(found.values())


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_in_the_early_weeks_scintigraphy_and_ct_are_offered_and_never_a_plain_film_alone(number: int) -> None:
    first = suspicions(number)[0]
    assert {"scintigraphy", "ct"} <= set(first.options)
    assert "plain-film" not in first.options


def test_in_case_6_the_compressed_nerve_is_flagged_and_mri_offered_with_a_neurologist() -> None:
    flagged = [v for v in suspicions(6) if "slr-positive" in {flag.code for flag in v.red_flags}]
    assert str(flagged[0].place) == "right hip"
    assert {"ct-mri-hip-pelvis", "neurological-review"} <= set(flagged[0].options)


@pytest.mark.parametrize(("number", "known"), _KNOWN.items())
def test_what_confounds_is_named_on_the_day_clinicians_noticed(number: int, known: set[str]) -> None:
    for verdict in on_the_published_day(number):
        assert {reason.code for reason in verdict.confounders} == known


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_on_that_day_early_imaging_is_offered_and_a_plain_film_alone_never(number: int) -> None:
    for verdict in on_the_published_day(number):
        assert {"scintigraphy", "ct"} <= set(verdict.options)
        assert "plain-film" not in verdict.options
        assert ("ct-mri-hip-pelvis" in verdict.options) is (number == 6)


def test_in_case_1_both_lesions_are_named_and_in_case_2_the_side_of_the_thrombosis() -> None:
    said = {str(reason.figures) for verdict in on_the_published_day(1) for reason in verdict.confounders}
    assert all(any(words in each for each in said) for words in ("polyneuropathy", "brachial plexus"))
    (verdict,) = on_the_published_day(2)
    (known,) = (reason for reason in verdict.confounders if reason.code == "known-deep-vein-thrombosis")
    assert known.figure("side") == "left"


def test_the_caesarean_and_the_thrombocytopenia_of_case_5_are_read() -> None:
    story = patients()[4]
    assert story.noticed is not None
    known = {background.source: background.kind for background in record_on(story, story.noticed).backgrounds}
    assert known["Procedure/published-5-caesarean"] is BackgroundKind.SURGERY
    assert known["Condition/published-5-thrombocytopenia"] is BackgroundKind.OTHER


@pytest.mark.parametrize("number", [2, 3])
def test_phosphatase_that_is_not_above_its_limit_is_said_to_exclude_nothing(number: int) -> None:
    said = {reason.code for verdict in suspicions(number) for reason in verdict.missing}
    assert "alp-not-elevated" in said


def test_phosphatase_that_was_not_published_is_said_to_be_missing_in_case_6() -> None:
    assert all("alp-missing" in {reason.code for reason in verdict.missing} for verdict in suspicions(6))

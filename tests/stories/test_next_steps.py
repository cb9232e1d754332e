"""What is offered beside a suspicion of a published patient: imaging of that week, the nerve, other causes."""

import pytest

from horehab.demo.published import patients
from horehab.domain.suspicion import Tier, Verdict
from tests.stories.telling import verdicts_by_day

_KNOWN = {
    "published-1": {"nerve-or-muscle"},
    "published-2": {"nerve-or-muscle", "known-deep-vein-thrombosis"},
    "published-4": {"alp-alcohol"},
    "published-5": {"alp-pregnancy"},
}


def suspicions(number: int) -> list[Verdict]:
    told = verdicts_by_day(patients()[number - 1])
    return [v for verdicts in told.values() for v in verdicts if v.tier is Tier.SUSPECT]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_in_the_early_weeks_scintigraphy_and_ct_are_offered_and_never_a_plain_film_alone(number: int) -> None:
    first = suspicions(number)[0]
    assert {"scintigraphy", "ct"} <= set(first.options)
    assert "plain-film" not in first.options


def test_in_case_6_the_compressed_nerve_is_flagged_and_mri_offered_with_a_neurologist() -> None:
    flagged = [v for v in suspicions(6) if "slr-positive" in {flag.code for flag in v.red_flags}]
    assert str(flagged[0].place) == "right hip"
    assert {"ct-mri-hip-pelvis", "neurological-review"} <= set(flagged[0].options)


@pytest.mark.parametrize(("key", "known"), _KNOWN.items())
def test_what_confounds_is_named(key: str, known: set[str]) -> None:
    named = {reason.code for verdict in suspicions(int(key[-1])) for reason in verdict.confounders}
    assert known <= named


@pytest.mark.parametrize("number", [2, 3])
def test_phosphatase_that_is_not_above_its_limit_is_said_to_exclude_nothing(number: int) -> None:
    said = {reason.code for verdict in suspicions(number) for reason in verdict.missing}
    assert "alp-not-elevated" in said


def test_phosphatase_that_was_not_published_is_said_to_be_missing_in_case_6() -> None:
    assert all("alp-missing" in {reason.code for reason in verdict.missing} for verdict in suspicions(6))

"""The rules R08-R28 on blood, exposure and known illness: what each adds, confounds or leaves open."""

import pytest

from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.record import ChartedOssification, ChartedStatus
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier
from tests.detection.joints_at_hand import (
    FALLEN,
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_KNEE,
    RIGHT_HIP,
    background,
    codes,
    course,
    day,
    exposure,
    lab,
    moment,
    pain,
    reading,
    record,
    sign,
    steady,
    verdict,
)


def test_r08_r09_known_thrombosis_fracture_and_fever_are_listed_and_close_nothing() -> None:
    facts = (
        background(BackgroundKind.DEEP_VEIN_THROMBOSIS, place=LEFT_KNEE),
        background(BackgroundKind.FRACTURE, place=LEFT_HIP),
        background(BackgroundKind.INFECTION),
        sign(48, SignKind.FEVER, place=None),
    )
    fallen = [*FALLEN, reading(56, 85), pain(42, 1), pain(49, 6), pain(56, 6)]
    found = verdict(record(fallen, facts), 56)
    assert found.tier is Tier.SUSPECT
    named = {r.code for r in found.confounders}
    assert {"known-deep-vein-thrombosis", "known-fracture", "known-infection", "fever"} <= named
    assert verdict(record(fallen), 56).strength == found.strength


def test_r08_a_thrombosis_of_the_other_leg_is_not_listed() -> None:
    other = background(BackgroundKind.DEEP_VEIN_THROMBOSIS, place=RIGHT_HIP)
    arm = background(BackgroundKind.FRACTURE, place=LEFT_ELBOW)
    assert {r.code for r in verdict(record(FALLEN, pain(49, 6), other, arm), 49).confounders} == {"alp-fracture"}


TWO_LOSSES = (
    course([(28, 110), (35, 110), (42, 110), (49, 94), (56, 94)]),
    course([(28, 40), (35, 40), (42, 40), (49, 24), (56, 24)], motion=Motion.ABDUCTION),
)


def test_r11_alp_above_its_own_limit_supports_two_clear_losses_seen_twice() -> None:
    assert verdict(record(*TWO_LOSSES), 56).tier is Tier.WATCH
    found = verdict(record(*TWO_LOSSES, lab(50, 200)), 56)
    assert found.tier is Tier.SUSPECT
    assert "alp-elevated" in codes(found)
    assert verdict(record(*TWO_LOSSES, lab(50, 126)), 56).tier is Tier.WATCH


def test_r12_a_normal_alp_is_shown_as_no_help() -> None:
    found = verdict(record(FALLEN, pain(49, 6), lab(48, 126)), 49)
    assert found.tier is Tier.SUSPECT
    assert [r.figure("multiple") for r in found.missing if r.code == "alp-not-elevated"] == [1.0]


@pytest.mark.parametrize(
    "kind",
    [BackgroundKind.PREGNANCY, BackgroundKind.ALCOHOL, BackgroundKind.LIVER_DISEASE, BackgroundKind.FRACTURE],
)
def test_r14_r15_a_confounded_alp_supports_only_when_the_confounder_cannot_explain_it(kind: BackgroundKind) -> None:
    explained, beyond = lab(50, 200), lab(50, 1890)
    other = background(kind, place=LEFT_ELBOW)
    assert verdict(record(*TWO_LOSSES, explained, other), 56).tier is Tier.WATCH
    found = verdict(record(*TWO_LOSSES, beyond, other), 56)
    assert found.tier is Tier.SUSPECT
    assert any(r.code.startswith("alp-") for r in found.confounders)


def test_r15_a_raised_ggt_or_bilirubin_confounds_alp() -> None:
    liver = lab(50, 300, analyte=Analyte.GAMMA_GT, limit=60)
    assert verdict(record(*TWO_LOSSES, lab(50, 200), liver), 56).tier is Tier.WATCH
    named = {r.code for r in verdict(record(*TWO_LOSSES, lab(50, 200), liver), 56).confounders}
    assert "alp-ggt" in named


def test_r16_a_value_of_unknown_limit_is_not_interpreted_and_said_so() -> None:
    found = verdict(record(*TWO_LOSSES, lab(50, 900, limit=None)), 56)
    assert found.tier is Tier.WATCH
    assert "alp-not-interpreted" in {r.code for r in found.missing}


def test_r17_a_raised_creatine_kinase_is_supportive_only() -> None:
    ck = lab(50, 900, analyte=Analyte.CREATINE_KINASE, limit=200)
    assert verdict(record(*TWO_LOSSES, ck), 56).tier is Tier.SUSPECT
    assert verdict(record(steady(56), ck), 56).tier is not Tier.SUSPECT


def test_r28_surgery_is_named_only_for_a_confirmed_ossification() -> None:
    confirmed = ChartedOssification(
        source="Condition/9",
        version="1",
        status=ChartedStatus.CONFIRMED,
        is_active=True,
        joint=LEFT_HIP.joint,
        side=LEFT_HIP.side,
        when=moment(45),
        known_on=day(45),
    )
    assert "surgery-conditional" in verdict(record(FALLEN, pain(49, 6), confirmed), 49).options
    assert "surgery-conditional" not in verdict(record(FALLEN, pain(49, 6)), 49).options


def test_exposure_unknown_is_judged_all_the_same_and_shown() -> None:
    found = verdict(record(FALLEN, pain(49, 6)), 49)
    assert found.tier is Tier.SUSPECT
    assert "exposure-unknown" in {r.code for r in found.missing}


def test_the_longest_span_of_each_exposure_is_a_shown_reason() -> None:
    spans = (exposure(), exposure(start=30, end=32), exposure(ExposureKind.ECMO, start=40, end=None))
    found = verdict(record(FALLEN, pain(49, 6), spans), 49)
    assert [(r.figure("kind"), r.figure("days")) for r in found.reasons if r.code == "exposure"] == [
        ("icu stay", 27),
        ("ecmo", 9),
    ]


def test_sedation_and_numbness_are_said_to_hide_pain() -> None:
    sedated = exposure(ExposureKind.SEDATION, start=20, end=None)
    numb = sign(48, SignKind.SENSORY_LOSS)
    named = {r.code for r in verdict(record(FALLEN, sedated, numb), 49).confounders}
    assert {"sedation-hides-pain", "numbness-hides-pain"} <= named

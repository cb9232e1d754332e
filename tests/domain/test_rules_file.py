"""The rules file: every number there, and a wrong one refused by name."""

from pathlib import Path

import pytest

from horehab.domain.joints import MOTIONS, Joint, Motion
from horehab.errors import ConfigurationError
from horehab.rules import load_rules

PACKAGED = (Path(__file__).parents[2] / "horehab" / "rules.toml").read_text(encoding="utf-8")
RULES = load_rules()


def _changed(tmp_path: Path, old: str, new: str) -> str:
    assert old in PACKAGED
    path = tmp_path / "rules.toml"
    path.write_text(PACKAGED.replace(old, new, 1), encoding="utf-8")
    return str(path)


def test_every_motion_of_every_joint_has_its_numbers_with_sources() -> None:
    for joint, motions in MOTIONS.items():
        for motion in motions:
            numbers = RULES.of(joint, motion)
            assert numbers is not None
            assert numbers.lowest < 0 < numbers.highest
            assert 0 < numbers.same_rater <= numbers.different_rater
            assert numbers.error_source


def test_a_hip_that_cannot_reach_neutral_rotation_is_within_limits() -> None:
    limits = RULES.limits(Joint.HIP, Motion.INTERNAL_ROTATION)
    assert limits is not None
    assert limits[0] <= -20


def test_a_motion_that_a_joint_does_not_have_has_no_numbers() -> None:
    assert RULES.of(Joint.KNEE, Motion.PRONATION) is None
    assert RULES.limits(Joint.KNEE, Motion.PRONATION) is None
    assert RULES.suspect_threshold(Joint.KNEE, Motion.PRONATION) == float("inf")


def test_the_aged_are_held_against_the_norm_of_their_age() -> None:
    shoulder = RULES.motions[(Joint.SHOULDER, Motion.FLEXION)]
    assert [shoulder.norm_at(age) for age in (None, 64, 65)] == [180, 180, 165]
    assert RULES.motions[(Joint.HIP, Motion.ABDUCTION)].norm_at(80) == 45


def test_each_single_number_says_where_it_comes_from() -> None:
    assert RULES.bases["gate.icu_days"].source.startswith("clavet")
    assert all(basis.source and basis.checked for basis in RULES.bases.values())
    assert RULES.stale_after_days == 180


def test_the_version_changes_with_what_a_verdict_reads_and_with_nothing_else(tmp_path: Path) -> None:
    other = load_rules(_changed(tmp_path, "value = [-40, 150]", "value = [-40, 151]"))
    assert other.version.startswith("2026.2+")
    assert other.version != RULES.version
    longer = load_rules(_changed(tmp_path, "value = 14, unit", "value = 15, unit"))
    assert (longer.gate.icu_days, longer.version) == (15, RULES.version)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('version = "2026.2"', "version = 7", "version"),
        ("[gate]", "[gate]\nsurprise = 1", "gate.surprise"),
        ("icu_days = { value = 14", 'icu_days = { value = "14"', "gate.icu_days"),
        ("icu_days = { value = 14", "icu_days = { value = 14.5", "gate.icu_days"),
        ("icu_days = { value = 14", "icu_days = { value = true", "gate.icu_days"),
        ("icu_days = { value = 14", "icu_days = { value = -1", "gate.icu_days"),
        ("icu_days = {", "icu_daze = {", "gate.icu_daze"),
        ('source = "clavet; S3 had 16 days; policy"', 'source = ""', "gate.icu_days.source"),
        ('policy", checked = 2026-11-21', 'policy", checked = "today"', ".checked"),
        ("biweekly_until = { value = 112", "biweekly_until = { value = 999", "calendar.biweekly_until"),
        ("due_hour = { value = 8", "due_hour = { value = 24", "calendar.due_hour"),
        ('"contracture", "adhesive-capsulitis"', '7, "adhesive-capsulitis"', "differentials"),
        ('joint = "hip"', 'joint = "hop"', "motion"),
        ('motion = "abduction"', 'motion = "flexion"', "motion"),
        ('joint = "hip"\nmotion = "flexion"', 'joint = "knee"\nmotion = "pronation"', "no such motion"),
        ("value = [10, 17]", "value = [17, 10]", "hip flexion.error"),
        ("value = [10, 17]", "value = [0, 17]", "hip flexion.error"),
        ("value = [10, 17]", "value = [10]", "hip flexion.error"),
        ("value = [10, 17]", 'value = "10"', "hip flexion.error"),
        ("error = { value = [10, 17]", "error = { worth = [10, 17]", "hip flexion.error"),
        ("norm = { value = 120", 'norm = { value = "far"', "hip flexion.norm"),
        ('joint = "ankle"\nmotion = "eversion"', 'joint = "ankle"\nmotion = "inversion"', "ankle inversion"),
        ("[policy]", "[[policy]]", "policy"),
        ("[[motion]]", "[[motions]]", "motions"),
    ],
)
def test_a_wrong_number_is_refused_by_its_name(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_rules(_changed(tmp_path, old, new))
    assert named in str(refused.value)
    assert refused.value.remedy


def test_a_motion_that_is_left_out_is_asked_for(tmp_path: Path) -> None:
    cut = PACKAGED[: PACKAGED.index('[[motion]]\njoint = "ankle"\nmotion = "eversion"')]
    path = tmp_path / "rules.toml"
    path.write_text(cut, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="ankle eversion"):
        load_rules(str(path))
    path.write_text(cut[: cut.index("[[motion]]")], encoding="utf-8")
    with pytest.raises(ConfigurationError, match="motion = None"):
        load_rules(str(path))


def test_a_file_that_is_no_toml_or_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xff = [")
    with pytest.raises(ConfigurationError, match="no TOML"):
        load_rules(str(path))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_rules(str(tmp_path / "none.toml"))

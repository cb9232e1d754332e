"""What must never change a verdict, whatever the record: order, repeats, missing values, other joints."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.detection.verdicts import judge
from horehab.domain.exposure import ExposureKind
from horehab.domain.joints import MOTIONS, WATCHED_PLACES, JointSide
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Bound, Mode
from horehab.domain.record import Fact, record_of
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Tier, Verdict
from tests.detection.joints_at_hand import PATIENT, RULES, day, exposure, lab, pain, reading, record, sign

_TIERS = (Tier.CANNOT_JUDGE, Tier.QUIET, Tier.WATCH, Tier.SUSPECT)
_PLACES = st.sampled_from(WATCHED_PLACES[:4])
_DAYS = st.integers(min_value=20, max_value=120)


@st.composite
def _readings(draw: st.DrawFn) -> Fact:
    place = draw(_PLACES)
    return reading(
        draw(_DAYS),
        draw(st.integers(min_value=-20, max_value=150)),
        place=place,
        motion=draw(st.sampled_from(MOTIONS[place.joint][:3])),
        mode=draw(st.sampled_from([Mode.PASSIVE, Mode.PASSIVE, Mode.ACTIVE, Mode.UNKNOWN])),
        rater=draw(st.sampled_from([None, "Practitioner/1", "Practitioner/2"])),
        bound=draw(st.sampled_from([None, None, None, Bound.LESS_THAN])),
        assumed=draw(st.booleans()),
    )


_FACTS = st.lists(
    st.one_of(
        _readings(),
        _readings(),
        _readings(),
        st.builds(pain, _DAYS, st.integers(min_value=0, max_value=10), place=st.one_of(st.none(), _PLACES)),
        st.builds(sign, _DAYS, st.sampled_from(SignKind), place=st.one_of(st.none(), _PLACES), present=st.booleans()),
        st.builds(lab, _DAYS, st.sampled_from([100, 200, 800]), analyte=st.sampled_from(Analyte)),
        st.builds(exposure, st.sampled_from(ExposureKind), start=st.integers(0, 20), end=st.none() | st.just(27)),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(facts=_FACTS, shuffle=st.randoms(use_true_random=False), as_of=_DAYS)
def test_no_record_makes_it_raise_and_order_does_not_matter(
    facts: Sequence[Fact], shuffle: Random, as_of: int
) -> None:
    mixed = list(facts)
    shuffle.shuffle(mixed)
    found = judge(record(list(facts)), RULES, day(as_of))
    assert [v.place for v in found] == list(WATCHED_PLACES)
    assert found == judge(record(mixed), RULES, day(as_of))
    assert all(0 <= v.strength <= 5 for v in found)


@settings(max_examples=300, deadline=None)
@given(facts=_FACTS, again=st.lists(st.integers(min_value=0, max_value=39), max_size=10), as_of=_DAYS)
def test_exact_repeats_under_another_name_change_nothing(
    facts: Sequence[Fact], again: Sequence[int], as_of: int
) -> None:
    repeats = [replace(facts[i], source=f"Observation/z{i}") for i in again if i < len(facts)]
    once = judge(record(list(facts)), RULES, day(as_of))
    twice = judge(record([*facts, *repeats]), RULES, day(as_of))
    assert [_kept(v) for v in once] == [_kept(v) for v in twice]


def _kept(verdict: Verdict) -> Verdict:
    """Leave out what counts sources that nobody reads (unknown mode, set aside), where a repeat is one more."""
    return replace(verdict, missing=())


@settings(max_examples=300, deadline=None)
@given(facts=_FACTS, as_of=_DAYS, values=st.lists(st.tuples(_DAYS, st.integers(1, 126)), min_size=1, max_size=3))
def test_normal_laboratory_values_never_lower_a_joint(
    facts: Sequence[Fact], as_of: int, values: Sequence[tuple[int, int]]
) -> None:
    normal = [lab(number, value) for number, value in values]
    before = judge(record(list(facts)), RULES, day(as_of))
    after = judge(record([*facts, *normal]), RULES, day(as_of))
    for old, new in zip(before, after, strict=True):
        assert _TIERS.index(new.tier) >= _TIERS.index(old.tier)
        assert new.strength >= old.strength
        assert (new.evidence, new.since) == (old.evidence, old.since)


@settings(max_examples=300, deadline=None)
@given(facts=_FACTS, as_of=_DAYS)
def test_leaving_out_pain_ratings_of_zero_to_three_changes_no_suspicion_to_less(
    facts: Sequence[Fact], as_of: int
) -> None:
    """Low ratings may raise (they bound a rise) but are never needed as proof that it does not hurt."""
    silent = [f for f in facts if not (hasattr(f, "score") and f.score < RULES.pain.level)]
    for old, new in zip(
        judge(record(list(facts)), RULES, day(as_of)), judge(record(silent), RULES, day(as_of)), strict=True
    ):
        if not old.red_flags and old.tier is Tier.SUSPECT:
            assert new.tier in (Tier.SUSPECT, Tier.WATCH)


@settings(max_examples=300, deadline=None)
@given(facts=_FACTS, as_of=_DAYS, place=_PLACES)
def test_evidence_about_the_whole_patient_never_raises_a_joint_that_is_quiet(
    facts: Sequence[Fact], as_of: int, place: JointSide
) -> None:
    elsewhere = [f for f in facts if getattr(f, "place", None) != place]
    steady = [reading(number, 100, place=place) for number in range(20, 121, 10)]
    raised = [lab(number, 900) for number in range(20, 121, 20)]
    others = [f for f in elsewhere if not isinstance(f, type(sign(1, SignKind.FEVER)))]
    verdicts = judge(record_of(PATIENT, [*others, *steady, *raised]), RULES, day(as_of))
    joint = next(v for v in verdicts if v.place == place)
    assert joint.tier in (Tier.QUIET, Tier.CANNOT_JUDGE)

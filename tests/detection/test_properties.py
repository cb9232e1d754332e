"""What the engine may never do, whatever the chart: read what is missing as normal, or suspect a quiet joint."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.detection.verdicts import judge
from horehab.domain.exposure import Exposure, ExposureKind
from horehab.domain.joints import MOTIONS, JointSide
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact, base_reference
from horehab.domain.signs import PainRating, Sign, SignKind
from horehab.domain.suspicion import Tier, Verdict
from horehab.domain.verdict_inputs import inputs_of
from horehab.domain.verdict_text import verdict_text
from tests.detection.charts import DAYS, FACTS, PLACES, falls
from tests.detection.joints_at_hand import PATIENT, RULES, day, exposure, lab, pain, reading, record, sign

_TIERS = (Tier.CANNOT_JUDGE, Tier.QUIET, Tier.WATCH, Tier.SUSPECT)


def _at(facts: Sequence[Fact], as_of: int, place: JointSide) -> Verdict:
    return next(v for v in judge(record(list(facts)), RULES, day(as_of)) if v.place == place)


def _is_no_lower(new: Verdict, old: Verdict) -> bool:
    return (_TIERS.index(new.tier), new.strength) >= (_TIERS.index(old.tier), old.strength)


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS, values=st.lists(st.tuples(DAYS, st.integers(1, 126)), min_size=1, max_size=3))
def test_normal_laboratory_values_never_lower_a_joint(
    facts: Sequence[Fact], as_of: int, values: Sequence[tuple[int, int]]
) -> None:
    normal = [lab(number, value) for number, value in values]
    before = judge(record(list(facts)), RULES, day(as_of))
    after = judge(record([*facts, *normal]), RULES, day(as_of))
    for old, new in zip(before, after, strict=True):
        assert _is_no_lower(new, old)
        assert (new.evidence, new.since) == (old.evidence, old.since)


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS, place=PLACES, value=st.integers(1, 126))
def test_a_missing_laboratory_value_is_worth_as_much_as_a_normal_one(
    facts: Sequence[Fact], as_of: int, place: JointSide, value: int
) -> None:
    without = [f for f in facts if not hasattr(f, "analyte")]
    missing, normal = _at(without, as_of, place), _at([*without, lab(30, value)], as_of, place)
    assert (missing.tier, missing.strength, missing.reasons) == (normal.tier, normal.strength, normal.reasons)


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS, place=PLACES)
def test_missing_pain_never_counts_as_none(facts: Sequence[Fact], as_of: int, place: JointSide) -> None:
    """A joint whose pain nobody rated stands no lower than the same joint rated 0 at every visit."""
    silent = [f for f in facts if not isinstance(f, PainRating)]
    visits = sorted({f.when.day for f in record(silent).readings if f.place == place})
    none = [pain((when - day(0)).days, 0, place=place) for when in visits]
    assert _is_no_lower(_at(silent, as_of, place), _at([*silent, *none], as_of, place))


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS)
def test_leaving_out_pain_ratings_of_zero_to_three_changes_no_suspicion_to_less(
    facts: Sequence[Fact], as_of: int
) -> None:
    """Low ratings may raise (they bound a rise) but are never needed as proof that it does not hurt."""
    silent = [f for f in facts if not (isinstance(f, PainRating) and f.score < RULES.pain.level)]
    for old, new in zip(
        judge(record(list(facts)), RULES, day(as_of)), judge(record(silent), RULES, day(as_of)), strict=True
    ):
        if not old.red_flags and old.tier is Tier.SUSPECT:
            assert new.tier in (Tier.SUSPECT, Tier.WATCH)


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS, place=PLACES, numb=st.booleans(), rated=st.sets(DAYS, min_size=1, max_size=5))
def test_no_pain_under_sedation_or_without_sensation_is_no_counter_evidence(
    facts: Sequence[Fact], as_of: int, place: JointSide, rated: set[int], *, numb: bool
) -> None:
    """Ratings of 0 of a patient who is sedated, or feels nothing there, leave the joint where it stands without."""
    own = [f for f in facts if not (isinstance(f, Sign) and f.kind is SignKind.SENSORY_LOSS)]
    sedated = [exposure(ExposureKind.SEDATION, start=1, end=None)]
    senseless = [sign(number, SignKind.SENSORY_LOSS, place=place) for number in (19, *rated)]
    looked = [sign(number, SignKind.SWELLING, place=place, present=False) for number in rated]
    under = [*own, *(senseless if numb else sedated), *looked]
    none = [pain(number, 0, place=place) for number in rated]
    assert _is_no_lower(_at([*under, *none], as_of, place), _at(under, as_of, place))


@settings(max_examples=300, deadline=None)
@given(facts=falls(), kind=st.sampled_from(["sedated", "numb"]), later=st.sets(st.integers(1, 7), min_size=1))
def test_a_joint_that_fell_and_hurt_stands_no_lower_when_a_patient_who_feels_nothing_rates_none(
    facts: Sequence[Fact], kind: str, later: set[int]
) -> None:
    """The same, where the pain before it mattered: ratings of 0 in the week after the last visit."""
    visits = [f for f in facts if isinstance(f, Reading)]
    place, last = visits[0].place, (visits[-1].when.day - day(0)).days
    hidden = (
        [exposure(ExposureKind.SEDATION, start=last, end=None)]
        if kind == "sedated"
        else [sign(last + n, SignKind.SENSORY_LOSS, place=place) for n in later]
    )
    looked = [sign(last + n, SignKind.SWELLING, place=place, present=False) for n in later]
    under = [*facts, *hidden, *looked]
    none = [pain(last + n, 0, place=place) for n in later]
    assert _is_no_lower(_at([*under, *none], last + 7, place), _at(under, last + 7, place))


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS, place=PLACES, noise=st.lists(st.integers(-2, 2), min_size=11, max_size=11))
def test_evidence_about_the_whole_patient_never_raises_a_joint_that_is_quiet(
    facts: Sequence[Fact], as_of: int, place: JointSide, noise: Sequence[int]
) -> None:
    elsewhere = [f for f in facts if getattr(f, "place", None) != place and not isinstance(f, Sign)]
    steady: list[Fact] = []
    for visit, number in enumerate(range(20, 121, 10)):
        steady += [reading(number, 100 + noise[visit], place=place, motion=m) for m in MOTIONS[place.joint][:2]]
        steady.append(pain(number, 0, place=place))
    raised = [lab(number, 900) for number in range(20, 121, 20)]
    long_stay = exposure(start=-40, end=19)
    joint = _at([*elsewhere, *steady, *raised, long_stay], as_of, place)
    assert joint.tier in (Tier.QUIET, Tier.CANNOT_JUDGE)


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS, days=st.integers(0, 100))
def test_a_stay_of_whatever_length_lowers_no_joint_below_one_of_unknown_length(
    facts: Sequence[Fact], as_of: int, days: int
) -> None:
    own = [f for f in facts if not isinstance(f, Exposure)]
    unknown = judge(record([*own, exposure(end=None)]), RULES, day(as_of))
    ended = judge(record([*own, exposure(end=days)]), RULES, day(as_of))
    assert all(_is_no_lower(new, old) for old, new in zip(unknown, ended, strict=True))


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS)
def test_a_day_is_judged_as_if_nothing_had_come_after_it(facts: Sequence[Fact], as_of: int) -> None:
    whole = record(list(facts))
    assert judge(whole, RULES, day(as_of)) == judge(whole.as_known_on(day(as_of)), RULES, day(as_of))


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS, place=PLACES)
def test_the_entries_that_a_verdict_was_read_from_alone_give_it_again(
    facts: Sequence[Fact], as_of: int, place: JointSide
) -> None:
    """The replay promise: no entry that is not among them decides anything."""
    cited = set(inputs_of(record(list(facts), patient=PATIENT).as_known_on(day(as_of)), place))
    alone = [f for f in facts if base_reference(f.source) in cited]
    assert verdict_text(_at(alone, as_of, place)) == verdict_text(_at(facts, as_of, place))


@settings(max_examples=300, deadline=None)
@given(facts=FACTS, as_of=DAYS)
def test_no_joint_is_quiet_without_evidence_and_what_cannot_be_judged_says_why(
    facts: Sequence[Fact], as_of: int
) -> None:
    for verdict in judge(record(list(facts)), RULES, day(as_of)):
        if verdict.tier is Tier.CANNOT_JUDGE:
            assert verdict.missing
        if verdict.tier is Tier.QUIET:
            assert not verdict.reasons
            known = record(list(facts)).as_known_on(day(as_of)).readings
            assert len({r.when.day for r in known if r.place == verdict.place and r.mode.value == "passive"}) > 1

"""What a verdict leads to in the chart, for each way in which a suspicion can stand there."""

from dataclasses import replace
from datetime import date

from horehab.domain.entries import Decision, DecisionEntry, SuspicionEntry, suspicion_id
from horehab.domain.episode import Act, Standing, act_on
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.record import ChartedOssification, ChartedStatus
from horehab.domain.suspicion import Tier, Verdict

HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
FIRST = suspicion_id("Patient/p", HIP, 1)
DAY = date(2026, 3, 12)
EVIDENCE = ("Observation/a", "Observation/b")
VERDICT = Verdict(place=HIP, tier=Tier.SUSPECT, strength=3, as_of=DAY, rule_version="1", since=DAY, evidence=EVIDENCE)
QUIET = replace(VERDICT, tier=Tier.QUIET, strength=0, since=None, evidence=())
WRITTEN = SuspicionEntry(
    condition_id=FIRST,
    patient="Patient/p",
    place=HIP,
    episode=1,
    is_withdrawn=False,
    onset=DAY,
    recorded=DAY,
    sentence="HO suspected in left hip.",
    evidence=EVIDENCE,
    rule_version="1",
    strength=3,
)
OURS = ChartedOssification(
    source=f"Condition/{FIRST}",
    version="1",
    status=ChartedStatus.UNCONFIRMED,
    is_active=True,
    joint=Joint.HIP,
    side=Side.LEFT,
    when=None,
    known_on=DAY,
    is_ours=True,
    episode=1,
    evidence=EVIDENCE,
)
THEIRS = replace(
    OURS, source="Condition/17", is_ours=False, episode=None, status=ChartedStatus.CONFIRMED, evidence=()
)
EMPTY = Standing(ossifications=(), written={}, own_versions={}, decisions=(), known_days={})
OPEN = Standing(
    ossifications=(OURS,),
    written={FIRST: WRITTEN},
    own_versions={OURS.source: frozenset({"1"})},
    decisions=(),
    known_days=dict.fromkeys(EVIDENCE, DAY),
)


def _act(verdict: Verdict, standing: Standing, *, still_suspect: bool = True) -> tuple[Act, int]:
    action = act_on(verdict, standing, still_suspect=still_suspect)
    return action.act, action.episode


def _standing(charted: ChartedOssification) -> Standing:
    return replace(OPEN, ossifications=(charted,))


def test_a_suspected_joint_that_the_chart_says_nothing_of_is_raised_as_its_first_episode() -> None:
    assert _act(VERDICT, EMPTY) == (Act.RAISE, 1)


def test_a_watched_joint_writes_nothing() -> None:
    assert _act(replace(VERDICT, tier=Tier.WATCH), EMPTY) == (Act.NOTHING, 0)


def test_an_open_suspicion_is_not_raised_again() -> None:
    assert _act(VERDICT, OPEN) == (Act.NOTHING, 1)


def test_a_stronger_verdict_updates_the_open_suspicion() -> None:
    assert _act(replace(VERDICT, strength=4), OPEN) == (Act.UPDATE, 1)


def test_a_stronger_strength_by_a_newer_rule_alone_updates_nothing() -> None:
    assert _act(replace(VERDICT, strength=5, rule_version="2"), OPEN) == (Act.NOTHING, 1)


def test_a_joint_that_worsens_again_after_improving_updates_the_open_suspicion() -> None:
    later = replace(VERDICT, since=date(2026, 7, 1), evidence=("Observation/c",))
    assert _act(later, OPEN) == (Act.UPDATE, 1)


def test_evidence_that_fell_away_updates_a_suspicion_that_still_holds() -> None:
    assert _act(VERDICT, replace(OPEN, known_days={"Observation/a": DAY})) == (Act.UPDATE, 1)


def test_improvement_alone_does_not_close_a_suspicion() -> None:
    assert _act(QUIET, OPEN, still_suspect=True) == (Act.NOTHING, 1)


def test_a_suspicion_whose_evidence_fell_away_is_withdrawn() -> None:
    gone = replace(OPEN, known_days={"Observation/a": DAY})
    assert _act(replace(QUIET, rule_version="2"), gone, still_suspect=False) == (Act.WITHDRAW, 1)


def test_a_newer_rule_alone_withdraws_nothing() -> None:
    assert _act(replace(QUIET, rule_version="2"), OPEN, still_suspect=False) == (Act.NOTHING, 1)


def test_a_withdrawn_suspicion_may_be_raised_again_on_the_same_evidence() -> None:
    withdrawn = replace(OURS, status=ChartedStatus.ENTERED_IN_ERROR, is_active=False)
    assert _act(VERDICT, _standing(withdrawn)) == (Act.RAISE, 2)


def test_a_suspicion_that_a_person_marked_as_an_error_stays_quiet_on_this_evidence() -> None:
    theirs = replace(OURS, status=ChartedStatus.ENTERED_IN_ERROR, is_active=False, version="2")
    assert _act(VERDICT, _standing(theirs)) == (Act.NOTHING, 1)


def test_a_refuted_suspicion_is_silent_until_new_evidence_and_then_a_new_episode() -> None:
    refuted = replace(OURS, status=ChartedStatus.REFUTED, version="2")
    assert _act(VERDICT, _standing(refuted)) == (Act.NOTHING, 1)
    fresh = replace(VERDICT, evidence=("Observation/c#component[1]",))
    assert _act(fresh, _standing(refuted)) == (Act.RAISE, 2)


def test_a_dismissal_in_our_pages_counts_before_the_chart_shows_it() -> None:
    dismissal = DecisionEntry(
        decision_id="d",
        condition_id=FIRST,
        patient="Patient/p",
        place=HIP,
        decision=Decision.DISMISS,
        reason="contracture",
        by="Practitioner/1",
        decided=DAY,
        seen=("Observation/c",),
    )
    dismissed = replace(OPEN, decisions=(dismissal,))
    assert _act(replace(VERDICT, strength=5), dismissed) == (Act.NOTHING, 1)
    assert _act(replace(VERDICT, evidence=("Observation/c",)), dismissed) == (Act.NOTHING, 1)
    assert _act(replace(VERDICT, evidence=("Observation/d",)), dismissed) == (Act.RAISE, 2)


def test_a_state_that_a_person_set_is_left_alone() -> None:
    edited = replace(OURS, version="2", status=ChartedStatus.PROVISIONAL)
    assert _act(replace(VERDICT, strength=5), _standing(edited)) == (Act.NOTHING, 1)
    assert _act(QUIET, _standing(edited), still_suspect=False) == (Act.NOTHING, 1)


def test_a_suspicion_of_ours_whose_making_we_do_not_remember_is_a_persons() -> None:
    assert _act(QUIET, replace(OPEN, written={}), still_suspect=False) == (Act.NOTHING, 1)


def test_a_known_ossification_is_not_suspected_and_its_worsening_is_a_question_to_people() -> None:
    known = replace(EMPTY, ossifications=(THEIRS,))
    assert _act(VERDICT, known) == (Act.NOTHING, 0)
    worse = replace(VERDICT, since=date(2026, 6, 1))
    assert _act(worse, known) == (Act.ASK, 0)
    assert _act(replace(worse, tier=Tier.WATCH), known) == (Act.NOTHING, 0)


def test_ours_once_confirmed_by_a_person_counts_as_known() -> None:
    confirmed = replace(OURS, status=ChartedStatus.CONFIRMED, version="2")
    assert _act(replace(VERDICT, strength=5), _standing(confirmed)) == (Act.NOTHING, 1)


def test_an_entry_that_has_not_left_yet_counts_as_standing() -> None:
    pending = replace(OURS, version="")
    assert _act(VERDICT, _standing(pending)) == (Act.NOTHING, 1)


def test_somebody_elses_refutation_covers_what_was_known_that_day_and_nothing_later() -> None:
    refuted = replace(EMPTY, ossifications=(replace(THEIRS, status=ChartedStatus.REFUTED),))
    seen = replace(refuted, known_days=dict.fromkeys(EVIDENCE, DAY))
    assert _act(VERDICT, seen) == (Act.NOTHING, 0)
    later = replace(refuted, known_days={"Observation/a": DAY, "Observation/b": date(2026, 3, 13)})
    assert _act(VERDICT, later) == (Act.RAISE, 1)

"""From a verdict to what is done in the chart: raise, update, withdraw, ask a person, or leave alone.

The chart is not ours: a state that a person set is never changed, a known ossification is not suspected again,
a refuted or dismissed suspicion stays quiet until there is evidence that nobody had seen then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from horehab.domain.entries import DecisionEntry, SuspicionEntry
from horehab.domain.record import ChartedOssification, ChartedStatus, base_references
from horehab.domain.suspicion import Tier, Verdict


class Act(Enum):
    """What a verdict leads to."""

    NOTHING = "nothing"
    RAISE = "raise"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    ASK = "ask"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in the chart about one place, and what we know of how it came there.

    `ossifications` are those of this place, in any state, and `written` the last entry that we made of each of
    ours, by condition id. `own_versions` are the versions that we wrote, by reference. `decisions` were made
    in our pages. `known_days` tells of every fact of the patient on which ward day it was measured. `patient` is
    who it is about now, after merges; "" leaves that out of account.
    """

    ossifications: Sequence[ChartedOssification]
    written: Mapping[str, SuspicionEntry]
    own_versions: Mapping[str, frozenset[str]]
    decisions: Sequence[DecisionEntry]
    known_days: Mapping[str, date]
    patient: str = ""

    def written_of(self, charted: ChartedOssification) -> SuspicionEntry | None:
        """Give the last entry that we made of an ossification of this place; None for one that is not ours."""
        return self.written.get(charted.condition_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An act, the episode that it is about, and in plain words why; `condition_id` of the one that is open."""

    act: Act
    episode: int
    why: str
    condition_id: str | None = None


def act_on(verdict: Verdict, standing: Standing, *, still_suspect: bool, is_applied: bool = False) -> Action:
    """Decide what a verdict leads to. `still_suspect` matters only when the verdict no longer suspects.

    `is_applied` when a person applies the rule to this patient: then a newer rule alone may update and withdraw.
    """
    ours = sorted((o for o in standing.ossifications if o.is_ours), key=lambda o: o.episode or 0)
    episode = (ours[-1].episode or 0) if ours else 0
    # After a merge two may bear the same episode: the one that is open goes on, and no second is raised beside it.
    last = next((o for o in reversed(ours) if _is_open(o, standing)), None)
    if any(_is_known(o) for o in standing.ossifications):
        return _known(verdict, standing, episode)
    if last is not None:
        is_same_rule = is_applied or _has_same_rule(verdict, last, standing)
        return _open(verdict, last, standing, still_suspect=still_suspect, is_same_rule=is_same_rule)
    if verdict.tier is not Tier.SUSPECT:
        return Action(act=Act.NOTHING, episode=episode, why="no suspicion")
    seen = _seen(standing)
    if seen is not None and not set(base_references(verdict.evidence)) - seen:
        return Action(act=Act.NOTHING, episode=episode, why="closed on this evidence")
    return Action(act=Act.RAISE, episode=episode + 1, why="suspected")


def _is_known(charted: ChartedOssification) -> bool:
    """Say whether the chart knows this ossification: anybody's that stands, or ours once a person confirmed it."""
    if charted.status.is_gone:
        return False
    return not charted.is_ours or charted.status is ChartedStatus.CONFIRMED


def _is_open(charted: ChartedOssification, standing: Standing) -> bool:
    return not charted.status.is_gone and charted.is_active and not _is_dismissed(charted, standing)


def _is_dismissed(charted: ChartedOssification, standing: Standing) -> bool:
    """Say whether a person closed it in our pages, though the chart may not show that yet."""
    last = [d for d in standing.decisions if d.condition_id == charted.condition_id]
    return bool(last) and last[-1].decision.value in ("dismiss", "refute")


def _seen(standing: Standing) -> set[str] | None:
    """Gather what people had before them when they closed earlier suspicions here; None when none was closed."""
    closed = [o for o in standing.ossifications if not _is_open(o, standing) and not _is_withdrawn_by_us(o, standing)]
    if not closed:
        return None
    seen = {reference for o in closed for reference in o.evidence}
    seen |= {fact for fact, day in standing.known_days.items() if any(day <= o.known_on for o in closed)}
    closed_ids = {o.condition_id for o in closed}
    seen |= {reference for d in standing.decisions if d.condition_id in closed_ids for reference in d.seen}
    return set(base_references(seen))


def _is_withdrawn_by_us(charted: ChartedOssification, standing: Standing) -> bool:
    return charted.status is ChartedStatus.ENTERED_IN_ERROR and _is_own_state(charted, standing)


def _is_own_state(charted: ChartedOssification, standing: Standing) -> bool:
    """Say whether what stands is as we wrote it; an entry that has not left yet has no version."""
    return not charted.version or charted.version in standing.own_versions.get(charted.source, frozenset())


def _known(verdict: Verdict, standing: Standing, episode: int) -> Action:
    """A known ossification that worsens is a person's business: ask, never suspect anew."""
    known = [o for o in standing.ossifications if _is_known(o)]
    cited = {reference for o in known for reference in o.evidence}
    newest = max((o.known_on for o in known), default=None)
    worsens = verdict.since is not None and newest is not None and verdict.since > newest
    if verdict.tier is Tier.SUSPECT and worsens and set(base_references(verdict.evidence)) - cited:
        return Action(act=Act.ASK, episode=episode, why="a known ossification worsens")
    return Action(act=Act.NOTHING, episode=episode, why="ossification is known")


def _has_same_rule(verdict: Verdict, charted: ChartedOssification, standing: Standing) -> bool:
    written = standing.written_of(charted)
    return written is not None and written.rule_version == verdict.rule_version


def _open(
    verdict: Verdict, charted: ChartedOssification, standing: Standing, *, still_suspect: bool, is_same_rule: bool
) -> Action:
    """Keep an open suspicion true to its evidence; what a person changed in it stays as it is."""
    written = standing.written_of(charted)
    if written is None or not (_is_own_state(charted, standing) or _was_moved(charted, written, standing)):
        return Action(act=Act.NOTHING, episode=charted.episode or 1, why="a person keeps this suspicion")
    act, why = Act.NOTHING, "open; improvement does not close it"
    if verdict.tier is Tier.SUSPECT:
        news = _news(verdict, written, standing, is_same_rule=is_same_rule)
        act, why = (Act.UPDATE, news) if news else (Act.NOTHING, "open already")
    # A new rule alone never withdraws: the rule must be the one that raised, or evidence must have gone.
    elif not still_suspect and (is_same_rule or _lost(written, standing)):
        is_by_rule = written.rule_version != verdict.rule_version and not _lost(written, standing)
        why = "a person applied a newer rule, which does not suspect it" if is_by_rule else "its evidence fell away"
        act = Act.WITHDRAW
    if act is Act.NOTHING and is_of_another(written, standing):
        act, why = Act.MOVE, "its patient was merged with another, or the merge was taken back"
    return Action(act=act, episode=charted.episode or 1, why=why, condition_id=written.condition_id)


def is_of_another(written: SuspicionEntry, standing: Standing) -> bool:
    """Say whether we wrote it for a patient who was merged since, or before a merge was taken back."""
    return bool(standing.patient) and written.patient != standing.patient


def _was_moved(charted: ChartedOssification, written: SuspicionEntry, standing: Standing) -> bool:
    """Say whether the EHR may have moved it to the survivor by itself; its delivery finds out what else changed."""
    return charted.status is ChartedStatus.UNCONFIRMED and is_of_another(written, standing)


def _news(verdict: Verdict, written: SuspicionEntry, standing: Standing, *, is_same_rule: bool) -> str:
    """Say what is new beyond what was written, or nothing: stronger, evidence lost, or worse again later."""
    if _lost(written, standing):
        return "evidence fell away"
    if is_same_rule and verdict.strength > written.strength:
        return "stronger"
    newest = max((standing.known_days[r] for r in written.evidence if r in standing.known_days), default=None)
    if verdict.since is not None and newest is not None and verdict.since > newest:
        return "worse again"
    return ""


def _lost(written: SuspicionEntry, standing: Standing) -> bool:
    return any(reference not in standing.known_days for reference in written.evidence)

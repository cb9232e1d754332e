"""What must never change a verdict, whatever the record: the order of arrival, repeats, and withdrawn entries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.detection.verdicts import judge
from horehab.domain.entries import MeasurementEntry
from horehab.domain.joints import WATCHED_PLACES
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact, record_of
from horehab.domain.signs import PainRating, Sign
from horehab.domain.suspicion import Reason, Verdict
from horehab.domain.verdict_text import verdict_text
from horehab.fhir.writing.measurement import measurement_to_observation
from horehab.usecases.exchange import ChartItem
from tests.detection.charts import DAYS, FACTS
from tests.detection.joints_at_hand import PATIENT, RULES, day, record
from tests.stories.telling import read, site

Said = tuple[str | int | bool | None, ...]


@settings(max_examples=800, deadline=None)
@given(facts=FACTS, shuffle=st.randoms(use_true_random=False), as_of=DAYS)
def test_no_record_makes_it_raise_and_any_order_gives_the_same_bytes(
    facts: Sequence[Fact], shuffle: Random, as_of: int
) -> None:
    mixed = list(facts)
    shuffle.shuffle(mixed)
    found = judge(record(list(facts)), RULES, day(as_of))
    assert [v.place for v in found] == list(WATCHED_PLACES)
    assert _texts(found) == _texts(judge(record(mixed), RULES, day(as_of)))
    assert all(0 <= v.strength <= 5 for v in found)


@settings(max_examples=800, deadline=None)
@given(
    facts=FACTS, again=st.lists(st.integers(min_value=0, max_value=79), max_size=20), as_of=DAYS, first=st.booleans()
)
def test_exact_repeats_under_another_name_change_nothing(
    facts: Sequence[Fact], again: Sequence[int], as_of: int, *, first: bool
) -> None:
    """`first` names the repeats so that they sort before the originals, or after them."""
    name = "Observation/!" if first else "Observation/z"
    repeats = [replace(facts[i], source=f"{name}{n}") for n, i in enumerate(again) if i < len(facts)]
    once = judge(record(list(facts)), RULES, day(as_of))
    twice = judge(record([*repeats, *facts]), RULES, day(as_of))
    assert [_said(v) for v in once] == [_said(v) for v in twice]


@settings(max_examples=800, deadline=None)
@given(facts=FACTS, slips=FACTS, shuffle=st.randoms(use_true_random=False), as_of=DAYS)
def test_entries_withdrawn_or_amended_leave_no_trace_however_they_arrive(
    facts: Sequence[Fact], slips: Sequence[Fact], shuffle: Random, as_of: int
) -> None:
    """Each wrong entry is later entered in error, some right ones come twice; versions come in any order."""
    right = [_observation(fact, f"right-{n}", version=2) for n, fact in enumerate(_measured(facts))]
    wrong = [_observation(fact, f"wrong-{n}", version=1) for n, fact in enumerate(_measured(slips))]
    drafts = [
        _observation(fact, f"right-{n}", version=1) for n, fact in enumerate(_measured(slips)) if n < len(right)
    ]
    withdrawn = [{**w, "status": "entered-in-error", "meta": {"versionId": "2"}} for w in wrong]
    arrived = [*right, *wrong, *drafts, *withdrawn, *right[: len(right) // 2]]
    shuffle.shuffle(arrived)
    clean = judge(record_of(PATIENT, _facts(map(read, right))), RULES, day(as_of))
    disturbed = judge(record_of(PATIENT, _facts(_newest(map(read, arrived)))), RULES, day(as_of))
    assert _texts(disturbed) == _texts(clean)


def _measured(facts: Sequence[Fact]) -> list[Reading | PainRating | Sign]:
    return [fact for fact in facts if isinstance(fact, Reading | PainRating | Sign)]


def _observation(fact: Reading | PainRating | Sign, name: str, *, version: int) -> dict[str, object]:
    """Write a fact down as the EHR would hold it."""
    entry = MeasurementEntry(
        measurement_id=name, session_id="visit", patient=PATIENT.reference, fact=fact, performer="Practitioner/1"
    )
    return {**measurement_to_observation(entry, site(), {}), "id": name, "meta": {"versionId": str(version)}}


def _newest(items: Iterable[ChartItem]) -> list[ChartItem]:
    """Keep of each entry its newest version, as our memory does."""
    kept: dict[str, ChartItem] = {}
    for item in items:
        if item.reference not in kept or int(kept[item.reference].version) < int(item.version):
            kept[item.reference] = item
    return list(kept.values())


def _facts(items: Iterable[ChartItem]) -> list[Fact]:
    return [fact for item in items for fact in item.facts]


def _texts(verdicts: Iterable[Verdict]) -> list[str]:
    return [verdict_text(verdict) for verdict in verdicts]


def _said(verdict: Verdict) -> tuple[Said, list[tuple[str, object]]]:
    """Leave out names of entries, and what counts entries that nobody reads, where a repeat is one more."""
    reasons: tuple[Reason, ...] = (
        *verdict.reasons, *verdict.red_flags, *verdict.against, *verdict.confounders,
    )  # fmt: skip
    since = verdict.since.isoformat() if verdict.since else None
    head = (str(verdict.place), verdict.tier.value, verdict.strength, since, verdict.is_onset_bounded)
    return head, [(reason.code, reason.figures) for reason in reasons]

"""The order of the caseload as somebody would sort a pile of paper: said once more, plainly, to compare with."""

import unicodedata
from datetime import date
from typing import Any

from hypothesis import strategies as st

from horehab.domain.joints import WATCHED_PLACES
from horehab.domain.record import Patient
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.usecases.exchange import Review
from tests.store.making import review, verdict

NERVE = (Reason(code="nerve"),)
RAISED = (Tier.SUSPECT, Tier.WATCH)
REPLACED = (Reason(code="joint-replaced-or-gone"),)


def place(who: Patient, judged: Review | None) -> tuple[Any, ...]:
    """Give what a patient is sorted by: need, then name."""
    verdicts = judged.verdicts if judged else ()
    tiers = {each.tier for each in verdicts} or {Tier.CANNOT_JUDGE}
    group = next((number for number, tier in enumerate(RAISED) if tier in tiers), len(RAISED))
    grades = [each.strength for each in verdicts if each.tier in RAISED[group : group + 1]]
    blind = [each for each in verdicts if each.tier is Tier.CANNOT_JUDGE and each.missing != REPLACED]
    waits = judged is not None and judged.waits_for_review and group == 0
    return (
        group,
        not any(each.red_flags for each in verdicts),
        not waits,
        -max(grades, default=0),
        (judged.overdue_since if judged else None) or date.max,
        bool(verdicts) and not blind,
        group == len(RAISED) and Tier.CANNOT_JUDGE not in tiers,
        plain_name(who),
        who.reference,
    )


def plain_name(who: Patient) -> str:
    parts = unicodedata.normalize("NFKD", who.name or "~")
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()


def verdicts() -> st.SearchStrategy[tuple[Verdict, ...]]:
    """What is thought of up to three joints: any tier, grade, red flag; some joints were replaced."""
    each = st.builds(
        lambda place, tier, grade, flags, missing: verdict(
            tier, place=place, strength=grade, red_flags=flags, missing=missing
        ),
        st.sampled_from(WATCHED_PLACES),
        st.sampled_from(Tier),
        st.integers(0, 5),
        st.sampled_from([(), (), NERVE]),
        st.sampled_from([(), REPLACED]),
    )
    return st.lists(each, max_size=3, unique_by=lambda v: str(v.place)).map(tuple)


def reviews(reference: str) -> st.SearchStrategy[Review]:
    """What one patient's review may find."""
    extremes = st.sampled_from([date(1900, 1, 1), date(2149, 1, 1)])
    days = st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)) | extremes
    return st.builds(
        lambda found, since, waits: review(reference, verdicts=found, overdue_since=since, waits_for_review=waits),
        verdicts(),
        days,
        st.booleans(),
    )

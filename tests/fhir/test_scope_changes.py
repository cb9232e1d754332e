"""Whatever happens to charts and scope in whatever order: after one more day all of those in the scope is known."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fhir.in_scope import BLIND, Pulls, open_pulls, person, problems, seen_of
from tests.servers.sandbox import start_sandbox

PEOPLE = ("ana", "ben")
SCOPES = ("everything", "Patient/ana", "Patient/ben", "Patient/ana,Patient/ben")

_observed = st.tuples(st.sampled_from(PEOPLE), st.integers(1, 2))
_events = st.one_of(
    st.tuples(st.just("put"), _observed), st.tuples(st.just("remove"), _observed), st.just(("night", None))
)
_rounds = st.lists(st.tuples(st.lists(_events, max_size=2), st.sampled_from(SCOPES)), min_size=1, max_size=4)
"""Each round is what happens in the chart, and then a pull in some scope."""


def act(pulls: Pulls, what: str, which: object) -> None:
    """Let one thing happen, a quarter of an hour after the one before, so that no overlap hides a mistake."""
    pulls.sandbox.clock.advance(timedelta(minutes=15))
    now = pulls.sandbox.clock.now()
    if what == "pull":
        assert problems(pulls.pull(str(which))) == []
    elif what == "night":
        pulls.at.advance(timedelta(days=1))
    elif isinstance(which, tuple):
        name = f"{which[0]}-{which[1]}"
        if what == "put":
            pulls.sandbox.store.put(seen_of(which[0], name), at=now)
        elif pulls.sandbox.store.read(f"Observation/{name}"):
            pulls.sandbox.store.remove(f"Observation/{name}", at=now)


@settings(max_examples=25, deadline=None)
@given(_rounds, st.sampled_from(SCOPES), st.booleans())
def test_no_order_of_scopes_loses_or_keeps_anything_wrongly(
    rounds: list[tuple[list[tuple[str, object]], str]], last: str, is_blind: bool
) -> None:
    with start_sandbox() as sandbox, open_pulls(sandbox) as pulls:
        pulls.proxy.set(*([BLIND] if is_blind else []))
        for name in PEOPLE:
            sandbox.store.put(person(name), at=sandbox.clock.now())
            act(pulls, "put", (name, 1))
        history = [action for events, scope in rounds for action in (*events, ("pull", scope))]
        for what, which in (*history, ("pull", last), ("night", None), ("pull", last)):
            act(pulls, what, which)
        asked = PEOPLE if last == "everything" else tuple(name for name in PEOPLE if name in last)
        for name in asked:
            stands = {f"Observation/{r['id']}": r["meta"]["versionId"] for r in _of(pulls, name)}
            held = {ref: pulls.versions[ref] for ref, whose in pulls.held.items() if _is_of(ref, whose, name)}
            assert held == stands


def _is_of(reference: str, whose: str | None, name: str) -> bool:
    return reference.startswith("Observation/") and whose == f"Patient/{name}"


def _of(pulls: Pulls, name: str) -> tuple[dict[str, Any], ...]:
    return pulls.sandbox.store.search("Observation", {"patient": f"Patient/{name}"})
